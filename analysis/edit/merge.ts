// Several fixes, each made for the same text, into one set of edits: whole fixes only, never half of one.

import type { Edit, Fix } from '../finding.ts';
import { sortEdits } from './apply.ts';
import type { FixNeeds } from './build-fix.ts';
import { byPath, importDeclaration, type NewImport } from './go-imports.ts';
import type { NewName } from './names.ts';

/** A fix and what `buildFix` says it needs. */
export type MergeableFix = Fix & {
  readonly needs?: FixNeeds;
  /** For a fix that was tried out: the names of what its trial has looked at again. */
  readonly tried?: readonly string[];
};

/** A fix that is left out of a merge. */
export interface Deferred {
  readonly fix: Fix;
  /** The fix that it collides with. */
  readonly rival: Fix;
}

export interface Merge {
  /** In the order in which they were tried. */
  readonly accepted: readonly Fix[];
  readonly deferred: readonly Deferred[];
  /** The edits of all accepted fixes by path, sorted, without overlap: what `applyEdits` takes. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
}

/**
 * Accepts fixes in order of path, first edit and place in the list, and defers each that collides with one
 * accepted before. The same edit in two fixes is made once; imports added at one place are put in order.
 */
export function mergeFixes(fixes: readonly MergeableFix[]): Merge {
  const accepted: MergeableFix[] = [];
  const deferred: Deferred[] = [];
  const edits = new Map<string, Edit[]>();
  for (const fix of inOrder(fixes)) {
    const rival = accepted.find((other) => collide(fix, other));
    if (rival) {
      deferred.push({ fix, rival });
      continue;
    }
    accepted.push(fix);
    for (const edit of fix.edits) edits.set(edit.path, withEdit(edits.get(edit.path) ?? [], edit));
  }
  const sorted = [...edits].map(([path, list]): [string, readonly Edit[]] => [path, sortEdits(list)]);
  return { accepted, deferred, edits: new Map(sorted) };
}

function inOrder(fixes: readonly MergeableFix[]): readonly MergeableFix[] {
  const first = (fix: Fix): Pick<Edit, 'path' | 'start'> => fix.edits[0] ?? { path: '', start: 0 };
  return [...fixes].sort((a, b) => {
    const [x, y] = [first(a), first(b)];
    return x.path < y.path ? -1 : x.path > y.path ? 1 : x.start - y.start;
  });
}

function collide(a: MergeableFix, b: MergeableFix): boolean {
  return (
    a.edits.some((x) => b.edits.some((y) => x.path === y.path && areAtOdds(x, y))) ||
    destroys(a, b) ||
    destroys(b, a) ||
    // Each was tried out without the other.
    (a.tried?.some((name) => b.tried?.includes(name)) ?? false) ||
    (a.needs?.declares.some((x) => b.needs?.declares.some((y) => areOneName(x, y))) ?? false)
  );
}

/** Whether two edits of one text cannot both be made. */
function areAtOdds(a: Edit, b: Edit): boolean {
  if (a.start === b.start && a.end === b.end) return a.newText !== b.newText && !joinedImports(a, b);
  return a.start < b.end && b.start < a.end;
}

/** Whether the first fix changes text that the second relies on. */
function destroys(a: MergeableFix, b: MergeableFix): boolean {
  return (b.needs?.keeps ?? []).some((kept) =>
    a.edits.some((e) => e.path === kept.path && e.start < e.end && e.start < kept.end && kept.start < e.end),
  );
}

function areOneName(a: NewName, b: NewName): boolean {
  if (a.name !== b.name || (a.importPath !== undefined && a.importPath === b.importPath)) return false;
  return a.scope.startsWith(b.scope) || b.scope.startsWith(a.scope);
}

function withEdit(edits: Edit[], edit: Edit): Edit[] {
  const i = edits.findIndex((e) => e.start === edit.start && e.end === edit.end);
  const same = edits[i];
  if (!same) return [...edits, edit];
  return same.newText === edit.newText ? edits : edits.with(i, joinedImports(same, edit) ?? same);
}

const importPattern = /^(\t|import )((?:[^\s"]+ )?"[^"\s]+")$/;

/** Two insertions of imports at one offset as one insertion of all of them; undefined if they are not that. */
function joinedImports(a: Edit, b: Edit): Edit | undefined {
  if (a.start !== a.end) return undefined;
  const newText = joinedDeclarations(a.newText, b.newText) ?? joinedLines(a.newText, b.newText);
  return newText === undefined ? undefined : { ...a, newText };
}

/** Two first import declarations of a file as one. */
function joinedDeclarations(a: string, b: string): string | undefined {
  const form = /^(\r?\n)\1import (?:\((?:\1[^()]*)\1\)|[^()\n]+?)(\1?)$/;
  const [x, y] = [form.exec(a), form.exec(b)];
  const eol = x?.[1];
  if (!eol || eol !== y?.[1] || x?.[2] !== y[2]) return undefined;
  const lines = [...a.split(eol), ...b.split(eol)];
  const imports = unique(lines.flatMap((line) => importOf(line) ?? []));
  return `${eol}${eol}${importDeclaration(imports, eol)}${x[2]}`;
}

/** Two runs of import lines with the same text around them. */
function joinedLines(a: string, b: string): string | undefined {
  const eol = `${a}${b}`.includes('\r\n') ? '\r\n' : '\n';
  const [x, y] = [runOf(a.split(eol)), runOf(b.split(eol))];
  if (x.specs.length + y.specs.length === 0 || x.around.join(eol) !== y.around.join(eol)) return undefined;
  if (x.specs.length > 0 && y.specs.length > 0 && x.at !== y.at) return undefined;
  const start = x.specs.length > 0 ? x : y;
  const prefix = importPattern.exec(start.lines[start.at] ?? '')?.[1] ?? '\t';
  const specs = unique([...x.specs, ...y.specs]).sort(byPath);
  const lines = specs.map(({ path, alias }) => `${prefix}${alias ? `${alias} ` : ''}"${path}"`);
  return [...x.around.slice(0, start.at), ...lines, ...x.around.slice(start.at)].join(eol);
}

interface ImportRun {
  readonly lines: readonly string[];
  /** The lines that are no imports. */
  readonly around: readonly string[];
  /** The index of the first import line. */
  readonly at: number;
  readonly specs: readonly NewImport[];
}

function runOf(lines: readonly string[]): ImportRun {
  const specs = lines.flatMap((line) => importOf(line) ?? []);
  return {
    lines,
    around: lines.filter((line) => !importOf(line)),
    at: lines.findIndex((line) => importOf(line)),
    specs,
  };
}

function importOf(line: string): NewImport | undefined {
  const spec = importPattern.exec(line)?.[2];
  if (!spec) return undefined;
  const quote = spec.indexOf('"');
  return { path: spec.slice(quote + 1, -1), alias: quote > 0 ? spec.slice(0, quote - 1) : undefined };
}

function unique(imports: readonly NewImport[]): NewImport[] {
  const known = new Map(imports.map((i) => [`${i.alias ?? ''} ${i.path}`, i]));
  return [...known.values()];
}
