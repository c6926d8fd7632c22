// Reads a plan that somebody may have edited, and what of it is to be applied.

import { readFileSync } from 'node:fs';
import { reasonOf, UsageError } from '../problem.ts';
import { absolute } from '../targets.ts';
import { type Change, type Plan, rungs } from './plan.ts';

/** Reads a plan; throws a UsageError for what is none. */
export function readPlan(name: string, cwd: string): Plan {
  let text: string;
  try {
    text = readFileSync(absolute(name, cwd), 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${reasonOf(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${(error as Error).message}`);
  }
  const problem = problemOf(value);
  if (problem !== undefined) throw new UsageError(`${name} is not a plan: ${problem}`);
  return value as Plan;
}

/** What a change must have for those who decide and apply; the rest is for reading. */
const fields: readonly [keyof Change, string, (value: unknown) => boolean][] = [
  ['fingerprint', 'a string', isString],
  ['fixId', 'a string', isString],
  ['ruleId', 'a string', isString],
  ['at', 'a place', (value) => isString((value as Partial<Change['at']> | null)?.path)],
  ['safety', '"safe" or "review"', (value) => value === 'safe' || value === 'review'],
  [
    'decision',
    '"open", "accepted" or "rejected"',
    (value) => value === 'open' || value === 'accepted' || value === 'rejected',
  ],
  [
    'verified',
    `something with one of the rungs ${rungs.join(', ')}`,
    (value) => rungs.some((rung) => rung === (value as Partial<Change['verified']> | null)?.rung),
  ],
  ['after', 'a list of strings', (value) => Array.isArray(value) && value.every(isString)],
  ['edits', 'a list of edits', (value) => Array.isArray(value) && value.every(isEdit)],
  [
    'against',
    'a list of files',
    (value) => Array.isArray(value) && value.every((file) => isString(file?.path) && isString(file?.sha256)),
  ],
];

function problemOf(value: unknown): string | undefined {
  const plan = value as Partial<Plan> | null;
  if (typeof plan !== 'object' || plan?.plan === undefined) return 'it has no "plan"';
  if (plan.plan !== 1) return `its format is ${JSON.stringify(plan.plan)}, and this goleash knows 1`;
  if (!Array.isArray(plan.changes)) return 'its "changes" are no list';
  for (const [i, change] of plan.changes.entries()) {
    const wrong = fields.find(([name, , isRight]) => !isRight(change?.[name]));
    if (wrong) return `changes[${i}].${wrong[0]} must be ${wrong[1]}`;
  }
  if (plan.rules !== undefined && !(Array.isArray(plan.rules) && plan.rules.every(isString)))
    return 'its "rules" are no list of strings';
  if (plan.config !== undefined && !isString(plan.config)) return 'its "config" is no string';
  return undefined;
}

function isEdit(value: unknown): boolean {
  const edit = value as Partial<Change['edits'][number]> | null;
  return isString(edit?.path) && isString(edit?.removed) && isString(edit?.inserted);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
