// Whatever happens while a run is written: afterwards, all of its files are new or all are old.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FileChange, recover, writeWhole } from '../../codemods/journal/journal.ts';
import { Busy } from '../../codemods/journal/lock.ts';
import { type Contents, failure, Killed, memoryDisk, type Trouble } from './memory-disk.ts';

const quiet = () => {};
const paths = ['/r/a.go', '/r/b.go', '/r/sub/c.go'];
const files: readonly FileChange[] = paths.map((path) => ({
  path,
  before: `old ${path}`,
  after: `new ${path}`,
}));
const nobody: ReadonlySet<number> = new Set();

function start(): Contents {
  const contents: Contents = new Map([
    ['/', undefined],
    ['/r', undefined],
    ['/r/sub', undefined],
  ]);
  for (const { path, before } of files) contents.set(path, Buffer.from(before));
  return contents;
}

function textsIn(contents: Contents): readonly string[] {
  return paths.map((path) => contents.get(path)?.toString().split(' ')[0] ?? 'gone');
}

const old = ['old', 'old', 'old'];
const fresh = ['new', 'new', 'new'];

/** What is on the disk beside the files. */
function traces(contents: Contents): readonly string[] {
  return [...contents.keys()].filter((path) => !['/', '/r', '/r/sub', ...paths].includes(path));
}

/** One attempt to write; returns how many steps it took and what it threw. */
function attempt(contents: Contents, pid: number, trouble?: Trouble, alive = nobody) {
  const made = memoryDisk(contents, pid, alive, trouble);
  try {
    writeWhole(files, [], '/r', quiet, made);
    return { steps: made.steps(), isDead: made.isDead(), error: undefined };
  } catch (error) {
    return { steps: made.steps(), isDead: made.isDead(), error };
  }
}

function killAt(at: number, half: boolean): Trouble {
  return {
    half,
    before(step) {
      if (step === at) throw new Killed();
    },
  };
}

/** The next start, after which all is old or all is new, and another run leaves no trace. */
function assertWhole(contents: Contents, what: string): readonly string[] {
  recover('/r', quiet, memoryDisk(contents, 90, nobody));
  const texts = textsIn(contents);
  assert.ok([String(old), String(fresh)].includes(String(texts)), `${what}: ${texts}`);
  const again = files.map(({ path }) => ({
    path,
    before: contents.get(path)?.toString() ?? '',
    after: `newest ${path}`,
  }));
  writeWhole(again, [], '/r', quiet, memoryDisk(contents, 91, nobody));
  assert.deepEqual([textsIn(contents), traces(contents)], [paths.map(() => 'newest'), []], what);
  return texts;
}

test('killed at any step, the next start completes the run or finds that nothing was written', () => {
  const { steps } = attempt(start(), 1);
  assert.ok(steps > 15, `${steps}`);
  const endings = new Set<string>();
  for (const half of [false, true]) {
    for (let at = 0; at < steps; at++) {
      const contents = start();
      assert.equal(attempt(contents, 1, killAt(at, half)).isDead, true);
      endings.add(String(assertWhole(contents, `killed at step ${at}, half: ${half}`)));
    }
  }
  assert.deepEqual([...endings].sort(), [String(fresh), String(old)]);
});

test('killed at any step of the recovery as well, and once more', () => {
  const { steps } = attempt(start(), 1);
  for (let at = 0; at < steps; at++) {
    for (let second = 0; ; second++) {
      const contents = start();
      attempt(contents, 1, killAt(at, true));
      const dying = memoryDisk(contents, 2, nobody, killAt(second, true));
      ignoring(dying.isDead, () => recover('/r', quiet, dying));
      if (!dying.isDead()) break;
      const again = memoryDisk(contents, 3, nobody, killAt(second + 1, false));
      ignoring(again.isDead, () => recover('/r', quiet, again));
      assertWhole(contents, `killed at step ${at}, then at ${second}`);
    }
  }
});

