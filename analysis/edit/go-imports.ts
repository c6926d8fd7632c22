// Import declarations: where goimports would put a new import, and what is left when one goes away.

import { type ImportSpec, importsOf } from '../syntax/imports.ts';
import { type Declaration, declarationOf, type SourceFile, treeOf } from '../syntax/source-file.ts';
import {
  commentsIn,
  eolAt,
  isBlank,
  isFirstOnLine,
  lineStart,
  nextLine,
  onOneLine,
  type Span,
  spanOf,
  trailing,
} from './layout.ts';
import type { Draft } from './splice.ts';
import { documentedStart, type Lines } from './statements.ts';

export interface NewImport {
  readonly path: string;
  /** The explicit name, if it is not the package's own. */
  readonly alias: string | undefined;
}

interface PlacedSpec extends Span {
  readonly path: string;
  readonly alias: string | undefined;
  readonly spec: ImportSpec;
  /** It starts its line, and nothing but a comment follows. */
  readonly hasOwnLine: boolean;
}

/** One import declaration. */
interface ImportBlock extends Span {
  readonly specs: readonly PlacedSpec[];
  readonly hasParens: boolean;
}

/**
 * The drafts that add and remove imports; whole lines to remove are noted in `lines`. Undefined if the imports of
 * the file cannot be told or its package clause has no line of its own.
 */
export function importDrafts(
  lines: Lines,
  added: readonly NewImport[],
  removed: ReadonlySet<ImportSpec>,
): readonly Draft[] | undefined {
  const { file } = lines;
  const blocks = blocksOf(file);
  if (!blocks) return undefined;
  const sorted = [...added].sort(byPath);
  const usable = blocks.filter((b) => b.specs.length === 0 || b.specs.some((s) => s.path !== 'C'));
  const target = usable.some((b) => b.hasParens)
    ? 'parens'
    : usable.length > 1
      ? 'lines'
      : usable.length === 1
        ? 'single'
        : 'none';
  const isKept = (block: ImportBlock) =>
    sorted.length > 0 && (target !== 'lines' ? usable.includes(block) : false);
  const drafts = blocks.flatMap((block) => removedImports(lines, block, removed, isKept(block)));
  if (sorted.length === 0) return drafts;
  const [single] = usable;
  const add =
    target === 'parens'
      ? intoParens(
          file,
          usable.filter((b) => b.hasParens),
          sorted,
        )
      : target === 'lines'
        ? intoLines(file, usable, sorted)
        : target === 'single' && single
          ? intoSingle(file, single, sorted, removed)
          : newDeclaration(file, sorted);
  return add && [...drafts, ...add];
}

/** The text of an import without the keyword: `stdtime "time"`. */
function importText({ path, alias }: NewImport): string {
  return alias ? `${alias} "${path}"` : `"${path}"`;
}

/** The order that gofmt gives imports. */
export function byPath(a: NewImport, b: NewImport): number {
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return order(a.path, b.path) || order(a.alias ?? '', b.alias ?? '');
}

/** Imports as lines of a block: the standard library, a blank line, the others. */
function importLines(imports: readonly NewImport[]): readonly string[] {
  const sorted = [...imports].sort(byPath);
  const groups = [sorted.filter((i) => isStandard(i.path)), sorted.filter((i) => !isStandard(i.path))];
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, i) => [...(i > 0 ? [''] : []), ...group.map((spec) => `\t${importText(spec)}`)]);
}

/** Whether goimports counts the path as standard library: its first element is no domain. */
export function isStandard(path: string): boolean {
  return !(path.split('/')[0] ?? '').includes('.');
}

function blocksOf(file: SourceFile): readonly ImportBlock[] | undefined {
  const blocks: ImportBlock[] = [];
  const specs = importsOf(file);
  for (const [i, declaration] of file.declarations.entries()) {
    if (declaration.kind !== 'import') continue;
    if (!treeOf(declaration)) return undefined;
    const start = file.starts[i] ?? 0;
    blocks.push({
      start,
      end: start + declaration.text.trimEnd().length,
      specs: specs.filter((s) => declarationOf(s.node) === declaration).map((s) => placed(file, s)),
      hasParens: hasParens(declaration),
    });
  }
  return blocks;
}

function hasParens(declaration: Declaration): boolean {
  return treeOf(declaration)?.root.children.some((c) => c.kind === 'import_spec_list') ?? false;
}

function placed(file: SourceFile, spec: ImportSpec): PlacedSpec {
  const { start, end } = spanOf(file, spec.node);
  const hasOwnLine = isFirstOnLine(file.text, start) && trailing(file, end, ';').last;
  return { start, end, path: spec.path, alias: spec.alias, spec, hasOwnLine };
}

