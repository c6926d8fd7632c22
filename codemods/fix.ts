// goleash fix: applies fixes to files, or shows them as a patch.

import { printPatch } from './fix-output.ts';
import { commandName, type ExitStatus, exit, type Host } from './host.ts';
import { type FixChoice, requestOf, selectionOf } from './plan/choice.ts';
import { changesIn, filesIn, type Planned, planned } from './plan/planning.ts';
import { type LadderOptions, verified } from './plan/verify.ts';
import { refuseDirt, type WriteOptions, written } from './plan/written.ts';
import { fixedReport } from './report/fixed.ts';
import { statsOf, tellProblems, tellStats } from './run.ts';
import { absolute, targetsOf } from './targets.ts';
import { shownPath, styleFor } from './terminal.ts';
import { foldersOf, recoverAround } from './write.ts';

export interface FixOptions extends FixChoice, WriteOptions, LadderOptions {
  readonly diff?: boolean;
}

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function fix(paths: readonly string[], options: FixOptions, host: Host): Promise<ExitStatus> {
  const start = performance.now();
  const targets = targetsOf(paths, host.cwd);
  const diff = options.diff === true;
  if (!diff) {
    recoverAround(foldersOf(targets), host);
    await refuseDirt(targets, options);
  }
  const request = requestOf(targets, options, { write: !diff }, host);
  const made = await verified(await planned(request, host), options, request, host);
  const { applied, problems } = diff
    ? { applied: changesIn(made), problems: printPatch(filesIn(made), targets, host) }
    : await written(made, request, options, host);
  if (!options.quiet) tell({ ...made, applied }, paths, options, host);
  const all = [...made.outcome.problems, ...problems];
  tellProblems(all, host);
  if (options.stats) tellStats(statsOf(made.outcome, start), host);
  if (all.length > 0) return exit.incomplete;
  const isLeft = diff
    ? applied.length > 0
    : made.outcome.findings.some(({ severity }) => severity !== 'hint');
  return isLeft ? exit.findings : exit.clean;
}

function tell(
  { outcome, left, applied }: Planned & { readonly applied: ReturnType<typeof changesIn> },
  paths: readonly string[],
  options: FixOptions,
  host: Host,
): void {
  const { recipe, rule, fix, config, tags } = options;
  const diff = options.diff === true;
  const show = (path: string) => shownPath(path, host.cwd);
  const report = fixedReport(
    { findings: outcome.findings, applied, left },
    {
      diff,
      style: styleFor(host.isTerminal && !diff, host.env),
      show,
      showPlanned: (path) => show(absolute(path, host.cwd)),
      invocation: {
        command: commandName(host.env),
        selection: selectionOf(paths, {
          ...(recipe ? { recipe } : {}),
          ...(rule ? { rule } : {}),
          ...(fix ? { fix } : {}),
          ...(config === undefined ? {} : { config }),
          ...(tags ? { tags } : {}),
        }),
      },
    },
  );
  // A patch has standard output to itself.
  (diff ? host.err : host.out)(report);
}
