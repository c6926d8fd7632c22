// Edits of statements: put before, after or first in a block, and removed, each on lines of its own.

import { type Node, statements } from '../syntax/node.ts';
import type { SourceFile } from '../syntax/source-file.ts';
import {
  commentsBehind,
  commentsIn,
  eolAt,
  fitted,
  indentAt,
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

/** What a fix has done so far to the lines of a file. */
export interface Lines {
  readonly file: SourceFile;
  /** Blocks and statements that were put on lines of their own. */
  readonly opened: Set<Node>;
  /** Whole lines that go away. */
  readonly removed: Span[];
  /** Statements whose comments go with them to another place. */
  readonly carried: Set<Node>;
}

/** Statements on lines of their own before `statement`; undefined where no statement can stand. */
export function beforeStatement(lines: Lines, statement: Node, text: string): readonly Draft[] | undefined {
  const listed = listedStatement(statement);
  if (!listed) return undefined;
  const { file } = lines;
  const { start } = spanOf(file, listed);
  const indent = indentOf(file, listed);
  const eol = eolAt(file.text, start);
  const fit = fitted(text, indent, eol);
  if (isFirstOnLine(file.text, start)) return [insert(file, lineStart(file.text, start), indent + fit + eol)];
  const apart = onOwnLine(lines, listed);
  return apart && [...apart, insert(file, start, fit + eol + indent)];
}

/** Statements on lines of their own after `statement` and its trailing comment; undefined where none can stand. */
export function afterStatement(lines: Lines, statement: Node, text: string): readonly Draft[] | undefined {
  const listed = listedStatement(statement);
  if (!listed) return undefined;
  const { file } = lines;
  const { start, end } = spanOf(file, listed);
  const indent = indentOf(file, listed);
  const eol = eolAt(file.text, end);
  const fit = eol + indent + fitted(text, indent, eol);
  const apart = isFirstOnLine(file.text, start) ? [] : onOwnLine(lines, listed);
  const tail = trailing(file, end, ';');
  if (!apart) return undefined;
  if (tail.last) return [...apart, insert(file, tail.end, fit)];
  const next = sibling(listed, 1);
  const rest = next ? onOwnLine(lines, next) : closeOnOwnLine(lines, listed, tail.end);
  return rest && [...apart, ...rest, insert(file, next ? end : tail.end, fit)];
}

/** Statements first in a block, which becomes a block of several lines if it is none. */
export function firstInBlock(lines: Lines, block: Node, text: string): readonly Draft[] | undefined {
  if (block.kind !== 'block') return undefined;
  const { file } = lines;
  const { start, end } = spanOf(file, block);
  const [first] = statements(block);
  const eol = eolAt(file.text, start);
  const indent = first ? indentOf(file, first) : `${indentAt(file.text, start)}\t`;
  const fit = fitted(text, indent, eol);
  const tail = trailing(file, start + 1, '');
  if (tail.last) return [insert(file, tail.end, eol + indent + fit)];
  if (!onOneLine(file.text, start, end) && !first) return undefined;
  const opened = first ? onOwnLine(lines, first) : openBlock(lines, block);
  if (!opened) return undefined;
  if (!first) return [...opened, insert(file, start + 1, eol + indent + fit)];
  return [...opened, insert(file, spanOf(file, first).start, fit + eol + indent)];
}

/** Removes a statement, with its line if it has one of its own; undefined for what is no statement of a list. */
export function removeStatement(lines: Lines, statement: Node): readonly Draft[] | undefined {
  if (statement.parent?.kind !== 'statement_list') return undefined;
  const { file } = lines;
  const { text } = file;
  const { start, end } = spanOf(file, statement);
  const tail = trailing(file, end, ';');
  const isFirst = isFirstOnLine(text, start);
  if (isFirst && tail.last) {
    const comments = lines.carried.has(statement) ? undefined : commentsBehind(file, end);
    // Labels stand one tab further left than statements.
    const newText = statement.kind === 'labeled_statement' ? '\t' : '';
    if (comments) return [{ path: file.path, start, end: comments.start, newText }];
    lines.removed.push({ start: lineStart(text, start), end: nextLine(text, tail.end) });
    return [];
  }
  const previous = sibling(statement, -1);
  const next = sibling(statement, 1);
  const before = previous ? spanOf(file, previous).end : start;
  const after = next ? spanOf(file, next).start : end;
  if (next && /^[\t ]*;[\t ]*$/.test(text.slice(end, after))) return [cut(file, start, after)];
  if (previous && /^[\t ]*;[\t ]*$/.test(text.slice(before, start))) return [cut(file, before, end)];
  const block = statement.parent.parent;
  if (!previous && !next && block?.kind === 'block') {
    const inner = { start: spanOf(file, block).start + 1, end: spanOf(file, block).end - 1 };
    const isAlone = isBlank(text, inner.start, start) && /^\s*;?\s*$/.test(text.slice(end, inner.end));
    if (isAlone && onOneLine(text, inner.start, inner.end)) return [cut(file, inner.start, inner.end)];
  }
  return [cut(file, start, end)];
}

/**
 * The deletions of whole lines. Where a blank line stands on both sides of what goes away, one goes too, unless
 * `drafts` put something between them.
 */
export function lineDeletions(
  file: SourceFile,
  removed: readonly Span[],
  drafts: readonly Draft[],
): readonly Draft[] {
  const { text } = file;
  const spans: Span[] = [];
  for (const span of [...removed].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = spans.at(-1);
    if (last && span.start <= last.end)
      spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else spans.push(span);
  }
  return spans.map(({ start, end }) => {
    const isFilled = drafts.some((d) => d.start === d.end && (d.start === start || d.start === end));
    if (isFilled || start === 0 || end === text.length) return cut(file, start, end);
    const above = lineStart(text, start - 1);
    const below = nextLine(text, end);
    const isBlankAbove = isBlank(text, above, start);
    const isBlankBelow = isBlank(text, end, below);
    // gofmt also drops a blank line next to the parentheses of a group.
    if (isBlankBelow && (isBlankAbove || /\(\s*$/.test(text.slice(above, start))))
      return cut(file, start, below);
    if (isBlankAbove && /^\s*\)/.test(text.slice(end, below))) return cut(file, above, end);
    return cut(file, start, end);
  });
}

/** The statement of a list that `statement` is, or whose label stands before it. */
function listedStatement(statement: Node): Node | undefined {
  let at = statement;
  while (at.parent?.kind === 'labeled_statement' && at.field !== 'label') at = at.parent;
  return at.parent?.kind === 'statement_list' ? at : undefined;
}

function sibling(statement: Node, step: 1 | -1): Node | undefined {
  const all = statement.parent?.children ?? [];
  return all[all.indexOf(statement) + step];
}

/** The indentation of a statement: its line's, or that of its list if the line starts with something else. */
function indentOf(file: SourceFile, statement: Node): string {
  const list = statement.parent as Node;
  const start = spanOf(file, statement).start;
  const leading = isFirstOnLine(file.text, start)
    ? start
    : list.children.map((s) => spanOf(file, s).start).find((at) => isFirstOnLine(file.text, at));
  // A label stands further to the left than the statements around it.
  const isLabel = statement.kind === 'labeled_statement' && leading === start;
  if (leading !== undefined && !isLabel) return indentAt(file.text, leading);
  return `${indentAt(file.text, list.parent ? spanOf(file, list.parent).start : start)}\t`;
}

/** Breaks the line before a statement that is not the first thing on it. */
function onOwnLine(lines: Lines, statement: Node): readonly Draft[] | undefined {
  const { file, opened } = lines;
  const { start } = spanOf(file, statement);
  const block = statement.parent?.parent;
  if (block?.kind === 'block') {
    const span = spanOf(file, block);
    if (onOneLine(file.text, span.start, span.end)) return openBlock(lines, block);
  }
  if (opened.has(statement) || isFirstOnLine(file.text, start)) return [];
  const previous = sibling(statement, -1);
  const gap = previous ? spanOf(file, previous).end : start - blankBefore(file.text, start);
  if (!/^[\t ]*;?[\t ]*$/.test(file.text.slice(gap, start))) return undefined;
  opened.add(statement);
  return [
    { ...cut(file, gap, start), newText: eolAt(file.text, start) + indentOf(file, statement), rank: -1 },
  ];
}

/** Puts the statements of a one-line block on lines of their own. */
function openBlock(lines: Lines, block: Node): readonly Draft[] {
  const { file, opened } = lines;
  if (opened.has(block)) return [];
  opened.add(block);
  const { start, end } = spanOf(file, block);
  const list = statements(block).filter((s) => s.kind !== 'empty_statement');
  return [
    ...widthBefore(file, start),
    ...openedBlock(
      file.path,
      file.text,
      start,
      end,
      list.map((s) => spanOf(file, s)),
    ),
  ];
}

/** gofmt lines up the braces of one-line functions; the brace of any other stands after one space. */
function widthBefore(file: SourceFile, brace: number): readonly Draft[] {
  const gap = blankBefore(file.text, brace);
  return gap > 1 ? [{ ...cut(file, brace - gap, brace), newText: ' ' }] : [];
}

/** The drafts that spread the block [start, end) with these statements over several lines. */
export function openedBlock(
  path: string,
  text: string,
  start: number,
  end: number,
  list: readonly Span[],
): readonly Draft[] {
  const eol = eolAt(text, start);
  const indent = indentAt(text, start);
  const close = end - 1;
  const put = (from: number, to: number, newText: string, rank: number): Draft => ({
    path,
    start: from,
    end: to,
    newText,
    rank,
  });
  if (isBlank(text, start + 1, close)) return [put(start + 1, close, eol + indent, 1)];
  const content = close - text.slice(start + 1, close).trimStart().length;
  const last = list.at(-1)?.end;
  const contentEnd = start + 1 + text.slice(start + 1, close).trimEnd().length;
  const tail = last !== undefined && /^\s*;?\s*$/.test(text.slice(last, close)) ? last : contentEnd;
  const between = list.slice(1).flatMap((span, i) => {
    const from = list[i]?.end ?? span.start;
    return /^\s*;\s*$/.test(text.slice(from, span.start))
      ? [put(from, span.start, `${eol + indent}\t`, 0)]
      : [];
  });
  return [put(start + 1, content, `${eol + indent}\t`, -1), ...between, put(tail, close, eol + indent, 1)];
}

/** Moves the brace that closes the block of a statement to the next line, if it follows at `at`. */
function closeOnOwnLine(lines: Lines, statement: Node, at: number): readonly Draft[] | undefined {
  const { file, opened } = lines;
  const block = statement.parent?.parent;
  if (block?.kind !== 'block') return undefined;
  const { start, end } = spanOf(file, block);
  if (onOneLine(file.text, start, end)) return openBlock(lines, block);
  if (opened.has(block)) return [];
  opened.add(block);
  if (!isBlank(file.text, at, end - 1)) return undefined;
  const newText = eolAt(file.text, at) + indentAt(file.text, start);
  return [{ ...cut(file, at, end - 1), newText, rank: 1 }];
}

/** The number of tabs and spaces before an offset. */
function blankBefore(text: string, at: number): number {
  let start = at;
  while (text[start - 1] === ' ' || text[start - 1] === '\t') start--;
  return at - start;
}

function insert(file: SourceFile, at: number, newText: string): Draft {
  return { path: file.path, start: at, end: at, newText };
}

function cut(file: SourceFile, start: number, end: number): Draft {
  return { path: file.path, start, end, newText: '' };
}

/** The start of the comments that document the declaration at `at`: those that end on the line above, in a row. */
export function documentedStart(file: SourceFile, at: number): number {
  const { text } = file;
  let start = lineStart(text, at);
  const comments = commentsIn(file.comments, 0, start);
  for (let i = comments.length - 1; i >= 0; i--) {
    const comment = comments[i] as Span;
    if (!isBlank(text, comment.end, start) || text.slice(comment.end, start).split('\n').length > 2) break;
    if (!isFirstOnLine(text, comment.start)) break;
    start = lineStart(text, comment.start);
  }
  return start;
}
