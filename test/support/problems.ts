import assert from 'node:assert/strict';

/** Fails with the problems, one on a line, if there are any. */
export function assertNone(problems: readonly string[], title = 'expected nothing, but'): void {
  if (problems.length > 0) assert.fail(`${title}:\n  ${problems.join('\n  ')}`);
}
