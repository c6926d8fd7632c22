// The probes that are in some folders.

import { basename, dirname } from 'node:path';
import { defaultConfig } from '../../analysis/index.ts';
import { readGoFile } from '../../analysis/node/files.ts';
import { discover } from '../discover.ts';
import type { Host } from '../host.ts';
import type { Problem } from '../problem.ts';
import type { Target } from '../targets.ts';
import { shownPath } from '../terminal.ts';
import { isProbeName, type Stamp, stampOf } from './file.ts';
import { checkFunction } from './leak-check.ts';
import { type Unwrapped, unwrapped } from './test-main.ts';

export interface Found {
  /** Absolute, with `/` separators. */
  readonly path: string;
  readonly text: string;
  readonly stamp: Stamp;
  /** The files that call the leak check, which it is. */
  readonly users: readonly User[];
}

/** A file that calls the leak check. */
export interface User {
  readonly path: string;
  readonly text: string;
  readonly without: Unwrapped;
}

/**
 * The probes of the folders below the targets, in order; a named file means those of its folder, and that of a probe itself
 * alone. What git ignores or the configuration excludes counts: a probe may well be one of these.
 */
export async function findProbes(
  targets: readonly Target[],
  host: Host,
  onProblem: (problem: Problem) => void,
): Promise<readonly Found[]> {
  const settings = { file: undefined, config: defaultConfig, problems: [], excludes: () => false };
  const found = new Map<string, Found>();
  const tasks = discover(targets, {
    findSettings: async () => settings,
    onProblem,
    onExcluded: () => {},
    show: (path) => shownPath(path, host.cwd),
    cwd: host.cwd,
  });
  for await (const { directory, report, context } of tasks) {
    const alone = targets.some(({ kind }) => kind === 'directory') ? [] : report.filter(isProbeName);
    const names = [...report, ...context];
    for (const name of alone.length > 0 ? alone : names.filter(isProbeName)) {
      const path = `${directory}/${name}`;
      const probe = probeAt(path, names, onProblem);
      if (probe) found.set(path, probe);
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function probeAt(
  path: string,
  names: readonly string[],
  onProblem: (problem: Problem) => void,
): Found | undefined {
  const read = readGoFile(path);
  if (!('text' in read)) {
    onProblem({ path, message: `skipped: ${read.skipped}` });
    return undefined;
  }
  const stamp = stampOf(read.text);
  if (!stamp) return undefined;
  const users = read.text.includes(checkFunction) ? usersIn(dirname(path), names, basename(path)) : [];
  return { path, text: read.text, stamp, users };
}

function usersIn(directory: string, names: readonly string[], own: string): readonly User[] {
  return names
    .filter((name) => name.endsWith('_test.go') && name !== own)
    .flatMap((name) => {
      const path = `${directory}/${name}`;
      const read = readGoFile(path);
      if (!('text' in read) || !read.text.includes(checkFunction)) return [];
      return [{ path, text: read.text, without: unwrapped(read.text) }];
    });
}
