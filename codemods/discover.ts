// One walk over the folders: which Go files are to be analysed, and under which settings.

import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Config } from '../analysis/index.ts';
import { configName, type FindSettings, type Settings } from '../analysis/node/config.ts';
import {
  type IgnoreFiles,
  ignoreFilesAbove,
  isIgnored,
  repositoryOf,
  withIgnoreFilesOf,
} from './ignore-files.ts';
import { type Problem, reasonOf, UsageError } from './problem.ts';
import type { Target } from './targets.ts';

/** The Go files of one folder; names without the folder. */
export interface DirectoryTask {
  /** Absolute, with `/` separators. */
  readonly directory: string;
  /** The files to report on, sorted. */
  readonly report: readonly string[];
  /** The other files whose declarations the first ones may use, sorted. */
  readonly context: readonly string[];
  readonly config: Config;
  /** Whether the files may ever be edited. */
  readonly editable: boolean;
}

export interface Discovery {
  readonly findSettings: FindSettings;
  readonly onProblem: (problem: Problem) => void;
  /** Called for a path argument that the configuration excludes. */
  readonly onExcluded: (path: string, configFile: string) => void;
  /** How messages name an absolute path. */
  readonly show: (path: string) => string;
  readonly cwd: string;
}

/**
 * Walks the targets; every file is reported once, whatever way it is named. Throws a UsageError where a configuration
 * file is wrong.
 *
 * Left out unless named themselves: what .gitignore ignores, `vendor`, `testdata`, `node_modules`, and names that start
 * with `_` or `.`. What the configuration excludes is left out even if it is named. Symbolic links to folders are not
 * followed unless named.
 */
export async function* discover(
  targets: readonly Target[],
  discovery: Discovery,
): AsyncGenerator<DirectoryTask> {
  const walk: Walk = { ...discovery, seen: new Set(), reported: new Set() };
  for (const { kind, path } of targets) {
    if (kind === 'directory') yield* walkTree(walk, path);
  }
  const files = new Map<string, string[]>();
  for (const { kind, path } of targets) {
    if (kind !== 'file' || walk.reported.has(path)) continue;
    walk.reported.add(path);
    const directory = dirname(path);
    const names = files.get(directory);
    if (names) names.push(basename(path));
    else files.set(directory, [basename(path)]);
  }
  for (const [directory, names] of files) {
    const task = await namedFiles(walk, directory, names);
    if (task) yield task;
  }
}

interface Walk extends Discovery {
  /** Real paths of the folders that have been walked. */
  readonly seen: Set<string>;
  readonly reported: Set<string>;
}

interface Folder {
  readonly path: string;
  readonly editable: boolean;
  /** The path without symbolic links. */
  readonly real: string;
  readonly ignoreFiles: IgnoreFiles;
}

async function* walkTree(walk: Walk, root: string): AsyncGenerator<DirectoryTask> {
  const settings = await settingsFor(walk, root);
  if (settings.excludes(root, true)) {
    walk.onExcluded(root, settings.file ?? configName);
    return;
  }
  const stack: Folder[] = [
    {
      path: root,
      editable: isEditable(root, walk.cwd),
      real: realpathSync(root),
      ignoreFiles: ignoreFilesAbove(root),
    },
  ];
  for (let folder = stack.pop(); folder; folder = stack.pop()) {
    if (walk.seen.has(folder.real)) continue;
    walk.seen.add(folder.real);
    const entries = entriesOf(folder.path, walk);
    const { task, folders } = sort(
      folder,
      entries,
      await settingsFor(
        walk,
        folder.path,
        entries.map((entry) => entry.name),
      ),
      walk,
    );
    for (const next of folders.reverse()) stack.push(next);
    if (task) yield task;
  }
}

