// Which changes are to blame when all of them together do not hold.

import type { Change } from '../plan/plan.ts';

/** Puts every change behind those of its `after`, and leaves the order as it is otherwise. */
export function inOrder(changes: readonly Change[]): readonly Change[] {
  const known = new Map(changes.map((change) => [change.fingerprint, change]));
  const ordered = new Set<Change>();
  const place = (change: Change, above: ReadonlySet<Change>) => {
    if (ordered.has(change) || above.has(change)) return;
    for (const fingerprint of change.after) {
      const earlier = known.get(fingerprint);
      if (earlier) place(earlier, new Set([...above, change]));
    }
    ordered.add(change);
  };
  for (const change of changes) place(change, new Set());
  return [...ordered];
}

/** The changes, with those that must be made before them, in order. */
export function withEarlier(some: readonly Change[], all: readonly Change[]): readonly Change[] {
  const known = new Map(all.map((change) => [change.fingerprint, change]));
  const found = new Set<Change>(some);
  for (const { after } of found) {
    for (const fingerprint of after) {
      const earlier = known.get(fingerprint);
      if (earlier) found.add(earlier);
    }
  }
  return all.filter((change) => found.has(change));
}

/** The changes that cannot be made without this one: it is not among them. */
export function dependents(guilty: Change, all: readonly Change[]): readonly Change[] {
  const gone = new Set([guilty.fingerprint]);
  for (let size = 0; size < gone.size; ) {
    size = gone.size;
    for (const { fingerprint, after } of all)
      if (after.some((needed) => gone.has(needed))) gone.add(fingerprint);
  }
  return all.filter((change) => change !== guilty && gone.has(change.fingerprint));
}

/**
 * The change with which those before it no longer hold, where all together do not and none at all do. Of two that only
 * fail together that is the later one. `holds` is asked about beginnings of the list, as often as it can be halved.
 */
export async function firstGuilty(
  changes: readonly Change[],
  holds: (some: readonly Change[]) => Promise<boolean>,
): Promise<Change | undefined> {
  let [good, bad] = [0, changes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await holds(changes.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return changes[bad - 1];
}
