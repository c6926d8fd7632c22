// goleash apply: makes the changes of a plan. What is applied is what was reviewed: the analysis makes each change again
// on the files as they are, and one that comes out differently is named and not made.

import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ExitStatus, exit, type Host } from '../host.ts';
import { UsageError } from '../problem.ts';
import { appliedReport, type NotApplied } from '../report/applied.ts';
import { tellProblems } from '../run.ts';
import { absolute, type Target } from '../targets.ts';
import { shownPath, styleFor } from '../terminal.ts';
import { foldersOf, lockedBy, recoverAround } from '../write.ts';
import { sha256 } from './changes.ts';
import type { Change } from './plan.ts';
import { readPlan } from './plan-file.ts';
import { changesIn, type Planned, type Request, remade } from './planning.ts';
import type { Missing } from './selection.ts';
import { type LadderOptions, verified } from './verify.ts';
import { refuseDirt, type WriteOptions, written } from './written.ts';

export interface ApplyOptions extends WriteOptions, LadderOptions {
  readonly unsafe?: boolean;
  readonly jobs?: number;
  readonly tags?: readonly string[];
  readonly quiet?: boolean;
}

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function apply(name: string, options: ApplyOptions, host: Host): Promise<ExitStatus> {
  const plan = readPlan(absolute(name, host.cwd), name);
  const { wanted, not } = choose(plan.changes, options.unsafe === true, host.cwd);
  const paths = [
    ...new Set(wanted.flatMap(({ edits }) => edits.map(({ path }) => absolute(path, host.cwd)))),
  ];
  const targets = paths.sort().map((path): Target => ({ kind: 'file', path }));
  if (targets.length === 0 && not.some(({ reason }) => reason === gone))
    throw new UsageError(
      'no file of this plan is here: run goleash apply in the folder in which it was made',
    );
  recoverAround(foldersOf(targets), host);
  await refuseDirt(targets, options);
  const request: Request = {
    targets,
    rules: plan.rules,
    jobs: options.jobs,
    config: plan.config,
    tags: options.tags ?? plan.tags,
    selection: { unsafe: true, write: true, base: host.cwd },
  };
  const again = { changes: wanted, exact: true, write: true };
  const made =
    wanted.length === 0
      ? undefined
      : await verified(await remade(again, { ...request, base: host.cwd }, host), options, request, host);
  const failed = made ? notMade(wanted, made, plan.changes, host.cwd) : [];
  const { applied, problems } = made
    ? await written(made, request, options, host)
    : { applied: [], problems: [] };
  const all = [...(made?.outcome.problems ?? []), ...problems];
  if (!options.quiet) {
    const show = (path: string) => shownPath(absolute(path, host.cwd), host.cwd);
    const skipped = plan.changes.length - wanted.length - not.length;
    const report = { applied, not: [...not, ...failed], skipped, plan: name };
    host.out(appliedReport(report, { style: styleFor(host.isTerminal, host.env), show, host }));
  }
  tellProblems(all, host);
  if (all.length > 0) return exit.incomplete;
  return not.length + failed.length > 0 ? exit.findings : exit.clean;
}

const gone = 'the file is gone';

/** The changes to make, and those that a person wants and that cannot be made from the start. */
function choose(changes: readonly Change[], unsafe: boolean, base: string) {
  const isWanted = ({ decision, safety }: Change) =>
    decision === 'accepted' || (decision === 'open' && (safety === 'safe' || unsafe));
  let wanted = changes.filter(isWanted);
  const not: NotApplied[] = [];
  const drop = (change: Change, reason: string) => {
    wanted = wanted.filter((other) => other !== change);
    not.push({ change, reason });
  };
  for (const change of wanted) {
    if (!change.edits.every(({ path }) => existsSync(absolute(path, base)))) drop(change, gone);
  }
  // A change comes after those that it builds on.
  for (const change of wanted) {
    const lacks = basis(change, changes).find((other) => !wanted.includes(other));
    if (lacks) drop(change, buildsOn(lacks));
  }
  return { wanted, not };
}

/** The changes that a change builds on. */
function basis(change: Change, changes: readonly Change[]): readonly Change[] {
  const folder = dirname(change.at.path);
  return changes.filter(
    ({ fingerprint, at }) => change.after.includes(fingerprint) && dirname(at.path) === folder,
  );
}

function buildsOn({ fixId, at, decision }: Change): string {
  const why = decision === 'rejected' ? 'was rejected' : 'is not applied';
  return `it builds on ${fixId} at ${at.path}:${at.line}, which ${why}`;
}

/** The wanted changes that have not come out as they were planned, with the reason. */
function notMade(
  wanted: readonly Change[],
  made: Planned,
  all: readonly Change[],
  base: string,
): readonly NotApplied[] {
  const done = changesIn(made);
  const isDone = (change: Change) => done.some((other) => isSame(other, change));
  return wanted
    .filter((change) => !isDone(change))
    .map((change) => {
      const left = made.left.find((fix) => isSame(fix, change));
      const locked = change.edits
        .map(({ path }) => lockedBy(absolute(path, base)))
        .find((reason) => reason !== undefined);
      const lacks = basis(change, all).find((other) => !isDone(other));
      const whys = made.missing.filter((missing) => isOne(missing, change)).map(({ why }) => why);
      const reason =
        locked ??
        left?.reason ??
        (lacks
          ? buildsOn(lacks)
          : reasonFor(telling.find((why) => whys.includes(why)) ?? 'gone', hasChanged(change, all, base)));
      return { change, reason };
    });
}

/** Each package of a folder says why it has not made a change; the one that knows the finding says most. */
const telling: readonly Missing['why'][] = ['other edits', 'builds on', 'not offered'];

function isOne(a: Pick<Change, 'fingerprint' | 'fixId'>, b: Change): boolean {
  return a.fingerprint === b.fingerprint && a.fixId === b.fixId;
}

function isSame(a: Pick<Change, 'fingerprint' | 'fixId' | 'at'>, b: Change): boolean {
  return isOne(a, b) && dirname(a.at.path) === dirname(b.at.path);
}

/** Whether a file of a change is not what the plan was made for; that of a later round is told from those before. */
function hasChanged(change: Change, all: readonly Change[], base: string): boolean {
  const first = all.filter(({ after }) => after.length === 0).flatMap(({ against }) => against);
  return change.edits.some(({ path }) => {
    const planned = first.find((file) => file.path === path);
    return planned !== undefined && sha256(readFileSync(absolute(path, base), 'utf8')) !== planned.sha256;
  });
}

function reasonFor(why: Missing['why'], hasChanged: boolean): string {
  const what = {
    gone: 'the finding is gone',
    'not offered': 'this fix is no longer offered',
    'other edits': 'the fix now edits other text',
    'builds on': 'what it builds on is not applied',
  }[why];
  return hasChanged
    ? `the file changed since the plan was made, and ${what}`
    : `${what}, though the file is as it was: changes are left out that were planned with it, or its package, the configuration or goleash has changed`;
}
