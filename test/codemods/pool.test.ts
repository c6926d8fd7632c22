// Threads: what they find and in which order must not depend on them.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { goleash, jsonLines, lostCancel } from './command.ts';
import { tree } from './tree.ts';

const main = fileURLToPath(new URL('../../bin/goleash.ts', import.meta.url));
const tsx = fileURLToPath(import.meta.resolve('tsx'));
const command = ['--import', tsx, main];

function manyFolders(n: number): Record<string, string> {
  const files: Record<string, string> = { 'go.mod': 'module m\n\ngo 1.24\n' };
  for (let i = 0; i < n; i++) files[`d${i % 40}/f${i}.go`] = lostCancel().replace('func Use', `func Use${i}`);
  return files;
}

test('threads and this thread report the same, in the same order', async (t) => {
  const cwd = tree(t, { ...manyFolders(130), 'd1/bad.go': 'package \0' });
  const here = await goleash(['check', '--jobs', '1', '--format', 'jsonl'], { cwd });
  const threads = await goleash(['check', '--jobs', '3', '--format', 'jsonl'], { cwd });
  assert.equal(jsonLines(here.out).length, 130);
  assert.deepEqual(threads, here);
});

test('threads fix', async (t) => {
  const cwd = tree(t, manyFolders(70));
  const { status, out } = await goleash(['fix', '--jobs', '2'], { cwd });
  assert.match(out, /Fixed 70 findings in 70 files; nothing is left\n$/);
  assert.equal(status, 0);
  assert.match(readFileSync(join(cwd, 'd3/f3.go'), 'utf8'), /defer cancel/);
});

test('a wrong configuration found on the way ends the run with status 2', async (t) => {
  const cwd = tree(t, { ...manyFolders(130), 'd9/.goleash.yaml': 'nonsense: 1\n' });
  const { status, out, err } = await goleash(['check', '--jobs', '2'], { cwd });
  assert.deepEqual([status, out], [2, '']);
  assert.match(err, /^goleash: d9\/\.goleash\.yaml:1:1: there is no setting "nonsense"/);
});

test('a reader that leaves early is no error', (t) => {
  const cwd = tree(t, manyFolders(120));
  const line = [process.execPath, ...command, 'check'].map((word) => `'${word}'`).join(' ');
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `set -o pipefail; ${line} | head -n 1`], {
    cwd,
    encoding: 'utf8',
  });
  assert.match(stdout, /^d0\/f0\.go:9:/);
  assert.equal(stderr, '');
  assert.equal(status, 1);
});

test('an interrupted fix leaves whole files and no temporary ones', async (t) => {
  const cwd = tree(t, manyFolders(400));
  const child = spawn(process.execPath, [...command, 'fix', '--jobs', '1'], { cwd, stdio: 'ignore' });
  const isFixed = (name: string) => readFileSync(join(cwd, name), 'utf8').includes('defer cancel');
  while (!isFixed('d0/f0.go') && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill('SIGINT');
  const status = await new Promise((resolve) => child.on('exit', resolve));
  assert.ok(status === 130 || status === 0, `exit status ${status}`);
  const names = readdirSync(cwd, { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    names.filter((name) => name.includes('.goleash-')),
    [],
  );
  for (const name of names.filter((n) => n.endsWith('.go')))
    assert.match(readFileSync(join(cwd, name), 'utf8'), /<-ctx\.Done\(\)\n\}\n$/);
});
