// goleash check: reports findings, changes nothing.

import type { Severity } from '../analysis/index.ts';
import { type BaselineOptions, baselined, baselineOf } from './baselined.ts';
import { buildOf } from './cache/build.ts';
import { cacheFolder } from './cache/store.ts';
import type { DirectoryTask } from './discover.ts';
import { type ExitStatus, exit, type Host } from './host.ts';
import { type Output, outputsOf, writeOutputs } from './outputs.ts';
import { UsageError } from './problem.ts';
import { progressOn } from './progress.ts';
import { repairsFor, typedRecipes } from './recipes.ts';
import {
  type Narrow,
  type Outcome,
  type RunOptions,
  renewed,
  run,
  statsOf,
  tellProblems,
  tellStats,
} from './run.ts';
import { type Scope, type ScopeOptions, scopeOf } from './scope.ts';
import { onlyShard, type Shard } from './shard.ts';
import { targetsOf } from './targets.ts';
import { type Changed, watchTargets } from './watch.ts';
import type { Job } from './work.ts';

/** The options that `check` and `fix` share, as commander gives them. */
export interface SharedOptions {
  /** Ids of recipes, which exist. */
  readonly recipe?: readonly string[];
  /** Ids of rules, which exist. */
  readonly rule?: readonly string[];
  readonly jobs?: number;
  readonly config?: string;
  /** Build tags; absent for those of the environment. */
  readonly tags?: readonly string[];
  readonly quiet?: boolean;
  readonly stats?: boolean;
}

export interface CheckOptions extends SharedOptions, Omit<ScopeOptions, 'config'>, BaselineOptions {
  /** False to analyse everything anew. */
  readonly cache?: boolean;
  /** Absent for text on standard output. */
  readonly format?: readonly Output[];
  readonly output?: string;
  readonly severity: Severity;
  readonly shard?: Shard;
  readonly watch?: boolean;
}

/** From the mildest to the worst. */
export const severities: readonly Severity[] = ['hint', 'warning', 'error'];

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function check(
  paths: readonly string[],
  options: CheckOptions,
  host: Host,
): Promise<ExitStatus> {
  const outputs = outputsOf(options.format ?? [], options.output, host.cwd);
  const partial = partialOf(options);
  const look = async (only?: Narrow) => found(await scopeOf(paths, options, host), options, host, only);
  const tell = (outcome: Outcome, start: number) =>
    told(outcome, { ...options, outputs, partial, start, selection: selectionOf(paths, options) }, host);
  if (options.watch) return watching(paths, options, host, { look, tell });
  // Before anything is looked at: a baseline that is not there is a mistake of the caller.
  baselineOf(options, host);
  const start = performance.now();
  return tell(await look(), start);
}

interface Telling extends CheckOptions {
  readonly outputs: readonly Output[];
  readonly partial: boolean;
  /** When the run began, in the clock of performance.now. */
  readonly start: number;
  readonly selection: readonly string[];
}

/** Writes the reports, and says on standard error what belongs there. */
function told(outcome: Outcome, telling: Telling, host: Host): ExitStatus {
  const { outputs, start, selection } = telling;
  const baseline = baselineOf(telling, host);
  const known = baseline && baselined(outcome, baseline, telling, host);
  const least = severities.indexOf(telling.severity);
  const findings = (known?.findings ?? outcome.findings).filter(
    ({ severity }) => severities.indexOf(severity) >= least,
  );
  const stats = telling.stats ? statsOf(outcome, start) : undefined;
  const { problems } = outcome;
  try {
    writeOutputs(
      outputs,
      {
        findings,
        problems,
        files: outcome.stats.files,
        ...(known ? { known: known.known } : {}),
        ...(stats ? { stats } : {}),
      },
      { quiet: telling.quiet === true, selection },
      host,
    );
  } finally {
    tellProblems(problems, host);
    // In JSON they are part of the report.
    if (stats && !outputs.some(({ format }) => format === 'json')) tellStats(stats, host);
  }
  if (problems.length > 0) return exit.incomplete;
  if (known?.grown) return exit.findings;
  return findings.some(({ severity }) => severity !== 'hint') ? exit.findings : exit.clean;
}

