// What git says has changed: lines since a revision, files in the index. Git runs with fixed arguments and without a shell.

import { spawn } from 'node:child_process';
import { isAbsolute, relative } from 'node:path';
import type { LocatedFinding } from './located.ts';
import type { Region } from './positions.ts';
import { reasonOf, UsageError } from './problem.ts';
import { changedLines, type LineRange } from './report/diff.ts';

/** The lines of each Go file that have changed, by absolute path; `all` if the whole file counts. */
export type Changes = ReadonlyMap<string, readonly LineRange[] | 'all'>;

/** What is told of a finding: one of its places, second places and steps of a witness included, is on a changed line. */
export function isChanged({ at, related }: LocatedFinding, changes: Changes): boolean {
  return [at, ...related.map((note) => note.at)].some((region) => touches(region, changes));
}

function touches({ path, start, end }: Region, changes: Changes): boolean {
  const lines = changes.get(path);
  if (lines === undefined || lines === 'all') return lines === 'all';
  return lines.some((range) => range.start <= end.line && start.line <= range.end);
}

/** Which text of a repository counts: that of its files, or that of its index. */
export type Side = 'files' | 'index';

/**
 * What has changed in a repository, whose root is given, since `revision` and HEAD went separate ways. Renamed files are
 * followed, and files that git does not know are new. Throws a UsageError that says what to do where git cannot tell.
 */
export async function changesSince(root: string, revision: string, side: Side): Promise<Changes> {
  const base = await mergeBase(root, revision);
  const options = side === 'index' ? ['--cached'] : [];
  const patch = await git(root, ['diff', ...options, ...patchOptions, base, '--', goFiles]);
  const changes = new Map<string, readonly LineRange[] | 'all'>();
  for (const [name, lines] of changedLines(patch)) changes.set(`${root}/${name}`, lines);
  if (side === 'files') {
    const unknown = await git(root, ['ls-files', '-z', '--others', '--', goFiles]);
    for (const name of split(unknown)) changes.set(`${root}/${name}`, 'all');
  }
  return changes;
}

/** The Go files whose text in the index is another than that of HEAD. */
export async function stagedFiles(root: string): Promise<Changes> {
  const args = ['diff', '--cached', '--name-only', '-z', '--no-relative', '--diff-filter=d', '--', goFiles];
  const names = split(await git(root, args));
  return new Map(names.map((name) => [`${root}/${name}`, 'all'] as const));
}

/** Writes all that an analysis of Go code reads from the index of a repository to a folder. */
export async function writeIndex(root: string, folder: string): Promise<void> {
  const read = ['go.mod', 'go.work', 'modules.txt', '.gitignore', '.goleash.y*ml', 'goleash.yaml'];
  const args = ['ls-files', '-z', '--cached', '--', goFiles, ...read.map((name) => `:(glob)**/${name}`)];
  const names = await git(root, args);
  await git(root, ['checkout-index', '-z', '--stdin', '--force', `--prefix=${folder}/`], names);
}

/** No configuration of the user changes what these print. */
const patchOptions: readonly string[] = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--text',
  '--unified=0',
  '--inter-hunk-context=0',
  '--find-renames',
  '--diff-filter=d',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

const goFiles = '*.go';

async function mergeBase(root: string, revision: string): Promise<string> {
  const commit = await asked(root, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ]);
  if (commit.status !== 0) {
    throw new UsageError(
      `there is no revision "${revision}" in ${root}: ${told(commit) || 'is it misspelt, or not fetched yet? A branch of the remote comes with: git fetch origin BRANCH'}`,
    );
  }
  const base = await asked(root, ['merge-base', commit.out.trim(), 'HEAD']);
  if (base.status === 0) return base.out.trim();
  const shallow = await asked(root, ['rev-parse', '--is-shallow-repository']);
  if (shallow.out.trim() === 'true') {
    throw new UsageError(
      `this clone is too shallow to say where HEAD left ${revision}: fetch the history with git fetch --unshallow, or with fetch-depth: 0 of actions/checkout`,
    );
  }
  throw new UsageError(
    `${revision} and HEAD have no common history${told(base) ? `: ${told(base)}` : ''}; name a revision that HEAD comes from`,
  );
}

/** What git prints. Throws a UsageError with git's own words if it fails. */
async function git(root: string, args: readonly string[], input = ''): Promise<string> {
  const ran = await asked(root, args, input);
  if (ran.status !== 0) throw new UsageError(`git ${args[0]} failed in ${root}: ${told(ran)}`);
  return ran.out;
}

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The first line of what git complains of. */
function told({ err }: Ran): string {
  return err.trim().split('\n')[0] ?? '';
}

/** Runs git; throws a UsageError only if there is none. */
function asked(root: string, args: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=true', ...args], {
      cwd: root,
      windowsHide: true,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    });
    const said = { out: '', err: '' };
    child.on('error', (error) => reject(new UsageError(`git cannot be started: ${reasonOf(error)}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    child.on('close', (status) => resolve({ status, ...said }));
    // A git that ends early does not read it.
    child.stdin.on('error', () => {}).end(input);
  });
}

function split(text: string): readonly string[] {
  return text.split('\0').filter((name) => name !== '');
}

/** Whether a path is a folder or below it. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== '..' && !/^\.\.[\\/]/.test(way);
}
