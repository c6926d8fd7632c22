// What a result was computed from, so that it can be kept over edits: the base of everything incremental.
//
// The contract. A result is about one declaration, or about some that it names, and is kept under their objects. It may
// depend on the surface of its package as it likes. Whatever else an edit of a body can change is read through `Code`
// or `mentionsIn`, which note it here, or noted by hand with `readBody`, `readFile` and `readAnswer`. Then the result of `record`
// holds for as long as `holdsIn` says so. Whoever keeps a value for several askers keeps it as recorded, and hands it out
// by `recall`, so that each asker is known to depend on what the first one read. Nothing here survives the
// outermost `record`; computations are synchronous.

import type { Declaration, SourceFile } from '../syntax/source-file.ts';
import { changedImports, type GoPackage } from './package.ts';

/** What an edit that leaves the surface alone can change, and a computation looked at. */
export interface Reads {
  /** Declarations that were looked at with their bodies. */
  readonly bodies: ReadonlySet<Declaration>;
  /** Words by which declarations were searched: the result was free to look at all that mention one. */
  readonly words: ReadonlySet<string>;
  /** Files whose text, comments or offsets were looked at. */
  readonly files: ReadonlySet<SourceFile>;
  /** What was answered to questions about the package as a whole. */
  readonly answers: ReadonlySet<Answer>;
}

/** An answer to a question that can be asked of each version of a package; the same if each part of it is. */
export interface Answer {
  readonly parts: readonly unknown[];
  /** Undefined if nobody knows yet: then it can be another one. */
  again(pkg: GoPackage): readonly unknown[] | undefined;
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
  readonly answers: Set<Answer>;
}

/** The computations that are running, each inside the one before. */
const running: Recording[] = [];

/** Runs a computation about a package and notes what it reads. What it reads, a computation around it reads too. */
export function record<T>(pkg: GoPackage, compute: () => T): Recorded<T> {
  const reads: Recording = {
    bodies: new Set(),
    words: new Set(),
    files: new Set(),
    answers: new Set(),
  };
  running.push(reads);
  try {
    return { value: compute(), reads, holdsFor: pkg };
  } finally {
    running.pop();
    noteAll(reads);
  }
}

