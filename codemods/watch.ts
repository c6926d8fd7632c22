// Tells when Go code below some folders changes.

import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { codeOf } from '../analysis/node/reason.ts';
import { isLeftOut } from './discover.ts';
import { reasonOf, UsageError } from './problem.ts';
import type { Target } from './targets.ts';

/** The folders whose Go files have changed; `all` if something has that every folder depends on. */
export type Changed = ReadonlySet<string> | 'all';

/** Settles this many milliseconds after the last event: an editor writes a file in several steps. */
const quiet = 80;

/**
 * Calls `onChange` once for everything, and then after each burst of changes, never twice at once, until `stop`.
 * Throws a UsageError if the system does not watch so much.
 */
export async function watchTargets(
  targets: readonly Target[],
  onChange: (changed: Changed) => Promise<void>,
  stop: AbortSignal | undefined,
): Promise<void> {
  const watchers = new Map<string, FSWatcher>();
  let wake = () => {};
  let failed: UsageError | undefined;
  let changed = new Set<string>();
  // What changes while it is looked at first is looked at again.
  let all = true;
  const follow = (folder: string) => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_, name) => noted(folder, name));
      watchers.set(folder, watcher);
      watcher.on('error', () => forget(folder));
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory() && !isLeftOut(entry.name))
          follow(`${folder === '/' ? '' : folder}/${entry.name}`);
    } catch (error) {
      if (['ENOSPC', 'EMFILE'].includes(codeOf(error))) failed = tooMany(folder, error);
    }
  };
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const noted = (folder: string, name: string | null) => {
    const path = `${folder === '/' ? '' : folder}/${name}`;
    if (name === null || isForAll(name)) all = true;
    else if (name.endsWith('.go')) changed.add(folder);
    else if (isFolder(path) && !isLeftOut(name)) {
      // With all that is in it already, before anybody has looked.
      forget(path);
      follow(path);
      all = true;
    } else if (watchers.has(path)) {
      forget(path);
      all = true;
    } else return;
    wake();
  };
  const roots = targets.map(({ kind, path }) => (kind === 'directory' ? path : dirname(path)));
  for (const root of roots) follow(root);
  stop?.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!stop?.aborted && !failed) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (all || changed.size > 0 || failed || stop?.aborted) resolve();
      });
      await settled((again) => {
        wake = again;
      });
      if (stop?.aborted || (!all && changed.size === 0)) continue;
      const now: Changed = all ? 'all' : changed;
      changed = new Set();
      all = false;
      await onChange(now);
    }
    if (failed) throw failed;
  } finally {
    for (const watcher of watchers.values()) watcher.close();
  }
}

/** Resolves when nothing has called `again` for a while. */
function settled(listen: (again: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(resolve, quiet);
    listen(() => {
      clearTimeout(timer);
      timer = setTimeout(resolve, quiet);
    });
  });
}

/** Files that findings in other folders depend on. */
function isForAll(name: string): boolean {
  return ['go.mod', 'go.work', '.gitignore', '.goleash.yaml'].includes(basename(name));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function tooMany(folder: string, error: unknown): UsageError {
  return new UsageError(
    `cannot watch ${folder}: ${reasonOf(error)}; the system watches no more folders: raise its limit (on Linux, sysctl fs.inotify.max_user_watches) or name fewer`,
  );
}
