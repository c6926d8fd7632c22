// The one configuration type. Its JSON schema is generated from `configSchema`, and the editor and the command
// line read the same values.

import type { Severity } from './finding.ts';

export interface Config {
  /** By rule id: `off`, or the severity to report it with. A rule that is not named keeps its own. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  /** Durations that fixes write, in Go syntax of time.ParseDuration: `30s`. */
  readonly timeouts: {
    /** http.Client.Timeout */
    readonly client: string;
    /** http.Server.ReadHeaderTimeout */
    readonly readHeader: string;
    /** Of a wait on a channel. */
    readonly wait: string;
  };
  /** How many goroutines the code that fixes write lets run at once, at least 1. */
  readonly poolSize: number;
  readonly suppressions: {
    /** Whether a `//goleash:ignore` counts only if it says why. */
    readonly requireReason: boolean;
  };
  /** Glob patterns, in the syntax of .gitignore, of files and folders that are not analysed. */
  readonly exclude: readonly string[];
}

export const defaultConfig: Config = {
  rules: {},
  timeouts: { client: '30s', readHeader: '10s', wait: '30s' },
  poolSize: 10,
  suppressions: { requireReason: true },
  exclude: [],
};
