// Writing on a real disk: modes, links, other users' journals, and processes that are killed or write at once.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { disk } from '../../codemods/journal/disk.ts';
import { recover, writeWhole } from '../../codemods/journal/journal.ts';
import { lockedBy } from '../../codemods/write.ts';
import { tree } from './tree.ts';

const quiet = () => {};

test('a journal that comes from elsewhere makes nothing', (t) => {
  const root = tree(t, { 'repo/a.go': 'a', 'home/secret': 'mine', 'repo/evil': 'theirs' });
  const plant = (intent: unknown) => {
    rmSync(join(root, 'repo/.goleash-journal'), { recursive: true, force: true });
    mkdirSync(join(root, 'repo/.goleash-journal/owner-0'), { recursive: true });
    const [owner, list] = ['owner-0/owner.json', 'intent.json'];
    writeFileSync(join(root, 'repo/.goleash-journal', owner), JSON.stringify({ pid: 2 ** 30, token: 'x' }));
    writeFileSync(join(root, 'repo/.goleash-journal', list), JSON.stringify(intent));
  };
  const entry = {
    target: join(root, 'home/secret'),
    staged: join(root, 'repo/evil'),
    before: createHash('sha256').update('mine').digest('hex'),
    after: createHash('sha256').update('theirs').digest('hex'),
  };
  symlinkSync('../home', join(root, 'repo/link'));
  const linked = { ...entry, target: join(root, 'repo/link/secret'), staged: join(root, 'repo/link/evil') };
  for (const intent of [[entry], [linked], [{ ...entry, staged: join(root, 'home/evil') }]]) {
    plant(intent);
    assert.throws(() => recover(join(root, 'repo'), quiet), /where goleash would not write from there/);
  }
  plant([{ target: 1 }]);
  assert.throws(() => recover(join(root, 'repo'), quiet), /is not of this goleash/);
  assert.equal(readFileSync(join(root, 'home/secret'), 'utf8'), 'mine');
});

test('a file that a link leads to outside is left alone', (t) => {
  const root = tree(t, { 'repo/a.go': 'a', 'other/b.go': 'b' });
  symlinkSync('../other/b.go', join(root, 'repo/b.go'));
  const changes = ['a', 'b'].map((name) => ({
    path: join(root, `repo/${name}.go`),
    before: name,
    after: 'new',
  }));
  const failed = writeWhole(changes, [], join(root, 'repo'), quiet);
  assert.deepEqual([...failed], [[join(root, 'repo/b.go'), `it lies outside of ${join(root, 'repo')}`]]);
  assert.equal(readFileSync(join(root, 'repo/a.go'), 'utf8'), 'new');
  assert.equal(readFileSync(join(root, 'other/b.go'), 'utf8'), 'b');
});

test('a file is replaced with its mode, and a symbolic link stays', (t) => {
  const root = tree(t, { 'a.go': 'old', 'real/b.go': 'old' });
  chmodSync(join(root, 'a.go'), 0o754);
  symlinkSync('real/b.go', join(root, 'link.go'));
  const changes = ['a.go', 'link.go'].map((name) => ({
    path: join(root, name),
    before: 'old',
    after: '\uFEFFnew\r\n',
  }));
  assert.deepEqual([...writeWhole(changes, [], root, quiet)], []);
  assert.equal(readFileSync(join(root, 'a.go'), 'utf8'), '\uFEFFnew\r\n');
  assert.equal(statSync(join(root, 'a.go')).mode & 0o7777, 0o754);
  assert.ok(lstatSync(join(root, 'link.go')).isSymbolicLink());
  assert.equal(readFileSync(join(root, 'real/b.go'), 'utf8'), '\uFEFFnew\r\n');
  assert.deepEqual(readdirSync(root).sort(), ['a.go', 'link.go', 'real']);
  assert.deepEqual(readdirSync(join(root, 'real')), ['b.go']);
});

test('read-only is what the mode says, for root too', (t) => {
  const root = tree(t, { 'a.go': '', 'sub/b.go': '' });
  assert.equal(lockedBy(join(root, 'a.go')), undefined);
  chmodSync(join(root, 'a.go'), 0o444);
  assert.equal(lockedBy(join(root, 'a.go')), 'the file is read-only');
  chmodSync(join(root, 'sub'), 0o555);
  assert.equal(lockedBy(join(root, 'sub/b.go')), 'its folder is read-only');
  chmodSync(join(root, 'sub'), 0o755);
  assert.equal(lockedBy(join(root, 'missing.go')), 'the file is gone');
});

const writer = fileURLToPath(new URL('writer.ts', import.meta.url));
const tsx = fileURLToPath(import.meta.resolve('tsx'));

/** A process that writes all files of a folder again and again; resolves when it has begun. */
function startWriter(root: string, name: string) {
  const child = spawn(process.execPath, ['--import', tsx, writer, root, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const begun = new Promise((resolve) => child.stdout.once('data', resolve));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (status) => resolve(status)));
  return { child, begun, ended };
}

function manyFiles(t: Parameters<typeof tree>[0]): string {
  const root = tree(t, {});
  for (let i = 0; i < 20; i++) {
    mkdirSync(join(root, `d${i % 3}`), { recursive: true });
    writeFileSync(join(root, `d${i % 3}/f${i}.go`), 'start');
  }
  return root;
}

function versionsIn(root: string): readonly string[] {
  const all = [0, 1, 2].flatMap((i) =>
    readdirSync(join(root, `d${i}`)).map((name) => readFileSync(join(root, `d${i}`, name), 'utf8')),
  );
  return [...new Set(all)];
}

test('real processes that are killed or interrupted at any moment leave all files of one version', async (t) => {
  const root = manyFiles(t);
  for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL', 'SIGKILL'] as const) {
    const { child, begun, ended } = startWriter(root, 'w');
    await begun;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 80));
    child.kill(signal);
    await ended;
    if (signal === 'SIGINT') assert.deepEqual(readdirSync(root).sort(), ['d0', 'd1', 'd2']);
    recover(root, quiet);
    assert.equal(versionsIn(root).length, 1, `${versionsIn(root)}`);
  }
});

test('two real processes that write at once: each run is whole', async (t) => {
  const root = manyFiles(t);
  const writers = [startWriter(root, 'x'), startWriter(root, 'y')];
  await Promise.all(writers.map(({ begun }) => begun));
  await new Promise((resolve) => setTimeout(resolve, 400));
  for (const { child } of writers) child.kill('SIGINT');
  assert.deepEqual(await Promise.all(writers.map(({ ended }) => ended)), [0, 0]);
  assert.equal(versionsIn(root).length, 1, `${versionsIn(root)}`);
  assert.deepEqual(readdirSync(root).sort(), ['d0', 'd1', 'd2']);
});

test('a process is told from a later one with its number', () => {
  assert.ok(disk.isAlive(disk.self));
  assert.ok(!disk.isAlive({ pid: 2 ** 30, started: undefined }));
  if (disk.self.started !== undefined) assert.ok(!disk.isAlive({ ...disk.self, started: '1' }));
});
