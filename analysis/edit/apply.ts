// The sole owner of magic-string: every change of a text, in memory or for a file, is made here.

import MagicString from 'magic-string';
import type { Edit } from '../finding.ts';

/**
 * The text after the edits, which are all of one file and in any order. Several insertions at one offset come out
 * in the order given, before a replacement that starts there. Everything outside the edits stays byte for byte.
 * Throws a RangeError, and changes nothing, if an edit is outside the text or two edits overlap.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const sorted = sortEdits(edits);
  checkRanges(text, sorted);
  const result = new MagicString(text);
  for (const { start, end, newText } of sorted) {
    if (start < end) result.update(start, end, newText);
  }
  for (const { start, end, newText } of sorted) {
    if (start === end) result.appendLeft(start, newText);
  }
  return result.toString();
}

/** The edits by path and start, insertions before what replaces text at the same offset, otherwise as given. */
export function sortEdits(edits: readonly Edit[]): readonly Edit[] {
  return [...edits].sort(
    (a, b) =>
      comparePaths(a.path, b.path) || a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start),
  );
}

function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkRanges(text: string, sorted: readonly Edit[]): void {
  let before: Edit | undefined;
  for (const edit of sorted) {
    const { path, start, end } = edit;
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > text.length) {
      throw new RangeError(
        `${path}: an edit of [${start}, ${end}) is outside the text of length ${text.length}`,
      );
    }
    if (before && before.path !== path) {
      throw new RangeError(`edits of two files, ${before.path} and ${path}, applied to one text`);
    }
    if (before && start < before.end) {
      throw new RangeError(
        `${path}: the edits of [${before.start}, ${before.end}) and [${start}, ${end}) overlap`,
      );
    }
    before = edit;
  }
}
