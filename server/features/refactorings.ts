// What a person can ask for at a place, whether or not something is wrong there.

import {
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type Range,
} from 'vscode-languageserver/node';
import { mayRefactor, type Obstacle, type Refactored, refactor, refactorings } from '../../analysis/index.ts';
import type { Client } from '../client.ts';
import { offsetAt, positionAt } from '../convert.ts';
import type { Snapshot } from '../snapshot.ts';

export const refactoringKind = CodeActionKind.RefactorRewrite;

/** What the action of a refactoring carries to the request for its edit. */
export interface RefactoringData {
  readonly uri: string;
  readonly refactoring: string;
  /** The document and the place that it was offered for. */
  readonly version: number;
  readonly range: Range;
}

/** A refactoring that may have something to do at a place. */
export interface Outlook {
  readonly title: string;
  readonly data: RefactoringData;
  /** Whether a look at the place says nothing against it. */
  readonly isLikely: boolean;
  /** What would come of it: in a large package it takes a while to tell. Undefined if there is nothing after all. */
  result(): Refactored | undefined;
}

/**
 * Whether to look for refactorings at all: the client asks for their kind, something is selected, or the user asks with
 * the cursor where a function starts. Where the cursor merely stands, editors ask after each of its movements.
 */
export function isRefactoringWanted(snapshot: Snapshot, { range, context }: CodeActionParams): boolean {
  const { only, triggerKind } = context;
  if (only) return only.some((asked) => asked === '' || `${refactoringKind}.`.startsWith(`${asked}.`));
  const isSelected = range.start.line !== range.end.line || range.start.character !== range.end.character;
  const { line } = range.start;
  const text = () =>
    snapshot.document.text.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  return isSelected || (triggerKind === CodeActionTriggerKind.Invoked && /\bfunc\b/.test(text()));
}

/** The refactorings where a range starts. */
export function outlooksAt(snapshot: Snapshot, range: Range, { encoding }: Client): readonly Outlook[] {
  const subject = snapshot.subject();
  if (!subject) return [];
  const { text, uri } = snapshot.document;
  const start = offsetAt(text, range.start, encoding);
  // A selection that begins with a function is of that function; further down it may hold any.
  const line = text.offsetAt({ line: range.start.line + 1, character: 0 });
  const at = { path: snapshot.file.path, start, end: Math.min(offsetAt(text, range.end, encoding), line) };
  const options = { config: snapshot.config, library: subject.library, lockedBy: snapshot.lockedBy };
  return refactorings.map((refactoring) => ({
    title: `${refactoring.title} (review)`,
    data: { uri, refactoring: refactoring.id, version: snapshot.version, range },
    isLikely: contained(() => mayRefactor(subject.pkg, refactoring, at, options)) === true,
    result: () => contained(() => refactor(subject.pkg, refactoring, at, options)),
  }));
}

/** A refactoring that throws must not cost the user the other actions. */
function contained<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    console.error(`goleash lsp: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    return undefined;
  }
}

/** Where a refactoring stops and why, in one line: the first place, and how many more there are. */
export function reasonOf(obstacles: readonly Obstacle[], snapshot: Snapshot): string {
  const [first, ...others] = obstacles;
  if (!first) return 'it cannot be done here';
  const { path, start } = first.at;
  const place = snapshot.place(path);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const line = place ? `:${positionAt(place.text, start, 'utf-16').line + 1}` : '';
  const more =
    others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'place' : 'places'})`;
  return `${first.reason}, ${name}${line}${more}`;
}
