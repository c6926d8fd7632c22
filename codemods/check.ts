// goleash check: reports findings, changes nothing.

import { isUtf8 } from 'node:buffer';
import { statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Severity } from '../analysis/index.ts';
import { buildOf } from './cache/build.ts';
import { cacheFolder } from './cache/store.ts';
import { commandName, type ExitStatus, exit, type Host } from './host.ts';
import { reasonOf, UsageError } from './problem.ts';
import { repairsFor, typedRecipes } from './recipes.ts';
import { githubReport } from './report/github.ts';
import { jsonlReport, jsonReport } from './report/json.ts';
import type { Report } from './report/report.ts';
import { sarifReport } from './report/sarif.ts';
import { textReport } from './report/text.ts';
import { type Outcome, run, statsOf, tellProblems, tellStats } from './run.ts';
import type { RunStats } from './stats.ts';
import { absolute, type Target, targetsOf } from './targets.ts';
import { plain, shownPath, styleFor } from './terminal.ts';
import type { Job } from './work.ts';

/** The options that `check` and `fix` share, as commander gives them. */
export interface SharedOptions {
  /** Ids of recipes, which exist. */
  readonly recipe?: readonly string[];
  /** Ids of rules, which exist. */
  readonly rule?: readonly string[];
  readonly jobs?: number;
  readonly config?: string;
  readonly quiet?: boolean;
  readonly stats?: boolean;
}

export interface CheckOptions extends SharedOptions {
  /** False to analyse everything anew. */
  readonly cache?: boolean;
  readonly format: keyof typeof reports;
  readonly output?: string;
  readonly severity: Severity;
  readonly stdin?: boolean;
  readonly stdinFilename?: string;
}

export const reports = {
  text: textReport,
  json: jsonReport,
  jsonl: jsonlReport,
  sarif: sarifReport,
  github: githubReport,
} satisfies Record<string, Report>;

/** From the mildest to the worst. */
export const severities: readonly Severity[] = ['hint', 'warning', 'error'];

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function check(
  paths: readonly string[],
  options: CheckOptions,
  host: Host,
): Promise<ExitStatus> {
  const start = performance.now();
  const { targets, buffer } = await inputOf(paths, options, host);
  const repairs = repairsFor(options);
  const job: Omit<Job, 'target'> = {
    ...(repairs ? { repairs } : {}),
    ...(options.rule ? { rules: options.rule } : {}),
    ...(buffer ? { buffer } : {}),
  };
  const build = options.cache === false || buffer ? undefined : buildOf(import.meta.url);
  const cache = build === undefined ? undefined : { folder: cacheFolder(host.env, process.platform), build };
  const outcome = await run({ targets, job, jobs: options.jobs, config: options.config, cache }, host);
  const least = severities.indexOf(options.severity);
  const findings = outcome.findings.filter(({ severity }) => severities.indexOf(severity) >= least);
  const stats = options.stats ? statsOf(outcome, start) : undefined;
  write(paths, options, { ...outcome, findings }, stats, host);
  tellProblems(outcome.problems, host);
  // In JSON they are part of the report.
  if (stats && options.format !== 'json') tellStats(stats, host);
  if (outcome.problems.length > 0) return exit.incomplete;
  return findings.some(({ severity }) => severity !== 'hint') ? exit.findings : exit.clean;
}

function write(
  paths: readonly string[],
  options: CheckOptions,
  outcome: Outcome,
  stats: RunStats | undefined,
  host: Host,
): void {
  const style = options.output === undefined ? styleFor(host.isTerminal, host.env) : plain;
  const show = (path: string) => shownPath(path, host.cwd);
  const selection = [
    ...typedRecipes(options.recipe),
    ...(options.rule ? ['--rule', options.rule.join(',')] : []),
    ...(paths.length > 0 ? paths : ['.']),
  ];
  const text = reports[options.format](
    {
      findings: outcome.findings,
      problems: outcome.problems,
      files: outcome.stats.files,
      ...(stats ? { stats } : {}),
    },
    { style, show, quiet: options.quiet === true, invocation: { command: commandName(host.env), selection } },
  );
  if (options.output === undefined) {
    host.out(text);
    return;
  }
  try {
    writeFileSync(absolute(options.output, host.cwd), text);
  } catch (error) {
    throw new UsageError(`cannot write ${options.output}: ${reasonOf(error)}`);
  }
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
