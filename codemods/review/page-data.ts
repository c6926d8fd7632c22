// What goleash and its page tell each other.

import type { Change, Decision, LeftOut } from '../plan/plan.ts';

/** What a page shows, as it stands in the page. */
export interface PageData {
  /** The plan file, as it was named. */
  readonly named: string;
  readonly goleash: string;
  readonly selection: readonly string[];
  /** Without their edits. */
  readonly changes: readonly Change[];
  readonly left: readonly LeftOut[];
  /** Whether goleash is there to take decisions; if not, the page is for reading. */
  readonly live: boolean;
  /** The command that applies the plan. */
  readonly next: string;
}

/** Decisions by the keys of changes: what the page sends to `decisions`, and what it gets from there, which is all of them. */
export interface Decisions {
  readonly decisions: Readonly<Record<string, Decision>>;
}
