// How far changes were checked, for people: docs/verification.md tells what each rung means.

import type { Change, LeftOut, Rung } from '../plan/plan.ts';
import { printable } from '../terminal.ts';
import { count } from './text.ts';

const deeds: Readonly<Record<Rung, string>> = {
  text: 'parsed',
  model: 'analysed again',
  compiler: 'built and vetted',
  tests: 'tested',
  proof: 'shown to end the leak',
};

/**
 * A line for each rung and each reason why changes came no further, the most changes first:
 * `3 changes analysed again; not compiled: there is no go command`.
 */
export function ladderLines(changes: readonly Change[]): readonly string[] {
  const told = new Map<string, number>();
  for (const { verified } of changes) {
    const what = [deeds[verified.rung], ...verified.notes].join('; ');
    told.set(what, (told.get(what) ?? 0) + 1);
  }
  return [...told]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([what, n]) => `${count(n, 'change')} ${printable(what)}`);
}

/** What the compiler or a test said of a change that was backed out, indented. */
export function outputLines({ output }: LeftOut): readonly string[] {
  if (output === undefined) return [];
  return output
    .trimEnd()
    .split('\n')
    .map((line) => `    ${printable(line)}`);
}
