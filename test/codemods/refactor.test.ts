import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goleash } from './command.ts';
import { tree } from './tree.ts';

const server = `package p

import "context"

func send(ctx context.Context) {}

func loop(n int) {
\tsend(context.Background()) // é
}

func stuck() {}

func Start() {
\tstuck()
}
`;
const start = `package p

import "context"

func Run(ctx context.Context) {
\tgo loop(1)
}
`;
const files = { 'go.mod': 'module m\n\ngo 1.24\n', 'server.go': server, 'start.go': start };
const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
const done = {
  server: server
    .replace('loop(n int)', 'loop(ctx context.Context, n int)')
    .replace('context.Background()', 'ctx'),
  start: start.replace('loop(1)', 'loop(ctx, 1)'),
};

test('a patch is printed and nothing is written, unless it is asked for', async (t) => {
  const cwd = tree(t, files);
  const { status, out, err } = await goleash(['refactor', 'thread-context', 'server.go:7'], { cwd });
  assert.equal(status, 0);
  assert.equal(
    err,
    'Would change 2 files: 1 function with a new parameter, 1 call; to do it, pipe this patch into git apply or: ' +
      'goleash refactor thread-context server.go:7 --write\n',
  );
  assert.equal(read(cwd, 'server.go'), server);
  assert.equal(
    (await goleash(['refactor', 'thread-context', 'server.go:7', '--diff', '-q'], { cwd })).out,
    out,
  );
  const applied = spawnSync('git', ['apply'], { cwd, input: out, encoding: 'utf8' });
  assert.equal(applied.stderr, '');
  assert.deepEqual({ server: read(cwd, 'server.go'), start: read(cwd, 'start.go') }, done);
});

test('--write writes all files; asked again, it says that it is done', async (t) => {
  const cwd = tree(t, files);
  // A column in bytes, behind a character that has two.
  const place = `server.go:8:${Buffer.byteLength('\tsend(context.Background()) // é') + 1}`;
  const first = await goleash(['refactor', 'thread-context', place, '--write'], { cwd });
  assert.equal(first.out, 'Changed 2 files: 1 function with a new parameter, 1 call\n');
  assert.deepEqual([first.status, first.err], [0, '']);
  assert.deepEqual({ server: read(cwd, 'server.go'), start: read(cwd, 'start.go') }, done);
  const again = await goleash(['refactor', 'thread-context', 'server.go:7', '--write'], { cwd });
  assert.equal(again.status, 1);
  assert.match(
    again.err,
    /^server\.go:7:6: loop has a context already: ctx\ngoleash: thread-context stops at 1 place, /,
  );
});

test('where it stops, the places are named and nothing is edited', async (t) => {
  const cwd = tree(t, files);
  const { status, out, err } = await goleash(['refactor', 'thread-context', 'server.go:11', '--write'], {
    cwd,
  });
  assert.equal(status, 1);
  assert.equal(out, '');
  assert.equal(
    err,
    'server.go:13:6: Start is exported, so other packages may call it; it would need a context for its call of stuck\n' +
      'goleash: thread-context stops at 1 place, so nothing was edited\n',
  );
  assert.equal(read(cwd, 'server.go'), server);
});

test('files that cannot be edited stop it', async (t) => {
  const cwd = tree(t, files);
  chmodSync(join(cwd, 'start.go'), 0o444);
  const stopped = await goleash(['refactor', 'thread-context', 'server.go:7', '--write'], { cwd });
  assert.match(stopped.err, /^start\.go:1:1: this file cannot be edited: the file is read-only\n/);
  assert.equal(read(cwd, 'server.go'), server);
  assert.equal((await goleash(['refactor', 'thread-context', 'server.go:7'], { cwd })).status, 0);

  const excluding = tree(t, { ...files, '.goleash.yaml': 'exclude: [start.go]\n' });
  const excluded = await goleash(['refactor', 'thread-context', 'server.go:7'], { cwd: excluding });
  assert.match(excluded.err, /^start\.go:1:1: this file cannot be edited: \.goleash\.yaml excludes it\n/);
  const itself = await goleash(['refactor', 'thread-context', 'start.go:5'], { cwd: excluding });
  assert.deepEqual(
    [itself.status, itself.err],
    [2, 'goleash: start.go is left out: .goleash.yaml excludes it\n'],
  );
});

test('wrong places and names are told, each in a line', async (t) => {
  const cwd = tree(t, { ...files, 'half.go': 'func' });
  const errors: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['thread-contexts', 'server.go:7'],
      /there is no refactoring "thread-contexts": did you mean thread-context\?/,
    ],
    [['inline', 'server.go:7'], /there is no refactoring "inline": `goleash refactor --help` lists them all/],
    [['thread-context', 'server.go'], /server\.go: name a place as path\/file\.go:LINE/],
    [['thread-context', 'server.go:99'], /server\.go:99: the file has no such place/],
    [['thread-context', 'server.go:7:99'], /server\.go:7:99: the file has no such place/],
    [['thread-context', 'server.go:3'], /server\.go:3: thread-context has nothing to change there/],
    [['thread-context', 'none.go:3'], /none\.go: /],
    [['thread-context', '.:3'], /\.:3: not a Go file/],
    [['thread-context', 'server.go:7', '--diff', '--write'], /'--write' cannot be used with option '--diff'/],
  ];
  for (const [args, expected] of errors) {
    const { status, out, err } = await goleash(['refactor', ...args], { cwd });
    assert.match(err, expected);
    assert.deepEqual([status, out], [2, ''], args.join(' '));
  }
  const half = await goleash(['refactor', 'thread-context', 'half.go:1'], { cwd });
  assert.deepEqual([half.status, half.err], [3, 'goleash: half.go: skipped: has no package clause\n']);
});

test('explain tells what a refactoring does', async () => {
  const { status, out } = await goleash(['explain', 'thread-context'], { cwd: '.' });
  assert.equal(status, 0);
  assert.match(out, /^# ?thread-context\n|^thread-context\n/);
  assert.match(out, /What it stops at/);
});
