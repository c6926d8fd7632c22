// A search through the values of a package. Searches for where values come from and for where functions are called
// need each other, so they share one budget and the calls that were found.

import type { Code } from '../model/code.ts';
import { mentionsIn } from '../model/mentions.ts';
import type { Node } from '../syntax/node.ts';
import type { Declaration } from '../syntax/source-file.ts';

/** A node and the code that holds it. */
export interface Located {
  readonly code: Code;
  readonly node: Node;
}

export interface Search {
  /** The places that were looked at, by the role in which they were. */
  readonly seen: Map<Node | string, Set<string>>;
  readonly budget: Budget;
  /** The calls of each function, while they are collected and after. */
  readonly calls: Map<Node, { readonly sites: Located[]; complete: boolean; isDone: boolean }>;
  /** The code that mentions a text, and all declarations of it. */
  readonly mentioning: Map<string, readonly Code[]>;
  readonly read: Set<Declaration>;
}

interface Budget {
  steps: number;
  /** UTF-16 units of the declarations that are yet to be looked through for what they mention. */
  text: number;
  /** Whether declarations were left out since they are too many. */
  isCut: boolean;
}

/** The places that one search looks at, and the text. What is beyond is not known. */
const mostSteps = 400;
const mostText = 600_000;

export function newSearch(): Search {
  const budget = { steps: mostSteps, text: mostText, isCut: false };
  return { seen: new Map(), budget, calls: new Map(), mentioning: new Map(), read: new Set() };
}

/** A search that looks at every place anew, within what is left of the budget. */
export function within(search: Search): Search {
  return { ...search, seen: new Map() };
}

/** Whether a place is new to the search in this role. */
export function enters(search: Search, place: Node | string, role: string): boolean {
  const roles = search.seen.get(place) ?? new Set<string>();
  search.seen.set(place, roles);
  if (roles.has(role)) return false;
  roles.add(role);
  search.budget.steps--;
  return true;
}

export function isSpent({ budget }: Search): boolean {
  return budget.steps < 0;
}

/** Whether the search has looked at all that it came to. */
export function isWhole(search: Search): boolean {
  return !isSpent(search) && !search.budget.isCut;
}

/** The functions, methods and variables whose text has a word as such; none if there is too much of it. */
export function mentioning(code: Code, text: string, search: Search): readonly Code[] {
  let found = search.mentioning.get(text);
  if (!found) {
    const { budget, read } = search;
    const unread = mentionsIn(code.pkg, text).filter(({ declaration }) => !read.has(declaration));
    const length = unread.reduce((sum, { declaration }) => sum + declaration.text.length, 0);
    if (length > budget.text) {
      budget.isCut = true;
      found = [];
    } else {
      budget.text -= length;
      for (const { declaration } of unread) read.add(declaration);
      found = code.packageCode(text);
    }
    search.mentioning.set(text, found);
  }
  return found;
}
