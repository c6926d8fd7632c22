// A diff as rows to be drawn: which line stands beside which, and which words of it are new. Runs in the browser, too.

import { filesOfPatch, type Part, wordParts } from '../report/diff.ts';

export interface DiffFile {
  /** As in the new file, without git's `b/`. */
  readonly path: string;
  readonly hunks: readonly Hunk[];
}

export interface Hunk {
  /** Lines of the old and of the new file that it covers; lines count from 1. */
  readonly old: { readonly start: number; readonly lines: number };
  readonly new: { readonly start: number; readonly lines: number };
  /** In the order of the diff. */
  readonly lines: readonly DiffLine[];
  /** The same lines side by side: a pair is one line before and after. */
  readonly rows: readonly Row[];
}

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** The text in pieces; those that are changed are what to look at. */
  readonly parts: readonly Part[];
  /** The line's number before the change; absent if it was not there. */
  readonly old?: number;
  /** The line's number after the change; absent if it is no longer there. */
  readonly new?: number;
  /** What its end has that should be seen: a carriage return that the other side lacks, or no newline at all. */
  readonly end?: 'CR' | 'no newline';
}

export interface Row {
  readonly old?: DiffLine;
  readonly new?: DiffLine;
}

/** Longer lines are not compared word by word: that takes long, and shows nothing. */
const longest = 1500;

/** The files of a unified diff; undefined if it is none, so that it can only be shown as it is. */
export function filesOf(diff: string): readonly DiffFile[] | undefined {
  const files = filesOfPatch(diff)?.filter(({ hunks }) => hunks.length > 0);
  if (!files || files.length === 0) return undefined;
  return files.map(({ newFileName, hunks }) => ({
    path: (newFileName ?? '').replace(/^b\//, ''),
    hunks: hunks.map((hunk) => {
      const rows = emphasised(rowsOf(numbered(hunk)));
      return {
        old: { start: hunk.oldStart, lines: hunk.oldLines },
        new: { start: hunk.newStart, lines: hunk.newLines },
        rows,
        lines: inOrder(rows),
      };
    }),
  }));
}

function numbered({ oldStart, newStart, lines }: { oldStart: number; newStart: number; lines: string[] }) {
  const result: DiffLine[] = [];
  let [old, now] = [oldStart, newStart];
  for (const line of lines) {
    const text = line.slice(1);
    const parts = [{ text, changed: false }];
    if (line.startsWith('\\')) {
      const last = result.pop();
      if (last) result.push({ ...last, end: 'no newline' });
    } else if (line.startsWith('-')) result.push({ kind: 'removed', text, parts, old: old++ });
    else if (line.startsWith('+')) result.push({ kind: 'added', text, parts, new: now++ });
    else result.push({ kind: 'same', text, parts, old: old++, new: now++ });
  }
  return result;
}

/** Puts the lines of each changed stretch beside one another. */
function rowsOf(lines: readonly DiffLine[]): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] as DiffLine;
    if (line.kind === 'same') {
      rows.push({ old: line, new: line });
      i++;
      continue;
    }
    const start = i;
    while (i < lines.length && lines[i]?.kind !== 'same') i++;
    const run = lines.slice(start, i);
    rows.push(
      ...paired(
        run.filter(({ kind }) => kind === 'removed'),
        run.filter(({ kind }) => kind === 'added'),
      ),
    );
  }
  return rows;
}

/** Longer runs are not matched line by line, but put side by side as they come. */
const longestRun = 80;

/**
 * The pairing in order whose lines are most alike in total; lines that are alike in nothing stay alone. Those that are
 * left between two pairs share rows, so that both sides stay short.
 */
