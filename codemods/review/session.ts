// A review as a value: where it is, what was decided, and what a key makes of it. Reads and writes nothing. Runs in the
// browser, too.

import { keyOf } from '../plan/key.ts';
import type { Change, Decision } from '../plan/plan.ts';
import { hasText } from './filter.ts';
import { type Group, groupsOf } from './groups.ts';

export interface Session {
  readonly groups: readonly Group[];
  /** All changes, group by group. */
  readonly changes: readonly Change[];
  /** By the keys of changes. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** The index of the change that is shown; that after the last one stands for the end. */
  readonly at: number;
  /** Which hunk is shown by itself, from 0; absent for all. */
  readonly hunk?: number;
  /** What the last key has to say. */
  readonly told: string;
  /** Whether the keys are explained. */
  readonly help: boolean;
  /** What was looked for last. */
  readonly sought: string;
}

/** What is to be done outside after a key. */
export interface Outcome {
  readonly session: Session;
  /** Decisions to be saved, by the keys of changes. */
  readonly decided: ReadonlyMap<string, Decision>;
  readonly todo?: 'quit' | 'edit';
}

/** The keys, as in `git add -p` where that has them. */
export const keys: readonly (readonly [key: string, does: string])[] = [
  ['y', 'accept this change'],
  ['n', 'reject it'],
  ['a', 'accept it and all later changes of this group that are open'],
  ['d', 'reject it and all later changes of this group that are open'],
  ['u', 'undo: leave it open again'],
  ['j', 'see the next change, decide nothing; J the next open one'],
  ['k', 'see the previous change, decide nothing; K the previous open one'],
  ['g', 'go to the next group; G to the previous one'],
  ['s', 'show its hunks one by one; it is accepted or rejected whole'],
  ['e', 'open the file at this place in your editor; the plan stays as it is'],
  ['/', 'search in rules, messages, paths and diffs; / and Enter again for the next'],
  ['q', 'quit; every decision is saved already'],
  ['?', 'show or hide this help'],
];

/** Begins at the first change that is open. */
export function newSession(changes: readonly Change[]): Session {
  const groups = groupsOf(changes);
  const ordered = groups.flatMap((group) => group.changes);
  const first = ordered.findIndex(({ decision }) => decision === 'open');
  return {
    groups,
    changes: ordered,
    decisions: new Map(ordered.map((change) => [keyOf(change), change.decision])),
    at: first < 0 ? ordered.length : first,
    told: first < 0 ? 'Everything is decided; k goes back.' : '',
    help: false,
    sought: '',
  };
}

export function decisionOf({ decisions }: Session, change: Change): Decision {
  return decisions.get(keyOf(change)) ?? change.decision;
}

/** What a key does. `hunks` is the number of hunks of the change that is shown. */
export function press(before: Session, key: string, hunks: number): Outcome {
  const session = { ...before, told: '' };
  const change = session.changes[session.at];
  const moved = (at: number, told = ''): Outcome => ({
    session: goTo(session, at, told),
    decided: new Map(),
  });
  const movedUnlessHere = (at: number, told: string) => moved(at, at === session.at ? told : '');
  switch (key) {
    case 'q':
      return { session, decided: new Map(), todo: 'quit' };
    case '?':
      return { session: { ...session, help: !session.help }, decided: new Map() };
    case 'j':
      return moved(session.at + 1);
    case 'k':
      return session.at === 0 ? moved(0, 'This is the first change.') : moved(session.at - 1);
    case 'J':
      return movedUnlessHere(nextOpen(session), 'No other change is open.');
    case 'K':
      return movedUnlessHere(previousOpen(session), 'No earlier change is open.');
    case 'g':
      return moved(groupStart(session, 1));
    case 'G':
      return moved(groupStart(session, -1));
  }
  if (!change) return moved(session.at, 'No change is shown here; k goes back, q quits.');
  if (key === 's') return { session: nextHunk(session, hunks), decided: new Map() };
  if (key === 'e') return { session, decided: new Map(), todo: 'edit' };
  return (
    decide(session, change, key) ??
    moved(session.at, `${key.length === 1 ? key : 'This key'} does nothing; ? shows the keys.`)
  );
}

