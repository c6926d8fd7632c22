import { type Stats, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { reasonOf, UsageError } from './problem.ts';

/** One path argument. A directory means all that is below it, as `dir/...` does. */
export interface Target {
  readonly kind: 'file' | 'directory';
  /** Absolute, with `/` separators. */
  readonly path: string;
}

/** Resolves path arguments; none means the current folder. Throws a UsageError for one that does not exist or is no Go file. */
export function targetsOf(args: readonly string[], cwd: string): readonly Target[] {
  return (args.length === 0 ? ['.'] : args).map((arg) => targetOf(arg, cwd));
}

/** An absolute path in the form that analysis uses. */
export function absolute(path: string, cwd: string): string {
  const full = resolve(cwd, path);
  return sep === '/' ? full : full.replaceAll(sep, '/');
}

function targetOf(arg: string, cwd: string): Target {
  const tree = /^(?:(.*)[\\/])?\.\.\.$/.exec(arg);
  const named = tree ? tree[1] || (arg.startsWith('/') ? '/' : '.') : arg;
  if (named.includes('...')) {
    throw new UsageError(`${arg}: "..." can only end a path, as in "dir/..."`);
  }
  const path = absolute(named, cwd);
  const stats = statOf(path, arg);
  if (stats.isDirectory()) return { kind: 'directory', path };
  if (tree) throw new UsageError(`${arg}: ${named} is not a directory`);
  if (!stats.isFile()) throw new UsageError(`${arg}: neither a file nor a directory`);
  if (!path.endsWith('.go'))
    throw new UsageError(`${arg}: not a Go file; name files that end in .go, or directories`);
  return { kind: 'file', path };
}

function statOf(path: string, arg: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new UsageError(`${arg}: ${reasonOf(error)}`);
  }
}
