// Time and memory of a whole-repository check, ours and ast-grep's, over the same files.

import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** One command over one tree: the fastest of its runs, and the peak memory of any. */
interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly findings: number;
}

const repetitions = 3;

interface Command {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Prints a row for each command, and the ratio of their times. */
export async function benchScan(tree: string): Promise<void> {
  const { megabytes, files } = sizeOf(tree);
  console.log(`\n${tree}: ${files} Go files, ${megabytes.toFixed(1)} MB`);
  const own = ['dist/goleash.js', 'check', '--format', 'jsonl', tree];
  const results = await measure([
    { title: 'goleash check', command: process.execPath, args: own },
    { title: 'ast-grep scan', command: astGrep(), args: astGrepArguments(tree) },
  ]);
  for (const { title, seconds, peakMegabytes, findings } of results) {
    const speed = `${seconds.toFixed(2)} s  ${(megabytes / seconds).toFixed(1)} MB/s`;
    console.log(`  ${title}  ${speed}  peak ${Math.round(peakMegabytes)} MB  ${findings} findings`);
  }
  const [first, second] = results;
  if (first && second) {
    console.log(
      `  ratio  ${(first.seconds / second.seconds).toFixed(2)} (${first.title} over ${second.title})`,
    );
  }
}

/** The trees to measure if none is named: the standard library and Kubernetes, where this machine has them. */
export function defaultTrees(): readonly string[] {
  const go = spawnSync('go', ['env', 'GOROOT', 'GOMODCACHE'], { encoding: 'utf8' });
  if (go.status !== 0) return [];
  const [root = '', cache = ''] = go.stdout.split('\n');
  return [join(root, 'src'), join(cache, 'k8s.io', 'kubernetes@v1.35.0')].filter((path) => existsSync(path));
}

/** Runs the commands in turn, so that what else the machine does falls on all of them. */
async function measure(commands: readonly Command[]): Promise<readonly (Measured & { title: string })[]> {
  const folder = mkdtempSync(join(tmpdir(), 'goleash-bench-'));
  const runs = commands.map((): Measured[] => []);
  try {
    for (let i = 0; i < repetitions; i++) {
      for (const [index, { command, args }] of commands.entries()) {
        runs[index]?.push(await runOnce(command, args, join(folder, 'output')));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return commands.map(({ title }, index) => ({
    title,
    seconds: Math.min(...(runs[index] ?? []).map((run) => run.seconds)),
    peakMegabytes: Math.max(...(runs[index] ?? []).map((run) => run.peakMegabytes)),
    findings: runs[index]?.[0]?.findings ?? 0,
  }));
}

async function runOnce(command: string, args: readonly string[], output: string): Promise<Measured> {
  const file = openSync(output, 'w');
  const start = process.hrtime.bigint();
  const child = spawn(command, args, { stdio: ['ignore', file, 'ignore'] });
  let peakMegabytes = 0;
  const poll = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, peakOf(child.pid ?? 0));
  }, 20);
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('exit', resolve),
  );
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  clearInterval(poll);
  closeSync(file);
  if (status === null || status === 2)
    throw new Error(`${command} ${args.join(' ')} failed with status ${status}`);
  const findings = readFileSync(output, 'utf8')
    .split('\n')
    .filter((line) => line !== '').length;
  return { seconds, peakMegabytes, findings };
}

/** The largest resident size that a process has had, where /proc tells it; else 0. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The binary itself: the package's install script, which links it, is not run here. */
function astGrep(): string {
  const require = createRequire(import.meta.url);
  const scope = join(dirname(require.resolve('@ast-grep/cli/package.json')), '..');
  const platform = readdirSync(scope).find((name) => name.startsWith('cli-'));
  const binary = ['ast-grep', 'ast-grep.exe']
    .map((name) => join(scope, platform ?? '', name))
    .find((path) => existsSync(path));
  if (!binary)
    throw new Error('@ast-grep/cli has no binary for this platform: run npm ci without --omit=optional');
  return binary;
}

/** Both leave out the same folders: those whose code is not the project's own. */
function astGrepArguments(tree: string): readonly string[] {
  const globs = ['**/*.go', '!**/vendor/**', '!**/testdata/**'].flatMap((glob) => ['--globs', glob]);
  return [
    'scan',
    '--inline-rules',
    readFileSync('bench/ast-grep-rules.yml', 'utf8'),
    '--json=stream',
    ...globs,
    tree,
  ];
}

function sizeOf(tree: string): { megabytes: number; files: number } {
  let bytes = 0;
  let files = 0;
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (/^[._]/.test(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'vendor' && entry.name !== 'testdata') walk(path);
      } else if (entry.name.endsWith('.go')) {
        bytes += statSync(path).size;
        files++;
      }
    }
  };
  walk(tree);
  return { megabytes: bytes / 1e6, files };
}
