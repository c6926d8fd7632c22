// Changes by reason: those of one rule, one fix and one message, whatever the names in it. Runs in the browser, too.

import type { Change } from '../plan/plan.ts';

export interface Group {
  readonly ruleId: string;
  readonly fixId: string;
  /** The message of its changes; `…` stands for the words in which they differ. */
  readonly reason: string;
  readonly changes: readonly Change[];
}

/** In how many words the messages of one group may differ: a name, and what ends or returns. */
const most = 2;

/**
 * The groups in the order in which a person should look at them: by rule, by fix, and those with most changes first.
 * Within a group the order is that of the plan.
 */
export function groupsOf(changes: readonly Change[]): readonly Group[] {
  const drafts = new Map<string, { words: readonly string[]; changes: Change[] }[]>();
  for (const change of changes) {
    const kind = `${change.ruleId}\0${change.fixId}`;
    const words = change.message.split(' ');
    const known = drafts.get(kind) ?? [];
    drafts.set(kind, known);
    const group = known.find((draft) => merged(draft.words, words));
    if (group) {
      group.words = merged(group.words, words) ?? group.words;
      group.changes.push(change);
    } else known.push({ words, changes: [change] });
  }
  return [...drafts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([kind, groups]) => {
      const [ruleId = '', fixId = ''] = kind.split('\0');
      return groups
        .sort((a, b) => b.changes.length - a.changes.length)
        .map(({ words, changes: own }) => ({ ruleId, fixId, reason: words.join(' '), changes: own }));
    });
}

/** What two messages have in common; undefined if they say different things. */
function merged(a: readonly string[], b: readonly string[]): readonly string[] | undefined {
  if (a.length !== b.length) return undefined;
  const words = a.map((word, i) => (word === b[i] ? word : '…'));
  const different = words.filter((word) => word === '…').length;
  return different <= Math.min(most, words.length / 3) ? words : undefined;
}