/** Adds to blocks with parentheses: into the group of its kind, or as a new group. */
function intoParens(
  file: SourceFile,
  blocks: readonly ImportBlock[],
  added: readonly NewImport[],
): readonly Draft[] | undefined {
  const { text, path } = file;
  const first = blocks.find((b) => b.specs.length > 0);
  if (!first) return intoEmptyParens(file, blocks[0] as ImportBlock, added);
  const eol = eolAt(text, first.start);
  const put = (at: number, newText: string): Draft => ({ path, start: at, end: at, newText });
  const groups = blocks.flatMap((b) => groupsOf(text, b));
  const fresh: { top: NewImport[]; bottom: NewImport[] } = { top: [], bottom: [] };
  const drafts: Draft[] = [];
  for (const one of added) {
    const group = groupFor(groups, one.path);
    if (group) drafts.push(intoGroup(file, group, one));
    else fresh[isStandard(one.path) ? 'top' : 'bottom'].push(one);
  }
  const [start, end] = [first.specs[0] as PlacedSpec, first.specs.at(-1) as PlacedSpec];
  if ((fresh.top.length > 0 && !start.hasOwnLine) || (fresh.bottom.length > 0 && !end.hasOwnLine))
    return undefined;
  const lines = (list: readonly NewImport[]) => list.map((i) => `\t${importText(i)}${eol}`).join('');
  if (fresh.top.length > 0) drafts.push(put(documentedStart(file, start.start), lines(fresh.top) + eol));
  if (fresh.bottom.length > 0)
    drafts.push(put(nextLine(text, trailing(file, end.end, ';').end), eol + lines(fresh.bottom)));
  return drafts;
}

type Group = readonly PlacedSpec[];

/** Runs of imports without a blank line between them. */
function groupsOf(text: string, block: ImportBlock): readonly Group[] {
  const groups: PlacedSpec[][] = [];
  for (const spec of block.specs) {
    const last = groups.at(-1)?.at(-1);
    if (last && !/\n[ \t\r]*\n/.test(text.slice(last.end, spec.start))) groups.at(-1)?.push(spec);
    else groups.push([spec]);
  }
  return groups;
}

/** The group that imports of the same kind are in: for others than the standard library, the most related ones. */
function groupFor(groups: readonly Group[], path: string): Group | undefined {
  if (isStandard(path)) return groups.find((g) => g.some((s) => isStandard(s.path) && s.path !== 'C'));
  let best: Group | undefined;
  let most = -1;
  for (const group of groups) {
    for (const spec of group) {
      if (isStandard(spec.path)) continue;
      const related = sharedElements(spec.path, path);
      if (related > most) [best, most] = [group, related];
    }
  }
  return best;
}

function sharedElements(a: string, b: string): number {
  const others = b.split('/');
  const differs = a.split('/').findIndex((element, i) => element !== others[i]);
  return differs < 0 ? others.length : differs;
}

function intoGroup(file: SourceFile, group: Group, one: NewImport): Draft {
  const { text, path } = file;
  const put = (at: number, newText: string): Draft => ({ path, start: at, end: at, newText });
  const after = group.findIndex((spec) => byPath(spec, one) > 0);
  const previous = after < 0 ? group.at(-1) : group[after - 1];
  const anchor = previous ?? (group[0] as PlacedSpec);
  if (!anchor.hasOwnLine) return put(anchor.end, `; ${importText(one)}`);
  const line = `\t${importText(one)}${eolAt(text, anchor.start)}`;
  if (previous) return put(nextLine(text, trailing(file, previous.end, ';').end), line);
  // A comment above the first import heads the group, unless that import is there for its effect.
  const isHeading = anchor.alias !== '_' && anchor.alias !== '.' && anchor.path !== 'C';
  return put(isHeading ? lineStart(text, anchor.start) : documentedStart(file, anchor.start), line);
}

function intoEmptyParens(
  file: SourceFile,
  block: ImportBlock,
  added: readonly NewImport[],
): readonly Draft[] | undefined {
  const { text, path } = file;
  const open = text.indexOf('(', block.start) + 1;
  if (open === 0 || !isBlank(text, open, block.end - 1)) return undefined;
  const eol = eolAt(text, block.start);
  return [{ path, start: open, end: block.end - 1, newText: eol + importLines(added).join(eol) + eol }];
}

/** Adds to the only import, which has no parentheses and gets them. */
function intoSingle(
  file: SourceFile,
  block: ImportBlock,
  added: readonly NewImport[],
  removed: ReadonlySet<ImportSpec>,
): readonly Draft[] | undefined {
  const { text, path } = file;
  const spec = block.specs[0] as PlacedSpec;
  const eol = eolAt(text, block.start);
  const tail = trailing(file, spec.end, '');
  const replacement = removed.has(spec.spec) ? added[0] : undefined;
  const own = replacement ?? spec;
  const drafts: Draft[] = replacement
    ? [{ path, start: spec.start, end: spec.end, newText: importText(replacement) }]
    : [];
  if (replacement && added.length === 1) return drafts;
  if (!tail.last) return undefined;
  const all = importLines([...added.filter((i) => i !== replacement), own]);
  const at = all.indexOf(`\t${importText(own)}`);
  const before = all
    .slice(0, at)
    .map((line) => line + eol)
    .join('');
  const after = all
    .slice(at + 1)
    .map((line) => eol + line)
    .join('');
  return [
    { path, start: spec.start, end: spec.start, newText: `(${eol}${before}\t` },
    ...drafts,
    { path, start: tail.end, end: tail.end, newText: `${after}${eol})` },
  ];
}

