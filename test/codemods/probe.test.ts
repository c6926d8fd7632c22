// Debug probes as files: what is added, found and taken out again. probe-go.test.ts runs them.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { stampOf } from '../../codemods/probe/file.ts';
import { probes } from '../../codemods/probe/probes.ts';
import { goleash } from './command.ts';
import { files, leakFile, main, texts } from './probe-files.ts';
import { git, repository } from './repository.ts';
import { tree } from './tree.ts';

const folderOf = (id: string) => (id === 'leak-check' ? 'store' : 'cmd/x');

test('each probe is a file of its own; list names it, and remove leaves no trace', async (t) => {
  const cwd = tree(t, files);
  const before = texts(cwd);
  for (const { id } of probes) {
    const { status, out, err } = await goleash(['probe', 'add', id, folderOf(id)], { cwd });
    assert.deepEqual([status, err], [0, '']);
    assert.match(
      out,
      new RegExp(
        `^Added ${folderOf(id)}/goleash_probe_.*\nTo take it out: goleash probe remove ${id} ${folderOf(id)}\n$`,
      ),
    );
  }
  const after = texts(cwd);
  assert.deepEqual(Object.keys(after).length, Object.keys(before).length + probes.length);
  for (const [name, text] of Object.entries(before)) assert.equal(after[name], text);
  assert.equal(
    (await goleash(['probe', 'list'], { cwd })).out,
    `cmd/x/goleash_probe_goroutine_count.go:1: goroutine-count --interval 10s
cmd/x/goleash_probe_goroutine_id.go:1: goroutine-id
cmd/x/goleash_probe_pprof.go:1: pprof --port 6060
cmd/x/goleash_probe_stack_dump.go:1: stack-dump --signal USR1
${leakFile}:1: leak-check --grace 1s
`,
  );
  const one = await goleash(['probe', 'remove', 'pprof'], { cwd });
  assert.deepEqual([one.status, one.out], [0, 'Removed cmd/x/goleash_probe_pprof.go\n']);
  const rest = await goleash(['probe', 'remove', './cmd', 'store/store.go'], { cwd });
  assert.deepEqual([rest.status, rest.err], [0, '']);
  assert.deepEqual(texts(cwd), before);
  assert.equal((await goleash(['probe', 'remove'], { cwd })).out, 'There is no probe here\n');
  assert.match(
    (await goleash(['probe', 'list'], { cwd })).out,
    /^No probes here; there are goroutine-count, /,
  );
});

const everyOption: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'goroutine-count': [[], ['--interval', '1m', '--tag', 'debug']],
  'stack-dump': [[], ['--signal', 'QUIT', '--tag', 'debug']],
  pprof: [[], ['--contention', '--port', '0', '--tag', 'debug']],
  'leak-check': [[], ['--grace', '500ms', '--tag', 'debug']],
  'goroutine-id': [[], ['--tag', 'debug']],
};

test('goleash finds nothing in a probe, whatever its options are', async (t) => {
  const cwd = tree(t, files);
  for (const round of [0, 1]) {
    for (const { id } of probes) {
      const { status, err } = await goleash(
        ['probe', 'add', id, folderOf(id), ...(everyOption[id]?.[round] ?? [])],
        { cwd },
      );
      assert.deepEqual([status, err], [0, '']);
    }
    const { out } = await goleash(['check', '--format', 'json', '--no-cache'], { cwd });
    const report = JSON.parse(out) as { findings: unknown[]; files: number; problems: unknown[] };
    assert.deepEqual(report, { ...report, findings: [], problems: [], files: 3 + probes.length });
  }
  const constraint = (name: string) => /^\/\/go:build (.*)$/m.exec(texts(cwd)[name] ?? '')?.[1];
  assert.equal(constraint('cmd/x/goleash_probe_stack_dump.go'), 'unix && debug');
  assert.equal(constraint('cmd/x/goleash_probe_pprof.go'), 'debug');
});

