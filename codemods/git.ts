// What goleash asks of git, which may not be there. It never waits for anybody: there is no terminal to ask on, no editor,
// and an end to its patience.

import { spawn } from 'node:child_process';
import { dirname, relative, sep } from 'node:path';
import { repositoryOf } from './ignore-files.ts';
import { reasonOf, UsageError } from './problem.ts';

/**
 * Throws a UsageError if a repository of one of these folders has changes of tracked files that are not committed. Without
 * a repository or without git there is nothing to refuse.
 */
export async function refuseDirty(folders: readonly string[]): Promise<void> {
  const roots = new Set(folders.flatMap((folder) => repositoryOf(folder) ?? []));
  for (const root of roots) {
    const names = await changedIn(root);
    if (names.length === 0) continue;
    throw new UsageError(
      `${root} has changes that are not committed: ${some(names)}; commit them, or pass --allow-dirty to mix them with those of goleash`,
    );
  }
}

/** Throws a UsageError if one of these files is in a repository and git does not know it: no diff would show the change. */
export async function refuseUntracked(paths: readonly string[]): Promise<void> {
  for (const [root, files] of byRepository(paths)) {
    const names: string[] = [];
    for (let i = 0; i < files.length; i += 500) {
      const args = ['--literal-pathspecs', 'ls-files', '-z', '--others', '--', ...files.slice(i, i + 500)];
      names.push(...split(await asked(root, args)));
    }
    if (names.length === 0) continue;
    throw new UsageError(
      `git does not know ${some(names)} in ${root}: add and commit what is to be fixed, or pass --allow-dirty`,
    );
  }
}

/** Throws a UsageError if one of these files cannot be committed alone: all must be tracked and as they were committed. */
export async function repositoryFor(paths: readonly string[]): Promise<string> {
  await refuseUntracked(paths);
  const groups = byRepository(paths);
  const [group] = groups;
  if (!group || groups.size > 1 || group[1].length < new Set(paths).size)
    throw new UsageError(
      '--commit-per needs all files in one git repository: run goleash in each for itself',
    );
  const [root, files] = group;
  const dirty = (await changedIn(root)).filter((name) => files.includes(name));
  if (dirty.length > 0)
    throw new UsageError(
      `--commit-per would commit your changes of ${some(dirty)} as well: commit them first`,
    );
  return root;
}

/** Commits these files of a repository as they are on disk, and nothing else. Returns what git or a hook said if not. */
export async function commit(
  root: string,
  paths: readonly string[],
  message: string,
): Promise<string | undefined> {
  const files = paths.map((path) => nameIn(root, path));
  const args = [
    '--literal-pathspecs',
    'commit',
    '--quiet',
    '--only',
    '--cleanup=verbatim',
    '--file=-',
    '--',
    ...files,
  ];
  const { status, out, err } = await git(root, args, message);
  if (status === 0) return undefined;
  return `${err}\n${out}`.trim() || 'git gave no reason';
}

async function changedIn(root: string): Promise<readonly string[]> {
  const args = [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=no',
    '--ignore-submodules=dirty',
    '--no-renames',
  ];
  return split(await asked(root, args)).map((entry) => entry.slice(3));
}

/** What git prints; `''` without git. */
async function asked(root: string, args: readonly string[]): Promise<string> {
  const { status, out, err } = await git(root, args);
  if (status === 0 || status === undefined) return out;
  throw new UsageError(
    `git cannot tell what has changed in ${root}: ${err.trim().split('\n')[0]}; pass --allow-dirty to go on without it`,
  );
}

interface Ran {
  /** Undefined if there is no git. */
  readonly status: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** A hook may run tests; what takes longer is stuck. */
const patience = 10 * 60 * 1000;

function git(root: string, args: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve) => {
    // In a session of its own no hook finds a terminal to ask on, and all that it starts can be ended with it.
    const child = spawn('git', ['-c', 'core.fsmonitor=false', ...args], {
      cwd: root,
      detached: process.platform !== 'win32',
      windowsHide: true,
      env: {
        ...process.env,
        GIT_EDITOR: 'true',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_TERMINAL_PROMPT: '0',
        LC_ALL: 'C',
      },
    });
    const said = { out: '', err: '' };
    const end = (ran: Partial<Ran>) => {
      clearTimeout(timer);
      resolve({ status: 1, ...said, ...ran });
    };
    const timer = setTimeout(() => {
      endGroup(child.pid);
      end({ err: `it did not end within ${patience / 60_000} minutes` });
    }, patience);
    child.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? { status: undefined } : { err: reasonOf(error) }),
    );
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    child.on('close', (status) => end({ status: status ?? 1 }));
    // A git that ends early does not read it.
    child.stdin.on('error', () => {}).end(input);
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid);
  } catch {}
}

function byRepository(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of new Set(paths)) {
    const root = repositoryOf(dirname(path));
    if (root !== undefined) groups.set(root, [...(groups.get(root) ?? []), nameIn(root, path)]);
  }
  return groups;
}

/** The name of a file in its repository, as git prints it. */
function nameIn(root: string, path: string): string {
  const name = relative(root, path);
  return sep === '/' ? name : name.replaceAll(sep, '/');
}

function split(text: string): readonly string[] {
  return text.split('\0').filter((entry) => entry !== '');
}

/** `a.go, b.go, c.go and 4 more` */
function some(names: readonly string[]): string {
  const more = names.length > 4 ? names.length - 3 : 0;
  const shown = names.slice(0, names.length - more).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
