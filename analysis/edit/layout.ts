// Lines of a file: where they start and end, how they are indented and ended, and how new text is fitted to them.

import type { Node } from '../syntax/node.ts';
import { type SourceFile, siteOf } from '../syntax/source-file.ts';
import { mapLines } from './go-text.ts';

/** A half-open range of UTF-16 offsets into a file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a node stands in its file, without the white space that lists and cases have at their end. */
export function spanOf(file: SourceFile, node: Node): Span {
  const { start, end } = siteOf(file, node);
  return { start, end: start + file.text.slice(start, end).trimEnd().length };
}

/** The offset of the first character of the line; a byte-order mark belongs to no line. */
export function lineStart(text: string, at: number): number {
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  return start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start;
}

/** The offset of the line break that ends the line, or the end of the text. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  if (newline < 0) return text.length;
  return newline > at && text[newline - 1] === '\r' ? newline - 1 : newline;
}

/** The offset of the next line's first character, or the end of the text. */
export function nextLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

/** The tabs and spaces that the line starts with. */
export function indentAt(text: string, at: number): string {
  return /^[\t ]*/.exec(text.slice(lineStart(text, at), lineEnd(text, at)))?.[0] ?? '';
}

/** The line break of the line, or of the one before it if the line is the last. */
export function eolAt(text: string, at: number): '\n' | '\r\n' {
  let newline = text.indexOf('\n', at);
  if (newline < 0) newline = text.lastIndexOf('\n');
  return text[newline - 1] === '\r' ? '\r\n' : '\n';
}

/** Whether only white space stands between two offsets. */
export function isBlank(text: string, start: number, end: number): boolean {
  return /^\s*$/.test(text.slice(start, end));
}

/** Whether nothing but indentation stands before the offset on its line. */
export function isFirstOnLine(text: string, at: number): boolean {
  return isBlank(text, lineStart(text, at), at);
}

/** Whether both offsets are on one line. */
export function onOneLine(text: string, start: number, end: number): boolean {
  return !text.slice(start, end).includes('\n');
}

/** New text for a place: `\n` becomes the line ending, and every line but the first is indented unless it is empty. */
export function fitted(text: string, indent: string, eol: string): string {
  const lines = mapLines(text.replaceAll('\r\n', '\n'), (line) => (line.trim() === '' ? '' : indent + line));
  return eol === '\n' ? lines : lines.replaceAll('\n', eol);
}

/** The source of a node as if its line were not indented; the opposite of `fitted`. */
export function unindented(file: SourceFile, node: Node): string {
  const { start, end } = spanOf(file, node);
  const indent = indentAt(file.text, start);
  const text = file.text.slice(start, end).replaceAll('\r\n', '\n');
  return mapLines(text, (line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}

/** The comments that start in [start, end), in order; `comments` are pairs of offsets as in a SourceFile. */
export function commentsIn(comments: readonly number[], start: number, end: number): readonly Span[] {
  let low = 0;
  let high = comments.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[2 * middle] as number) < start) low = middle + 1;
    else high = middle;
  }
  const found: Span[] = [];
  for (let i = 2 * low; i < comments.length && (comments[i] as number) < end; i += 2) {
    found.push({ start: comments[i] as number, end: comments[i + 1] as number });
  }
  return found;
}

/** The comments that stand behind code which ends at `at`, alone on the rest of its line. */
export function commentsBehind(file: SourceFile, at: number): Span | undefined {
  const [first] = commentsIn(file.comments, at, nextLine(file.text, at));
  const tail = trailing(file, at, ';');
  return first && tail.last && tail.end > first.start ? { start: first.start, end: tail.end } : undefined;
}

/**
 * The end of what belongs to code that ends at `at`: a separator from `separators` and trailing comments. `last` tells
 * whether the line has nothing else.
 */
export function trailing(
  file: SourceFile,
  at: number,
  separators: string,
): { readonly end: number; readonly last: boolean } {
  const { text } = file;
  const comments = commentsIn(file.comments, at, nextLine(text, at));
  let end = at;
  let isSeparated = false;
  for (;;) {
    let next = end;
    while (text[next] === ' ' || text[next] === '\t') next++;
    const comment = comments.find((c) => c.start === next);
    if (comment) end = comment.end;
    else if (!isSeparated && separators.includes(text[next] ?? '\n') && next < text.length) {
      isSeparated = true;
      end = next + 1;
    } else return { end, last: next >= lineEnd(text, next) };
  }
}
