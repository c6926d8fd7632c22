// What a result was computed from, so that it can be kept over edits: the base of everything incremental.
//
// The contract. A result is about one declaration, or about some that it names, and is kept under their objects. It may
// depend on the surface of its package as it likes. Whatever else an edit of a body can change is read through `Code`
// or `mentionsIn`, which note it here, or noted by hand with `readBody` and `readFile`. Then the result of `record`
// holds for as long as `holdsIn` says so. Whoever keeps a value for several askers keeps it as recorded, and hands it out
// by `recall`, so that each asker is known to depend on what the first one read. Nothing here survives the
// outermost `record`; computations are synchronous.

import type { Declaration, SourceFile } from '../syntax/source-file.ts';
import type { GoPackage } from './package.ts';

/** What an edit that leaves the surface alone can change, and a computation looked at. */
export interface Reads {
  /** Declarations that were looked at with their bodies. */
  readonly bodies: ReadonlySet<Declaration>;
  /** Words by which declarations were searched: the result was free to look at all that mention one. */
  readonly words: ReadonlySet<string>;
  /** Files whose text, comments or offsets were looked at. */
  readonly files: ReadonlySet<SourceFile>;
}

/** A value with what it was computed from. */
export interface Recorded<T> {
  readonly value: T;
  readonly reads: Reads;
  /** The newest version of the package that the value is known to hold in. */
  holdsFor: GoPackage;
}

interface Recording extends Reads {
  readonly bodies: Set<Declaration>;
  readonly words: Set<string>;
  readonly files: Set<SourceFile>;
}

/** The computations that are running, each inside the one before. */
const running: Recording[] = [];

/** Runs a computation about a package and notes what it reads. What it reads, a computation around it reads too. */
export function record<T>(pkg: GoPackage, compute: () => T): Recorded<T> {
  const reads: Recording = { bodies: new Set(), words: new Set(), files: new Set() };
  running.push(reads);
  try {
    return { value: compute(), reads, holdsFor: pkg };
  } finally {
    running.pop();
    noteAll(reads);
  }
}

/** The value of a recording that holds, for the computation that is running: it now depends on the same things. */
export function recall<T>({ value, reads }: Recorded<T>): T {
  noteAll(reads);
  return value;
}

/** Notes that a declaration was looked at with its body. */
export function readBody(declaration: Declaration): void {
  running.at(-1)?.bodies.add(declaration);
}

/** Notes that declarations were searched by a word, and those that mention it perhaps looked at. */
export function readWord(word: string): void {
  running.at(-1)?.words.add(word);
}

/** Notes that the text of a file was looked at, or where something stands in it. */
export function readFile(file: SourceFile): void {
  running.at(-1)?.files.add(file);
}

function noteAll({ bodies, words, files }: Reads): void {
  const around = running.at(-1);
  if (!around) return;
  for (const body of bodies) around.bodies.add(body);
  for (const word of words) around.words.add(word);
  for (const file of files) around.files.add(file);
}

/**
 * Whether a recorded value is what its computation would yield for this version of the package. What it costs depends
 * on what was edited since it last held, not on the size of the package.
 */
export function holdsIn(recorded: Recorded<unknown>, pkg: GoPackage): boolean {
  if (recorded.holdsFor === pkg) return true;
  if (recorded.holdsFor.surface !== pkg.surface) return false;
  if (touches(changeBetween(recorded.holdsFor, pkg), recorded.reads)) return false;
  recorded.holdsFor = pkg;
  return true;
}

/** What two versions of a package with the same surface do not share. */
interface Change {
  /** Of the version before. */
  readonly files: readonly SourceFile[];
  readonly declarations: readonly Declaration[];
  /** The changed declarations, of both versions. */
  readonly either: readonly Declaration[];
  /** Whether a word is in one of those, for the words that were asked for. */
  readonly mentions: Map<string, boolean>;
}

function touches(change: Change, { bodies, words, files }: Reads): boolean {
  if (change.files.some((file) => files.has(file))) return true;
  if (change.declarations.some((declaration) => bodies.has(declaration))) return true;
  for (const word of words) {
    let isMentioned = change.mentions.get(word);
    if (isMentioned === undefined) {
      isMentioned = change.either.some((declaration) => mentionsWord(declaration, word));
      change.mentions.set(word, isMentioned);
    }
    if (isMentioned) return true;
  }
  return false;
}

/** By the later version, then by the one before. */
const changes = new WeakMap<GoPackage, WeakMap<GoPackage, Change>>();

function changeBetween(before: GoPackage, after: GoPackage): Change {
  const known = changes.get(after) ?? new WeakMap<GoPackage, Change>();
  changes.set(after, known);
  let change = known.get(before);
  if (!change) {
    change = difference(before, after);
    known.set(before, change);
  }
  return change;
}

/** With the same surface, files and declarations stand in the same order. */
function difference(before: GoPackage, after: GoPackage): Change {
  const files: SourceFile[] = [];
  const declarations: Declaration[] = [];
  const either: Declaration[] = [];
  before.files.forEach((file, i) => {
    const now = after.files[i];
    if (file === now) return;
    files.push(file);
    file.declarations.forEach((declaration, j) => {
      const changed = now?.declarations[j];
      if (declaration === changed) return;
      declarations.push(declaration);
      either.push(declaration, ...(changed ? [changed] : []));
    });
  });
  return { files, declarations, either, mentions: new Map() };
}

/** Whether a function, method or variable has the word in its text as such; what is no single word, as a part. */
export function mentionsWord({ kind, text }: Declaration, word: string): boolean {
  if ((kind !== 'func' && kind !== 'var') || !text.includes(word)) return false;
  return !/^\w+$/.test(word) || new RegExp(`\\b${word}\\b`).test(text);
}
