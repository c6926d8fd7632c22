// goleash plan: what would be changed and why, as a file to review and to apply later.

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { version } from '../../analysis/node/rule-page.ts';
import { commandName, type ExitStatus, exit, type Host } from '../host.ts';
import { UsageError } from '../problem.ts';
import { count } from '../report/text.ts';
import { statsOf, tellProblems, tellStats } from '../run.ts';
import { absolute, targetsOf } from '../targets.ts';
import { shellWord } from '../terminal.ts';
import { type FixChoice, requestOf, selectionOf } from './choice.ts';
import type { Plan } from './plan.ts';
import { planText, writePlan } from './plan-file.ts';
import { changesIn, planned } from './planning.ts';
import { type LadderOptions, verified } from './verify.ts';

export interface PlanOptions extends FixChoice, LadderOptions {
  readonly output?: string;
}

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function plan(paths: readonly string[], options: PlanOptions, host: Host): Promise<ExitStatus> {
  const start = performance.now();
  if (options.output !== undefined) refuseMissingFolder(options.output, host);
  const request = requestOf(targetsOf(paths, host.cwd), options, { write: false }, host);
  const made = await verified(await planned(request, host), options, request, host);
  const changes = changesIn(made);
  const { config, tags, output } = options;
  const rules = options.rule ?? (request.repairs && Object.keys(request.repairs));
  const value: Plan = {
    plan: 1,
    goleash: version,
    selection: selectionOf(paths, options),
    ...(rules ? { rules } : {}),
    ...(config === undefined ? {} : { config }),
    ...(tags ? { tags } : {}),
    changes,
    left: made.left,
  };
  if (output === undefined) host.out(planText(value));
  else {
    keep(value, output, host);
    if (!options.quiet) tellPlan(value, output, host);
  }
  tellProblems(made.outcome.problems, host);
  if (options.stats) tellStats(statsOf(made.outcome, start), host);
  if (made.outcome.problems.length > 0) return exit.incomplete;
  return changes.length > 0 ? exit.findings : exit.clean;
}

/** Before the work, not after it. */
function refuseMissingFolder(output: string, host: Host): void {
  const folder = dirname(absolute(output, host.cwd));
  if (!existsSync(folder)) throw new UsageError(`cannot write ${output}: there is no folder ${folder}`);
}

/** A plan that is there already passes on what was decided. */
function keep(value: Plan, output: string, host: Host): void {
  try {
    writePlan(absolute(output, host.cwd), value, output);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function tellPlan({ changes, left }: Plan, output: string, host: Host): void {
  const files = new Set(changes.flatMap(({ against }) => against.map(({ path }) => path))).size;
  const review = changes.filter(({ safety }) => safety === 'review').length;
  const typed = (verb: string) => `${commandName(host.env)} ${verb} ${shellWord(output)}`;
  const what =
    changes.length === 0
      ? 'Nothing to change'
      : `Planned ${count(changes.length, 'change')} in ${count(files, 'file')}, ${review} to review`;
  const rest = left.length > 0 ? `; ${count(left.length, 'fix', 'fixes')} left out` : '';
  host.out(`${what}${rest}${changes.length > 0 ? `; next: ${typed('review')} or ${typed('apply')}` : ''}\n`);
}
