// How far a review is, and what becomes of what nobody has decided. Runs in the browser, too.

import { keyOf } from '../plan/key.ts';
import type { Change, Decision } from '../plan/plan.ts';

/** How many changes were decided in which way; `safe` counts those that are open and are applied all the same. */
export function totalsOf(changes: readonly Change[], decisions: ReadonlyMap<string, Decision>) {
  const totals = { accepted: 0, rejected: 0, open: 0, safe: 0 };
  for (const change of changes) {
    const own = decisions.get(keyOf(change)) ?? change.decision;
    totals[own]++;
    if (own === 'open' && change.safety === 'safe') totals.safe++;
  }
  return totals;
}

/** What `goleash apply` does with the changes that are open. */
export function openMeans(changes: readonly Change[], decisions: ReadonlyMap<string, Decision>): string {
  const { open, safe } = totalsOf(changes, decisions);
  const are = (n: number) => (n === 1 ? '1 change is' : `${n} changes are`);
  if (open === 0) return 'Everything is decided.';
  if (safe === 0) return `${are(open)} open and will not be applied.`;
  if (safe === open) return `${are(open)} open and safe, and will be applied.`;
  return `${are(open)} open: ${safe} of them safe, which will be applied, and ${open - safe} not.`;
}

/** `1 accepted, 4 open`, without what there is none of. */
export function tallied(decisions: readonly Decision[]): string {
  const count = (decision: Decision) => decisions.filter((other) => other === decision).length;
  return (['accepted', 'rejected', 'open'] as const)
    .filter((decision) => count(decision) > 0)
    .map((decision) => `${count(decision)} ${decision}`)
    .join(', ');
}
