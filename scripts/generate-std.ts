// Writes analysis/library/std.txt, the declarations of the Go standard library, from the installed Go
// distribution. With --check it only says whether the file is up to date.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const table = fileURLToPath(new URL('../analysis/library/std.txt', import.meta.url));
const program = fileURLToPath(new URL('std/', import.meta.url));

/** The release of Go that a table was made with: `go1.26`. */
export function releaseOf(text: string): string | undefined {
  return /^(go1\.[0-9]+):/.exec(text)?.[1];
}

/** The release of the installed Go; undefined without one. */
export function installedRelease(): string | undefined {
  return /^go1\.[0-9]+/.exec(go('env', 'GOVERSION').stdout ?? '')?.[0];
}

/** The table of the installed Go. Throws what Go has said if it cannot be made. */
export function generateStd(): string {
  const { status, stdout, stderr, error } = go('run', '.');
  if (status !== 0) throw new Error(`go run in ${program} failed: ${error?.message ?? stderr}`);
  return stdout;
}

function go(...args: readonly string[]) {
  const env = { ...process.env, GOFLAGS: '', GOTOOLCHAIN: 'local', GOWORK: 'off' };
  return spawnSync('go', args, { cwd: program, env, encoding: 'utf8', maxBuffer: 1 << 26 });
}

function check(): number {
  const text = readFileSync(table, 'utf8');
  const made = releaseOf(text);
  const installed = installedRelease();
  if (installed !== made) {
    console.log(`not checked: ${table} is made with ${made}, and ${installed ?? 'no Go'} is installed`);
    return 0;
  }
  if (generateStd() === text) return 0;
  console.error(`not up to date: ${table}\nRun: node --import tsx scripts/generate-std.ts`);
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) process.exitCode = check();
  else writeFileSync(table, generateStd());
}
