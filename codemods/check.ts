// goleash check: reports findings, changes nothing.

import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Severity } from '../analysis/index.ts';
import { type ExitStatus, exit, type Host } from './host.ts';
import { type Output, outputsOf, writeOutputs } from './outputs.ts';
import { UsageError } from './problem.ts';
import { run, statsOf, tellProblems, tellStats } from './run.ts';
import { absolute, type Target, targetsOf } from './targets.ts';
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

export interface CheckOptions extends SharedOptions {
  /** Absent for text on standard output. */
  readonly format?: readonly Output[];
  readonly output?: string;
  readonly severity: Severity;
  readonly stdin?: boolean;
  readonly stdinFilename?: string;
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
  const { targets, buffer } = await inputOf(paths, options, host);
  const job: Omit<Job, 'target'> = {
    ...(options.rule ? { rules: options.rule } : {}),
    ...(buffer ? { buffer } : {}),
  };
  const outcome = await run({ targets, job, jobs: options.jobs, config: options.config }, host);
  const least = severities.indexOf(options.severity);
  const findings = outcome.findings.filter(({ severity }) => severities.indexOf(severity) >= least);
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
  return findings.some(({ severity }) => severity !== 'hint') ? exit.findings : exit.clean;
}

/** The arguments that choose rules and paths, for the next command. */
function selectionOf(paths: readonly string[], { rule }: CheckOptions): readonly string[] {
  return [...(rule ? ['--rule', rule.join(',')] : []), ...(paths.length > 0 ? paths : ['.'])];
}

/** What to check: the paths, or standard input in the place of one file. */
async function inputOf(
  paths: readonly string[],
  options: CheckOptions,
  host: Host,
): Promise<{ targets: readonly Target[]; buffer?: NonNullable<Job['buffer']> }> {
  if (!options.stdin) {
    if (options.stdinFilename !== undefined)
      throw new UsageError('--stdin-filename is of use only with --stdin');
    return { targets: targetsOf(paths, host.cwd) };
  }
  if (options.stdinFilename === undefined || paths.length > 0) {
    throw new UsageError(
      '--stdin takes the place of one file: name it with --stdin-filename, and give no other path',
    );
  }
  const path = absolute(options.stdinFilename, host.cwd);
  if (!path.endsWith('.go'))
    throw new UsageError(`${options.stdinFilename}: the name of a Go file ends in .go`);
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${options.stdinFilename}: its directory does not exist`);
  }
  const bytes = await host.input();
  if (!isUtf8(bytes)) throw new UsageError('standard input is not valid UTF-8');
  return { targets: [{ kind: 'file', path }], buffer: { path, text: bytes.toString('utf8') } };
}
