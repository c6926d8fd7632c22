// Changes as one patch, with paths relative to where `git apply` takes it.

import { dirname, isAbsolute, relative, sep } from 'node:path';
import type { Host } from './host.ts';
import { repositoryOf } from './ignore-files.ts';
import type { FileChange } from './journal/journal.ts';
import type { Problem } from './problem.ts';
import { filePatch } from './report/diff.ts';
import type { Target } from './targets.ts';
import { shellWord } from './terminal.ts';

/** Prints one patch, sorted by path. Returns the files that cannot be in it. */
export function printPatch(
  files: readonly FileChange[],
  targets: readonly Target[],
  host: Host,
): readonly Problem[] {
  const base = patchBase(targets, host.cwd);
  const patches = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { path, before, after } of files) {
    const below = relative(base, path);
    const name = sep === '/' ? below : below.replaceAll(sep, '/');
    if (isBelow(base, path)) patches.set(name, filePatch({ path: name, before, after }));
    else
      problems.push({ path, message: `not in the patch, which is for ${base}: fix it in a run of its own` });
  }
  const sorted = [...patches].sort(([a], [b]) => (a < b ? -1 : 1));
  host.out(sorted.map(([, patch]) => patch).join(''));
  if (patches.size > 0 && !isBelow(base, host.cwd)) {
    host.err(`goleash: apply this patch with: git -C ${shellWord(base)} apply\n`);
  }
  return problems;
}

/**
 * The folder that the paths of a patch start from: the root of the repository, for that is how `git apply` reads them;
 * outside a repository the current folder, or that of the first path if it lies elsewhere.
 */
function patchBase([first]: readonly Target[], cwd: string): string {
  const folder = first?.kind === 'file' ? dirname(first.path) : (first?.path ?? cwd);
  return repositoryOf(folder) ?? (isBelow(cwd, folder) ? cwd : folder);
}

function isBelow(base: string, path: string): boolean {
  const below = relative(base, path);
  return !isAbsolute(below) && below !== '..' && !below.startsWith(`..${sep}`);
}
