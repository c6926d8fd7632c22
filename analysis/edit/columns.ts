// Lines up columns after edits, as gofmt would, and only where they were lined up before.

import type { Edit } from '../finding.ts';
import { lineEnd, lineStart, nextLine, type Span } from './layout.ts';
import type { Columns, Row, Section } from './rows.ts';

/** The space between two cells and the number of spaces that it should have. */
interface Gap extends Span {
  readonly width: number;
}

/**
 * Edits of `after` that line up the columns of the lines around the changes. None if the lines around the
 * changes of `before` were not lined up as gofmt does: then the author wants it otherwise.
 * `changed` are the changed ranges of `after`, `replaced` those of `before`.
 */
export function linedUp(
  before: Columns,
  replaced: readonly Span[],
  after: Columns,
  changed: readonly Span[],
): readonly Edit[] {
  const wrong = misaligned(after, changed);
  return wrong.length === 0 || misaligned(before, replaced).length > 0 ? [] : wrong;
}

function misaligned({ text, sectionsNear }: Columns, ranges: readonly Span[]): readonly Edit[] {
  const near = ranges.map(({ start, end }) => ({
    start: lineStart(text, Math.max(0, lineStart(text, Math.min(start, text.length)) - 1)),
    end: lineEnd(text, nextLine(text, end)),
  }));
  return sectionsNear(near)
    .filter((section) => near.some((range) => touches(section, range)))
    .flatMap((section) => gapsOf(text, section))
    .filter((gap) => text.slice(gap.start, gap.end) !== ' '.repeat(gap.width))
    .map((gap) => ({ path: '', start: gap.start, end: gap.end, newText: ' '.repeat(gap.width) }));
}

function touches(section: Section, range: Span): boolean {
  const start = section[0]?.cells[0]?.start ?? 0;
  const end = section.at(-1)?.cells.at(-1)?.end ?? 0;
  return start <= range.end && range.start <= end;
}

function gapsOf(text: string, section: Section): readonly Gap[] {
  const widths = widthsOf(section.map((row) => row.cells.map((cell) => (cell ? widthOf(text, cell) : 0))));
  return section.flatMap((row, r) => rowGaps(text, row, widths[r] ?? []));
}

function rowGaps(text: string, row: Row, widths: readonly number[]): readonly Gap[] {
  const gaps: Gap[] = [];
  let previous: Span | undefined;
  let width = 0;
  row.cells.forEach((cell, c) => {
    if (cell && previous) gaps.push({ start: previous.end, end: cell.start, width });
    if (cell) {
      previous = cell;
      width = (widths[c] ?? 0) - widthOf(text, cell);
    } else width += widths[c] ?? 0;
  });
  return gaps;
}

/** The number of characters, as gofmt counts them. */
function widthOf(text: string, cell: Span): number {
  return [...text.slice(cell.start, cell.end)].length;
}

/**
 * Column widths for rows of cell widths. A column goes on through all consecutive rows that have a cell in it; the
 * last cell of a row belongs to no column, and a column of empty cells has no width.
 */
function widthsOf(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const result = rows.map((): number[] => []);
  const format = (from: number, to: number, column: number): void => {
    for (let start = from; start < to; ) {
      let end = start;
      let widest = 0;
      while (end < to && column < (rows[end]?.length ?? 0) - 1)
        widest = Math.max(widest, rows[end++]?.[column] ?? 0);
      for (let row = start; row < end; row++) result[row]?.push(widest === 0 ? 0 : widest + 1);
      if (end > start) format(start, end, column + 1);
      start = Math.max(end, start + 1);
    }
  };
  format(0, rows.length, 0);
  return result;
}
