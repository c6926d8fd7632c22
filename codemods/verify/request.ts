// What is asked of the verification and what it answers: plain data, but for the texts, which only the planner can make.

import type { Change, Rung, Verified } from '../plan/plan.ts';

export interface VerifyRequest {
  /** The folder that the paths of the changes are relative to; absolute, with `/` separators. */
  readonly root: string;
  /** In the order in which they are applied. All that are to be there in the end, together. */
  readonly changes: readonly Change[];
  /** The texts of all files that the changes edit, as they are on disk, by absolute path with `/` separators. */
  readonly before: ReadonlyMap<string, string>;
  /**
   * The texts with only these changes in them, by absolute path. With a change, those of its `after` are always among
   * them. Files that come out as they are on disk may be left out.
   */
  textsOf(fingerprints: readonly string[]): Promise<ReadonlyMap<string, string>>;
  readonly options: VerifyOptions;
}

export interface VerifyOptions {
  /** The environment of the go command. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs the tests of what is edited, and of what imports it. */
  readonly test?: boolean;
  /** Looks for leaked goroutines before and after; with `test`, which comes before it. */
  readonly prove?: boolean;
  /** Build tags; absent for those of the environment. */
  readonly tags?: readonly string[];
  /** How many processors to use; absent for all. */
  readonly jobs?: number;
  /** Milliseconds that one run of the go command may take; absent for ten minutes. */
  readonly timeout?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** What begins now, as a clause: `building 3 packages of /src/m`. */
export interface Progress {
  readonly rung: Rung;
  readonly doing: string;
}

export interface Verification {
  /** What became of the changes that held, by fingerprint. */
  readonly verified: ReadonlyMap<string, Verified>;
  /** The changes that are to be left out: without them all others hold together. */
  readonly failed: readonly Failure[];
}

export interface Failure {
  readonly fingerprint: string;
  /** The rung that did not hold. */
  readonly rung: Rung;
  /** One clause without a full stop. */
  readonly reason: string;
  /** What the compiler or the test said, with places in the patched files; `''` if it said nothing of this change. */
  readonly output: string;
}