interface Check {
  look(only?: Narrow): Promise<Outcome>;
  tell(outcome: Outcome, start: number): ExitStatus;
}

/** Checks now and after each change, only the folders that have changed, until the host says stop. */
async function watching(
  paths: readonly string[],
  options: CheckOptions,
  host: Host,
  { look, tell }: Check,
): Promise<ExitStatus> {
  if (options.stdin || options.staged || options.writeBaseline || options.ratchet) {
    throw new UsageError(
      '--watch looks at files again and again: leave out --stdin, --staged, --write-baseline and --ratchet',
    );
  }
  let known: Outcome | undefined;
  let status: ExitStatus = exit.clean;
  const again = async (changed: Changed) => {
    const start = performance.now();
    try {
      const only = changed === 'all' || !known ? undefined : changed;
      const now = await look(only && ((task) => (only.has(task.directory) ? task : undefined)));
      known = known && only ? renewed(known, now, only) : now;
      if (host.isTerminal) host.out('\u001B[2J\u001B[3J\u001B[H');
      status = tell(known, start);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      // Settings that are being written are wrong for a moment; then everything is looked at again.
      known = undefined;
      status = exit.usage;
      host.err(`goleash: ${error.message}\n`);
    }
    if (!options.quiet) host.err('goleash: waiting for changes; Ctrl-C ends\n');
  };
  const targets = targetsOf(paths, host.cwd);
  await watchTargets(targets, again, host.stop);
  return status;
}

/** Whether not all findings of the files are looked for. A baseline cannot be written then. */
function partialOf({ newFrom, staged, stdin, writeBaseline, ratchet }: CheckOptions): boolean {
  const partial = newFrom !== undefined || staged === true || stdin === true;
  if (partial && (writeBaseline || ratchet)) {
    throw new UsageError(
      'a baseline is written for all findings of the files: leave out --new-from, --staged and --stdin',
    );
  }
  return partial;
}

/** What a run over the scope finds of what is to be told. */
async function found(
  scope: Scope,
  options: CheckOptions,
  host: Host,
  only: Narrow | undefined,
): Promise<Outcome> {
  const { rule, jobs, shard, quiet, tags } = options;
  const { targets, buffer, config } = scope;
  const narrows = [scope.narrow, shard && onlyShard(shard, scope.host), only];
  const narrow: Narrow = (task) =>
    narrows.reduce<DirectoryTask | undefined>((left, one) => (left && one ? one(left) : left), task);
  const progress = quiet ? undefined : progressOn(host);
  const repairs = repairsFor(options);
  const job: Omit<Job, 'target'> = {
    ...(repairs ? { repairs } : {}),
    ...(rule ? { rules: rule } : {}),
    ...(buffer ? { buffer } : {}),
  };
  try {
    const cache = cacheFor(options, scope);
    const how = { targets, job, jobs, config, tags, cache, narrow, ...(progress ? { progress } : {}) };
    return scope.told(await run(how, scope.host));
  } finally {
    progress?.end();
    scope.close();
  }
}

/** Only what is on disk, where it stays, is worth remembering. */
function cacheFor({ cache, staged }: CheckOptions, { buffer, host }: Scope): RunOptions['cache'] {
  const build = cache === false || staged || buffer ? undefined : buildOf(import.meta.url);
  return build === undefined ? undefined : { folder: cacheFolder(host.env, process.platform), build };
}

/** The arguments that choose rules and paths, for the next command. */
function selectionOf(paths: readonly string[], { recipe, rule }: CheckOptions): readonly string[] {
  return [
    ...typedRecipes(recipe),
    ...(rule ? ['--rule', rule.join(',')] : []),
    ...(paths.length > 0 ? paths : ['.']),
  ];
}
