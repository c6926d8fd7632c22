// The lines of a declaration that gofmt sets in columns: trailing comments, the values of keyed elements, and the
// names, types and values of var, const and field lists. Follows the layout rules of the go/printer package.

import type { Kind } from '../syntax/kinds.generated.ts';
import { child, childrenIn, type Node, nodesOf, type Tree } from '../syntax/node.ts';
import { split } from '../syntax/split.ts';
import { commentsIn, isFirstOnLine, lineEnd, type Span } from './layout.ts';

/** One line as cells; undefined is an empty cell. Between two cells stand spaces as the columns demand. */
export interface Row {
  readonly line: number;
  readonly cells: readonly (Span | undefined)[];
}

/** Rows of consecutive lines that may share columns. */
export type Section = readonly Row[];

interface Page {
  readonly text: string;
  readonly comments: readonly number[];
  readonly lineStarts: readonly number[];
}

/** A row, and whether gofmt starts a new section before it although it follows the previous one directly. */
interface Candidate {
  readonly row: Row;
  readonly lastLine: number;
  readonly breaks: boolean;
}

/** A text and its sections in the lists that have a part in one of the ranges. */
export interface Columns {
  readonly text: string;
  readonly sectionsNear: (ranges: readonly Span[]) => readonly Section[];
}

/** The columns inside a declaration. */
export function columnsIn(tree: Tree): Columns {
  const sectionsNear = (ranges: readonly Span[]) => {
    const page = pageOf(tree.text);
    return nodesOf(tree, ...listKinds)
      .filter((node) => ranges.some((range) => node.start <= range.end && range.start <= node.end))
      .flatMap((node) => sections(candidatesOf(page, node)));
  };
  return { text: tree.text, sectionsNear };
}

/** The columns of top-level declarations on one line each: the bodies of functions, and trailing comments. */
export function columnsAcross(text: string): Columns {
  const sectionsNear = () => {
    const page = pageOf(text);
    return sections(
      split(text).pieces.flatMap((piece) => {
        const starts = piece.body > 0 ? [piece.start, piece.body] : [piece.start];
        const isLong = piece.kind === 'func' && lineOf(page, piece.start) !== lineOf(page, piece.end);
        return candidate(page, piece, starts, isLong);
      }),
    );
  };
  return { text, sectionsNear };
}

function sections(candidates: readonly Candidate[]): readonly Section[] {
  const result: Row[][] = [];
  let previous: Candidate | undefined;
  for (const next of candidates) {
    const joins =
      previous &&
      !next.breaks &&
      previous.row.line === previous.lastLine &&
      next.row.line === previous.lastLine + 1;
    if (joins) result.at(-1)?.push(next.row);
    else result.push([next.row]);
    previous = next;
  }
  return result;
}

const listKinds: readonly Kind[] = [
  'statement_list',
  'import_spec_list',
  'interface_type',
  'literal_value',
  'argument_list',
  'var_spec_list',
  'const_declaration',
  'field_declaration_list',
];

function candidatesOf(page: Page, node: Node): readonly Candidate[] {
  switch (node.kind) {
    case 'statement_list':
    case 'import_spec_list':
    case 'interface_type':
      return plainList(page, node.children);
    case 'literal_value':
    case 'argument_list':
      return expressionList(page, node);
    case 'var_spec_list':
      return valueList(page, node.children);
    case 'const_declaration':
      return valueList(
        page,
        node.children.filter((c) => c.kind === 'const_spec'),
      );
    case 'field_declaration_list':
      return fieldList(page, node.children);
    default:
      return [];
  }
}

/** Statements and the like: one cell, and a trailing comment. */
function plainList(page: Page, items: readonly Node[]): readonly Candidate[] {
  return items.flatMap((item) => candidate(page, item, [item.start], item.kind === 'labeled_statement'));
}

/** Elements of a literal, or arguments: gofmt stops aligning where the sizes of neighbours differ too much. */
function expressionList(page: Page, list: Node): readonly Candidate[] {
  const items = list.children;
  const first = items[0];
  const last = items.at(-1);
  const openLine = lineOf(page, list.start);
  if (!first || !last || openLine === lineOf(page, last.end)) return [];
  const result: Candidate[] = [];
  const sizes = { log: 0, count: 0 };
  let size = 0;
  let brokenAt = lineOf(page, first.start) > openLine ? 0 : -1;
  items.forEach((item, i) => {
    const before = i > 0 ? (items[i - 1] as Node) : undefined;
    const line = lineOf(page, item.start);
    const startsLine = line > lineOf(page, before?.start ?? list.start);
    const previousSize = size;
    size = sizeOf(page, item);
    const breaks =
      !(previousSize > 0 && size > 0 && isSimilar(previousSize, size, sizes)) || brokenAt + 1 < i;
    if (before && startsLine) {
      brokenAt = i;
      if (breaks || line > lineOf(page, before.end) + 1) Object.assign(sizes, { log: 0, count: 0 });
    }
    const value = item.kind === 'keyed_element' ? child(item, 'value') : undefined;
    const isColumn = value && items.length > 1 && size > 0 && startsLine;
    result.push(
      ...candidate(page, item, isColumn ? [item.start, value.start] : [item.start], breaks || i === 0),
    );
    if (size > 0) {
      sizes.log += Math.log(size);
      sizes.count++;
    }
  });
  return result;
}

