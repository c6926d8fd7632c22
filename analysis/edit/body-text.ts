// The statements of a block as text for another place, comments included.

import type { Edit } from '../finding.ts';
import { contains, type Node, statements } from '../syntax/node.ts';
import { type SourceFile, siteOf } from '../syntax/source-file.ts';
import { applyEdits } from './apply.ts';
import { mapLines } from './go-text.ts';
import {
  commentsBehind,
  fitted,
  indentAt,
  isFirstOnLine,
  lineStart,
  nextLine,
  onOneLine,
  type Span,
  spanOf,
  trailing,
} from './layout.ts';

/** By node: the text to write in its place. A statement that is replaced by nothing goes with its line, but for a comment on it. */
export type Changes = ReadonlyMap<Node, string>;

/** The statements of a block with all comments between its braces, `depth` tabs from the first column. */
export function bodyText(file: SourceFile, block: Node, depth: number, changes: Changes): string {
  const { start, end } = spanOf(file, block);
  const text = onOneLine(file.text, start, end)
    ? statements(block)
        .filter((statement) => changes.get(statement) !== '')
        .map((statement) => changed(file, spanOf(file, statement), statement, changes))
        .join('\n')
    : withoutIndent(
        changed(file, { start: start + 1, end: end - 1 }, block, changes),
        `${indentAt(file.text, start)}\t`,
      );
  const tabs = '\t'.repeat(depth);
  return text === '' ? '' : tabs + fitted(text, tabs, '\n');
}

function withoutIndent(text: string, indent: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  return mapLines(lines, (line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).trim();
}

/** The text of a part of a file with the changes made that are within a node. */
function changed(file: SourceFile, span: Span, within: Node, changes: Changes): string {
  const { text } = file;
  const offset = siteOf(file, within).start - within.start;
  const edits = [...changes].flatMap(([node, newText]): Edit[] => {
    if (!contains(within, node)) return [];
    const start = node.start + offset;
    const end = start + text.slice(start, node.end + offset).trimEnd().length;
    const tail = trailing(file, end, ';');
    const comments = commentsBehind(file, end);
    if (newText === '' && isFirstOnLine(text, start) && comments)
      return [{ path: '', start: start - span.start, end: comments.start - span.start, newText }];
    const isLine = newText === '' && isFirstOnLine(text, start) && tail.last;
    const from = isLine ? lineStart(text, start) : start;
    const to = isLine ? nextLine(text, tail.end) : end;
    return [{ path: '', start: from - span.start, end: to - span.start, newText }];
  });
  return applyEdits(text.slice(span.start, span.end), edits);
}
