// .gitignore files as git layers them: those of inner folders overrule those of outer ones, up to the repository's root.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Patterns, patternsOf } from '../analysis/node/ignore.ts';

/** The patterns of one ignore file and the folder they are relative to. */
interface Layer {
  readonly base: string;
  readonly patterns: Patterns;
}

/** The ignore files that hold in a folder, the strongest first. */
export type IgnoreFiles = readonly Layer[];

/** The root of the repository that holds a folder; undefined if none does. */
export function repositoryOf(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** Those that hold in `directory` because of the repository around it; `directory`'s own are not among them. */
export function ignoreFilesAbove(directory: string): IgnoreFiles {
  const root = repositoryOf(directory);
  // Outside a repository only what is walked counts.
  if (root === undefined || root === directory) return [];
  const above: string[] = [];
  for (let at = dirname(directory); at !== root; at = dirname(at)) above.unshift(at);
  let files: IgnoreFiles = [];
  for (const at of [root, ...above]) {
    const entries = ['.git', '.gitignore'].filter((name) => existsSync(join(at, name)));
    files = withIgnoreFilesOf(files, at, entries);
  }
  // A folder that is named on the command line is looked at although it is ignored.
  return [...above, directory].some((at) => isIgnored(files, at, true)) ? [] : files;
}

/** Adds the ignore files of `directory`; `entries` are the names in it. A repository inside another starts anew. */
export function withIgnoreFilesOf(
  files: IgnoreFiles,
  directory: string,
  entries: readonly string[],
): IgnoreFiles {
  let all = files;
  const add = (path: string) => {
    const patterns = patternsOf(textOf(path));
    if (patterns) all = [{ base: directory, patterns }, ...all];
  };
  if (entries.includes('.git')) {
    all = [];
    add(join(gitDirectory(join(directory, '.git')), 'info', 'exclude'));
  }
  if (entries.includes('.gitignore')) add(join(directory, '.gitignore'));
  return all;
}

/** Whether an absolute path is ignored; the folders between it and the base of each layer are not. */
export function isIgnored(files: IgnoreFiles, path: string, isDirectory: boolean): boolean {
  for (const { base, patterns } of files) {
    const verdict = patterns(path.slice(base.endsWith('/') ? base.length : base.length + 1), isDirectory);
    if (verdict !== 'unsaid') return verdict === 'in';
  }
  return false;
}

/** The folder with `info/exclude`: `.git` is a file in linked worktrees and submodules. */
function gitDirectory(path: string): string {
  const pointer = /^gitdir: (.+)$/m.exec(textOf(path))?.[1];
  if (pointer === undefined) return path;
  const own = resolve(dirname(path), pointer.trim());
  const common = textOf(join(own, 'commondir')).trim();
  return common === '' ? own : resolve(own, common);
}

/** The text of a file, `''` if it cannot be read: an ignore file is a convenience. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
