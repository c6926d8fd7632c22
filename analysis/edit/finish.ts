// What turns the drafts of a fix into its edits: conflicts found, the result proved to parse, columns lined up.

import type { Edit } from '../finding.ts';
import { isFunction, nodesOf, statements, type Tree } from '../syntax/node.ts';
import { parse } from '../syntax/parser.ts';
import { type Declaration, type SourceFile, treeOf } from '../syntax/source-file.ts';
import { split } from '../syntax/split.ts';
import { applyEdits } from './apply.ts';
import { linedUp } from './columns.ts';
import { onOneLine, type Span, trailing } from './layout.ts';
import { columnsAcross, columnsIn } from './rows.ts';
import { composed, type Draft, settled } from './splice.ts';
import { openedBlock } from './statements.ts';

/**
 * The edits of one file. Undefined if drafts contradict each other or a declaration that parsed would not parse
 * any more. Looks only at the declarations that change, and remembers what came of each.
 */
export function finished(file: SourceFile, drafts: readonly Draft[]): readonly Edit[] | undefined {
  const edits = settled(drafts);
  if (!edits) return undefined;
  const byDeclaration = new Map<number, Edit[]>();
  const result: Edit[] = [];
  for (const edit of edits) {
    const i = file.starts.findLastIndex((start) => start <= edit.start);
    if (i >= 0 && edit.end <= endOf(file, i)) byDeclaration.set(i, [...(byDeclaration.get(i) ?? []), edit]);
    else if (isBetween(file, edit) && isValid(edit.newText)) result.push(edit);
    else return undefined;
  }
  for (const [i, own] of byDeclaration) {
    const offset = file.starts[i] ?? 0;
    const shifted = own.map((e) => ({ ...e, start: e.start - offset, end: e.end - offset }));
    const text = file.text.slice(offset, endOf(file, i));
    const done = finishedDeclaration(file.declarations[i] as Declaration, text, shifted);
    if (!done) return undefined;
    for (const { start, end, newText } of done) {
      result.push({ path: file.path, start: start + offset, end: end + offset, newText });
    }
  }
  result.sort((a, b) => a.start - b.start || a.end - b.end);
  return edits.reduce((done, edit) => linedUpAround(file, done, edit.start), result as readonly Edit[]);
}

/** The edits, with the columns lined up of the one-line declarations that stand on the lines around an offset. */
function linedUpAround(file: SourceFile, edits: readonly Edit[], at: number): readonly Edit[] {
  const { text, path } = file;
  const isJoined = (i: number) => {
    const [end, next] = [endOf(file, i - 1), file.starts[i] ?? 0];
    return (
      i > 0 &&
      i < file.starts.length &&
      /^[\t ]*\r?\n$/.test(text.slice(end, next)) &&
      isShort(i) &&
      isShort(i - 1)
    );
  };
  const isShort = (i: number) => onOneLine(text, file.starts[i] ?? 0, endOf(file, i));
  let first = Math.max(
    0,
    file.starts.findLastIndex((start) => start <= at),
  );
  // An insertion between two declarations concerns the next one too.
  let last = at > endOf(file, first) ? Math.min(first + 1, file.starts.length - 1) : first;
  while (isJoined(first)) first--;
  while (isJoined(last + 1)) last++;
  if (first === last) return edits;
  const [from, to] = [file.starts[first] ?? 0, endOf(file, last)];
  const own = edits.filter((e) => from <= e.start && e.end <= to);
  const shifted = own.map((e) => ({ ...e, start: e.start - from, end: e.end - from }));
  const before = text.slice(from, to);
  const after = applyEdits(before, shifted);
  const columns = linedUp(columnsAcross(before), shifted, columnsAcross(after), changedRanges(shifted));
  const done = composed(before, shifted, after, columns).map((e) => ({
    ...e,
    path,
    start: e.start + from,
    end: e.end + from,
  }));
  return [...edits.filter((e) => !own.includes(e)), ...done].sort(
    (a, b) => a.start - b.start || a.end - b.end,
  );
}

/** The end of a declaration, with the comments that trail it. */
function endOf(file: SourceFile, i: number): number {
  return trailing(file, (file.starts[i] ?? 0) + (file.declarations[i]?.text.length ?? 0), '').end;
}

/** Whether the edit takes no declaration apart: each is wholly replaced or untouched. */
function isBetween(file: SourceFile, { start, end }: Span): boolean {
  return file.starts.every((from, i) => {
    const to = endOf(file, i);
    return end <= from || to <= start || (start <= from && to <= end);
  });
}

const memo = new WeakMap<Declaration, Map<string, readonly Edit[] | undefined>>();

function finishedDeclaration(
  declaration: Declaration,
  text: string,
  edits: readonly Edit[],
): readonly Edit[] | undefined {
  const known = memo.get(declaration) ?? new Map<string, readonly Edit[] | undefined>();
  memo.set(declaration, known);
  const key = JSON.stringify([text.length, ...edits.map((e) => [e.start, e.end, e.newText])]);
  if (!known.has(key)) known.set(key, finish(declaration, text, edits));
  return known.get(key);
}

