// The Go toolchain, for tests that let it judge. Without one they are skipped and say so.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions, parseGoMod } from '../../analysis/model/go-mod.ts';

const env = { ...process.env, GOFLAGS: '', GOWORK: 'off', GOTOOLCHAIN: 'local' };

export interface Run {
  readonly status: number | null;
  readonly output: string;
}

/** Why Go cannot compile the fixtures on this machine; undefined if it can. */
export function whyNoGo(): string | undefined {
  const version = run('go', ['env', 'GOVERSION'], '.').output.match(/^go(\d+\.\d+)/)?.[1];
  if (!version) return 'Go is not installed, so nothing was compiled';
  const needed = parseGoMod(readFileSync('fixtures/go.mod', 'utf8'), 'fixtures')?.goVersion ?? '';
  return compareVersions(version, needed) < 0
    ? `Go ${version} is older than ${needed}, so nothing was compiled`
    : undefined;
}

export function go(args: readonly string[], cwd: string): Run {
  return run('go', args, cwd);
}

/** What gofmt would change in the files, as lines of a diff. */
export function unformatted(files: readonly string[]): readonly string[] {
  if (files.length === 0) return [];
  const root = run('go', ['env', 'GOROOT'], '.').output.trim();
  const { output } = run(join(root, 'bin', 'gofmt'), ['-d', ...files], '.');
  return output.split('\n').filter((line) => line !== '');
}

function run(command: string, args: readonly string[], cwd: string): Run {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}` };
}
