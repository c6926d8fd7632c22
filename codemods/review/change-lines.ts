// One change in words and as a diff, as lines for a terminal.

import type { Change, Decision, Verified } from '../plan/plan.ts';
import { count } from '../report/text.ts';
import type { Colors } from '../terminal.ts';
import { type DiffFile, type DiffLine, filesOf, type Hunk } from './rows.ts';
import { type Line, rowsOfLine, type Span, wrapped } from './styled.ts';
import { tallied } from './totals.ts';

export interface ChangeView {
  readonly colors: Colors;
  /** Columns that a line may take. */
  readonly width: number;
  /** Which hunk is shown by itself, from 0. */
  readonly hunk?: number | undefined;
  /** The changes that this one was made after, and what was decided about them. */
  readonly after: readonly { readonly change: Change; readonly decision: Decision }[];
}

/** The hunks of a change, over all its files. */
export function hunksOf({ diff }: Change): number {
  return filesOf(diff)?.reduce((sum, { hunks }) => sum + hunks.length, 0) ?? 0;
}

/** Everything about a change: what is wrong, what is done about it, how far that was checked, the diff, the steps. */
export function changeLines(change: Change, view: ChangeView): readonly Line[] {
  return [
    ...headLines(change, view),
    [],
    ...diffLines(change, view),
    ...witnessLines(change, view),
    ...relatedLines(change, view),
  ];
}

function headLines(change: Change, view: ChangeView): readonly Line[] {
  const { colors } = view;
  const { at, severity, confidence, ruleId, safety } = change;
  const tone = { error: colors.red, warning: colors.yellow, hint: colors.cyan }[severity];
  return [
    ...rowsOfLine(
      [
        { text: `${at.path}:${at.line}:${at.column}`, dress: colors.bold },
        { text: `  ${severity}`, dress: tone },
        { text: `  ${ruleId}, ${confidence}`, dress: colors.dim },
      ],
      view.width,
      2,
    ),
    ...prose('', change.message, view),
    ...prose('Fix: ', `${change.title} (${safety})`, view, safety === 'safe' ? colors.green : colors.yellow),
    ...prose('Checked: ', verifiedText(change.verified), view),
    ...needLines(view),
  ];
}

/** What has to be applied with a change: one by one where these are few. */
function needLines(view: ChangeView): readonly Line[] {
  const { after, colors } = view;
  const isLost = after.some(({ decision }) => decision === 'rejected');
  const tone = isLost ? colors.red : undefined;
  if (after.length > 2) {
    const text = `${after.length} changes before it: ${tallied(after.map(({ decision }) => decision))}`;
    return prose('Needs: ', text, view, tone);
  }
  return after.flatMap(({ change, decision }) =>
    prose('Needs: ', `${change.title}, ${change.at.path}:${change.at.line} (${decision})`, view, tone),
  );
}

/** `compiler; not tested: …` */
function verifiedText({ rung, notes }: Verified): string {
  return [rung, ...notes].join('; ');
}

/** A label and a text that is wrapped beside it. */
function prose(
  label: string,
  text: string,
  { width, colors }: ChangeView,
  dress?: Span['dress'],
): readonly Line[] {
  const indent = ' '.repeat(label.length);
  return wrapped(text, Math.max(20, width - label.length)).flatMap((part, i) =>
    rowsOfLine(
      [{ text: i === 0 ? label : indent, dress: colors.dim }, dress ? { text: part, dress } : { text: part }],
      width,
      label.length,
    ),
  );
}

function diffLines({ diff }: Change, view: ChangeView): readonly Line[] {
  const files = filesOf(diff);
  if (!files) return diff.split('\n').flatMap((text) => rowsOfLine([{ text }], view.width));
  let index = 0;
  const isShown = () => view.hunk === undefined || view.hunk === index++;
  return files.flatMap((file) => {
    const hunks = file.hunks.filter(isShown);
    return hunks.length === 0
      ? []
      : [...fileLine(file, files, view), ...hunks.flatMap((hunk) => hunkLines(hunk, view))];
  });
}

function fileLine(
  { path }: DiffFile,
  files: readonly DiffFile[],
  { colors, width }: ChangeView,
): readonly Line[] {
  return files.length > 1 ? rowsOfLine([{ text: path, dress: colors.bold }], width) : [];
}

function hunkLines({ old, new: now, lines }: Hunk, { colors, width }: ChangeView): readonly Line[] {
  const head = `@@ -${old.start},${old.lines} +${now.start},${now.lines} @@`;
  return [[{ text: head, dress: colors.cyan }], ...lines.flatMap((line) => lineRows(line, colors, width))];
}

/** Nobody reads more of a line. */
const longest = 1000;

function lineRows(line: DiffLine, colors: Colors, width: number): readonly Line[] {
  const tone = { same: (text: string) => text, removed: colors.red, added: colors.green }[line.kind];
  const sign = { same: ' ', removed: '-', added: '+' }[line.kind];
  const spans: Span[] = [{ text: sign, dress: tone }];
  let left = longest;
  for (const { text, changed } of line.parts) {
    if (left <= 0) break;
    spans.push({ text: text.slice(0, left), dress: changed ? (shown) => colors.inverse(tone(shown)) : tone });
    left -= text.length;
  }
  if (left < 0) spans.push({ text: `… ${count(-left, 'more character')}`, dress: colors.dim });
  if (line.end) spans.push({ text: line.end === 'CR' ? '␍' : ' (no newline at the end)', dress: colors.dim });
  return rowsOfLine(spans, width, 2, 1);
}

/** The steps of the witness under one another; of those that happen at once, the first has the number. */
function witnessLines({ related }: Change, { colors, width }: ChangeView): readonly Line[] {
  const steps = related.filter(({ step }) => step);
  if (steps.length === 0) return [];
  const digits = String(steps.at(-1)?.step?.order).length;
  const lines = steps.flatMap(({ path, line, message, step }, i) => {
    const isSame = i > 0 && steps[i - 1]?.step?.order === step?.order;
    const number = isSame ? ' '.repeat(digits + 1) : `${String(step?.order).padStart(digits)}.`;
    const spans = [
      { text: `  ${number} `, dress: colors.cyan },
      { text: `${message}  ` },
      { text: `${path}:${line}`, dress: colors.dim },
    ];
    return rowsOfLine(spans, width, digits + 4);
  });
  return [[], [{ text: 'How it comes about:', dress: colors.bold }], ...lines];
}

function relatedLines({ related }: Change, { colors, width }: ChangeView): readonly Line[] {
  const notes = related.filter(({ step }) => !step);
  if (notes.length === 0) return [];
  const lines = notes.flatMap(({ path, line, message }) =>
    rowsOfLine([{ text: `  ${message}  ` }, { text: `${path}:${line}`, dress: colors.dim }], width, 4),
  );
  return [[], [{ text: 'See also:', dress: colors.bold }], ...lines];
}
