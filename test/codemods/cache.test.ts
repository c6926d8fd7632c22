// What a run remembers of the last one: never a finding that another analysis would not make.

import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type Outcome, run } from '../../codemods/run.ts';
import { targetsOf } from '../../codemods/targets.ts';
import { lostCancel } from './command.ts';
import { tree } from './tree.ts';

interface Asked {
  readonly cwd: string;
  /** The folder of the cache; absent for a run without one. */
  readonly folder?: string;
  readonly build?: string;
  readonly rules?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

async function checked({ cwd, folder, build = '1', rules, env }: Asked): Promise<Outcome> {
  const host = {
    cwd,
    env: { GOOS: 'linux', GOARCH: 'amd64', ...env },
    isTerminal: false,
    out: () => {},
    err: () => {},
    input: async () => Buffer.of(),
    lines: async function* () {},
    interrupted: () => new Promise<void>(() => {}),
  };
  const cache = folder === undefined ? undefined : { folder, build };
  return run({ targets: targetsOf([], cwd), job: rules ? { rules } : {}, jobs: 1, cache }, host);
}

/** Packages that are known from the run before. */
async function known(asked: Asked): Promise<number> {
  return (await checked(asked)).stats.known;
}

const caller = `package a

import "example.com/m/b"

func Use() {
	ctx, _ := b.Start()
	<-ctx.Done()
}
`;

const callee = `package b

import (
	"context"
	"time"

	"example.com/m/c"
)

func Start() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.Root(), time.Minute)
}
`;

const files = {
  'go.mod':
    'module example.com/m\n\ngo 1.26\n\nrequire example.com/other v1.0.0\n\nreplace example.com/other => ../other\n',
  'a/a.go': caller,
  'b/b.go': callee,
  'c/c.go': 'package c\n\nimport "context"\n\nfunc Root() context.Context { return context.Background() }\n',
  'd/d.go': lostCancel('d'),
};

function module(t: TestContext): { cwd: string; folder: string } {
  const root = tree(t, {
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`m/${name}`, text])),
    'other/go.mod': 'module example.com/other\n',
    'other/other.go': 'package other\n',
  });
  return { cwd: join(root, 'm'), folder: join(root, 'cache') };
}

test('a second run finds what the first one has found, and analyses nothing', async (t) => {
  const asked = module(t);
  const first = await checked(asked);
  const second = await checked(asked);
  assert.equal(first.stats.known, 0);
  assert.equal(second.stats.known, first.stats.packages);
  assert.ok(first.findings.length > 0);
  assert.deepEqual(second.findings, first.findings);
  assert.equal(second.stats.files, first.stats.files);
});

/** Edits, and the folders that are analysed again after them. */
const edits: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  ['its own text', 'd/d.go', 'time.Minute', 'time.Hour', ['d']],
  ['a comment', 'd/d.go', 'func Use', '// Why.\nfunc Use', ['d']],
  ['the body of what it imports', 'b/b.go', 'time.Minute', 'time.Hour', ['b']],
  ['the surface of what it imports', 'b/b.go', 'func Start', 'func More() {}\n\nfunc Start', ['a', 'b']],
  ['the surface further down', 'c/c.go', 'func Root', 'func More() {}\n\nfunc Root', ['a', 'b', 'c']],
  [
    'the build constraint of what it imports',
    'c/c.go',
    'package c',
    '//go:build linux\n\npackage c',
    ['a', 'b', 'c'],
  ],
  ['the version of Go', 'go.mod', 'go 1.26', 'go 1.25', ['a', 'b', 'c', 'd']],
];

for (const [what, name, from, to, again] of edits) {
  test(`after an edit of ${what}, ${again.join(', ')} are analysed again`, async (t) => {
    const asked = module(t);
    const before = await checked(asked);
    const path = join(asked.cwd, name);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
    const after = await checked(asked);
    assert.equal(before.stats.packages, 4);
    assert.equal(after.stats.known, 4 - again.length);
    assert.deepEqual(after.findings, (await checked({ cwd: asked.cwd })).findings);
  });
}

test('files that come and go are noticed, also in what is imported', async (t) => {
  const asked = module(t);
  await checked(asked);
  writeFileSync(join(asked.cwd, 'c/more.go'), 'package c\n\nfunc More() {}\n');
  assert.equal(await known(asked), 1, 'd');
  assert.equal(await known(asked), 4);
  rmSync(join(asked.cwd, 'c/more.go'));
  assert.equal(await known(asked), 1, 'only what was last is kept');
});

