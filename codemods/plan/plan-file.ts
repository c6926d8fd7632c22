// Plans on disk: read with a check of their shape, written whole or not at all, one writer at a time.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { shapeCheck } from '../../analysis/node/json-shape.ts';
import { reasonOf, UsageError } from '../problem.ts';
import { keyOf } from './key.ts';
import { withLock } from './lock.ts';
import type { Change, Decision, Plan } from './plan.ts';
import { planSchema } from './plan-schema.ts';
import { writeWholeFile } from './whole-file.ts';

/**
 * Reads the plan at a path, which messages call `named`. Fields that this version does not know are kept. Throws a
 * UsageError that says what is wrong with the file and what to do.
 */
export function readPlan(path: string, named = path): Plan {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${named}: ${reasonOf(error)}; make a plan with: goleash plan -o ${named}`);
  }
  return planOf(text, named);
}

/** The plan with this text. Throws as `readPlan` does. */
export function planOf(text: string, named: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(`${named}: not valid JSON: ${(error as Error).message}; ${remedy}`);
  }
  const version = (value as Partial<Plan> | null)?.plan;
  if (typeof version !== 'number') throw new UsageError(`${named}: not a plan of goleash; ${remedy}`);
  if (version !== 1) {
    throw new UsageError(
      `${named}: a plan in format ${version}, and this goleash reads format 1; ${version > 1 ? 'update goleash' : remedy}`,
    );
  }
  check ??= shapeCheck(planSchema);
  const problems = [...check(value)];
  const plan = value as Plan;
  if (problems.length === 0) problems.push(...repeated(plan.changes));
  if (problems.length > 0) {
    const more = problems.length > 3 ? `, and ${problems.length - 3} more` : '';
    throw new UsageError(`${named}: not a whole plan: ${problems.slice(0, 3).join('; ')}${more}; ${remedy}`);
  }
  return plan;
}

let check: ReturnType<typeof shapeCheck> | undefined;
const remedy = 'make it again with: goleash plan';

function repeated(changes: readonly Change[]): readonly string[] {
  const first = new Map<string, number>();
  return changes.flatMap((change, i) => {
    const key = keyOf(change);
    const before = first.get(key);
    if (before === undefined) first.set(key, i);
    return before === undefined ? [] : [`changes/${i} is the change of changes/${before} again`];
  });
}

/** The text of a plan file. */
export function planText(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/**
 * Writes a new plan, whole or not at all. A plan that the file holds already passes its decisions on, as
 * `mergeDecisions` says; one that cannot be read is replaced. Returns what was written; throws an Error with the reason
 * if it could not be.
 */
export function writePlan(path: string, next: Plan, named = path): Plan {
  if (existsSync(path) && !statSync(path).isFile()) {
    // A pipe or a terminal, such as /dev/stdout, has no decisions to pass on.
    writeFileSync(path, planText(next));
    return next;
  }
  return withLock(path, named, () => {
    const plan = mergeDecisions(existsSync(path) ? olderPlan(path) : undefined, next);
    const reason = writeWholeFile(path, planText(plan));
    if (reason !== undefined) throw new Error(`${named}: not written: ${reason}`);
    return plan;
  });
}

function olderPlan(path: string): Plan | undefined {
  try {
    return readPlan(path);
  } catch {
    return undefined;
  }
}

/**
 * Writes decisions, by the keys of changes, into the plan at a path, whole or not at all. Whatever else the file holds by now
 * stays: decisions of another review, a plan that was made again. Returns the plan as it is in the file and the
 * keys that it does not have; throws an Error with the reason if it could not be written.
 */
export function writeDecisions(
  path: string,
  decisions: ReadonlyMap<string, Decision>,
  named = path,
): { readonly plan: Plan; readonly unknown: readonly string[] } {
  return withLock(path, named, () => {
    const before = readPlan(path, named);
    const plan = withDecisions(before, decisions);
    const known = new Set(before.changes.map(keyOf));
    const unknown = [...decisions.keys()].filter((key) => !known.has(key));
    if (plan === before) return { plan, unknown };
    const reason = writeWholeFile(path, planText(plan));
    if (reason !== undefined) throw new Error(`${named}: the decision is not saved: ${reason}`);
    return { plan, unknown };
  });
}

/** The plan with these decisions, by the keys of changes; the same plan if they change nothing. */
export function withDecisions(plan: Plan, decisions: ReadonlyMap<string, Decision>): Plan {
  const decided = (change: Change) => decisions.get(keyOf(change)) ?? change.decision;
  if (plan.changes.every((change) => decided(change) === change.decision)) return plan;
  return { ...plan, changes: plan.changes.map((change) => ({ ...change, decision: decided(change) })) };
}

/**
 * What was decided about an older plan, carried over to the next by the keys of changes. An acceptance holds for the text that
 * was accepted: where the fix now writes something else, the change is open again. A decision that `next` has made stays.
 */
export function mergeDecisions(older: Plan | undefined, next: Plan): Plan {
  const before = new Map(older?.changes.map((change) => [keyOf(change), change]));
  const decisions = new Map<string, Decision>();
  for (const change of next.changes) {
    const old = before.get(keyOf(change));
    if (!old || change.decision !== 'open') continue;
    if (old.decision === 'rejected' || writesOf(old) === writesOf(change))
      decisions.set(keyOf(change), old.decision);
  }
  return withDecisions(next, decisions);
}

/** What a change takes out and puts in, wherever that is by now. */
function writesOf({ edits }: Change): string {
  return JSON.stringify(edits.map(({ path, removed, inserted }) => [path, removed, inserted]));
}
