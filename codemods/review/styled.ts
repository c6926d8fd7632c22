// Lines of styled text, laid out for a terminal of some width: tabs, wide characters and wrapping are settled here, so
// that a line never takes more than one row.

import { printable, widthOf } from '../terminal.ts';

/** A stretch of a line in one style. Its text may be anything; it is made printable when it is laid out. */
export interface Span {
  readonly text: string;
  readonly dress?: (text: string) => string;
}

export type Line = readonly Span[];

/** Columns between tab stops: less than the usual eight, for a review has little room. */
const tabStop = 4;

/** Breaks a line into rows of at most `width` columns, the later ones indented. A tab reaches to the next stop after `from`. */
export function rowsOfLine(line: Line, width: number, indent = 0, from = 0): readonly Line[] {
  const rows: Span[][] = [[]];
  let column = 0;
  for (const { text, dress } of line) {
    let taken = '';
    const flush = () => {
      if (taken !== '') rows.at(-1)?.push(dress ? { text: taken, dress } : { text: taken });
      taken = '';
    };
    for (const character of printable(text)) {
      const isTab = character === '\t';
      const wide = isTab ? tabStop - ((Math.max(0, column - from) + tabStop) % tabStop) : widthOf(character);
      if (column + wide > width && column > indent) {
        flush();
        rows.push(indent > 0 ? [{ text: ' '.repeat(indent) }] : []);
        column = indent;
      }
      taken += isTab ? ' '.repeat(wide) : character;
      column += wide;
    }
    flush();
  }
  return rows;
}

/** Breaks prose at blanks into lines of at most `width` columns; a word that is longer is left whole. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && widthOfText(line) + 1 + widthOfText(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The text as the terminal takes it. */
export function painted(line: Line): string {
  return line.map(({ text, dress }) => (dress ? dress(text) : text)).join('');
}

/** How many columns a text takes. */
export function widthOfText(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** The text, cut with `…` if it takes more than `width` columns. */
export function cutTo(text: string, width: number): string {
  const whole = printable(text).replaceAll('\t', ' ');
  if (widthOfText(whole) <= width) return whole;
  let [kept, column] = ['', 0];
  for (const character of whole) {
    column += widthOf(character);
    if (column > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
