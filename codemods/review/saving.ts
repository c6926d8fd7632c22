// Decisions go to the plan file as soon as they are made.

import { keyOf } from '../plan/key.ts';
import type { Change, Decision } from '../plan/plan.ts';
import { writeDecisions } from '../plan/plan-file.ts';
import { type Session, withDecided } from './session.ts';

/** Writes decisions, and takes over those that others have written meanwhile. What went wrong is told in the session. */
export type Save = (session: Session, decided: ReadonlyMap<string, Decision>) => Session;

export interface Saver {
  readonly save: Save;
  /** Decisions that could not be written yet. */
  unsaved(): number;
}

/** Saves to the plan at a path, which messages call `named`. What cannot be written is tried again with the next. */
export function saver(path: string, named: string): Saver {
  let waiting: ReadonlyMap<string, Decision> = new Map();
  return {
    save(session, decided) {
      if (decided.size === 0) return session;
      waiting = new Map([...waiting, ...decided]);
      try {
        const { plan, unknown } = writeDecisions(path, waiting, named);
        waiting = new Map();
        const after = withDecided(session, decisionsOf(plan.changes));
        if (unknown.length === 0) return after;
        return {
          ...after,
          told: `${named} was made again and no longer has this change; quit and review it.`,
        };
      } catch (error) {
        return { ...session, told: (error as Error).message };
      }
    },
    unsaved: () => waiting.size,
  };
}

export function decisionsOf(changes: readonly Change[]): ReadonlyMap<string, Decision> {
  return new Map(changes.map((change) => [keyOf(change), change.decision]));
}
