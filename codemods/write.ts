// What is written is written for a whole run, in the repository that the command line names.

import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Host } from './host.ts';
import { repositoryOf } from './ignore-files.ts';
import { type FileWrite, recover, writeWhole } from './journal/journal.ts';
import { journalName } from './journal/lock.ts';
import type { Change } from './plan/plan.ts';
import type { Problem } from './problem.ts';
import { absolute, type Target } from './targets.ts';
import type { PackageChange } from './work.ts';

/** Why a file must not be replaced, as its permissions say, for root too; undefined if it may be. */
export function lockedBy(path: string): string | undefined {
  try {
    if ((statSync(path).mode & 0o222) === 0) return 'the file is read-only';
    return lockedIn(dirname(realpathSync(path)));
  } catch {
    return 'the file is gone';
  }
}

/** Why a file must not be made in a folder that is there. */
export function lockedIn(folder: string): string | undefined {
  return (statSync(folder).mode & 0o222) === 0 ? 'its folder is read-only' : undefined;
}

/** What a run has written. */
export interface Written {
  readonly applied: readonly Change[];
  /** What could not be written. */
  readonly problems: readonly Problem[];
}

/** Writes packages: all of them, but for changes of files that may not be written or that somebody has changed. */
export function writeChanges(
  packages: readonly PackageChange[],
  base: string,
  targets: readonly Target[],
  host: Host,
): Written {
  const touches = ({ against }: Change) => against.map(({ path }) => absolute(path, base));
  const files = packages.flatMap((pkg) => pkg.files);
  const changes = packages.flatMap((pkg) => pkg.changes);
  const failed = writeFiles(files, changes.map(touches), targets, host);
  return {
    applied: changes.filter((change) => !touches(change).some((path) => failed.has(path))),
    problems: [...failed].map(([path, reason]) => ({ path, message: `not fixed: ${reason}` })),
  };
}

/** Likewise for files; those that one of the lists of `ties` holds together are written all or none. */
export function writeFiles(
  files: readonly FileWrite[],
  ties: readonly (readonly string[])[],
  targets: readonly Target[],
  host: Host,
): ReadonlyMap<string, string> {
  recoverAround(
    files.map(({ path }) => dirname(path)),
    host,
  );
  return writeWhole(files, ties, rootOf(targets), telling(host));
}

/** Finishes or takes back what a run has left that was cut short in one of these folders or above. */
export function recoverAround(folders: readonly string[], host: Host): void {
  const seen = new Set<string>();
  for (const folder of folders) {
    for (let at = folder; !seen.has(at); at = dirname(at)) {
      seen.add(at);
      if (existsSync(`${at}/${journalName}`)) recover(at, telling(host));
    }
  }
}

function telling(host: Host): (message: string) => void {
  return (message) => host.err(`goleash: ${message}\n`);
}

/** The folders that targets are, or are in. */
export function foldersOf(targets: readonly Target[]): readonly string[] {
  return targets.map(({ kind, path }) => (kind === 'file' ? dirname(path) : path));
}

/** Where the journal of a run is: the root of the repository, else of the module, else what holds all targets. */
function rootOf(targets: readonly Target[]): string {
  const [first = '/', ...others] = foldersOf(targets);
  let shared = first;
  for (const folder of others) {
    while (folder !== shared && !folder.startsWith(shared === '/' ? '/' : `${shared}/`))
      shared = dirname(shared);
  }
  return repositoryOf(shared) ?? holding(shared, 'go.work') ?? holding(shared, 'go.mod') ?? shared;
}

function holding(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(`${at}/${name}`)) return at;
    if (dirname(at) === at) return undefined;
  }
}
