// What is known of each change so far.

import type { Change, Rung, Verified } from '../plan/plan.ts';
import { dependents } from './guilty.ts';
import type { Failure, Verification } from './request.ts';

export interface Standing {
  /** The changes that have not failed, in order. */
  remaining(): readonly Change[];
  /** The change has reached a rung. */
  reach(change: Change, rung: Rung): void;
  /** Says why a change went no higher, one clause. */
  note(change: Change, text: string): void;
  /** Backs a change out, and with it those that need it. */
  backOut(change: Change, failure: Omit<Failure, 'fingerprint'>): void;
  result(): Verification;
}

export function newStanding(changes: readonly Change[]): Standing {
  const verified = new Map(changes.map(({ fingerprint, verified }) => [fingerprint, verified]));
  const failed = new Map<string, Failure>();
  const update = ({ fingerprint }: Change, make: (old: Verified) => Verified) => {
    const old = verified.get(fingerprint);
    if (old) verified.set(fingerprint, make(old));
  };
  const fail = ({ fingerprint }: Change, failure: Omit<Failure, 'fingerprint'>) => {
    verified.delete(fingerprint);
    failed.set(fingerprint, { fingerprint, ...failure });
  };
  return {
    remaining: () => changes.filter(({ fingerprint }) => !failed.has(fingerprint)),
    reach: (change, rung) => update(change, (old) => ({ ...old, rung })),
    note: (change, text) =>
      update(change, (old) => (old.notes.includes(text) ? old : { ...old, notes: [...old.notes, text] })),
    backOut: (change, failure) => {
      const { path, line } = change.at;
      const others = dependents(change, changes).filter(({ fingerprint }) => !failed.has(fingerprint));
      fail(change, failure);
      const reason = `it needs the fix of ${change.ruleId} at ${path}:${line}, which was backed out`;
      for (const other of others) fail(other, { rung: failure.rung, reason, output: '' });
    },
    result: () => ({ verified, failed: [...failed.values()] }),
  };
}
