// Where the changes of `goleash fix` go: into the files, or into one patch.

import { dirname, isAbsolute, relative, sep } from 'node:path';
import type { Host } from './host.ts';
import { repositoryOf } from './ignore-files.ts';
import type { Problem } from './problem.ts';
import { filePatch } from './report/diff.ts';
import type { Target } from './targets.ts';
import { shellWord } from './terminal.ts';
import type { AppliedFix, PackageChange } from './work.ts';
import { writeChange } from './write.ts';

export interface Output {
  readonly applied: readonly AppliedFix[];
  readonly problems: readonly Problem[];
  /** Takes the changes of one package. */
  take(change: PackageChange): void;
  /** To be called once, after the last change. */
  finish(): void;
}

/** Writes each package at once. What cannot be written is a problem, and its fixes do not count as applied. */
export function fileOutput(): Output {
  const applied: AppliedFix[] = [];
  const problems: Problem[] = [];
  return {
    applied,
    problems,
    take(change) {
      const failed = writeChange(change);
      for (const [path, reason] of failed) problems.push({ path, message: `not fixed: ${reason}` });
      applied.push(...change.applied.filter((fix) => !fix.touches.some((path) => failed.has(path))));
    },
    finish() {},
  };
}

/** Prints one patch, sorted by path, with paths relative to where `git apply` takes it. */
export function patchOutput(targets: readonly Target[], host: Host): Output {
  const base = patchBase(targets, host.cwd);
  const patches = new Map<string, string>();
  const applied: AppliedFix[] = [];
  const problems: Problem[] = [];
  return {
    applied,
    problems,
    take(change) {
      for (const { path, before, after } of change.files) {
        const below = relative(base, path);
        const name = sep === '/' ? below : below.replaceAll(sep, '/');
        if (isBelow(base, path)) patches.set(name, filePatch({ path: name, before, after }));
        else
          problems.push({
            path,
            message: `not in the patch, which is for ${base}: fix it in a run of its own`,
          });
      }
      applied.push(...change.applied);
    },
    finish() {
      const sorted = [...patches].sort(([a], [b]) => (a < b ? -1 : 1));
      host.out(sorted.map(([, patch]) => patch).join(''));
      if (patches.size > 0 && !isBelow(base, host.cwd)) {
        host.err(`goleash: apply this patch with: git -C ${shellWord(base)} apply\n`);
      }
    },
  };
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