function ignoring(isExpected: (error: unknown) => boolean, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

const isBusy = (error: unknown) => error instanceof Busy;

test('a full disk at any step, for once or from then on: nothing is lost, and what is thrown is true', () => {
  const { steps } = attempt(start(), 1);
  for (const forGood of [false, true]) {
    for (let at = 0; at < steps; at++) {
      const contents = start();
      const { error } = attempt(contents, 1, {
        half: true,
        before(step, what) {
          const needsRoom = what === 'create' || what === 'makeFolder' || what === 'rename';
          if (needsRoom && (forGood ? step >= at : step === at)) throw failure('ENOSPC');
        },
      });
      const texts = assertWhole(contents, `full at step ${at}`);
      if (!error) {
        assert.deepEqual(texts, fresh);
        continue;
      }
      const [, what] =
        /^(nothing was written: |.*: its old text could not be put back: ).*no space is left on the disk/.exec(
          (error as Error).message,
        ) ?? [];
      assert.ok(what !== undefined, `${error}`);
      if (what.startsWith('nothing')) assert.deepEqual(texts, old);
    }
  }
});

test('a file that somebody edits before the recovery keeps that text; if it was not written yet, all others go back', () => {
  const { steps } = attempt(start(), 1);
  const seen = new Set<string>();
  for (const half of [false, true]) {
    for (let at = 0; at < steps; at++) {
      const contents = start();
      attempt(contents, 1, killAt(at, half));
      const wasWritten = contents.get('/r/b.go')?.toString() === 'new /r/b.go';
      contents.set('/r/b.go', Buffer.from('mine'));
      const told: string[] = [];
      recover('/r', (message) => told.push(message), memoryDisk(contents, 2, nobody));
      const [a, , c] = textsIn(contents);
      assert.deepEqual([a, c], wasWritten ? ['new', 'new'] : ['old', 'old'], `step ${at}`);
      assert.equal(contents.get('/r/b.go')?.toString(), 'mine');
      for (const message of told) seen.add(message);
    }
  }
  assert.deepEqual(
    [...seen],
    [
      'a run that was cut short is taken back, its files are as before: /r/b.go: it changed while goleash was writing',
      'a run that was cut short is finished, all its files are written',
    ],
  );
});

test('at any step another process that starts is turned away, or finds all as it was before', () => {
  const { steps } = attempt(start(), 1);
  const alive = new Set([1, 2]);
  let turnedAway = 0;
  for (let at = 0; at < steps; at++) {
    const contents = start();
    const { error } = attempt(
      contents,
      1,
      {
        before(step) {
          if (step !== at) return;
          const other = attempt(contents, 2, {}, alive);
          if (other.error instanceof Busy) turnedAway++;
          else assert.equal(other.error, undefined, `${other.error}`);
        },
      },
      alive,
    );
    // Who comes second finds files that have changed.
    assert.ok(!error || /process 2|changed while/.test(String(error)), `${error}`);
    assert.deepEqual([textsIn(contents), traces(contents)], [fresh, []], `step ${at}`);
  }
  assert.ok(turnedAway > 10, `${turnedAway}`);
});

test('of two recoveries at once, one does the work', () => {
  const { steps } = attempt(start(), 1);
  const alive = new Set([2, 3]);
  for (let at = 0; at < steps; at++) {
    for (let second = 0; ; second++) {
      const contents = start();
      attempt(contents, 1, killAt(at, false));
      let isOvertaken = false;
      const first = memoryDisk(contents, 2, alive, {
        before(step) {
          if (step !== second) return;
          ignoring(isBusy, () => {
            recover('/r', quiet, memoryDisk(contents, 3, alive));
            // A new run begins and ends before this one goes on.
            const now = textsIn(contents);
            const next = files.map((file, i) => ({
              ...file,
              before: `${now[i]} ${file.path}`,
              after: `newer ${file.path}`,
            }));
            writeWhole(next, [], '/r', quiet, memoryDisk(contents, 3, alive));
            isOvertaken = true;
          });
        },
      });
      ignoring(isBusy, () => recover('/r', quiet, first));
      if (isOvertaken) assert.deepEqual(textsIn(contents), ['newer', 'newer', 'newer']);
      else assertWhole(contents, `killed at ${at}, the other at ${second}`);
      if (first.steps() <= second) break;
    }
  }
});

test('what may not be written is left out with what is tied to it, and the rest is written', () => {
  const contents = start();
  const locked = memoryDisk(contents, 1, nobody, {
    before(_, what, path) {
      if (what === 'create' && path.startsWith('/r/sub/')) throw failure('EACCES');
    },
  });
  const failed = writeWhole(files, [['/r/b.go', '/r/sub/c.go']], '/r', quiet, locked);
  assert.deepEqual(
    [...failed],
    [
      ['/r/sub/c.go', 'permission denied'],
      ['/r/b.go', 'its fix also changes c.go, which was not written'],
    ],
  );
  assert.deepEqual([textsIn(contents), traces(contents)], [['new', 'old', 'old'], []]);
});

test('a file that changed after it was read is left alone', () => {
  const contents = start();
  contents.set('/r/a.go', Buffer.from('edited'));
  const failed = writeWhole(files, [], '/r', quiet, memoryDisk(contents, 1, nobody));
  assert.deepEqual([...failed], [['/r/a.go', 'it changed while goleash was running']]);
  assert.deepEqual(textsIn(contents), ['edited', 'new', 'new']);
});

test('the journal of another user is left to that user', () => {
  const contents = start();
  attempt(contents, 1, killAt(12, false));
  const other = { ...memoryDisk(contents, 2, nobody), user: 7 };
  assert.throws(() => recover('/r', quiet, other), /is of another user/);
  assert.ok(contents.has('/r/.goleash-journal'));
});
