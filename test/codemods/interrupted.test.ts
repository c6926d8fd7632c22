// The command itself, in processes that end in the middle and that run beside each other.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { goleash, lostCancel } from './command.ts';
import { tree } from './tree.ts';

const main = fileURLToPath(new URL('../../bin/goleash.ts', import.meta.url));
const tsx = fileURLToPath(import.meta.resolve('tsx'));
const folders = Array.from({ length: 40 }, (_, i) => `d${i}`);
const fixed = lostCancel()
  .replace('ctx, _ :=', 'ctx, cancel :=')
  .replace('\t<-ctx', '\tdefer cancel()\n\t<-ctx');

function manyFolders(t: TestContext): string {
  const files = folders.map((name) => [`${name}/a.go`, lostCancel()]);
  return tree(t, { 'go.mod': 'module m\n\ngo 1.24\n', ...Object.fromEntries(files) });
}

function start(cwd: string) {
  const child = spawn(process.execPath, ['--import', tsx, main, 'fix'], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<{ status: number | null; err: string }>((resolve) =>
    child.once('close', (status) => resolve({ status, err })),
  );
  return { child, ended };
}

function assertFixed(cwd: string): void {
  for (const name of folders) {
    assert.equal(readFileSync(join(cwd, name, 'a.go'), 'utf8'), fixed);
    assert.deepEqual(readdirSync(join(cwd, name)), ['a.go']);
  }
  assert.deepEqual(readdirSync(cwd).sort(), [...folders, 'go.mod'].sort());
}

test('goleash fix that is killed while it writes is finished by the next one', async (t) => {
  const cwd = manyFolders(t);
  const { child, ended } = start(cwd);
  while (child.exitCode === null && !existsSync(join(cwd, '.goleash-journal'))) await pause(1);
  child.kill('SIGKILL');
  await ended;
  const { status, err } = await goleash(['fix'], { cwd });
  assert.equal(status, 0, err);
  assertFixed(cwd);
});

test('of two goleash fix at once each file is fixed once, and who comes too late says so', async (t) => {
  const cwd = manyFolders(t);
  const ends = await Promise.all([start(cwd).ended, start(cwd).ended]);
  assertFixed(cwd);
  for (const { status, err } of ends) {
    if (status !== 0)
      assert.match(err, /is writing here|it changed while goleash was running|nothing was written/);
  }
  assert.ok(ends.some(({ status }) => status === 0));
});