test('a module that stands in the place of another is followed', async (t) => {
  const asked = module(t);
  writeFileSync(join(asked.cwd, 'd/more.go'), 'package d\n\nimport _ "example.com/other"\n');
  await checked(asked);
  assert.equal(await known(asked), 4);
  writeFileSync(join(asked.cwd, '../other/other.go'), 'package other\n\nfunc More() {}\n');
  assert.equal(await known(asked), 3);
});

test('other rules, another target, another configuration and another goleash find anew', async (t) => {
  const asked = module(t);
  await checked(asked);
  assert.equal(await known({ ...asked, rules: ['lost-cancel'] }), 0);
  assert.equal(await known({ ...asked, env: { GOARCH: 'arm64' } }), 0);
  assert.equal(await known({ ...asked, build: '2' }), 0);
  assert.equal(await known(asked), 4, 'each is kept for itself');
  writeFileSync(join(asked.cwd, '.goleash.yaml'), 'rules:\n  lost-cancel: hint\n');
  const configured = await checked(asked);
  assert.equal(configured.stats.known, 0);
  assert.equal(configured.findings[0]?.severity, 'hint');
});

test('what could not be analysed is tried again', async (t) => {
  const asked = module(t);
  writeFileSync(
    join(asked.cwd, 'd/broken.go'),
    'package d\n\nimport "context"\n\nfunc f() { ctx, cancel := context.WithCancel( }\n',
  );
  const first = await checked(asked);
  assert.equal(first.problems.length, 1);
  const second = await checked(asked);
  assert.deepEqual(second.problems, first.problems);
  assert.equal(second.stats.known, 3);
});

test('a damaged cache counts as none', async (t) => {
  const asked = module(t);
  const { findings } = await checked(asked);
  const [name] = readdirSync(join(asked.folder, 'v1'));
  assert.ok(name);
  const path = join(asked.folder, 'v1', name);
  const damages: readonly (() => void)[] = [
    () => truncateSync(path, 100),
    () => writeFileSync(path, ''),
    () => writeFileSync(path, '\0\0\0\0'),
    () => appendFileSync(path, ' '),
    () => writeFileSync(path, readFileSync(path, 'utf8').replace('lost-cancel', 'lost-cancer')),
  ];
  for (const damage of damages) {
    damage();
    const outcome = await checked(asked);
    assert.equal(outcome.stats.known, 0);
    assert.deepEqual(outcome.findings, findings);
    assert.equal(await known(asked), 4, 'it is whole again');
  }
});

test('a cache that cannot be written is done without', async (t) => {
  const asked = module(t);
  writeFileSync(asked.folder, 'a file');
  assert.deepEqual((await checked(asked)).findings, (await checked({ cwd: asked.cwd })).findings);
});

test('runs at the same time keep each other’s findings whole', async (t) => {
  const asked = module(t);
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => checked(asked)));
  for (const { findings } of outcomes) assert.deepEqual(findings, outcomes[0]?.findings);
  assert.equal(await known(asked), 4);
});

test('whatever is edited between runs, the findings are those of a run without a cache', async (t) => {
  const texts = [
    ...Object.values(files),
    callee.replace('func Start', 'func start'),
    callee.replace('context.CancelFunc) {', 'func()) {'),
    caller.replace('ctx, _ :=', 'ctx, cancel := b.Start(); defer cancel(); _, _ ='),
    lostCancel('a'),
    'package c\n',
  ].filter((text) => text.startsWith('package'));
  const edit = fc.tuple(
    fc.constantFrom('a/a.go', 'b/b.go', 'c/c.go', 'd/d.go', 'b/more.go'),
    fc.constantFrom(...texts, undefined),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (sequence) => {
      const asked = module(t);
      await checked(asked);
      for (const [name, text] of sequence) {
        const path = join(asked.cwd, name);
        if (text === undefined) rmSync(path, { force: true });
        else writeFileSync(path, text);
        const [kept, fresh] = [await checked(asked), await checked({ cwd: asked.cwd })];
        assert.deepEqual(kept.findings, fresh.findings);
        assert.deepEqual(kept.problems, fresh.problems);
      }
    }),
    { numRuns: 15 },
  );
});
