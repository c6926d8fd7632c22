import type { LocatedFinding } from '../located.ts';
import type { Problem } from '../problem.ts';
import type { RunStats } from '../stats.ts';
import type { Style } from '../terminal.ts';

/** What a check has found. */
export interface CheckResult {
  /** Sorted by path and place. */
  readonly findings: readonly LocatedFinding[];
  readonly problems: readonly Problem[];
  /** How many files were looked at. */
  readonly files: number;
  /** How many more findings there are that a baseline has; set if there is one. */
  readonly known?: number;
  /** Set if they were asked for. */
  readonly stats?: RunStats;
}

/** How a report names things. */
export interface ReportOptions {
  readonly style: Style;
  /** How an absolute path is shown. */
  readonly show: (path: string) => string;
  /** Leaves out the summary. */
  readonly quiet: boolean;
  /** The command that was started and its arguments that choose paths and rules, for the next command. */
  readonly invocation: Invocation;
}

export interface Invocation {
  /** `goleash`, or `npx goleash`. */
  readonly command: string;
  /** What follows `goleash fix`, `--rule` included. */
  readonly selection: readonly string[];
}

/** Renders a result as one text. Every format is a function of this type. */
export type Report = (result: CheckResult, options: ReportOptions) => string;

/** Groups what belongs to files, in the order of the files' first appearance. */
export function byFile<T extends { readonly path: string }>(
  items: readonly T[],
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.path);
    if (group) group.push(item);
    else groups.set(item.path, [item]);
  }
  return [...groups];
}