/** The width that decides about alignment: of the key, or of the whole element; 0 if it has several lines. */
function sizeOf(page: Page, item: Node): number {
  if (lineOf(page, item.start) !== lineOf(page, item.end)) return 0;
  const measured = (item.kind === 'keyed_element' && child(item, 'key')) || item;
  return new TextEncoder().encode(page.text.slice(measured.start, measured.end)).length;
}

const smallSize = 40;
const sizeRatio = 2.5;

function isSimilar(
  previous: number,
  size: number,
  seen: { readonly log: number; readonly count: number },
): boolean {
  if (seen.count === 0 || (previous <= smallSize && size <= smallSize)) return true;
  const ratio = size / Math.exp(seen.log / seen.count);
  return sizeRatio * ratio > 1 && ratio < sizeRatio;
}

/** Names, types and values of a var or const group. A comment always stands in the fourth column. */
function valueList(page: Page, specs: readonly Node[]): readonly Candidate[] {
  if (specs.length < 2) return plainList(page, specs);
  const keepsType = typeColumns(specs);
  return specs.flatMap((spec, i) => {
    const type = child(spec, 'type');
    const value = child(spec, 'value');
    const equals = value && page.text.lastIndexOf('=', value.start);
    const cells: (number | undefined)[] = [spec.start];
    if (type || keepsType[i]) cells.push(type?.start);
    if (equals !== undefined) cells.push(equals);
    return candidate(page, spec, cells, false, 3);
  });
}

/** Which specs leave room for a type: all of a run of specs with values, if one of the run has a type. */
function typeColumns(specs: readonly Node[]): readonly boolean[] {
  const keeps = specs.map(() => false);
  for (let i = 0; i < specs.length; ) {
    let end = i;
    while (end < specs.length && child(specs[end] as Node, 'value')) end++;
    const run = specs.slice(i, end);
    if (run.some((spec) => child(spec, 'type'))) keeps.fill(true, i, end);
    i = Math.max(end, i + 1);
  }
  return keeps;
}

function fieldList(page: Page, fields: readonly Node[]): readonly Candidate[] {
  if (fields.length < 2) return plainList(page, fields);
  return fields.flatMap((field) => {
    const type = child(field, 'type');
    const tag = child(field, 'tag');
    const isNamed = childrenIn(field, 'name').length > 0;
    const cells: (number | undefined)[] = isNamed ? [field.start, type?.start] : [field.start];
    if (tag) cells.push(...(isNamed ? [undefined] : []), tag.start);
    return candidate(page, field, cells, false, tag ? 0 : 2);
  });
}

/**
 * The row of an item that starts its line; none if it does not. `starts` are the offsets of its cells, undefined
 * for an empty one; a trailing comment is a further cell, after at least `columns` others.
 */
function candidate(
  page: Page,
  item: Span,
  starts: readonly (number | undefined)[],
  breaks: boolean,
  columns = 0,
): readonly Candidate[] {
  const { text } = page;
  if (!isFirstOnLine(text, item.start)) return [];
  const line = lineOf(page, item.start);
  const stop = lineEnd(text, item.start);
  const comment = trailingComment(page, item.start, stop);
  const cells: (Span | undefined)[] = [];
  const filled = starts.filter((start) => start !== undefined && start < stop) as number[];
  for (const start of starts) {
    if (start === undefined) cells.push(undefined);
    else if (start < stop) {
      const next = filled[filled.indexOf(start) + 1] ?? comment?.start ?? stop;
      cells.push({ start, end: start + text.slice(start, next).trimEnd().length });
    }
  }
  if (comment) {
    while (cells.length < columns) cells.push(undefined);
    cells.push(comment);
  }
  const end = item.start + text.slice(item.start, item.end).trimEnd().length;
  return [{ row: { line, cells }, lastLine: lineOf(page, end), breaks }];
}

/** What follows the code of a line that ends at `stop`: one comment or several. */
function trailingComment(page: Page, start: number, stop: number): Span | undefined {
  let found: Span | undefined;
  for (const comment of [...commentsIn(page.comments, start, stop)].reverse()) {
    if (comment.end > stop || page.text.slice(comment.end, found?.start ?? stop).trim() !== '') break;
    found = { start: comment.start, end: stop };
  }
  return (
    found && { start: found.start, end: found.start + page.text.slice(found.start, stop).trimEnd().length }
  );
}

function pageOf(text: string): Page {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { text, comments: split(text).comments, lineStarts };
}

function lineOf(page: Page, at: number): number {
  let low = 0;
  let high = page.lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((page.lineStarts[middle] as number) <= at) low = middle;
    else high = middle;
  }
  return low;
}
