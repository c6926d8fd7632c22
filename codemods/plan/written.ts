// The last step: the files of a plan are written, at once or in groups that are commits.

import { dirname } from 'node:path';
import { commit, refuseDirty, refuseUntracked, repositoryFor } from '../git.ts';
import type { Host } from '../host.ts';
import type { FileChange } from '../journal/journal.ts';
import type { Problem } from '../problem.ts';
import type { Target } from '../targets.ts';
import { foldersOf, type Written, writeChanges } from '../write.ts';
import { commitMessage } from './commit-message.ts';
import type { Change } from './plan.ts';
import { changesIn, filesIn, narrowed, type Planned, type Request } from './planning.ts';

/** The options of commands that write, as commander gives them. */
export interface WriteOptions {
  readonly allowDirty?: boolean;
  readonly commitPer?: 'rule' | 'package';
}

/** Before anything is read: throws a UsageError if changes of the user would be mixed with those of goleash. */
export async function refuseDirt(targets: readonly Target[], { allowDirty }: WriteOptions): Promise<void> {
  if (!allowDirty) await refuseDirty(foldersOf(targets));
}

/** Writes a plan. Throws a UsageError, and writes nothing, for files that must not be edited or cannot be committed. */
export async function written(
  plan: Planned,
  request: Request,
  { allowDirty, commitPer }: WriteOptions,
  host: Host,
): Promise<Written> {
  const paths = filesIn(plan).map(({ path }) => path);
  if (paths.length === 0) return { applied: [], problems: [] };
  if (commitPer) return committed(plan, request, commitPer, await repositoryFor(paths), host);
  if (!allowDirty) await refuseUntracked(paths);
  return writeChanges(plan.packages, request.selection.base, request.targets, host);
}

/** What is written up to a commit. */
interface Stage {
  /** The rule or the package. */
  readonly name: string;
  /** What this commit adds. */
  readonly changes: readonly Change[];
  readonly files: readonly FileChange[];
}

async function committed(
  plan: Planned,
  request: Request,
  per: 'rule' | 'package',
  root: string,
  host: Host,
): Promise<Written> {
  const applied: Change[] = [];
  const problems: Problem[] = [];
  const { base } = request.selection;
  // All are made before the first is written: what is on disk then is what they are for.
  for (const { name, changes, files } of await stagesOf(plan, request, per, host)) {
    const done = writeChanges([{ files, changes }], base, request.targets, host);
    applied.push(...done.applied);
    problems.push(...done.problems);
    if (done.problems.length > 0) {
      problems.push({ path: root, message: `not committed for ${name}, and nothing after it is written` });
      break;
    }
    const message = commitMessage(name, per, changes);
    const said = await commit(
      root,
      files.map(({ path }) => path),
      message,
    );
    if (said === undefined) continue;
    problems.push({
      path: root,
      message: `the changes for ${name} are written and not committed, and nothing after them is written: ${said}`,
    });
    break;
  }
  return { applied, problems };
}

async function stagesOf(
  plan: Planned,
  request: Request,
  per: 'rule' | 'package',
  host: Host,
): Promise<readonly Stage[]> {
  const original = new Map(filesIn(plan).map(({ path, before }) => [path, before]));
  const chosen = new Set<string>();
  const stages: Stage[] = [];
  let texts: ReadonlyMap<string, string> = original;
  let made = new Set<string>();
  for (const [name, group] of groupsOf(changesIn(plan), per)) {
    for (const change of group) chosen.add(keyOf(change));
    // Of a group, what builds on later groups comes with them.
    const state = await narrowed(plan, (change) => chosen.has(keyOf(change)), request, host, false);
    const now = new Map([...original, ...filesIn(state).map(({ path, after }) => [path, after] as const)]);
    const files = [...now].flatMap(([path, after]) => {
      const before = texts.get(path) ?? '';
      return before === after ? [] : [{ path, before, after }];
    });
    const changes = changesIn(state).filter((change) => !made.has(keyOf(change)));
    if (files.length > 0) stages.push({ name, changes, files });
    texts = now;
    made = new Set(changesIn(state).map(keyOf));
  }
  return stages;
}

/** The groups in an order in which each comes after those that it builds on, as far as there is one. */
function groupsOf(
  changes: readonly Change[],
  per: 'rule' | 'package',
): readonly (readonly [string, readonly Change[]])[] {
  const nameOf = ({ ruleId, at }: Change) => (per === 'rule' ? ruleId : dirname(at.path));
  const groups = new Map<string, Change[]>();
  for (const change of changes) groups.set(nameOf(change), [...(groups.get(nameOf(change)) ?? []), change]);
  const owner = new Map(changes.map((change) => [change.fingerprint, nameOf(change)]));
  const waitsFor = (name: string, left: ReadonlySet<string>) =>
    (groups.get(name) ?? []).some(({ after }) =>
      after.some((print) => owner.get(print) !== name && left.has(owner.get(print) ?? '')),
    );
  const left = new Set(groups.keys());
  const ordered: (readonly [string, readonly Change[]])[] = [];
  while (left.size > 0) {
    const names = [...left];
    const name = names.find((candidate) => !waitsFor(candidate, left)) ?? (names[0] as string);
    ordered.push([name, groups.get(name) ?? []]);
    left.delete(name);
  }
  return ordered;
}

function keyOf({ fingerprint, fixId, at }: Change): string {
  return `${fingerprint} ${fixId} ${at.path}`;
}
