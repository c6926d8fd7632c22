// goleash refactor: makes one change that is asked for at a place, or says where it stops.

import { basename, dirname } from 'node:path';
import {
  applyEdits,
  type GoPackage,
  type Obstacle,
  type Refactored,
  type Refactoring,
  refactor as refactorIn,
  refactorings,
  type Site,
} from '../analysis/index.ts';
import { type Settings, settingsFinder } from '../analysis/node/config.ts';
import { loadRuntime } from '../analysis/node/runtime.ts';
import { hostTarget } from '../analysis/node/target.ts';
import { type DirectoryTask, discover } from './discover.ts';
import { printPatch } from './fix-output.ts';
import { commandName, type ExitStatus, exit, type Host } from './host.ts';
import type { FileChange } from './journal/journal.ts';
import { locator } from './located.ts';
import { endOfLine, lineStarts, offsetAt } from './positions.ts';
import { type Problem, UsageError } from './problem.ts';
import { count } from './report/text.ts';
import { existingRefactoring } from './rules.ts';
import { tellProblems } from './run.ts';
import { absolute, type Target, targetsOf } from './targets.ts';
import { printable, shellWord, shownPath } from './terminal.ts';
import { newRuntime, packagesOf, readAll } from './work.ts';
import { foldersOf, lockedBy, recoverAround, writeFiles } from './write.ts';

export interface RefactorOptions {
  readonly diff?: boolean;
  readonly write?: boolean;
  readonly config?: string;
  readonly quiet?: boolean;
}

/** Runs the command; throws a UsageError for arguments that cannot be followed. */
export async function refactor(
  id: string,
  place: string,
  options: RefactorOptions,
  host: Host,
): Promise<ExitStatus> {
  const refactoring = refactorings.find((known) => known.id === existingRefactoring(id)) as Refactoring;
  const { target, line, column } = placeOf(place, host);
  if (options.write) recoverAround(foldersOf([target]), host);
  const settings = await settingsFinder(options.config && absolute(options.config, host.cwd))(
    dirname(target.path),
  );
  const problems: Problem[] = [];
  const folder = await readFolder(target, options, host, problems);
  if (!folder) {
    tellProblems(problems, host);
    return exit.incomplete;
  }
  const { pkg, library, task, text } = folder;
  const at = siteOf(target.path, text, line, column, place);
  const lockedBy = lockFor(task, settings, options.write === true);
  const result = refactorIn(pkg, refactoring, at, { config: task.config, library, lockedBy });
  if (!result) throw new UsageError(`${place}: ${id} has nothing to change there: name a line of a function`);
  if (result.kind === 'obstacles') return tellObstacles(id, result.obstacles, pkg, options, host);
  const files = filesOf(pkg, result);
  const paths = files.map(({ path }) => path);
  const failed: readonly Problem[] = options.write
    ? [...writeFiles(files, [paths], [target], host)].map(([path, reason]) => ({
        path,
        message: `not fixed: ${reason}`,
      }))
    : printPatch(files, [target], host);
  tellProblems(failed, host);
  if (failed.length > 0) return exit.incomplete;
  return tellDone(files.length, result.summary, [id, place], options, host);
}

/** Reads `path/file.go:12` and `path/file.go:12:5`. */
function placeOf(place: string, host: Host) {
  const [, path, line, column] = /^(.+?):([1-9]\d*)(?::([1-9]\d*))?$/.exec(place) ?? [];
  if (path === undefined)
    throw new UsageError(`${place}: name a place as path/file.go:LINE or path/file.go:LINE:COLUMN`);
  const [target] = targetsOf([path], host.cwd);
  if (target?.kind !== 'file') throw new UsageError(`${place}: not a Go file`);
  return { target, line: Number(line), column: column === undefined ? undefined : Number(column) };
}

/** The package of a file; undefined if it cannot be read. */
async function readFolder(target: Target, { config }: RefactorOptions, host: Host, problems: Problem[]) {
  const show = (path: string) => shownPath(path, host.cwd);
  const tasks = discover([target], {
    findSettings: settingsFinder(config && absolute(config, host.cwd)),
    onProblem: (problem) => problems.push(problem),
    onExcluded: (path, file) => {
      throw new UsageError(`${show(path)} is left out: ${show(file)} excludes it`);
    },
    show,
    cwd: host.cwd,
  });
  for await (const task of tasks) {
    const job = { target: hostTarget({ env: host.env, platform: process.platform, arch: process.arch }) };
    const files = readAll(task, task.report, job, (problem) => problems.push(problem));
    const text = files.get(target.path);
    if (text === undefined) return undefined;
    const folder = packagesOf(task, files, job, newRuntime(await loadRuntime()), problems);
    const pkg = folder.packages.find((p) => p.files.some(({ path }) => path === target.path));
    if (pkg) return { pkg, library: folder.library, task, text };
    problems.push({ path: target.path, message: 'skipped: has no package clause' });
  }
  return undefined;
}

/** A line stands for the function that starts on it, else for what its first character is in. */
function siteOf(path: string, text: string, line: number, column: number | undefined, place: string): Site {
  const starts = lineStarts(text);
  const first = starts[line - 1];
  const offset = offsetAt(text, starts, line, column ?? 1);
  if (first === undefined || offset === undefined)
    throw new UsageError(`${place}: the file has no such place`);
  if (column !== undefined) return { path, start: offset, end: offset };
  const end = endOfLine(text, first);
  return { path, start: first + (/^\s*/.exec(text.slice(first, end))?.[0].length ?? 0), end };
}

/** Why files of the folder stay as they are. */
function lockFor(task: DirectoryTask, settings: Settings, write: boolean) {
  return (path: string): string | undefined => {
    if (!task.editable) return 'it is not your own code';
    if (settings.excludes(path, false))
      return `${basename(settings.file ?? 'the configuration')} excludes it`;
    return write ? lockedBy(path) : undefined;
  };
}

function filesOf(
  { files }: GoPackage,
  { fix: { edits } }: Extract<Refactored, { kind: 'fix' }>,
): readonly FileChange[] {
  return files
    .filter(({ path }) => edits.some((edit) => edit.path === path))
    .map(({ path, text }) => ({
      path,
      before: text,
      after: applyEdits(
        text,
        edits.filter((edit) => edit.path === path),
      ),
    }));
}

function tellObstacles(
  id: string,
  obstacles: readonly Obstacle[],
  { files, leftOut }: GoPackage,
  { quiet }: RefactorOptions,
  host: Host,
): ExitStatus {
  const locate = locator(new Map([...files, ...leftOut].map((file) => [file.path, file.text])));
  for (const { at, reason } of obstacles) {
    const { path, start } = locate(at);
    host.err(`${printable(shownPath(path, host.cwd))}:${start.line}:${start.column}: ${printable(reason)}\n`);
  }
  if (!quiet)
    host.err(`goleash: ${id} stops at ${count(obstacles.length, 'place')}, so nothing was edited\n`);
  return exit.findings;
}

function tellDone(
  changed: number,
  summary: string,
  words: readonly string[],
  { write, quiet }: RefactorOptions,
  host: Host,
): ExitStatus {
  const files = count(changed, 'file');
  if (quiet) return exit.clean;
  if (write) host.out(`Changed ${files}: ${summary}\n`);
  else {
    const command = [commandName(host.env), 'refactor', ...words.map(shellWord), '--write'].join(' ');
    host.err(`Would change ${files}: ${summary}; to do it, pipe this patch into git apply or: ${command}\n`);
  }
  return exit.clean;
}
