// Timers and tickers of package time, and what the Go version means for them.

import type { Code } from '../model/code.ts';
import type { Node } from '../syntax/node.ts';

/**
 * Whether the runtime keeps a timer or ticker that nobody refers to until it fires or is stopped. Since Go 1.23 it is
 * collected, in programs whose go.mod says so.
 */
export function keepsTimers(code: Code): boolean {
  return !code.goAtLeast('1.23');
}

/** A clause for messages: which version the code is for, and what that means. */
export function versionFact(code: Code): string {
  const version = code.pkg.module?.goVersion;
  const said = version && !isAtLeast123(version) ? `go.mod says ${version}` : 'this file is for an older Go';
  return `it is collected only from Go 1.23 on, and ${said}`;
}

function isAtLeast123(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= 23;
}

export const second = 1_000_000_000n;
export const minute = 60n * second;

/** A duration in nanoseconds, if it is a constant whose value is visible. */
export function durationOf(code: Code, expression: Node | undefined): bigint | undefined {
  const value = expression && code.constantOf(expression);
  return typeof value === 'bigint' ? value : undefined;
}
