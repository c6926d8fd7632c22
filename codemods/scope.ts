// What `goleash check` looks at and what of it is told: paths, one text from standard input, the index, changed lines.

import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Changes, changesSince, isChanged, stagedFiles } from './git-changes.ts';
import type { Host } from './host.ts';
import { repositoryOf } from './ignore-files.ts';
import { UsageError } from './problem.ts';
import type { Narrow, Outcome } from './run.ts';
import { stagedTree } from './staged.ts';
import { absolute, type Target, targetsOf } from './targets.ts';
import type { Job } from './work.ts';

export interface ScopeOptions {
  readonly config?: string;
  readonly stdin?: boolean;
  readonly stdinFilename?: string;
  readonly newFrom?: string;
  readonly staged?: boolean;
}

export interface Scope {
  readonly targets: readonly Target[];
  /** Of the run: its current folder is where the targets are. */
  readonly host: Host;
  readonly config: string | undefined;
  readonly buffer?: NonNullable<Job['buffer']>;
  readonly narrow?: Narrow;
  /** What the run has found, as it is told: with the user's paths, and only what was asked for. */
  told(outcome: Outcome): Outcome;
  /** Removes what was made for the run. */
  close(): void;
}

/** Reads the arguments; throws a UsageError for those that cannot be followed. */
export async function scopeOf(paths: readonly string[], options: ScopeOptions, host: Host): Promise<Scope> {
  const config = options.config === undefined ? undefined : absolute(options.config, host.cwd);
  const whole = { host, config, told: (outcome: Outcome) => outcome, close: () => {} };
  if (options.stdin) {
    if (options.newFrom !== undefined || options.staged)
      throw new UsageError(
        '--stdin is one text, of which git knows nothing: leave out --new-from and --staged',
      );
    const buffer = await bufferOf(paths, options, host);
    return { ...whole, targets: [{ kind: 'file', path: buffer.path }], buffer };
  }
  if (options.stdinFilename !== undefined)
    throw new UsageError('--stdin-filename is of use only with --stdin');
  if (options.staged) return stagedScope(paths, options.newFrom, config, host);
  const targets = targetsOf(paths, host.cwd);
  if (options.newFrom === undefined) return { ...whole, targets };
  const roots = new Set(targets.map((target) => repositoryFor(target, '--new-from')));
  const parts = await Promise.all(
    [...roots].map((root) => changesSince(root, options.newFrom ?? '', 'files')),
  );
  const changes: Changes = new Map(parts.flatMap((part) => [...part]));
  return { ...whole, targets, narrow: narrowTo(changes), told: (outcome) => onlyChanged(outcome, changes) };
}

async function stagedScope(
  paths: readonly string[],
  newFrom: string | undefined,
  config: string | undefined,
  host: Host,
): Promise<Scope> {
  const root = repositoryFor({ kind: 'directory', path: absolute('.', host.cwd) }, '--staged');
  const staged = await stagedFiles(root);
  const since = newFrom === undefined ? undefined : await changesSince(root, newFrom, 'index');
  const changes: Changes = since ? new Map([...since].filter(([path]) => staged.has(path))) : staged;
  const tree = await stagedTree(root, config, host);
  try {
    const named = paths.map((path) => tree.inside(absolute(path, host.cwd)));
    const inside: Changes = new Map([...changes].map(([path, lines]) => [tree.inside(path), lines]));
    return {
      targets: targetsOf(named, tree.host.cwd),
      host: tree.host,
      config: config === undefined || !config.startsWith(`${root}/`) ? config : tree.inside(config),
      narrow: narrowTo(inside),
      told: (outcome) => onlyChanged(tree.outside(outcome), changes),
      close: tree.remove,
    };
  } catch (error) {
    tree.remove();
    throw error;
  }
}

/** Folders without a changed file have nothing to tell. */
function narrowTo(changes: Changes): Narrow {
  const folders = new Set([...changes.keys()].map((path) => dirname(path)));
  return (task) => (folders.has(task.directory) ? task : undefined);
}

function onlyChanged(outcome: Outcome, changes: Changes): Outcome {
  return { ...outcome, findings: outcome.findings.filter((finding) => isChanged(finding, changes)) };
}

function repositoryFor({ kind, path }: Target, option: string): string {
  const folder = kind === 'directory' ? path : dirname(path);
  const root = repositoryOf(folder);
  if (root === undefined) throw new UsageError(`${folder} is in no git repository, and ${option} needs one`);
  return root;
}

/** Standard input in the place of one file. */
async function bufferOf(
  paths: readonly string[],
  { stdinFilename }: ScopeOptions,
  host: Host,
): Promise<NonNullable<Job['buffer']>> {
  if (stdinFilename === undefined || paths.length > 0) {
    throw new UsageError(
      '--stdin takes the place of one file: name it with --stdin-filename, and give no other path',
    );
  }
  const path = absolute(stdinFilename, host.cwd);
  if (!path.endsWith('.go')) throw new UsageError(`${stdinFilename}: the name of a Go file ends in .go`);
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${stdinFilename}: its directory does not exist`);
  }
  const bytes = await host.input();
  if (!isUtf8(bytes)) throw new UsageError('standard input is not valid UTF-8');
  return { path, text: bytes.toString('utf8') };
}