test('added again it is there already, with other options it is replaced', async (t) => {
  const cwd = tree(t, files);
  const add = (...more: string[]) => goleash(['probe', 'add', 'pprof', 'cmd/x/main.go', ...more], { cwd });
  await add();
  assert.deepEqual(await add(), {
    status: 0,
    out: 'cmd/x/goleash_probe_pprof.go is there already: pprof --port 6060\n',
    err: '',
  });
  assert.match((await add('--port', '7070')).out, /^Replaced .*http:\/\/127\.0\.0\.1:7070\//);
  assert.match((await goleash(['probe', 'list'], { cwd })).out, /: pprof --port 7070\n$/);
});

test('what was changed by hand is named and kept, unless it is forced', async (t) => {
  const cwd = tree(t, files);
  const path = join(cwd, 'cmd/x/goleash_probe_pprof.go');
  await goleash(['probe', 'add', 'pprof', 'cmd/x'], { cwd });
  const text = readFileSync(path, 'utf8');
  // Git may write other line endings; that is no change.
  writeFileSync(path, text.replaceAll('\n', '\r\n'));
  assert.match((await goleash(['probe', 'list'], { cwd })).out, /: pprof --port 6060\n$/);
  const edited = text.replace('10 * time.Second', '20 * time.Second');
  assert.notEqual(edited, text);
  writeFileSync(path, edited);
  assert.match((await goleash(['probe', 'list'], { cwd })).out, /: pprof --port 6060 \(changed by hand\)\n$/);
  assert.deepEqual(await goleash(['probe', 'remove'], { cwd }), {
    status: 1,
    out: '',
    err: 'cmd/x/goleash_probe_pprof.go:1: it was changed by hand and was kept; --force removes it all the same\n',
  });
  const again = await goleash(['probe', 'add', 'pprof', 'cmd/x'], { cwd });
  assert.deepEqual(again, {
    status: 1,
    out: '',
    err: 'goleash: cmd/x/goleash_probe_pprof.go was changed by hand: nothing was written; to replace it, first: goleash probe remove pprof cmd/x --force\n',
  });
  assert.equal(readFileSync(path, 'utf8'), edited);
  assert.equal((await goleash(['probe', 'remove', '--force'], { cwd })).status, 0);
  assert.deepEqual(texts(cwd), files);
});

test('a file of that name that no probe has written is left alone', async (t) => {
  const cwd = tree(t, { ...files, 'cmd/x/goleash_probe_pprof.go': 'package main\n' });
  const { status, err } = await goleash(['probe', 'add', 'pprof', 'cmd/x'], { cwd });
  assert.equal(status, 1);
  assert.match(err, /is there and no probe: nothing was written; rename it first\n$/);
  assert.equal((await goleash(['probe', 'remove', '--force'], { cwd })).out, 'There is no probe here\n');
  assert.equal(texts(cwd)['cmd/x/goleash_probe_pprof.go'], 'package main\n');
});

test('in a read-only folder nothing is added, and nothing removed', async (t) => {
  const cwd = tree(t, files);
  const folder = join(cwd, 'cmd/x');
  await goleash(['probe', 'add', 'pprof', 'cmd/x'], { cwd });
  const before = texts(cwd);
  chmodSync(folder, 0o555);
  const added = await goleash(['probe', 'add', 'stack-dump', 'cmd/x'], { cwd });
  assert.deepEqual(added, {
    status: 3,
    out: '',
    err: 'goleash: cmd/x/goleash_probe_stack_dump.go: not written: its folder is read-only\n',
  });
  const removed = await goleash(['probe', 'remove'], { cwd });
  chmodSync(folder, 0o755);
  assert.deepEqual(
    [removed.status, removed.err],
    [3, 'goleash: cmd/x/goleash_probe_pprof.go: pprof was not removed: its folder is read-only\n'],
  );
  assert.deepEqual(texts(cwd), before);
});

test('git may have changes, and may ignore probes', async (t) => {
  const cwd = repository(t, { ...files, '.gitignore': 'goleash_probe_*\n' });
  writeFileSync(join(cwd, 'cmd/x/main.go'), `${main}\n// mine\n`);
  assert.equal((await goleash(['probe', 'add', 'stack-dump', 'cmd/x'], { cwd })).status, 0);
  assert.equal(git(cwd, 'status', '--porcelain'), ' M cmd/x/main.go\n');
  assert.match(
    (await goleash(['probe', 'remove'], { cwd })).out,
    /^Removed cmd\/x\/goleash_probe_stack_dump\.go\n$/,
  );
});

test('wrong arguments say what to do, and nothing is written', async (t) => {
  const cwd = tree(t, {
    ...files,
    'vendor/v/v.go': main,
    'empty/readme.txt': '',
    'tool/gen.go': `//go:build ignore\n\n${main}`,
  });
  const cases: readonly (readonly [string, RegExp])[] = [
    ['add pproff cmd/x', /there is no probe "pproff": did you mean pprof\?/],
    ['remove zzzzzzzz', /there is no probe "zzzzzzzz": there are goroutine-count, stack-dump, /],
    [
      'add pprof store',
      /store is package store: pprof runs in a program, so name the folder of a package main/,
    ],
    ['add pprof tool', /tool has no Go files for linux\/amd64 that are not tests/],
    ['add pprof empty', /empty has no Go files/],
    ['add pprof cmd/...', /a probe is for one package/],
    ['add pprof vendor/v', /vendor\/v is not your own code/],
    ['add pprof gone', /gone: does not exist/],
    ['add leak-check cmd/x', /cmd\/x has no tests/],
    ['add stack-dump cmd/x --port 1', /--port is an option of pprof, not of stack-dump/],
    ['add pprof cmd/x --port 70000', /It must be a port/],
    ['add goroutine-count cmd/x --interval 0s', /It must be a duration such as 500ms/],
    ['add pprof cmd/x --tag a,b', /It must be one build tag/],
    ['add stack-dump cmd/x --signal KILL', /Allowed choices are USR1, USR2, QUIT/],
    ['remove ./gone', /gone: does not exist/],
  ];
  const before = texts(cwd);
  for (const [line, expected] of cases) {
    const { status, err } = await goleash(['probe', ...line.split(' ')], { cwd });
    assert.equal(status, 2, line);
    assert.match(err, expected, line);
  }
  assert.deepEqual(texts(cwd), before);
});

test('a program that is built with a tag takes a probe with that tag', async (t) => {
  const cwd = tree(t, { 'main.go': `//go:build debug\n\n${main}` });
  assert.match(
    (await goleash(['probe', 'add', 'pprof'], { cwd })).err,
    /^goleash: \. has no Go files for linux/,
  );
  assert.equal((await goleash(['probe', 'add', 'pprof', '--tag', 'debug'], { cwd })).status, 0);
});

test('names that the package has for itself are not taken', async (t) => {
  const cwd = tree(t, {
    ...files,
    'cmd/x/log.go': 'package main\n\nvar log, http = 1, 2\n\nfunc trace() {}\n',
  });
  await goleash(['probe', 'add', 'pprof', 'cmd/x'], { cwd });
  const text = texts(cwd)['cmd/x/goleash_probe_pprof.go'] ?? '';
  assert.match(text, /\n\tgoleashlog "log"\n\t"net"\n\tgoleashhttp "net\/http"\n/);
  assert.doesNotMatch(text, /[^h]\b(?:log|http|trace)\.\w/);
});

test('any change of a probe shows in its digest, but line endings', async (t) => {
  const cwd = tree(t, files);
  await goleash(['probe', 'add', 'goroutine-count', 'cmd/x'], { cwd });
  const text = texts(cwd)['cmd/x/goleash_probe_goroutine_count.go'] ?? '';
  assert.equal(stampOf(text)?.isChanged, false);
  const head = '// Code generated by goleash probe add '.length;
  fc.assert(
    fc.property(
      fc.integer({ min: head, max: text.length }),
      fc.constantFrom('x', ' ', '\n', ''),
      (at, inserted) => {
        const edited = text.slice(0, at) + inserted + text.slice(at + (inserted === '' ? 1 : 0));
        fc.pre(edited !== text);
        const stamp = stampOf(edited);
        assert.ok(stamp === undefined || stamp.isChanged, edited);
      },
    ),
    { numRuns: 500, seed: 7 },
  );
  rmSync(join(cwd, 'cmd/x/main.go'));
  assert.match((await goleash(['probe', 'remove'], { cwd })).out, /^Removed /);
});
