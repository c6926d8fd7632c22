// docs/debugging.md, run as it stands.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { probes } from '../../codemods/probe/probes.ts';
import { goleash } from './command.ts';
import { tree } from './tree.ts';

const text = readFileSync(new URL('../../docs/debugging.md', import.meta.url), 'utf8');
const blocksOf = (kind: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((block) => block[1] ?? '');

test('the example of the page about debugging is what happens', async (t) => {
  const [code = ''] = blocksOf('go');
  const cwd = tree(t, { 'go.mod': 'module m\n\ngo 1.21\n', 'main.go': code });
  const blocks = blocksOf('console');
  assert.equal(blocks.length, 2);
  for (const block of blocks) {
    for (const [, line = '', expected = ''] of block.matchAll(/^\$ goleash (.*)\n((?:[^$].*\n)*)/gm)) {
      const { status, out, err } = await goleash(line.split(' '), { cwd });
      assert.deepEqual([status, out, err], [0, expected, ''], line);
    }
  }
  assert.deepEqual(readdirSync(cwd).sort(), ['go.mod', 'main.go']);
  assert.equal(readFileSync(`${cwd}/main.go`, 'utf8'), code);
});

test('the page has every probe with its summary, and every command that it names is one', () => {
  const rows = probes.map(({ id, summary }) => `| \`${id}\` | ${summary} |`);
  for (const row of rows) assert.ok(text.includes(row), row);
  const named = [...text.matchAll(/goleash probe add ([a-z-]+)/g)].map((match) => match[1] ?? '');
  assert.ok(named.length > 5);
  for (const id of named)
    assert.ok(
      probes.some((probe) => probe.id === id),
      id,
    );
});
