// The rung of the compiler, with the go command on small modules.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verification } from '../../codemods/verify/request.ts';
import { verify } from '../../codemods/verify/verify.ts';
import { go, whyNoGo } from '../support/go-command.ts';
import { change, verification } from './changes.ts';
import { tree } from './tree.ts';

const reason = whyNoGo();
if (reason) console.log(`verify.test.ts: ${reason}`);
const needsGo = reason ? { skip: reason } : {};
const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: '', GOPROXY: 'off' };

const module = (path: string, version = '1.21') => `module ${path}\n\ngo ${version}\n`;

const repository = {
  'one/go.mod': module('example.com/one'),
  'one/a/a.go': `package a

func One() int { return 1 }

func Two() int { return 2 }

func Three() int { return 3 }
`,
  'one/b/b.go': `package b

import "example.com/one/a"

func Sum() {
	_ = a.One() + a.Two()
	return
	println("never")
}
`,
  'one/c/c.go': `package c

import "missing.example/x"

func C() int { return x.X() }
`,
  'one/d/d.go': 'package d\n\nfunc D() {}\n',
  'one/d/d_test.go': 'package d\n\nimport "testing"\n\nfunc TestD(t *testing.T) { D() }\n',
  'one/d/d_tag.go': '//go:build tag\n\npackage d\n\nfunc tagged() {}\n',
  'one/p/p.go': 'package p\n\nfunc shared() int { return 1 }\n',
  'one/p/p_plan9.go': 'package p\n\nfunc special() int { return shared() }\n',
  'one/d/gen.go':
    '//go:build ignore\n\npackage main\n\nimport "example.com/one/d"\n\nfunc main() { d.D() }\n',
  'one/cmd/main.go': 'package main\n\nimport _ "example.com/one/d"\n\nfunc main() {}\n',
  'two/go.mod': module('example.com/two'),
  'two/two.go': 'package two\n\nfunc Two() {}\n',
  'work/go.work': 'go 1.21\n\nuse (\n\t./x\n\t./y\n)\n',
  'work/x/go.mod': module('example.com/x'),
  'work/x/x.go': 'package x\n\nfunc X() {}\n\nfunc Z() {}\n',
  'work/y/go.mod': module('example.com/y'),
  'work/y/y.go': 'package y\n\nimport "example.com/x"\n\nfunc Y() { x.X() }\n',
  'work/z/go.mod': module('example.com/z'),
  'work/z/z.go': 'package z\n\nfunc Z() {}\n',
  'new/go.mod': module('example.com/new', '1.99'),
  'new/new.go': 'package new\n\nfunc New() {}\n',
  'loose/loose.go': 'package loose\n\nfunc Loose() {}\n',
};

