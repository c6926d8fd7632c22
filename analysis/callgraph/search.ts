// A search through the values of a package. Searches for where values come from and for where functions are called
// need each other, so they share one budget and the calls that were found.

import type { Code } from '../model/code.ts';
import type { Node } from '../syntax/node.ts';

/** A node and the code that holds it. */
export interface Located {
  readonly code: Code;
  readonly node: Node;
}

export interface Search {
  /** The places that were looked at, by the role in which they were. */
  readonly seen: Map<Node | string, Set<string>>;
  readonly budget: { steps: number };
  /** The calls of each function, while they are collected and after. */
  readonly calls: Map<Node, { readonly sites: Located[]; complete: boolean }>;
}

/** The places that one search looks at. What is beyond is not known. */
const mostSteps = 400;

export function newSearch(): Search {
  return { seen: new Map(), budget: { steps: mostSteps }, calls: new Map() };
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
