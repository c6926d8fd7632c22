// What the comments in and above code say.

import type { Code } from '../model/code.ts';
import type { Node } from '../syntax/node.ts';
import { siteOf } from '../syntax/source-file.ts';

/** A file, or code in it. */
type InFile = Pick<Code, 'file'>;

/** The comments within a node of a declaration, with their slashes, in source order. */
export function commentsIn(code: InFile, node: Node): readonly string[] {
  const { start, end } = siteOf(code.file, node);
  return commentsBetween(code, start, end);
}

/** The comments that begin the lines right above a node, the nearest first. */
export function commentsAbove(code: InFile, node: Node): readonly string[] {
  const { text } = code.file;
  const above: string[] = [];
  let lineStart = text.lastIndexOf('\n', siteOf(code.file, node).start - 1) + 1;
  while (lineStart > 0) {
    const before = text.lastIndexOf('\n', lineStart - 2) + 1;
    const line = text.slice(before, lineStart);
    const start = before + line.length - line.trimStart().length;
    const [comment] = commentsBetween(code, start, start + 1);
    if (comment === undefined) return above;
    above.push(comment);
    lineStart = before;
  }
  return above;
}

/** The comments behind a node on its last line. */
export function commentsBehind(code: InFile, node: Node): readonly string[] {
  const { end } = siteOf(code.file, node);
  const newline = code.file.text.indexOf('\n', end);
  return commentsBetween(code, end, newline < 0 ? code.file.text.length : newline);
}

function commentsBetween({ file }: InFile, start: number, end: number): readonly string[] {
  const { text, comments } = file;
  const found: string[] = [];
  for (let i = 0; i + 1 < comments.length; i += 2) {
    const [from, to] = [comments[i] as number, comments[i + 1] as number];
    if (from >= start && from < end) found.push(text.slice(from, to));
  }
  return found;
}
