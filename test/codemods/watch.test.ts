import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { progressOn } from '../../codemods/progress.ts';
import { goleash, lostCancel } from './command.ts';
import { tree } from './tree.ts';

/** The command with --watch, and what it has said when it waits for changes again. */
function watched(t: TestContext, cwd: string, ...args: string[]) {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const rounds: { out: string; err: string }[] = [];
  let [outSeen, errSeen] = [0, 0];
  let heard = () => {};
  const ran = goleash(['check', '--watch', '-f', 'jsonl', ...args], {
    cwd,
    stop: stop.signal,
    onWrite({ out, err }) {
      if (!err.slice(errSeen).includes('Ctrl-C ends\n')) return;
      rounds.push({ out: out.slice(outSeen), err: err.slice(errSeen) });
      [outSeen, errSeen] = [out.length, err.length];
      heard();
    },
  });
  return {
    /** Waits until a round satisfies the condition; the runner ends a test that waits in vain. */
    async until(holds: (out: string, err: string) => boolean): Promise<void> {
      for (;;) {
        const index = rounds.findIndex(({ out, err }) => holds(out, err));
        if (index >= 0) {
          rounds.splice(0, index + 1);
          return;
        }
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
    async end() {
      stop.abort();
      return (await ran).status;
    },
  };
}

const files = (out: string) =>
  [
    ...out.matchAll(
      /"file":"([^"]+)","line":\d+,"column":\d+,"endLine":\d+,"endColumn":\d+,"message":"[^"]*","related"/g,
    ),
  ].map(([, file]) => file);
const are =
  (...expected: string[]) =>
  (out: string) =>
    files(out).join() === expected.join();

test('a changed folder is looked at again, and all that is known is told', { timeout: 60_000 }, async (t) => {
  const cwd = tree(t, {
    'go.mod': 'module m\n\ngo 1.24\n',
    'a/a.go': lostCancel('a'),
    'b/b.go': 'package b\n',
  });
  const { until, end } = watched(t, cwd);
  await until(are('a/a.go'));
  writeFileSync(join(cwd, 'b/b.go'), lostCancel('b'));
  await until(are('a/a.go', 'b/b.go'));
  mkdirSync(join(cwd, 'new/deep'), { recursive: true });
  writeFileSync(join(cwd, 'new/deep/c.go'), lostCancel('deep'));
  await until(are('a/a.go', 'b/b.go', 'new/deep/c.go'));
  writeFileSync(join(cwd, 'new/deep/c.go'), 'package deep\n');
  await until(are('a/a.go', 'b/b.go'));
  renameSync(join(cwd, 'b'), join(cwd, 'z'));
  await until(are('a/a.go', 'z/b.go'));
  rmSync(join(cwd, 'a'), { recursive: true });
  await until(are('z/b.go'));
  writeFileSync(join(cwd, '.goleash.yaml'), 'rules: { lost-cancel: of }\n');
  await until((_, err) => err.includes('.goleash.yaml:1:'));
  writeFileSync(join(cwd, '.goleash.yaml'), 'rules: { lost-cancel: off }\n');
  await until((out, err) => out === '' && !err.includes('.goleash.yaml'));
  assert.equal(await end(), 0);
});

test('what can only be looked at once is not watched', async (t) => {
  const cwd = tree(t, { 'a.go': 'package p\n' });
  const { status, err } = await goleash(['check', '--watch', '--write-baseline'], { cwd });
  assert.equal(status, 2);
  assert.match(err, /leave out --stdin, --staged, --write-baseline and --ratchet/);
});

test('progress is a line on a terminal that is taken back, and nothing elsewhere', () => {
  const shown = (host: { errorsOnTerminal?: boolean; env?: Record<string, string> }) => {
    let [text, time] = ['', 0];
    const all = {
      cwd: '/',
      env: {},
      isTerminal: true,
      out() {},
      input: async () => Buffer.from(''),
      lines: () => assert.fail(),
      interrupted: () => assert.fail(),
      ...host,
    };
    const progress = progressOn({ ...all, err: (more) => (text += more) }, () => time);
    progress.done(1, 0);
    time = 600;
    progress.done(2, 1);
    progress.done(3, 1);
    time = 800;
    progress.done(1, 0);
    progress.end();
    return text;
  };
  assert.equal(
    shown({ errorsOnTerminal: true }),
    '\r\u001B[Kgoleash: 3 files, 1 finding so far\r\u001B[Kgoleash: 7 files, 2 findings so far\r\u001B[K',
  );
  assert.equal(shown({ errorsOnTerminal: false }), '');
  assert.equal(shown({ errorsOnTerminal: true, env: { CI: 'true' } }), '');
  assert.equal(shown({ errorsOnTerminal: true, env: { TERM: 'dumb' } }), '');
});
