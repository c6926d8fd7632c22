// goleash probe remove and list: takes probes out, so that not a byte of them is left, and says where they are.

import { dirname } from 'node:path';
import { type ExitStatus, exit, type Host } from '../host.ts';
import type { FileWrite } from '../journal/journal.ts';
import type { Problem } from '../problem.ts';
import { tellProblems } from '../run.ts';
import { targetsOf } from '../targets.ts';
import { printable, shownPath } from '../terminal.ts';
import { foldersOf, lockedBy, recoverAround, writeFiles } from '../write.ts';
import { type Found, findProbes } from './find.ts';
import { existingProbe, probes } from './probes.ts';

export interface RemoveOptions {
  /** Whether what was changed by hand goes as well. */
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** Runs the command; the first of the words may be a probe. Throws a UsageError for arguments that cannot be followed. */
export async function removeProbes(
  words: readonly string[],
  options: RemoveOptions,
  host: Host,
): Promise<ExitStatus> {
  const { id, paths } = split(words);
  const targets = targetsOf(paths, host.cwd);
  recoverAround(foldersOf(targets), host);
  const problems: Problem[] = [];
  const all = await findProbes(targets, host, (problem) => problems.push(problem));
  const found = all.filter(({ stamp }) => id === undefined || stamp.id === id);
  const kept = found.flatMap((probe) => reasonToKeep(probe, options, host) ?? []);
  const wanted = found.filter((probe) => reasonToKeep(probe, options, host) === undefined);
  problems.push(...wanted.flatMap((probe) => lockOf(probe) ?? []));
  const edits = wanted.filter((probe) => !lockOf(probe)).map(editsOf);
  const ties = edits.map((files) => files.map(({ path }) => path));
  const failed = writeFiles(edits.flat(), ties, targets, host);
  const done = edits.filter((files) => !files.some(({ path }) => failed.has(path)));
  const show = (path: string) => printable(shownPath(path, host.cwd));
  if (!options.quiet) {
    for (const file of done.flat())
      host.out(`${file.after === undefined ? 'Removed' : 'Restored TestMain in'} ${show(file.path)}\n`);
    if (found.length === 0) host.out(`There is no ${id ?? 'probe'} here\n`);
  }
  for (const line of kept) host.err(`${line}\n`);
  problems.push(...[...failed].map(([path, reason]) => ({ path, message: `not removed: ${reason}` })));
  tellProblems(problems, host);
  if (problems.length > 0) return exit.incomplete;
  return kept.length > 0 ? exit.findings : exit.clean;
}

/** A word that could be a probe and is no path of the form `./name` is one. */
function split(words: readonly string[]) {
  const [first, ...rest] = words;
  if (first === undefined) return { id: undefined, paths: [] };
  const isPath = /[./\\]/.test(first);
  return isPath ? { id: undefined, paths: words } : { id: existingProbe(first).id, paths: rest };
}

/** The files of a probe as they are and as they are to be. */
function editsOf({ path, text, users }: Found): readonly FileWrite[] {
  return [
    { path, before: text, after: undefined },
    ...users.map((user) => ({ path: user.path, before: user.text, after: user.without.text })),
  ];
}

/** A line that says why a probe stays, with its place first. */
function reasonToKeep(
  { path, stamp, users }: Found,
  { force }: RemoveOptions,
  host: Host,
): string | undefined {
  const show = (file: string) => printable(shownPath(file, host.cwd));
  const user = users.find(({ without }) => without.others.length > 0);
  if (user)
    return `${show(user.path)}:${user.without.others[0]}: this needs ${show(path)}, which was kept: take it out first`;
  if (stamp.isChanged && !force)
    return `${show(path)}:1: it was changed by hand and was kept; --force removes it all the same`;
  return undefined;
}

/** What of a probe must not be written, and why. */
function lockOf({ path, stamp, users }: Found): Problem | undefined {
  const files = [path, ...users.map((user) => user.path)];
  const locked = files.find((file) => lockedBy(file) !== undefined);
  if (locked === undefined) return undefined;
  return { path: locked, message: `${stamp.id} was not removed: ${lockedBy(locked)}` };
}

/** Lists the probes below paths; names all that there could be where there are none. */
export async function listProbes(paths: readonly string[], host: Host): Promise<ExitStatus> {
  const problems: Problem[] = [];
  const found = await findProbes(targetsOf(paths, host.cwd), host, (problem) => problems.push(problem));
  const show = (path: string) => printable(shownPath(path, host.cwd));
  for (const { path, stamp, users } of found) {
    host.out(`${show(path)}:1: ${printable(stamp.words)}${stamp.isChanged ? ' (changed by hand)' : ''}\n`);
    for (const user of users) {
      for (const line of user.without.lines)
        host.out(`${show(user.path)}:${line}: calls the ${stamp.id} of ${show(dirname(path))}\n`);
    }
  }
  if (found.length === 0) host.out(`No probes here; there are ${probes.map(({ id }) => id).join(', ')}\n`);
  tellProblems(problems, host);
  return problems.length > 0 ? exit.incomplete : exit.clean;
}
