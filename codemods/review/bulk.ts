// Decisions about many changes at once, for scripts: `--accept safe --reject lost-cancel`.

import { nearest } from '../../analysis/node/nearest.ts';
import { keyOf } from '../plan/key.ts';
import type { Change, Decision } from '../plan/plan.ts';
import { UsageError } from '../problem.ts';

/** What is accepted and what rejected: rule ids, `safe`, `all`, and fingerprints or how they begin. */
export interface Bulk {
  readonly accept: readonly string[];
  readonly reject: readonly string[];
}

/** How much of a fingerprint has to be given. */
const shortest = 6;

/**
 * The decisions by the keys of changes. A fingerprint counts for more than a rule, a rule for more than `safe` and `all`, and
 * what is rejected for more than what is accepted. Only a fingerprint decides again about what was decided already.
 * Throws a UsageError for a word that names no change.
 */
export function bulkDecisions(
  changes: readonly Change[],
  { accept, reject }: Bulk,
): ReadonlyMap<string, Decision> {
  const chosen = [
    ...accept.map((word) => ({ ...selector(changes, word), decision: 'accepted' as const })),
    ...reject.map((word) => ({ ...selector(changes, word), decision: 'rejected' as const })),
  ].sort((a, b) => a.weight - b.weight);
  const decided = new Map<string, Decision>();
  for (const { selects, weight, decision } of chosen) {
    for (const change of changes) {
      if (selects(change) && (change.decision === 'open' || weight === heaviest))
        decided.set(keyOf(change), decision);
    }
  }
  return decided;
}

const heaviest = 3;

function selector(
  changes: readonly Change[],
  word: string,
): { selects: (change: Change) => boolean; weight: number } {
  if (word === 'all') return { selects: () => true, weight: 0 };
  if (word === 'safe') return { selects: ({ safety }) => safety === 'safe', weight: 1 };
  if (changes.some(({ ruleId }) => ruleId === word))
    return { selects: ({ ruleId }) => ruleId === word, weight: 2 };
  const begun = changes.filter(({ fingerprint }) => fingerprint.startsWith(word));
  const found = new Set(begun.map(({ fingerprint }) => fingerprint));
  const exact = found.has(word) ? word : [...found][found.size - 1];
  if (exact !== undefined && (exact === word || (found.size === 1 && word.length >= shortest)))
    return { selects: ({ fingerprint }) => fingerprint === exact, weight: heaviest };
  throw new UsageError(`${word}: ${unknown(changes, word, found.size)}`);
}

function unknown(changes: readonly Change[], word: string, begun: number): string {
  if (begun > 1) return `${begun} fingerprints begin so; give more of it`;
  if (begun === 1) return `give at least ${shortest} characters of a fingerprint`;
  const rules = [...new Set(changes.map(({ ruleId }) => ruleId))].sort();
  const guess = nearest(word, [...rules, 'safe', 'all']);
  const instead = rules.length > 0 ? `its rules are ${rules.join(', ')}` : 'it has no changes';
  return `the plan has no such rule or fingerprint; ${guess ? `did you mean ${guess}?` : instead}`;
}
