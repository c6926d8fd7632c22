// What analysis says: plain data that survives structuredClone, so that workers and both hosts share it.

import type { Site } from './syntax/source-file.ts';

export type Severity = 'error' | 'warning' | 'hint';

/** `proved`: follows from what is visible. `likely`: a heuristic that can be wrong. */
export type Confidence = 'proved' | 'likely';

/** `safe`: keeps what the program does but for the defect. `review`: a person must look before it is applied. */
export type Safety = 'safe' | 'review';

/** Replaces the UTF-16 range [start, end) of a file, as it was analysed, by `newText`. */
export interface Edit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** One alternative repair of one finding: all of its edits are applied, or none. */
export interface Fix {
  readonly id: string;
  readonly title: string;
  readonly safety: Safety;
  /** Sorted by path and start; they do not overlap. */
  readonly edits: readonly Edit[];
}

/** A place that stands in the way of a change that was asked for. */
export interface Obstacle {
  readonly at: Site;
  /** One clause without a full stop, lower case first. */
  readonly reason: string;
}

/** A second place that explains a finding. */
export interface Related {
  readonly at: Site;
  readonly message: string;
  /** Set on the steps of a witness: the shortest way in which goroutines come to the defect, in the order of time. */
  readonly step?: Step;
}

/** When a step of a witness is taken, and by whom. */
export interface Step {
  /** Counts from 1. A send and the receive that takes its value are two places with one number: they happen at once. */
  readonly order: number;
  /** The function that was explored, by its name, or `goroutine 1` and so on as they are started. */
  readonly goroutine: string;
}

/** What a second place says, with its number if it is a step of a witness: `2. f returns`. */
export function toldInOrder({ message, step }: Pick<Related, 'message' | 'step'>): string {
  return step ? `${step.order}. ${message}` : message;
}

/** One defect. `related` tells the reason step by step; `fixes` are alternatives, the preferred one first. */
export interface Finding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly at: Site;
  readonly message: string;
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
}
