// The review as the rows of a terminal.

import { neededBy } from '../plan/key.ts';
import type { Change, Decision } from '../plan/plan.ts';
import type { Colors } from '../terminal.ts';
import { changeLines } from './change-lines.ts';
import { decisionOf, groupAt, keys, type Session } from './session.ts';
import { cutTo, type Line, painted, rowsOfLine, type Span, widthOfText, wrapped } from './styled.ts';
import { openMeans, totalsOf } from './totals.ts';

export interface ScreenState {
  readonly session: Session;
  /** The first row of the change that is shown. */
  readonly scroll: number;
  /** What is typed after `/`; absent while nothing is looked for. */
  readonly typing?: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Rows that are not for the change: two above, two below. */
const frame = 4;

/** How many rows of a change a terminal shows at once. */
export function pageOf({ rows }: Size): number {
  return Math.max(1, rows - frame);
}

/** The rows of the screen, none wider than it, and how far it can be scrolled. */
export function screenOf(state: ScreenState, size: Size, colors: Colors) {
  const width = Math.max(10, size.columns - 1);
  const body = bodyOf(state.session, width, colors);
  const page = pageOf(size);
  const end = Math.max(0, body.length - page);
  const scroll = Math.min(state.scroll, end);
  const shown = body.slice(scroll, scroll + page);
  while (shown.length < page) shown.push([]);
  const below = body.length - scroll - page;
  const rows: readonly Line[] = [
    progressLine(state.session, width, colors),
    groupLine(state.session, width, colors),
    ...shown,
    tellingLine(state.session, below, scroll, width, colors),
    promptLine(state, width, colors),
  ];
  return { rows: rows.map(painted), scroll, end };
}

function bodyOf(session: Session, width: number, colors: Colors): Line[] {
  if (session.help) return helpLines(width, colors);
  const change = session.changes[session.at];
  if (!change) return endLines(session, width, colors);
  return [...changeLines(change, { colors, width, hunk: session.hunk, after: afterOf(session, change) })];
}

/** The changes that have to be made before this one. */
export function afterOf(session: Session, change: Change) {
  return neededBy(change, session.changes).map((needed) => ({
    change: needed,
    decision: decisionOf(session, needed),
  }));
}

/** `12/340 · 5 accepted · 2 rejected · 333 open`, and what was decided about this change. */
function progressLine(session: Session, width: number, colors: Colors): Line {
  const change = session.changes[session.at];
  const text = progressText(session);
  const decision = change && decisionOf(session, change);
  const space = width - widthOfText(text) - widthOfText(decision ?? '');
  if (!decision || space < 1) return [{ text: cutTo(text, width), dress: colors.bold }];
  return [
    { text, dress: colors.bold },
    { text: ' '.repeat(space) },
    { text: decision, dress: toneOf(decision, colors) },
  ];
}

export function progressText(session: Session): string {
  const { accepted, rejected, open } = totalsOf(session.changes, session.decisions);
  const at = Math.min(session.at + 1, session.changes.length);
  return `${at}/${session.changes.length} · ${accepted} accepted · ${rejected} rejected · ${open} open`;
}

function toneOf(decision: Decision, colors: Colors): (text: string) => string {
  return { open: colors.dim, accepted: colors.green, rejected: colors.red }[decision];
}

function groupLine(session: Session, width: number, colors: Colors): Line {
  const here = groupAt(session);
  if (!here) return [];
  return [{ text: cutTo(groupText(here), width), dress: colors.cyan }];
}

/** `leaked-sender, give-room: 2 of 14 · nothing receives from … any more` */
export function groupText({ group, index }: NonNullable<ReturnType<typeof groupAt>>): string {
  return `${group.ruleId}, ${group.fixId}: ${index + 1} of ${group.changes.length} · ${group.reason}`;
}

function tellingLine({ told }: Session, below: number, scroll: number, width: number, colors: Colors): Line {
  const hint = below > 0 ? `↓ ${below} more, Space` : scroll > 0 ? '↑ PgUp' : '';
  const text = cutTo(told, Math.max(0, width - widthOfText(hint) - 1));
  const gap = ' '.repeat(Math.max(0, width - widthOfText(text) - widthOfText(hint)));
  return [{ text, dress: colors.yellow }, { text: gap }, { text: cutTo(hint, width), dress: colors.dim }];
}

function promptLine({ session, typing }: ScreenState, width: number, colors: Colors): Line {
  if (typing !== undefined)
    return [{ text: `/${endOf(typing, width - 2)}` }, { text: ' ', dress: colors.inverse }];
  return [{ text: cutTo(promptText(session), width), dress: colors.bold }];
}

export function promptText(session: Session): string {
  if (!session.changes[session.at]) return 'The end [q,k,K,/,?]: ';
  return `Accept this change [${keys.map(([key]) => (key === 'j' || key === 'k' || key === 'g' ? `${key},${key.toUpperCase()}` : key)).join(',')}]? `;
}

/** The last part of what is typed, so that the place of the next character is seen. */
function endOf(text: string, width: number): string {
  const characters = [...cutTo(text, Number.POSITIVE_INFINITY)];
  while (widthOfText(characters.join('')) > width) characters.shift();
  return characters.join('');
}

/** What each key does. */
export function helpLines(width: number, colors: Colors): Line[] {
  const scrolling: (typeof keys)[number] = ['Space', 'scroll down, b up; the arrow keys by a line'];
  return [...keys, scrolling].flatMap(([key, does]) =>
    wrapped(does, Math.max(15, width - 8)).flatMap((text, i) =>
      rowsOfLine([{ text: `  ${(i === 0 ? key : '').padEnd(6)}`, dress: colors.bold }, { text }], width, 8),
    ),
  );
}

/** What a person sees after the last change. */
export function endLines(session: Session, width: number, colors: Colors): Line[] {
  const line = (text: string, dress?: Span['dress']) =>
    wrapped(text, width).map((part): Line => [dress ? { text: part, dress } : { text: part }]);
  if (session.changes.length === 0) return line('The plan has no changes.');
  return [
    ...line('That was the last change.', colors.bold),
    ...line(openMeans(session.changes, session.decisions)),
  ];
}