function finish(declaration: Declaration, text: string, edits: readonly Edit[]): readonly Edit[] | undefined {
  const before = treeOf(declaration);
  const pieces = piecesByText();
  const opened = tidied(text, edits, pieces, overlongBodies);
  if (!opened || !before) return undefined;
  return tidied(text, opened, pieces, (tree, changed) =>
    linedUp(columnsIn(before), opened, columnsIn(tree), changed),
  );
}

type Pieces = ReturnType<typeof piecesOf>;

/** `piecesOf` that remembers: most fixes open no body, and then the second step sees the text of the first. */
function piecesByText(): (text: string) => Pieces {
  const known = new Map<string, Pieces>();
  return (text) => {
    if (!known.has(text)) known.set(text, piecesOf(text));
    return known.get(text);
  };
}

/** The edits followed by what `tidy` makes of the declaration they result in; undefined if it does not parse. */
function tidied(
  text: string,
  edits: readonly Edit[],
  piecesIn: (text: string) => Pieces,
  tidy: (tree: Tree, changed: readonly Span[]) => readonly Edit[],
): readonly Edit[] | undefined {
  const after = applyEdits(text, edits);
  const pieces = piecesIn(after);
  if (!pieces) return undefined;
  const second = pieces.flatMap(({ start, tree }) => {
    const changed = changedRanges(edits).map((r) => ({ start: r.start - start, end: r.end - start }));
    const inside = changed.filter((r) => r.end >= 0 && r.start <= tree.text.length);
    const clamped = inside.map((r) => ({
      start: Math.max(0, r.start),
      end: Math.min(tree.text.length, r.end),
    }));
    return tidy(tree, clamped).map((e) => ({ ...e, start: e.start + start, end: e.end + start }));
  });
  return composed(text, edits, after, second);
}

/** Where the new texts are once the edits are made. */
function changedRanges(edits: readonly Edit[]): readonly Span[] {
  let shift = 0;
  return edits.map(({ start, end, newText }) => {
    const at = start + shift;
    shift += newText.length - (end - start);
    return { start: at, end: at + newText.length };
  });
}

/** The trees of the declarations in a text; undefined if there is anything else in it, or one does not parse. */
function piecesOf(text: string): readonly { readonly start: number; readonly tree: Tree }[] | undefined {
  const { pieces, comments } = split(text);
  let rest = 0;
  const holes: string[] = [];
  const trees: { start: number; tree: Tree }[] = [];
  for (const { start, end } of pieces) {
    const tree = parse(text.slice(start, end));
    if (!tree) return undefined;
    trees.push({ start, tree });
    holes.push(withoutComments(text, rest, start, comments));
    rest = end;
  }
  holes.push(withoutComments(text, rest, text.length, comments));
  return holes.every((hole) => /^[\s;]*$/.test(hole)) ? trees : undefined;
}

function withoutComments(text: string, start: number, end: number, comments: readonly number[]): string {
  let result = '';
  let at = start;
  for (let i = 0; i + 1 < comments.length; i += 2) {
    const [from, to] = [comments[i] as number, comments[i + 1] as number];
    if (from < start || from >= end) continue;
    result += text.slice(at, from);
    at = to;
  }
  return result + text.slice(at, end);
}

function isValid(text: string): boolean {
  return piecesOf(text) !== undefined;
}

/** gofmt's limits for a function whose body stands on one line: bytes in all, and statements. */
const longestOneLiner = 100;
const mostStatements = 5;

/** Spreads changed one-line function bodies over several lines if gofmt would. */
function overlongBodies(tree: Tree, changed: readonly Span[]): readonly Edit[] {
  const encoder = new TextEncoder();
  const sizeOf = (start: number, end: number) => encoder.encode(tree.text.slice(start, end).trimEnd()).length;
  const drafts = nodesOf(tree, 'block').flatMap((block): readonly Draft[] => {
    const fn = block.parent;
    const list = statements(block);
    if (!fn || !isFunction(fn) || list.length === 0 || !onOneLine(tree.text, fn.start, block.end)) return [];
    if (!changed.some((range) => range.start <= block.end && fn.start <= range.end)) return [];
    const body = list.reduce((sum, s, i) => sum + sizeOf(s.start, s.end) + (i > 0 ? 2 : 0), 0);
    if (list.length <= mostStatements && sizeOf(fn.start, block.start) + body <= longestOneLiner) return [];
    const spans = list.map((s) => ({
      start: s.start,
      end: s.start + tree.text.slice(s.start, s.end).trimEnd().length,
    }));
    return openedBlock('', tree.text, block.start, block.end, spans);
  });
  return settled(drafts) ?? [];
}