/** Splits the entries of a folder into the files to analyse and the folders to walk. */
function sort(folder: Folder, entries: readonly Dirent[], settings: Settings, walk: Walk) {
  const names = entries.map((entry) => entry.name);
  const ignoreFiles = withIgnoreFilesOf(folder.ignoreFiles, folder.path, names);
  const prefix = folder.path.endsWith('/') ? folder.path : `${folder.path}/`;
  const report: string[] = [];
  const context: string[] = [];
  const folders: Folder[] = [];
  for (const entry of entries) {
    const { name } = entry;
    const path = prefix + name;
    if (name.startsWith('_') || name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (isLeftOut(name) || isIgnored(ignoreFiles, path, true) || settings.excludes(path, true)) continue;
      folders.push({
        path,
        editable: folder.editable,
        real: `${folder.real === '/' ? '' : folder.real}/${name}`,
        ignoreFiles,
      });
    } else if (name.endsWith('.go')) {
      const left = isIgnored(ignoreFiles, path, false) || settings.excludes(path, false);
      if (isFile(entry, path, left ? undefined : walk)) (left ? context : report).push(name);
    }
  }
  for (const name of report) walk.reported.add(prefix + name);
  const task = report.length > 0 ? taskOf(folder, report, context, settings.config) : undefined;
  return { task, folders };
}

const skipped: ReadonlySet<string> = new Set(['vendor', 'testdata', 'node_modules']);

/** Whether a folder of that name is left out wherever it is, unless it is named. */
export function isLeftOut(name: string): boolean {
  return skipped.has(name) || name.startsWith('_') || name.startsWith('.');
}

async function namedFiles(
  walk: Walk,
  directory: string,
  named: readonly string[],
): Promise<DirectoryTask | undefined> {
  const settings = await settingsFor(walk, directory);
  const report = named.filter((name) => {
    const path = `${directory}/${name}`;
    const excluded = settings.excludes(path, false);
    if (excluded) walk.onExcluded(path, settings.file ?? configName);
    return !excluded;
  });
  if (report.length === 0) return undefined;
  const context = entriesOf(directory, walk)
    .filter(({ name }) => name.endsWith('.go') && !name.startsWith('_') && !name.startsWith('.'))
    .filter((entry) => !report.includes(entry.name) && isFile(entry, `${directory}/${entry.name}`))
    .map((entry) => entry.name);
  return taskOf(
    { path: directory, editable: isEditable(directory, walk.cwd) },
    report,
    context,
    settings.config,
  );
}

function taskOf(
  { path, editable }: Pick<Folder, 'path' | 'editable'>,
  report: string[],
  context: string[],
  config: Config,
): DirectoryTask {
  return { directory: path, report: report.sort(), context: context.sort(), config, editable };
}

/**
 * Whether the code in a folder is the user's own. That of others, test data and what the go command does not see may be
 * checked if it is named, but is never edited.
 */
export function isEditable(directory: string, cwd: string): boolean {
  const root = repositoryOf(directory);
  const base = root ?? (directory === cwd || directory.startsWith(`${cwd}/`) ? cwd : undefined);
  // Where the user's own folders begin is not known: `/home/me/_work` may be the parent of all of them.
  if (base === undefined) return !directory.split('/').some((name) => skipped.has(name));
  return !directory
    .slice(base.length)
    .split('/')
    .some((name) => skipped.has(name) || /^[_.]/.test(name));
}

async function settingsFor(walk: Walk, directory: string, entries?: readonly string[]): Promise<Settings> {
  const settings = await walk.findSettings(directory, entries);
  if (settings.problems.length > 0) {
    throw new UsageError(
      settings.problems.map((p) => `${walk.show(p.path)}:${p.line}:${p.column}: ${p.message}`).join('\n'),
    );
  }
  return settings;
}

function entriesOf(directory: string, walk: Walk): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    walk.onProblem({ path: directory, message: `this directory cannot be read: ${reasonOf(error)}` });
    return [];
  }
}

/** Whether the entry is a regular file or a link to one, as for the go command. A pipe is never opened. */
function isFile(entry: Dirent, path: string, walk?: Walk): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return statSync(path).isFile();
  } catch (error) {
    walk?.onProblem({ path, message: `this symbolic link cannot be followed: ${reasonOf(error)}` });
    return false;
  }
}
