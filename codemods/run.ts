// One run over the arguments: discover, spread, collect in an order that does not depend on the threads.

import { settingsFinder } from '../analysis/node/config.ts';
import { hostTarget } from '../analysis/node/target.ts';
import { resultCache } from './cache/cache.ts';
import { discover } from './discover.ts';
import type { Host } from './host.ts';
import type { LocatedFinding } from './located.ts';
import { workOnAll } from './pool.ts';
import type { Position } from './positions.ts';
import type { Problem } from './problem.ts';
import { noStats, type RunStats, type Stats, statsText, sumOfStats } from './stats.ts';
import { absolute, type Target } from './targets.ts';
import { shownPath } from './terminal.ts';
import type { DirectoryResult, Job } from './work.ts';

export interface RunOptions {
  readonly targets: readonly Target[];
  readonly job: Omit<Job, 'target'>;
  /** How many threads; absent for one per processor. */
  readonly jobs?: number | undefined;
  /** A configuration file that holds instead of those near the code. */
  readonly config?: string | undefined;
  /** Build tags; absent for those of the environment. */
  readonly tags?: readonly string[] | undefined;
  /** Where the results of earlier runs of this build of goleash are kept; absent to use none. */
  readonly cache?: { readonly folder: string; readonly build: string } | undefined;
  /** Called with what each folder gives, as soon as it is there, in any order. */
  readonly onResult?: (result: DirectoryResult) => void;
}

export interface Outcome {
  readonly findings: readonly LocatedFinding[];
  readonly problems: readonly Problem[];
  readonly stats: Stats;
}

/** Does the job in all targets. Tells on standard error what was left out on purpose. */
export async function run(options: RunOptions, host: Host): Promise<Outcome> {
  const show = (path: string) => shownPath(path, host.cwd);
  const findings: LocatedFinding[] = [];
  const problems: Problem[] = [];
  let stats = noStats;
  const tasks = discover(options.targets, {
    findSettings: settingsFinder(
      options.config === undefined ? undefined : absolute(options.config, host.cwd),
    ),
    onProblem: (problem) => problems.push(problem),
    onExcluded: (path, file) => host.err(`goleash: ${show(path)} is left out: ${show(file)} excludes it\n`),
    show,
    cwd: host.cwd,
  });
  const { platform, arch } = process;
  const target = hostTarget({ env: host.env, platform, arch }, options.tags);
  const job = { ...options.job, target };
  const take = (result: DirectoryResult): void => {
    options.onResult?.(result);
    findings.push(...result.findings);
    problems.push(...result.problems);
    stats = sumOfStats(stats, result.stats);
  };
  const cache = options.cache && resultCache(options.cache.folder, options.cache.build, job);
  await workOnAll(
    cache ? cache.without(tasks, take) : tasks,
    job,
    options.jobs === undefined ? {} : { jobs: options.jobs },
    (result, task) => {
      take(result);
      cache?.keep(task, result);
    },
  );
  cache?.save();
  if (stats.files === 0 && problems.length === 0) host.err('goleash: no Go files here\n');
  return { findings: findings.sort(inOrder), problems: distinct(problems), stats };
}

/** Names the problems on standard error, one a line. */
export function tellProblems(problems: readonly Problem[], host: Host): void {
  for (const { path, line, message } of problems) {
    host.err(`goleash: ${shownPath(path, host.cwd)}${line === undefined ? '' : `:${line}`}: ${message}\n`);
  }
}

/** The counts of a run that began at `start`, in the clock of performance.now. */
export function statsOf({ findings, stats }: Outcome, start: number): RunStats {
  return {
    ...stats,
    findings: findings.length,
    reading: inMilliseconds(stats.reading),
    analysing: inMilliseconds(stats.analysing),
    elapsed: inMilliseconds((performance.now() - start) / 1000),
  };
}

/** Seconds, no finer than they can be measured. */
function inMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Prints the counts of a run on standard error. */
export function tellStats(stats: RunStats, host: Host): void {
  host.err(statsText(stats));
}

function inOrder(a: LocatedFinding, b: LocatedFinding): number {
  return (
    compare(a.at.path, b.at.path) ||
    byPosition(a.at.start, b.at.start) ||
    byPosition(a.at.end, b.at.end) ||
    compare(a.ruleId, b.ruleId)
  );
}

function byPosition(a: Position, b: Position): number {
  return a.line - b.line || a.unit - b.unit;
}

/** Each problem once, in order: every folder of a module meets its broken go.mod. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const known = new Map(
    problems.map((problem) => [`${problem.path}\0${problem.line}\0${problem.message}`, problem]),
  );
  return [...known.values()].sort(
    (a, b) => compare(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0) || compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
