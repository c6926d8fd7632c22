// goleash fix: applies fixes to files, or shows them as a patch.

import type { SharedOptions } from './check.ts';
import { fileOutput, patchOutput } from './fix-output.ts';
import { commandName, type ExitStatus, exit, type Host } from './host.ts';
import { fixedReport } from './report/fixed.ts';
import { run, statsOf, tellProblems, tellStats } from './run.ts';
import { targetsOf } from './targets.ts';
import { shownPath, styleFor } from './terminal.ts';
import type { DeferredFix, DirectoryResult } from './work.ts';

export interface FixOptions extends SharedOptions {
  readonly diff?: boolean;
  readonly unsafe?: boolean;
  /** Ids of fixes, which exist. */
  readonly fix?: readonly string[];
}

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function fix(paths: readonly string[], options: FixOptions, host: Host): Promise<ExitStatus> {
  const start = performance.now();
  const targets = targetsOf(paths, host.cwd);
  const diff = options.diff === true;
  const unsafe = options.unsafe === true;
  const rules = options.rule ? { rules: options.rule } : {};
  const output = diff ? patchOutput(targets, host) : fileOutput();
  const deferred: DeferredFix[] = [];
  const onResult = (result: DirectoryResult) => {
    deferred.push(...result.deferred);
    for (const change of result.changes) output.take(change);
  };
  const job = { ...rules, fix: { unsafe, write: !diff, ...(options.fix ? { ids: options.fix } : {}) } };
  const outcome = await run({ targets, job, jobs: options.jobs, config: options.config, onResult }, host);
  output.finish();

  const problems = [...outcome.problems, ...output.problems];
  const { applied } = output;
  if (!options.quiet) {
    const report = fixedReport(
      { findings: outcome.findings, applied, deferred },
      {
        diff,
        style: styleFor(host.isTerminal && !diff, host.env),
        show: (path) => shownPath(path, host.cwd),
        invocation: { command: commandName(host.env), selection: selectionOf(paths, options) },
      },
    );
    // A patch has standard output to itself.
    (diff ? host.err : host.out)(report);
  }
  tellProblems(problems, host);
  if (options.stats) tellStats(statsOf(outcome, start), host);
  if (problems.length > 0) return exit.incomplete;
  const isLeft = diff ? applied.length > 0 : outcome.findings.some(({ severity }) => severity !== 'hint');
  return isLeft ? exit.findings : exit.clean;
}

function selectionOf(paths: readonly string[], { rule, fix }: FixOptions): readonly string[] {
  return [
    ...(rule ? ['--rule', rule.join(',')] : []),
    ...(fix ? ['--fix', fix.join(',')] : []),
    ...(paths.length > 0 ? paths : ['.']),
  ];
}
