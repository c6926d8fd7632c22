// A run that also makes and removes files: it is written whole or not at all as any other.

import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Disk, disk } from '../../codemods/journal/disk.ts';
import { type FileWrite, recover, writeWhole } from '../../codemods/journal/journal.ts';
import { type Contents, failure, Killed, memoryDisk, type Trouble } from './memory-disk.ts';
import { tree } from './tree.ts';

const quiet = () => {};
const nobody: ReadonlySet<number> = new Set();
const files: readonly FileWrite[] = [
  { path: '/r/a.go', before: undefined, after: 'made' },
  { path: '/r/b.go', before: 'old', after: 'new' },
  { path: '/r/c.go', before: 'removed', after: undefined },
  { path: '/r/d.go', before: 'old', after: 'new' },
];

function start(): Contents {
  const contents: Contents = new Map([
    ['/', undefined],
    ['/r', undefined],
  ]);
  for (const { path, before } of files) if (before !== undefined) contents.set(path, Buffer.from(before));
  return contents;
}

/** All that is on the disk. */
function shown(contents: Contents): string {
  return [...contents]
    .flatMap(([path, bytes]) => (bytes === undefined && path.length < 3 ? [] : [`${path}=${bytes ?? ''}`]))
    .sort()
    .join(' ');
}

const old = '/r/b.go=old /r/c.go=removed /r/d.go=old';
const fresh = '/r/a.go=made /r/b.go=new /r/d.go=new';

function attempt(contents: Contents, trouble?: Trouble) {
  const made = memoryDisk(contents, 1, nobody, trouble);
  try {
    writeWhole(files, [], '/r', quiet, made);
    return { steps: made.steps(), error: undefined };
  } catch (error) {
    return { steps: made.steps(), error };
  }
}

/** What the next start makes of it. */
function recovered(contents: Contents, pid = 2): string {
  recover('/r', quiet, memoryDisk(contents, pid, nobody));
  // What a step that was cut short has left of the journal is taken away by the next run that writes.
  writeWhole(
    [{ path: '/r/e', before: undefined, after: 'e' }],
    [],
    '/r',
    quiet,
    memoryDisk(contents, pid + 1, nobody),
  );
  contents.delete('/r/e');
  return shown(contents);
}

const kill = (at: number, half: boolean): Trouble => ({
  half,
  before(step) {
    if (step === at) throw new Killed();
  },
});

test('one file is made, one removed, two changed', () => {
  const contents = start();
  assert.equal(attempt(contents).error, undefined);
  assert.equal(shown(contents), fresh);
});

test('killed at any step, also of the recovery, all is done or nothing is', () => {
  const { steps } = attempt(start());
  const endings = new Set<string>();
  for (const half of [false, true]) {
    for (let at = 0; at < steps; at++) {
      for (let second = 0; ; second++) {
        const contents = start();
        attempt(contents, kill(at, half));
        const dying = memoryDisk(contents, 2, nobody, kill(second, half));
        try {
          recover('/r', quiet, dying);
        } catch (error) {
          if (!dying.isDead()) throw error;
        }
        const ending = recovered(contents, 3);
        assert.ok([old, fresh].includes(ending), `killed at ${at}, then ${second}, half ${half}: ${ending}`);
        endings.add(ending);
        if (!dying.isDead()) break;
      }
    }
  }
  assert.deepEqual([...endings].sort(), [old, fresh].sort());
});

test('where the last file cannot be put in place, what was made goes and what was removed comes back', () => {
  const contents = start();
  const { error } = attempt(contents, {
    before(_, what, path) {
      if (what === 'rename' && path === '/r/d.go') throw failure('EACCES');
    },
  });
  assert.match(String(error), /nothing was written: \/r\/d\.go: permission denied/);
  assert.equal(shown(contents), old);
});

test('somebody else makes the file, or edits the one that is to go, before the recovery: that text stays', () => {
  const { steps } = attempt(start());
  const texts = new Set<string>();
  for (const path of ['/r/a.go', '/r/c.go']) {
    for (let at = 0; at < steps; at++) {
      const contents = start();
      attempt(contents, kill(at, false));
      contents.set(path, Buffer.from('mine'));
      const ending = recovered(contents);
      assert.ok(ending.includes(`${path}=mine`), `${path}, killed at ${at}: ${ending}`);
      texts.add(ending);
    }
  }
  const or = (text: string, from: string, to: string) => text.replace(from, to);
  assert.deepEqual(
    [...texts].sort(),
    [
      or(old, '/r/b.go', '/r/a.go=mine /r/b.go'),
      or(fresh, '/r/a.go=made', '/r/a.go=mine'),
      or(old, '/r/c.go=removed', '/r/c.go=mine'),
      or(fresh, '/r/d.go', '/r/c.go=mine /r/d.go'),
    ].sort(),
  );
});

test('a file that is there already is not replaced, and one that has changed is not removed', () => {
  const contents = start();
  contents.set('/r/a.go', Buffer.from('mine'));
  contents.set('/r/c.go', Buffer.from('edited'));
  const failed = writeWhole(files, [['/r/c.go', '/r/d.go']], '/r', quiet, memoryDisk(contents, 1, nobody));
  assert.deepEqual([...failed.keys()].sort(), ['/r/a.go', '/r/c.go', '/r/d.go']);
  assert.equal(shown(contents), '/r/a.go=mine /r/b.go=new /r/c.go=edited /r/d.go=old');
});

test('on a real disk: what comes back has its mode, and what is made leaves nothing else behind', (t) => {
  const root = tree(t, { 'c.go': 'removed', 'd.go': 'old' });
  const at = (name: string) => join(root, name);
  chmodSync(at('c.go'), 0o640);
  const real: readonly FileWrite[] = [
    { path: at('a.go'), before: undefined, after: 'made' },
    { path: at('c.go'), before: 'removed', after: undefined },
    { path: at('d.go'), before: 'old', after: 'new' },
  ];
  const stuck: Disk = {
    ...disk,
    rename(from, to) {
      if (to === at('d.go')) throw failure('EACCES');
      disk.rename(from, to);
    },
  };
  assert.throws(() => writeWhole(real, [], root, quiet, stuck), /nothing was written/);
  assert.deepEqual(readdirSync(root).sort(), ['c.go', 'd.go']);
  assert.deepEqual(
    [readFileSync(at('c.go'), 'utf8'), statSync(at('c.go')).mode & 0o777],
    ['removed', process.platform === 'win32' ? 0o666 : 0o640],
  );
  assert.equal(writeWhole(real, [], root, quiet).size, 0);
  assert.deepEqual([readdirSync(root).sort(), readFileSync(at('a.go'), 'utf8')], [['a.go', 'd.go'], 'made']);
});