/** Makes the folder, and puts the temporary files of this process in another, to see that they go. */
function place(t: TestContext, files: Readonly<Record<string, string>>): { root: string; tmp: string } {
  const folder = tree(t, {});
  const root = tree(t, files);
  const tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  const old = process.env['TMPDIR'];
  process.env['TMPDIR'] = tmp;
  t.after(() => {
    if (old === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = old;
  });
  return { root, tmp };
}

function filesIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

function standing({ verified, failed }: Verification): Record<string, string> {
  return Object.fromEntries([
    ...[...verified].map(([name, { rung, notes }]) => [name, [rung, ...notes].join('; ')]),
    ...failed.map(({ fingerprint, reason, output }) => [fingerprint, `${reason}: ${output}`]),
  ]);
}

test(
  'a batch: the guilty changes alone are backed out, and what cannot be compiled is named',
  needsGo,
  async (t) => {
    const { root, tmp } = place(t, repository);
    const make = (name: string, path: string, old: string, text: string) =>
      change(root, name, { path, old, new: text });
    const request = verification(
      root,
      [
        make('a1', 'one/a/a.go', 'return 1', 'return 1 + 0'),
        make('a2', 'one/a/a.go', 'return 2', 'return "two"'),
        make('a3', 'one/a/a.go', 'return 3', 'return 3 + 0'),
        make('b', 'one/b/b.go', 'a.One()', '1*a.One()'),
        make('c', 'one/c/c.go', 'x.X()', '1 + x.X()'),
        make('d', 'one/d/d.go', 'D() {', 'D(int) {'),
        make('d-tag', 'one/d/d_tag.go', '{}', '{ return }'),
        make('p', 'one/p/p.go', 'return 1', 'return 1 + 0'),
        make('p-plan9', 'one/p/p_plan9.go', 'return shared()', 'return 1 + shared()'),
        make('p-plan9-bad', 'one/p/p_plan9.go', 'package p\n', 'package p\n\nvar s string = shared()\n'),
        make('gen', 'one/d/gen.go', 'd.D()', 'd.D(); d.D()'),
        make('gen-bad', 'one/d/gen.go', 'package main', 'package main\n\nimport "os"'),
        make('cmd', 'one/cmd/main.go', '{}', '{\n\treturn\n\tprintln()\n}'),
        make('two', 'two/two.go', '{}', '{ return }'),
        make('x', 'work/x/x.go', 'X() {', 'X(int) {'),
        make('x-z', 'work/x/x.go', 'Z() {}', 'Z() { return }'),
        make('z', 'work/z/z.go', '{}', '{ return }'),
        make('new', 'new/new.go', '{}', '{ return }'),
        make('loose', 'loose/loose.go', '{}', '{ return }'),
      ],
      // With this, the go command would write go.mod.
      { env: { ...env, GOFLAGS: '-mod=mod' } },
    );
    assert.deepEqual(standing(await verify(request)), {
      a1: 'compiler',
      a2: 'it does not compile: a/a.go:5:25: cannot use "two" (untyped string constant) as int value in return statement',
      a3: 'compiler',
      b: 'compiler',
      c: 'model; not compiled: it did not build before (c/c.go:3:8: no required module provides package missing.example/x)',
      d: 'it does not compile: d/d_test.go:5:30: not enough arguments in call to D\n\thave ()\n\twant (int)',
      'd-tag': `model; not compiled: this file is not built on ${process.platform}/${goArch()} with Go ${goVersion().replace(/^go (1\.\d+).*/, '$1')}`,
      p: 'compiler',
      'p-plan9': 'compiler; compiled for plan9/amd64, where no test can be run',
      'p-plan9-bad':
        'it does not compile: p/p_plan9.go:3:16: cannot use shared() (value of type int) as string value in variable declaration',
      gen: 'compiler',
      'gen-bad': 'it does not compile: d/gen.go:5:8: "os" imported and not used',
      cmd: 'go vet finds something that it did not find before: cmd/main.go:7:2: unreachable code (vet: unreachable)',
      two: 'compiler',
      x: 'it does not compile: ../y/y.go:5:12: not enough arguments in call to x.X\n\thave ()\n\twant (int)',
      'x-z': 'compiler',
      z: 'compiler',
      new: `model; not compiled: go.mod requires go >= 1.99 (running ${goVersion()}; GOTOOLCHAIN=local)`,
      loose: 'model; not compiled: there is no go.mod',
    });
    assert.deepEqual(filesIn(root), Object.keys(repository).sort(), 'files were added or removed');
    for (const [name, text] of Object.entries(repository))
      assert.equal(readFileSync(join(root, name), 'utf8'), text);
    assert.deepEqual(readdirSync(tmp), [], 'temporary files are left');
  },
);

function goVersion(): string {
  return go(['env', 'GOVERSION'], '.').output.trim().replace(/^go/, 'go ');
}

function goArch(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

test('build tags, and changes that fail only together or need one another', needsGo, async (t) => {
  const { root } = place(t, {
    'go.mod': module('example.com/m'),
    'tagged.go': '//go:build extra\n\npackage m\n\nfunc tagged() int { return 1 }\n',
    'm.go': 'package m\n\n// here\n\nfunc m() {}\n',
  });
  const changes = [
    change(root, 'first', { path: 'm.go', old: 'package m\n', new: 'package m\n\nvar once = 1\n' }),
    change(root, 'tagged', { path: 'tagged.go', old: 'return 1', new: 'return "1"' }),
    change(root, 'second', { path: 'm.go', old: '// here', new: 'var once = 2' }),
    change(root, 'third', { path: 'm.go', old: '{}', new: '{ return }', after: ['second'] }),
  ];
  const without = standing(await verify(verification(root, changes, { env })));
  assert.match(without['tagged'] ?? '', /^model; not compiled: this file is not built on /);
  const all = standing(await verify(verification(root, changes, { env, tags: ['extra'] })));
  assert.match(all['tagged'] ?? '', /^it does not compile: tagged\.go:5:/);
  for (const result of [without, all]) {
    assert.equal(result['first'], 'compiler');
    assert.match(result['second'] ?? '', /^it does not compile: m\.go:\d+:5: once redeclared in this block/);
    assert.equal(result['third'], 'it needs the fix of lost-cancel at m.go:3, which was backed out: ');
  }
});

test('without Go, nothing is compiled and the reason is said', async (t) => {
  const { root } = place(t, { 'go.mod': module('example.com/m'), 'm.go': 'package m\n\nfunc m() {}\n' });
  const changes = [change(root, 'one', { path: 'm.go', old: '{}', new: '{ return }' })];
  const result = await verify(verification(root, changes, { env: { PATH: root } }));
  assert.deepEqual(standing(result), { one: 'model; not compiled: there is no go command' });
});

test('Ctrl-C ends what runs and leaves nothing behind', needsGo, async (t) => {
  if (process.platform === 'win32') return t.skip('Windows has no signals');
  const { root, tmp } = place(t, {
    'go.mod': module('example.com/m'),
    'm.go': 'package m\n\nfunc m() {}\n',
    'bin/go': '#!/bin/sh\necho $$ > "$PIDFILE"\nsleep 1000 &\nwait\n',
  });
  const script = `
    import { chmodSync } from 'node:fs';
    import { verify } from ${JSON.stringify(join(import.meta.dirname, '../../codemods/verify/verify.ts'))};
    import { change, verification } from ${JSON.stringify(join(import.meta.dirname, 'changes.ts'))};
    const root = ${JSON.stringify(root)};
    chmodSync(root + '/bin/go', 0o755);
    const env = { ...process.env, PATH: root + '/bin:' + process.env.PATH };
    const changes = [change(root, 'one', { path: 'm.go', old: '{}', new: '{ return }' })];
    verify(verification(root, changes, { env }));
  `;
  const pidFile = join(root, 'pid');
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    env: { ...process.env, TMPDIR: tmp, PIDFILE: pidFile },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await sleep(20);
  child.kill('SIGINT');
  assert.equal(await ended, 'SIGINT');
  assert.deepEqual(
    readdirSync(tmp).filter((name) => name.startsWith('goleash-')),
    [],
  );
  const group = -Number(readFileSync(pidFile, 'utf8'));
  await assert.rejects(async () => {
    // The processes are killed before goleash ends; the system may take a moment to forget them.
    for (let i = 0; i < 100; i++) {
      process.kill(group, 0);
      await sleep(20);
    }
  }, /ESRCH/);
});
