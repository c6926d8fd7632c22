// What CONTRIBUTING.md promises: after `npm run new-rule <id>` everything compiles and passes, nothing else by hand.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'goleash-new-rule-'));
after(() => rmSync(folder, { recursive: true, force: true }));

before(() => {
  const keep = (path: string) =>
    !/^(?:analysis\/rules|fixtures|docs\/rules)\/./.test(path) ||
    /\/(?:rule\.ts|index\.ts|go\.mod)$/.test(path);
  for (const path of [
    'analysis',
    'codemods',
    'docs',
    'fixtures',
    'scripts',
    'test/support',
    'test/rules.test.ts',
  ]) {
    cpSync(path, join(folder, path), { recursive: true, filter: keep });
  }
  for (const file of ['package.json', 'tsconfig.json', 'README.md']) cpSync(file, join(folder, file));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  run('--import', 'tsx', 'scripts/generate.ts');
});

test('a new rule is documented, registered, compiles and passes', () => {
  run('--import', 'tsx', 'scripts/new-rule.ts', 'forgotten-unlock');
  assert.ok(existsSync(join(folder, 'docs/rules/forgotten-unlock.md')));
  assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /\| \[forgotten-unlock\]/);
  run('--import', 'tsx', 'scripts/generate.ts', '--check');
  run('node_modules/typescript/bin/tsc', '-p', '.');
  const output = run('--import', 'tsx', '--test', '--test-reporter=spec', 'test/rules.test.ts');
  assert.match(output, /pass [1-9]/);
});

test('an id that is taken or names no defect is refused', () => {
  for (const [id, why] of [
    ['forgotten-unlock', /there is a rule forgotten-unlock already/],
    ['Unlock', /usage/],
  ] as const) {
    const { status, stderr } = node('--import', 'tsx', 'scripts/new-rule.ts', id);
    assert.equal(status, 2);
    assert.match(stderr, why);
  }
});

function run(...args: readonly string[]): string {
  const { status, stdout, stderr } = node(...args);
  assert.equal(status, 0, `node ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

function node(...args: readonly string[]) {
  // Without this a test runner inside a test reports to the outer one instead of running.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
}
