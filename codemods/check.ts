// goleash check: reports findings, changes nothing.

import type { Severity } from '../analysis/index.ts';
import { type BaselineOptions, baselined, baselineOf } from './baselined.ts';
import { type ExitStatus, exit, type Host } from './host.ts';
import { type Output, outputsOf, writeOutputs } from './outputs.ts';
import { UsageError } from './problem.ts';
import { type Outcome, run, statsOf, tellProblems, tellStats } from './run.ts';
import { type Scope, type ScopeOptions, scopeOf } from './scope.ts';
import type { Job } from './work.ts';

/** The options that `check` and `fix` share, as commander gives them. */
export interface SharedOptions {
  /** Ids of rules, which exist. */
  readonly rule?: readonly string[];
  readonly jobs?: number;
  readonly config?: string;
  readonly quiet?: boolean;
  readonly stats?: boolean;
}

export interface CheckOptions extends SharedOptions, Omit<ScopeOptions, 'config'>, BaselineOptions {
  /** Absent for text on standard output. */
  readonly format?: readonly Output[];
  readonly output?: string;
  readonly severity: Severity;
}

/** From the mildest to the worst. */
export const severities: readonly Severity[] = ['hint', 'warning', 'error'];

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function check(
  paths: readonly string[],
  options: CheckOptions,
  host: Host,
): Promise<ExitStatus> {
  const start = performance.now();
  const outputs = outputsOf(options.format ?? [], options.output, host.cwd);
  const baseline = baselineOf(options, host);
  const partial = partialOf(options);
  const outcome = await found(await scopeOf(paths, options, host), options);
  const known = baseline && baselined(outcome, baseline, { ...options, partial }, host);
  const least = severities.indexOf(options.severity);
  const findings = (known?.findings ?? outcome.findings).filter(
    ({ severity }) => severities.indexOf(severity) >= least,
  );
  const stats = options.stats ? statsOf(outcome, start) : undefined;
  const { problems } = outcome;
  try {
    writeOutputs(
      outputs,
      { findings, problems, files: outcome.stats.files, ...(stats ? { stats } : {}) },
      { quiet: options.quiet === true, selection: selectionOf(paths, options) },
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
async function found(scope: Scope, { rule, jobs }: CheckOptions): Promise<Outcome> {
  const { targets, buffer, narrow, config } = scope;
  const job: Omit<Job, 'target'> = { ...(rule ? { rules: rule } : {}), ...(buffer ? { buffer } : {}) };
  try {
    return scope.told(await run({ targets, job, jobs, config, ...(narrow ? { narrow } : {}) }, scope.host));
  } finally {
    scope.close();
  }
}

/** The arguments that choose rules and paths, for the next command. */
function selectionOf(paths: readonly string[], { rule }: CheckOptions): readonly string[] {
  return [...(rule ? ['--rule', rule.join(',')] : []), ...(paths.length > 0 ? paths : ['.'])];
}
