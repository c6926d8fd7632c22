// Which changes of a plan are shown. Runs in the browser, too.

import { folderOf } from '../plan/key.ts';
import type { Change, Decision } from '../plan/plan.ts';

/** What a change must have; `''` stands for anything. */
export interface Filter {
  readonly text: string;
  readonly rule: string;
  readonly safety: string;
  readonly folder: string;
  readonly rung: string;
  readonly decision: string;
}

export const noFilter: Filter = { text: '', rule: '', safety: '', folder: '', rung: '', decision: '' };

/** The property that each filter but the text compares. */
export const aspects: Readonly<
  Record<Exclude<keyof Filter, 'text'>, (change: Change, decision: Decision) => string>
> = {
  rule: ({ ruleId }) => ruleId,
  safety: ({ safety }) => safety,
  folder: ({ at }) => folderOf(at.path),
  rung: ({ verified }) => verified.rung,
  decision: (_, decision) => decision,
};

/** Whether a change has all that the filter asks for. */
export function passes(filter: Filter, change: Change, decision: Decision): boolean {
  for (const [name, aspect] of Object.entries(aspects)) {
    const wanted = filter[name as keyof Filter];
    if (wanted !== '' && aspect(change, decision) !== wanted) return false;
  }
  return filter.text === '' || hasText(change, filter.text);
}

/** Whether a text occurs in a change: its rule, messages, paths, diff. Capitals count only where some are typed. */
export function hasText(change: Change, sought: string): boolean {
  const { ruleId, fixId, title, message, at, related, diff, fingerprint } = change;
  const told = related.flatMap((note) => [note.message, note.path]);
  const text = [ruleId, fixId, title, message, at.path, ...told, diff, fingerprint].join('\n');
  return /\p{Lu}/u.test(sought) ? text.includes(sought) : text.toLowerCase().includes(sought.toLowerCase());
}

/** How many of the changes have each value of an aspect, sorted by value. */
export function valuesOf(
  name: keyof typeof aspects,
  changes: readonly Change[],
  decisionOf: (change: Change) => Decision,
): readonly (readonly [value: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const change of changes) {
    const value = aspects[name](change, decisionOf(change));
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