function paired(removed: readonly DiffLine[], added: readonly DiffLine[]): Row[] {
  const [n, m] = [removed.length, added.length];
  if (n * m > longestRun * longestRun) return zipped(removed, added);
  const likeness = removed.map(({ text }) => added.map((other) => alike(text, other.text)));
  const best = Array.from({ length: n + 1 }, () => new Float64Array(m + 1));
  const at = (i: number, j: number) => best[i]?.[j] ?? 0;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const pair = likeness[i]?.[j] ?? 0;
      (best[i] as Float64Array)[j] = Math.max(
        at(i + 1, j),
        at(i, j + 1),
        pair > 0 ? pair + at(i + 1, j + 1) : 0,
      );
    }
  }
  const rows: Row[] = [];
  let [i, j, lastI, lastJ] = [0, 0, 0, 0];
  while (i < n && j < m) {
    const pair = likeness[i]?.[j] ?? 0;
    if (pair > 0 && at(i, j) === pair + at(i + 1, j + 1)) {
      rows.push(...zipped(removed.slice(lastI, i), added.slice(lastJ, j)));
      rows.push({ old: removed[i++] as DiffLine, new: added[j++] as DiffLine });
      [lastI, lastJ] = [i, j];
    } else if (at(i, j) === at(i + 1, j)) i++;
    else j++;
  }
  return [...rows, ...zipped(removed.slice(lastI), added.slice(lastJ))];
}

function zipped(removed: readonly DiffLine[], added: readonly DiffLine[]): Row[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, i) => {
    const [old, now] = [removed[i], added[i]];
    return { ...(old ? { old } : {}), ...(now ? { new: now } : {}) };
  });
}

/** From 0 to 1: which share of the words two lines have in common; 0 if that is less than a third. */
function alike(a: string, b: string): number {
  if (a.length > longest || b.length > longest) return 0;
  const [words, others] = [wordsOf(a), wordsOf(b)];
  const total = words.length + others.length;
  if (total === 0) return 0;
  const left = new Map<string, number>();
  for (const word of words) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of others) {
    const n = left.get(word) ?? 0;
    if (n > 0) common++;
    left.set(word, n - 1);
  }
  const share = (2 * common) / total;
  return share < 1 / 3 ? 0 : share;
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

/** Compares pairs word by word, and shows a carriage return only where the other side has none. */
function emphasised(rows: readonly Row[]): Row[] {
  return rows.map((row) => {
    const { old, new: now } = row;
    if (old && old === now) {
      const same = withoutReturn(old);
      return { old: same, new: same };
    }
    if (!old || !now)
      return { ...(old ? { old: withoutReturn(old) } : {}), ...(now ? { new: withoutReturn(now) } : {}) };
    const isSame = old.text.endsWith('\r') === now.text.endsWith('\r');
    const [a, b] = isSame ? [withoutReturn(old), withoutReturn(now)] : [withReturn(old), withReturn(now)];
    if (alike(a.text, b.text) === 0) return { old: a, new: b };
    const parts = lineParts(a.text, b.text);
    return { old: { ...a, parts: parts.old }, new: { ...b, parts: parts.new } };
  });
}

/** Of two indentations only what one has more than the other is changed; the words after them are compared. */
function lineParts(a: string, b: string): ReturnType<typeof wordParts> {
  const [left = '', right = ''] = [a, b].map((text) => /^[ \t]*/.exec(text)?.[0]);
  const parts = wordParts(a.slice(left.length), b.slice(right.length));
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  const indented = (indent: string, rest: readonly Part[]) =>
    [
      { text: indent.slice(0, same), changed: false },
      { text: indent.slice(same), changed: true },
      ...rest,
    ].filter(({ text }) => text !== '');
  return { old: indented(left, parts.old), new: indented(right, parts.new) };
}

function withoutReturn(line: DiffLine): DiffLine {
  if (!line.text.endsWith('\r')) return line;
  const text = line.text.slice(0, -1);
  return { ...line, text, parts: [{ text, changed: false }] };
}

function withReturn(line: DiffLine): DiffLine {
  return line.text.endsWith('\r') ? { ...withoutReturn(line), end: 'CR' } : line;
}

/** The lines of rows as a unified diff has them: of each changed stretch first what goes, then what comes. */
function inOrder(rows: readonly Row[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let added: DiffLine[] = [];
  for (const { old, new: now } of rows) {
    if (old && old === now) {
      lines.push(...added, old);
      added = [];
      continue;
    }
    if (old) lines.push(old);
    if (now) added.push(now);
  }
  return [...lines, ...added];
}
