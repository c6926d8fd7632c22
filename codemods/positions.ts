// Offsets become lines and columns here, at the edge of the command line.

/** A place between two characters of a file. All count from 1. */
export interface Position {
  readonly line: number;
  /** In bytes of UTF-8, as in the messages of the go command. */
  readonly column: number;
  /** The column in UTF-16 code units. */
  readonly unit: number;
}

/** A stretch of one file. */
export interface Region {
  /** Absolute, with `/` separators. */
  readonly path: string;
  readonly start: Position;
  readonly end: Position;
}

/** The offset at which each line of the text starts. A line ends in a newline, as for Go. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Converts a UTF-16 offset; `starts` are the line starts of `text`. */
export function positionAt(text: string, starts: readonly number[], offset: number): Position {
  const line = lineOf(starts, offset);
  const start = starts[line] ?? 0;
  return {
    line: line + 1,
    column: Buffer.byteLength(text.slice(start, offset)) + 1,
    unit: offset - start + 1,
  };
}

/** The UTF-16 offset of a line and a column in bytes, which count from 1; undefined if the text has no such place. */
export function offsetAt(
  text: string,
  starts: readonly number[],
  line: number,
  column: number,
): number | undefined {
  const start = starts[line - 1];
  if (start === undefined) return undefined;
  const content = text.slice(start, endOfLine(text, start));
  const bytes = Buffer.from(content);
  if (column < 1 || column > bytes.length + 1) return undefined;
  return start + bytes.subarray(0, column - 1).toString('utf8').length;
}

/** The offset of the end of the line that starts at an offset, without its line break. */
export function endOfLine(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  const end = newline < 0 ? text.length : newline;
  return text[end - 1] === '\r' ? end - 1 : end;
}

/** The index of the line that holds the offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