/** Decides what a key says, and goes on to what is open. */
function decide(session: Session, change: Change, key: string): Outcome | undefined {
  const decision = ({ y: 'accepted', a: 'accepted', n: 'rejected', d: 'rejected', u: 'open' } as const)[key];
  if (!decision) return undefined;
  const later = key === 'a' || key === 'd' ? openAfter(session) : [];
  const decided = new Map([change, ...later].map((decided) => [keyOf(decided), decision]));
  const after = withDecided(session, decided);
  if (decision === 'open') return { session: { ...after, told: 'Open again.' }, decided };
  const next = nextOpen(after);
  const told = later.length > 0 ? `${later.length + 1} changes of the group are ${decision}.` : '';
  return { session: goTo(after, next === after.at ? after.changes.length : next, told), decided };
}

/** The session after decisions were made here or by others. */
export function withDecided(session: Session, decided: ReadonlyMap<string, Decision>): Session {
  return { ...session, decisions: new Map([...session.decisions, ...decided]) };
}

/** Goes to the next change after this one that has a text in it; `''` stands for what was looked for last. */
export function search(session: Session, text: string): Session {
  const sought = text || session.sought;
  if (sought === '') return { ...session, told: '' };
  const n = session.changes.length;
  for (let step = 1; step <= n; step++) {
    const at = (session.at + step) % n;
    const change = session.changes[at];
    if (change && hasText(change, sought))
      return { ...goTo(session, at, at <= session.at ? 'From the start again.' : ''), sought };
  }
  return { ...session, sought, told: `Nothing has “${sought}” in it.` };
}

/** The group of the change that is shown, and its place there from 0; undefined at the end. */
export function groupAt({
  groups,
  at,
}: Session): { readonly group: Group; readonly index: number } | undefined {
  let start = 0;
  for (const group of groups) {
    if (at < start + group.changes.length) return { group, index: at - start };
    start += group.changes.length;
  }
  return undefined;
}

function goTo(session: Session, at: number, told: string): Session {
  const inside = Math.max(0, Math.min(at, session.changes.length));
  if (inside === session.at) return { ...session, told };
  const { hunk: _, ...rest } = session;
  return { ...rest, at: inside, told, help: false };
}

function isOpen(session: Session, index: number): boolean {
  const change = session.changes[index];
  return change !== undefined && decisionOf(session, change) === 'open';
}

/** The next open change after this one, else the first of all; where there is none, this one. */
function nextOpen(session: Session): number {
  const n = session.changes.length;
  for (let step = 1; step <= n + 1; step++) {
    const at = (session.at + step) % (n + 1);
    if (isOpen(session, at)) return at;
  }
  return session.at;
}

function previousOpen(session: Session): number {
  for (let at = session.at - 1; at >= 0; at--) if (isOpen(session, at)) return at;
  return session.at;
}

function openAfter(session: Session): readonly Change[] {
  const here = groupAt(session);
  return (
    here?.group.changes.slice(here.index + 1).filter((change) => decisionOf(session, change) === 'open') ?? []
  );
}

/** Where the group so many groups away begins; the end after the last one. */
function groupStart(session: Session, away: number): number {
  const starts = [0];
  for (const { changes } of session.groups) starts.push((starts.at(-1) ?? 0) + changes.length);
  const own = starts.findLastIndex((start) => start <= session.at);
  return starts[Math.max(0, own + away)] ?? session.changes.length;
}

function nextHunk(session: Session, hunks: number): Session {
  if (hunks < 2) return { ...session, told: 'It has one hunk; a change is accepted or rejected whole.' };
  const hunk = session.hunk === undefined ? 0 : session.hunk + 1;
  if (hunk < hunks) {
    return {
      ...session,
      hunk,
      told: `Hunk ${hunk + 1} of ${hunks}; the change is accepted or rejected whole.`,
    };
  }
  const { hunk: _, ...whole } = session;
  return { ...whole, told: `All ${hunks} hunks.` };
}
