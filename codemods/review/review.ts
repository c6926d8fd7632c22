// goleash review: a person, or a script, decides which changes of a plan are applied.

import { commandName, type ExitStatus, exit, type Host } from '../host.ts';
import type { Plan } from '../plan/plan.ts';
import { readPlan, writeDecisions } from '../plan/plan-file.ts';
import { UsageError } from '../problem.ts';
import { count } from '../report/text.ts';
import { absolute } from '../targets.ts';
import { shellWord, styleFor } from '../terminal.ts';
import { bulkDecisions } from './bulk.ts';
import { reviewByKeys, reviewByLines } from './in-terminal.ts';
import { decisionsOf, saver } from './saving.ts';
import { newSession } from './session.ts';
import { planTable } from './table.ts';
import { openMeans, totalsOf } from './totals.ts';
import { type Reviewed, reviewOnPage, writePage } from './web/command.ts';

export interface ReviewOptions {
  readonly list?: boolean;
  readonly web?: boolean;
  /** A file to write the page to. */
  readonly html?: string;
  readonly accept?: readonly string[];
  readonly reject?: readonly string[];
}

/** Runs the command; throws a UsageError for arguments that cannot be followed and a plan that cannot be read. */
export async function review(file: string, options: ReviewOptions, host: Host): Promise<ExitStatus> {
  const path = absolute(file, host.cwd);
  let plan = readPlan(path, file);
  const isScript = Boolean(options.accept || options.reject);
  if (isScript) plan = decideInBulk(path, file, plan, options, host);
  if (options.list) host.out(planTable(plan, styleFor(host.isTerminal, host.env)));
  const reviewed = { path, named: file, next: applyCommand(file, host) };
  if (options.html !== undefined) return writePage(options.html, plan, reviewed, host);
  if ((isScript && !options.web) || options.list) return exit.clean;
  if (plan.changes.length === 0) {
    host.out(`${file} has no changes: there is nothing to review\n`);
    return exit.clean;
  }
  if (!options.web) return inTerminal(plan, reviewed, host);
  await reviewOnPage(reviewed, host);
  const { changes } = readPlan(path, file);
  host.out(nextStep({ ...plan, changes }, decisionsOf(changes), file, host));
  return exit.clean;
}

async function inTerminal(plan: Plan, { path, named }: Reviewed, host: Host): Promise<ExitStatus> {
  const { save, unsaved } = saver(path, named);
  const start = newSession(plan.changes);
  const session = host.terminal
    ? await reviewByKeys(start, save, host, host.terminal)
    : await reviewByLines(start, save, host);
  host.out(nextStep(plan, session.decisions, named, host));
  if (unsaved() === 0) return exit.clean;
  host.err(`goleash: ${count(unsaved(), 'decision')} could not be saved: ${session.told}\n`);
  return exit.incomplete;
}

function decideInBulk(path: string, file: string, plan: Plan, options: ReviewOptions, host: Host): Plan {
  const decided = bulkDecisions(plan.changes, { accept: options.accept ?? [], reject: options.reject ?? [] });
  const { plan: after } = writeDecisions(path, decided, file);
  if (!options.list) host.out(nextStep(after, decisionsOf(after.changes), file, host));
  return after;
}

/** How the review stands and the command to type next. */
function nextStep(plan: Plan, decisions: ReturnType<typeof decisionsOf>, file: string, host: Host): string {
  const { bold } = styleFor(host.isTerminal, host.env).colors;
  const { accepted, rejected, safe } = totalsOf(plan.changes, decisions);
  const stands = `${bold(`${accepted} accepted, ${rejected} rejected.`)} ${openMeans(plan.changes, decisions)}`;
  if (accepted + safe === 0) return `${stands} Nothing would be applied.\n`;
  return `${stands} To apply: ${bold(applyCommand(file, host))}\n`;
}

function applyCommand(file: string, { env }: Host): string {
  return `${commandName(env)} apply ${shellWord(file)}`;
}

/** Reads `safe,lost-cancel`, once or several times. */
export function wordsOf(value: string, before: readonly string[] = []): readonly string[] {
  const words = value.split(',').flatMap((word) => word.trim() || []);
  if (words.length === 0) throw new UsageError('name rules or fingerprints, or safe, or all');
  return [...before, ...words];
}
