// goleash plan: what would be changed and why, as a file to review and to apply later.

import { writeFileSync } from 'node:fs';
import { version } from '../../analysis/node/rule-page.ts';
import { commandName, type ExitStatus, exit, type Host } from '../host.ts';
import { reasonOf, UsageError } from '../problem.ts';
import { count } from '../report/text.ts';
import { statsOf, tellProblems, tellStats } from '../run.ts';
import { absolute, targetsOf } from '../targets.ts';
import { shellWord } from '../terminal.ts';
import { type FixChoice, requestOf, selectionOf } from './choice.ts';
import type { Plan } from './plan.ts';
import { changesIn, planned } from './planning.ts';
import { type Verify, verified } from './verify.ts';

export interface PlanOptions extends FixChoice {
  readonly output?: string;
}

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function plan(
  paths: readonly string[],
  options: PlanOptions,
  host: Host,
  verify?: Verify,
): Promise<ExitStatus> {
  const start = performance.now();
  const request = requestOf(targetsOf(paths, host.cwd), options, { write: false }, host);
  const made = await verified(await planned(request, host), verify, request, host);
  const changes = changesIn(made);
  const { config, output } = options;
  const rules = options.rule ?? (request.repairs && Object.keys(request.repairs));
  const value: Plan = {
    plan: 1,
    goleash: version,
    selection: selectionOf(paths, options),
    ...(rules ? { rules } : {}),
    ...(config === undefined ? {} : { config }),
    changes,
    left: made.left,
  };
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (output === undefined) host.out(text);
  else {
    writePlan(output, text, host);
    if (!options.quiet) tellPlan(value, output, host);
  }
  tellProblems(made.outcome.problems, host);
  if (options.stats) tellStats(statsOf(made.outcome, start), host);
  if (made.outcome.problems.length > 0) return exit.incomplete;
  return changes.length > 0 ? exit.findings : exit.clean;
}

function writePlan(output: string, text: string, host: Host): void {
  try {
    writeFileSync(absolute(output, host.cwd), text);
  } catch (error) {
    throw new UsageError(`cannot write ${output}: ${reasonOf(error)}`);
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
