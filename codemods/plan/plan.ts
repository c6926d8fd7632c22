// A plan: what goleash would change in a repository, and why, as data that can be kept, reviewed and applied later, on
// another machine too. Paths are relative to the folder in which the plan was made, with `/` separators.

import type { Confidence, Safety, Severity, Step } from '../../analysis/index.ts';

export interface Plan {
  /** The version of this format. */
  readonly plan: 1;
  /** The version of goleash that made it. */
  readonly goleash: string;
  /** What was asked for, as it is typed after `goleash plan`. */
  readonly selection: readonly string[];
  /** The only rules that ran; absent for all that the configuration leaves on. */
  readonly rules?: readonly string[];
  /** The configuration file that was named; a path. */
  readonly config?: string;
  /** The build tags that were named. */
  readonly tags?: readonly string[];
  /** In the order in which they are applied. */
  readonly changes: readonly Change[];
  /** Fixes that were selected and are not among the changes. */
  readonly left: readonly LeftOut[];
}

/** One fix of one finding: applied whole or not at all. */
export interface Change {
  /** Names the finding in its package, whatever line it has moved to. */
  readonly fingerprint: string;
  readonly ruleId: string;
  readonly fixId: string;
  /** What the fix does, in the imperative. */
  readonly title: string;
  readonly safety: Safety;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** What is wrong. */
  readonly message: string;
  /** In the text that the edits were made against, as all places of a change are. */
  readonly at: PlannedPlace;
  /** The reason step by step; with `step` it is a step of the witness. */
  readonly related: readonly (PlannedPlace & { readonly message: string; readonly step?: Step })[];
  /** The edits, against the files as `against` names them. */
  readonly edits: readonly PlannedEdit[];
  /** The files that are edited, with the SHA-256 of the UTF-8 text that the edits were made against. */
  readonly against: readonly { readonly path: string; readonly sha256: string }[];
  /** A unified diff of this change alone, for reading; what is applied is `edits`. */
  readonly diff: string;
  /**
   * Fingerprints of changes that have to be made before: the text that this one was made against has them in it. Empty
   * for a change of the files as they are on disk.
   */
  readonly after: readonly string[];
  readonly verified: Verified;
  readonly decision: Decision;
}

/** `open`: nobody has decided; such a change is applied if it is `safe`. */
export type Decision = 'open' | 'accepted' | 'rejected';

/** Lines and columns count from 1; columns are in bytes of UTF-8. */
export interface PlannedPlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface PlannedEdit {
  readonly path: string;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** The text between them. */
  readonly removed: string;
  readonly inserted: string;
}

/**
 * How far the patched code was checked; each rung includes those before it.
 *
 * - `text`: it parses, is formatted as gofmt does, its comments are kept.
 * - `model`: it was analysed again: the finding is gone and no other has come.
 * - `compiler`: the go command builds and vets it, and vet says nothing that it did not say before.
 * - `tests`: the tests of its package and of those that import it pass as before.
 * - `proof`: a test under the goroutine leak profile leaked before and does not any more.
 */
export type Rung = 'text' | 'model' | 'compiler' | 'tests' | 'proof';

export const rungs: readonly Rung[] = ['text', 'model', 'compiler', 'tests', 'proof'];

export interface Verified {
  /** The highest rung that was tried and held. */
  readonly rung: Rung;
  /** Why it went no higher, one clause each: `not compiled: there is no go command`. */
  readonly notes: readonly string[];
}

/** A fix that did not make it into the plan. */
export interface LeftOut {
  readonly fingerprint: string;
  readonly ruleId: string;
  readonly fixId: string;
  readonly at: PlannedPlace;
  /** `deferred`: it collides with another; `failed`: a rung of the ladder did not hold and it was backed out. */
  readonly why: 'deferred' | 'failed';
  /** One clause without a full stop. */
  readonly reason: string;
  /** What the compiler or the test said. */
  readonly output?: string;
}