/** Adds to imports that each have a declaration of their own. */
function intoLines(
  file: SourceFile,
  blocks: readonly ImportBlock[],
  added: readonly NewImport[],
): readonly Draft[] | undefined {
  const { text, path } = file;
  const last = blocks.at(-1) as ImportBlock;
  const drafts: Draft[] = [];
  for (const one of added) {
    const next = blocks.findIndex((b) => b.specs.some((spec) => byPath(spec, one) > 0));
    const follower = blocks[next];
    const previous = next < 0 ? last : blocks[next - 1];
    const line = `import ${importText(one)}`;
    if (follower && !previous && documentedStart(file, follower.start) === lineStart(text, follower.start)) {
      drafts.push({
        path,
        start: follower.start,
        end: follower.start,
        newText: line + eolAt(text, follower.start),
      });
      continue;
    }
    const tail = trailing(file, (previous ?? last).end, ';');
    if (!tail.last) return undefined;
    drafts.push({ path, start: tail.end, end: tail.end, newText: eolAt(text, tail.end) + line });
  }
  return drafts;
}

/** A first import declaration, after the package clause, so that no comment is parted from what it documents. */
function newDeclaration(file: SourceFile, added: readonly NewImport[]): readonly Draft[] | undefined {
  const { text, path } = file;
  const clause = file.declarations.findIndex((d) => d.kind === 'package');
  if (clause < 0) return undefined;
  const end = (file.starts[clause] ?? 0) + (file.declarations[clause] as Declaration).text.trimEnd().length;
  const tail = trailing(file, end, ';');
  if (!tail.last) return undefined;
  const eol = eolAt(text, tail.end);
  const below = nextLine(text, tail.end);
  const isFollowed = below < text.length && !isBlank(text, below, nextLine(text, below));
  return [
    {
      path,
      start: tail.end,
      end: tail.end,
      newText: `${eol}${eol}${importDeclaration(added, eol)}${isFollowed ? eol : ''}`,
    },
  ];
}

/** A whole import declaration. */
export function importDeclaration(imports: readonly NewImport[], eol: string): string {
  const [only] = imports;
  if (imports.length === 1 && only) return `import ${importText(only)}`;
  return `import (${eol}${importLines(imports).join(eol)}${eol})`;
}

/** Removes imports of one declaration, and the declaration if it is left empty and nothing is added to it. */
function removedImports(
  lines: Lines,
  block: ImportBlock,
  removed: ReadonlySet<ImportSpec>,
  isKept: boolean,
): readonly Draft[] {
  const { file } = lines;
  const { text, path } = file;
  const gone = block.specs.filter((s) => removed.has(s.spec));
  if (gone.length === 0) return [];
  const isEmptied = gone.length === block.specs.length;
  if (isEmptied && isKept && !block.hasParens) return [];
  const cut = (start: number, end: number): Draft => ({ path, start, end, newText: '' });
  const hasComments = block.hasParens && commentsIn(file.comments, block.start, block.end).length > 0;
  if (isEmptied && !isKept && !hasComments) {
    const tail = trailing(file, block.end, ';');
    const hasOwnLines = isFirstOnLine(text, block.start) && tail.last;
    if (!hasOwnLines) return [cut(block.start, Math.max(block.end, tail.end))];
    lines.removed.push({ start: lineStart(text, block.start), end: nextLine(text, tail.end) });
    return [];
  }
  // gofmt does not indent comments in a group that has nothing else.
  const comments = isEmptied && !isKept ? commentsIn(file.comments, block.start, block.end) : [];
  const outdented = comments
    .filter((c) => isFirstOnLine(text, c.start) && lineStart(text, c.start) < c.start)
    .map((c) => cut(lineStart(text, c.start), c.start));
  return [...outdented, ...gone.flatMap((spec) => removedSpec(lines, block, spec))];
}

function removedSpec(lines: Lines, block: ImportBlock, spec: PlacedSpec): readonly Draft[] {
  const { text, path } = lines.file;
  if (spec.hasOwnLine) {
    const end = nextLine(text, trailing(lines.file, spec.end, ';').end);
    lines.removed.push({ start: lineStart(text, spec.start), end });
    return [];
  }
  const i = block.specs.indexOf(spec);
  const [previous, next] = [block.specs[i - 1], block.specs[i + 1]];
  const cut = (start: number, end: number): Draft => ({ path, start, end, newText: '' });
  if (next && onOneLine(text, spec.end, next.start)) return [cut(spec.start, next.start)];
  if (previous && onOneLine(text, previous.end, spec.start)) return [cut(previous.end, spec.end)];
  return [cut(spec.start, spec.end)];
}
