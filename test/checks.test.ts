// The checks that are no tests of behaviour, run as tests so that one command says whether a change may go in.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { defineRule } from '../analysis/rules/rule.ts';

const tools: readonly (readonly [title: string, path: string, ...args: string[]])[] = [
  ['types: npx tsc -p .', 'typescript/bin/tsc', '-p', '.'],
  ['types of the page: npx tsc -p codemods/review/page', 'typescript/bin/tsc', '-p', 'codemods/review/page'],
  ['lint and format: npx biome check --write', '@biomejs/biome/bin/biome', 'check'],
];

for (const [title, path, ...args] of tools) {
  test(title, () => {
    const run = spawnSync(process.execPath, [`node_modules/${path}`, ...args], { encoding: 'utf8' });
    assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
  });
}

test('a misspelt fix id does not compile', () => {
  const rule = defineRule({
    id: 'lost-cancel',
    since: '0.1.0',
    severity: 'warning',
    summary: '',
    why: '',
    silentWhen: [],
    peers: [],
    fixes: { 'defer-cancel': { title: '', safety: 'safe' } },
    imports: [],
    mentions: [],
    check(code, report) {
      report({ at: code.root, message: '', fixes: { 'defer-cancel': () => {} } });
      // @ts-expect-error: the types test above fails if this compiles
      report({ at: code.root, message: '', fixes: { 'defer-cancle': () => {} } });
    },
  });
  assert.deepEqual(Object.keys(rule.fixes), ['defer-cancel']);
});
