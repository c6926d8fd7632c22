// Sets of edits of one file as values: made disjoint, and put one after the other.

import type { Edit } from '../finding.ts';
import { applyEdits, sortEdits } from './apply.ts';

/**
 * An edit that is being made. Insertions at one offset are ordered by `rank`, which is 0 if not given, and then by
 * the time at which they were made.
 */
export interface Draft extends Edit {
  readonly rank?: number;
}

/**
 * The drafts of one file as sorted, disjoint edits. Equal replacements are one; insertions and replacements that
 * touch are joined. Undefined if two drafts want different things for the same text.
 */
export function settled(drafts: readonly Draft[]): readonly Edit[] | undefined {
  const ranked = [...drafts].sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const result: Edit[] = [];
  for (const { path, start, end, newText } of sortEdits(ranked)) {
    const last = result.at(-1);
    if (start === end && newText === '') continue;
    if (!last || start > last.end) result.push({ path, start, end, newText });
    else if (start < last.end) {
      if (start !== last.start || end !== last.end || newText !== last.newText) return undefined;
    } else if (start === end || last.start === last.end) {
      result[result.length - 1] = { path, start: last.start, end, newText: last.newText + newText };
    } else result.push({ path, start, end, newText });
  }
  return result;
}

interface Interval {
  readonly start: number;
  readonly end: number;
  /** The range of the original text that stands behind the interval. */
  readonly from: number;
  readonly to: number;
  /** The second edits in it. */
  readonly edits: readonly Edit[];
}

/** Edits of `text` that do what `first` does and then, to its result `after`, what `second` does. */
export function composed(
  text: string,
  first: readonly Edit[],
  after: string,
  second: readonly Edit[],
): readonly Edit[] {
  if (second.length === 0) return first;
  const path = second[0]?.path ?? '';
  const made = behind(first);
  const edits = joined([...made, ...inOriginal(made, second)]).map((interval): Edit => {
    const { start, end, from, to } = interval;
    const moved = interval.edits.map((e) => ({ ...e, path, start: e.start - start, end: e.end - start }));
    return { path, start: from, end: to, newText: applyEdits(after.slice(start, end), moved) };
  });
  return settled(edits.filter((e) => text.slice(e.start, e.end) !== e.newText)) ?? first;
}

/** Unites the intervals that overlap. */
function joined(intervals: readonly Interval[]): readonly Interval[] {
  const result: Interval[] = [];
  for (const interval of [...intervals].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = result.at(-1);
    if (last && interval.start < last.end && last.start < interval.end) {
      result[result.length - 1] = {
        start: last.start,
        end: Math.max(last.end, interval.end),
        from: Math.min(last.from, interval.from),
        to: Math.max(last.to, interval.to),
        edits: [...last.edits, ...interval.edits],
      };
    } else result.push(interval);
  }
  return result;
}

/** Where the new texts of the edits are once they are made. */
function behind(edits: readonly Edit[]): readonly Interval[] {
  let shift = 0;
  return edits.map(({ start, end, newText }) => {
    const at = start + shift;
    shift += newText.length - (end - start);
    return { start: at, end: at + newText.length, from: start, to: end, edits: [] };
  });
}

/** Second edits with their place in the original text, as wide as the first edits make it necessary. */
function inOriginal(made: readonly Interval[], second: readonly Edit[]): readonly Interval[] {
  const original = (at: number, side: 'from' | 'to'): number => {
    let shift = 0;
    for (const m of made) {
      if (m.start < at && at < m.end) return m[side];
      // What was deleted exactly at the end of a range is not part of it.
      const isPassed = side === 'from' || m.start < m.end ? m.end <= at : m.end < at;
      if (isPassed) shift = m.to - m.end;
    }
    return at + shift;
  };
  return second.map((edit) => {
    const from = original(edit.start, 'from');
    const to = edit.start === edit.end ? from : original(edit.end, 'to');
    return { start: edit.start, end: edit.end, from, to: Math.max(from, to), edits: [edit] };
  });
}
