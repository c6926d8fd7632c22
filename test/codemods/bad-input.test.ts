// Nothing that lies on a disk may crash goleash or be lost without a word.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goleash, jsonLines, lostCancel } from './command.ts';
import { tree } from './tree.ts';

test('files that cannot be analysed are named, and the others are analysed', async (t) => {
  const cwd = tree(t, {
    'go.mod': 'module m\n\ngo 1.24\n',
    'good.go': lostCancel(),
    'empty.go': '',
    'bom.go': '\uFEFF',
    'latin.go': new Uint8Array([0x70, 0xe9, 0x0a]),
    'binary.go': new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]),
    'noclause.go': lostCancel().replace('package p\n', ''),
    'half/typed.go': `${lostCancel('half')}\nfunc open(ctx context.Context) {\n\tctx, _ = context.WithTimeout(ctx, time.Second\n`,
    'mixed/a.go': lostCancel('a'),
    'mixed/b.go': lostCancel('b'),
  });
  mkdirSync(join(cwd, 'folder.go'));
  symlinkSync('nowhere.go', join(cwd, 'dangling.go'));
  symlinkSync('loop.go', join(cwd, 'loop.go'));
  spawnSync('mkfifo', [join(cwd, 'pipe.go')]);
  writeFileSync(join(cwd, 'huge.go'), 'package p\n');
  truncateSync(join(cwd, 'huge.go'), 50 * 1024 * 1024);
  const { status, out, err } = await goleash(['check', '--format', 'jsonl'], { cwd });
  assert.equal(status, 3);
  assert.deepEqual(
    jsonLines(out).map((finding) => finding['file']),
    ['good.go', 'half/typed.go', 'mixed/a.go', 'mixed/b.go'],
  );
  const named = err.trimEnd().split('\n');
  const expected = [
    /^goleash: binary\.go: skipped: .*NUL/,
    /^goleash: dangling\.go: this symbolic link cannot be followed: does not exist$/,
    /^goleash: half\/typed\.go:13: not checked: this declaration is not valid Go$/,
    /^goleash: huge\.go: skipped: is larger than/,
    /^goleash: latin\.go: skipped: is not valid UTF-8$/,
    /^goleash: loop\.go: this symbolic link cannot be followed: its symbolic links form a loop$/,
    /^goleash: noclause\.go: skipped: has no package clause$/,
  ];
  assert.equal(named.length, expected.length, err);
  expected.forEach((pattern, i) => {
    assert.match(named[i] ?? '', pattern);
  });
  const json = JSON.parse((await goleash(['check', '--format', 'json'], { cwd })).out) as {
    problems: unknown[];
  };
  assert.equal(json.problems.length, expected.length);
});

test('a broken go.mod is named once, and the code is analysed without it', async (t) => {
  const cwd = tree(t, { 'go.mod': 'modul m\n', 'a/a.go': lostCancel(), 'b/b.go': lostCancel() });
  const { status, out, err } = await goleash(['check', '--format', 'jsonl'], { cwd });
  assert.equal(jsonLines(out).length, 2);
  assert.match(err, /^goleash: go\.mod: no module directive; the code below it is analysed without it\n$/);
  assert.equal(status, 3);
});

test('files and folders without permission are named', { skip: process.getuid?.() !== 0 }, async (t) => {
  const cwd = tree(t, { 'good.go': lostCancel(), 'secret.go': lostCancel(), 'locked/a.go': lostCancel() });
  chmodSync(cwd, 0o755);
  chmodSync(join(cwd, 'secret.go'), 0o000);
  chmodSync(join(cwd, 'locked'), 0o000);
  const { geteuid, seteuid } = process;
  assert.ok(geteuid && seteuid);
  seteuid(65534);
  try {
    const { status, out, err } = await goleash(['check', '--format', 'jsonl'], { cwd });
    assert.equal(status, 3);
    assert.equal(jsonLines(out).length, 1);
    assert.match(err, /^goleash: locked: this directory cannot be read: permission denied$/m);
    assert.match(err, /^goleash: secret\.go: skipped: permission denied$/m);
    const fixed = await goleash(['fix', 'good.go'], { cwd });
    assert.equal(fixed.status, 3);
    assert.match(fixed.err, /nothing was written: cannot make .*journal: permission denied$/m);
  } finally {
    seteuid(0);
  }
  assert.equal(readFileSync(join(cwd, 'good.go'), 'utf8'), lostCancel());
});

test('no byte of a file that is not fixed is touched, and of a fixed one only the fix', async (t) => {
  const texts: Record<string, string | Uint8Array> = {
    'bom.go': `\uFEFF${lostCancel()}`,
    'crlf.go': lostCancel().replaceAll('\n', '\r\n'),
    'ends.go': lostCancel().trimEnd(),
    'odd.go': `${lostCancel()}// \u2028 é 🙂 \u0007\t \n\n\n`,
    'sub/latin.go': new Uint8Array([0x70, 0xe9, 0x0a]),
  };
  for (const [name, text] of Object.entries(texts))
    if (typeof text === 'string') texts[name] = text.replace('func Use', `func Use${name.length}`);
  const cwd = tree(t, texts);
  await goleash(['fix'], { cwd });
  for (const [name, text] of Object.entries(texts)) {
    const now = readFileSync(join(cwd, name));
    if (typeof text !== 'string') assert.deepEqual(new Uint8Array(now), text);
    else {
      const undone = now
        .toString()
        .replace('ctx, cancel :=', 'ctx, _ :=')
        .replace(/\r?\n\tdefer cancel\(\)/, '');
      assert.equal(undone, text, name);
      assert.notEqual(now.toString(), text, name);
    }
  }
});