/** Runs a computation whose result the one around it does not depend on, or asks for again each time. */
export function apart<T>(compute: () => T): T {
  const around = running.splice(0);
  try {
    return compute();
  } finally {
    running.push(...around);
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

/** Notes what was found of the package as a whole, and how to find out whether that is still so. */
export function readAnswer(answer: Answer): void {
  running.at(-1)?.answers.add(answer);
}

function noteAll({ bodies, words, files, answers }: Reads): void {
  const around = running.at(-1);
  if (!around) return;
  for (const body of bodies) around.bodies.add(body);
  for (const word of words) around.words.add(word);
  for (const file of files) around.files.add(file);
  for (const answer of answers) around.answers.add(answer);
}

/**
 * Whether a recorded value is what its computation would yield for this version of the package. What it costs depends
 * on what was edited since it last held, not on the size of the package.
 */
export function holdsIn(recorded: Recorded<unknown>, pkg: GoPackage): boolean {
  if (recorded.holdsFor === pkg) return true;
  if (recorded.holdsFor.surface !== pkg.surface) return false;
  if (mayDiffer(recorded, pkg)) return false;
  if (!pkg.trialOf) recorded.holdsFor = pkg;
  return true;
}

/**
 * Whether a value holds although the surface of the package has changed: in the signatures of functions alone, none
 * of which is mentioned by what was read or by the declaration that the value is about. Then it holds for the new version.
 */
export function holdsDespite(recorded: Recorded<unknown>, own: Declaration, pkg: GoPackage): boolean {
  if (recorded.holdsFor.surface === pkg.surface || mayDiffer(recorded, pkg, own)) return false;
  if (!pkg.trialOf) recorded.holdsFor = pkg;
  return true;
}

/** Whether a value can be another one in a version of the package; `own` is what it is about. */
export function mayDiffer(
  { reads, holdsFor }: Recorded<unknown>,
  pkg: GoPackage,
  own?: Declaration,
): boolean {
  const isTouched =
    holdsFor.surface === pkg.surface
      ? touches(changeBetween(holdsFor, pkg), reads)
      : mentionsAny(signaturesBetween(holdsFor, pkg), reads, own);
  return isTouched || [...reads.answers].some((answer) => !isSame(answer, pkg));
}

function isSame({ parts, again }: Answer, pkg: GoPackage): boolean {
  const now = again(pkg);
  return now?.length === parts.length && now.every((part, i) => part === parts[i]);
}

/** A declaration with its file, and what has become of it. */
export interface Changed {
  readonly old: { readonly file: SourceFile; readonly declaration: Declaration };
  readonly now: { readonly file: SourceFile; readonly declaration: Declaration } | undefined;
}

/**
 * A value as it is in this version of the package, if all that was read and has changed since are bodies, each into one
 * that will do as well; undefined otherwise.
 */
export function holdsAlike<T>(
  recorded: Recorded<T>,
  pkg: GoPackage,
  willDo: (changed: Changed) => boolean,
): Recorded<T> | undefined {
  const { reads, holdsFor, value } = recorded;
  if (holdsFor.surface !== pkg.surface) return undefined;
  const change = changeBetween(holdsFor, pkg);
  if (touches(change, { ...reads, bodies: new Set() })) return undefined;
  const bodies = new Set(reads.bodies);
  for (const changed of change.declarations) {
    if (!bodies.delete(changed.old.declaration)) continue;
    if (!changed.now || !willDo(changed)) return undefined;
    bodies.add(changed.now.declaration);
  }
  if ([...reads.answers].some((answer) => !isSame(answer, pkg))) return undefined;
  return { value, reads: { ...reads, bodies }, holdsFor: pkg };
}

/** What two versions of a package with the same surface do not share. */
interface Change {
  /** Of the version before. */
  readonly files: readonly SourceFile[];
  readonly declarations: readonly Changed[];
  /** Whether a word is in one of those, for the words that were asked for. */
  readonly mentions: Map<string, boolean>;
}

function touches(change: Change, { bodies, words, files }: Reads): boolean {
  if (change.files.some((file) => files.has(file))) return true;
  if (change.declarations.some(({ old }) => bodies.has(old.declaration))) return true;
  for (const word of words) {
    let isMentioned = change.mentions.get(word);
    if (isMentioned === undefined) {
      isMentioned = change.declarations
        .flatMap(({ old, now }) => (now ? [old, now] : [old]))
        .some(({ declaration }) => mentionsWord(declaration, word));
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

/** With the same surface, files and declarations stand in the same order, but for imports of a trial. */
function difference(before: GoPackage, after: GoPackage): Change {
  const files: SourceFile[] = [];
  const declarations: Changed[] = [];
  const later = [...after.files, ...after.leftOut];
  [...before.files, ...before.leftOut].forEach((file, i) => {
    const now = later[i];
    if (file === now) return;
    files.push(file);
    const others = now ? withoutImports(now) : [];
    withoutImports(file).forEach((declaration, j) => {
      const changed = others[j];
      if (declaration === changed) return;
      declarations.push({
        old: { file, declaration },
        now: now && changed && { file: now, declaration: changed },
      });
    });
  });
  return { files, declarations, mentions: new Map() };
}

/** Functions that two versions of a package do not share, where nothing else differs. */
interface Signatures {
  readonly declarations: readonly Declaration[];
  readonly names: RegExp;
}

/** By the later version, then by the one before; null where more differs. */
const signatures = new WeakMap<GoPackage, WeakMap<GoPackage, Signatures | null>>();

function signaturesBetween(before: GoPackage, after: GoPackage): Signatures | undefined {
  const known = signatures.get(after) ?? new WeakMap<GoPackage, Signatures | null>();
  signatures.set(after, known);
  let change = known.get(before);
  if (change === undefined) {
    change = changedSignatures(before, after) ?? null;
    known.set(before, change);
  }
  return change ?? undefined;
}

function mentionsAny(change: Signatures | undefined, { bodies, words }: Reads, own?: Declaration): boolean {
  if (!change || (own && change.names.test(own.text))) return true;
  for (const { text } of bodies) if (change.names.test(text)) return true;
  return [...words].some((word) => change.declarations.some((d) => mentionsWord(d, word)));
}

const mostSignatures = 24;

function changedSignatures(before: GoPackage, after: GoPackage): Signatures | undefined {
  const [old, now] = [before, after].map((pkg) => new Set(pkg.files.flatMap((file) => file.declarations)));
  const isOther = before.files.some(({ path }, i) => path !== after.files[i]?.path);
  if (!old || !now || before.importPath !== after.importPath || isOther) return undefined;
  const changed = [...old].filter((d) => !now.has(d)).concat([...now].filter((d) => !old.has(d)));
  const declarations = changed.filter(({ kind }) => kind !== 'import');
  if (declarations.length > mostSignatures || declarations.some((d) => d.kind !== 'func')) return undefined;
  const imports = before.files.flatMap((file, i) => changedImports(file, after.files[i] as SourceFile));
  if (imports.includes('.')) return undefined;
  const names = new Set([...declarations.flatMap((d) => d.names), ...imports]);
  return { declarations, names: new RegExp(`\\b(?:${[...names].join('|') || '$^'})\\b`) };
}

function withoutImports({ declarations }: SourceFile): readonly Declaration[] {
  return declarations.filter(({ kind }) => kind !== 'import');
}

/** Whether a function, method or variable has the word in its text as such; what is no single word, as a part. */
export function mentionsWord({ kind, text }: Declaration, word: string): boolean {
  if ((kind !== 'func' && kind !== 'var') || !text.includes(word)) return false;
  return !/^\w+$/.test(word) || new RegExp(`\\b${word}\\b`).test(text);
}
