// docs/plan.md, run as it stands.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goleash } from './command.ts';
import { tree } from './tree.ts';

const page = new URL('../../docs/plan.md', import.meta.url);

const hasGo = spawnSync('go', ['version']).status === 0;
const skip = hasGo ? false : 'Go is not installed, which compiles the changes of the page';
const { PATH = '', HOME = '' } = process.env;

test('the example of the page about plans is what happens', { skip }, async (t) => {
  const text = readFileSync(page, 'utf8');
  const blocks = [...text.matchAll(/^```(go|json|console)\n([\s\S]*?)^```$/gm)];
  const of = (kind: string) => blocks.filter((block) => block[1] === kind).map((block) => block[2] ?? '');
  const [code = ''] = of('go');
  const cwd = tree(t, { 'go.mod': 'module example.com/wait\n\ngo 1.21\n', 'wait.go': code });
  for (const [i, block] of of('console').entries()) {
    // The page says so between the two.
    if (i === 1)
      writeFileSync(join(cwd, 'wait.go'), code.replace('func Wait', 'func more() {}\n\nfunc Wait'));
    for (const [, line = '', expected = ''] of block.matchAll(/^\$ goleash (.*)\n((?:[^$].*\n)*)/gm)) {
      const { out, err } = await goleash(line.split(' '), { cwd, env: { PATH, HOME } });
      assert.deepEqual([out, err], [expected, ''], line);
    }
  }
  const plan = readFileSync(join(cwd, 'plan.json'), 'utf8');
  if (process.env['UPDATE'])
    writeFileSync(
      page,
      text.replace(/^```json\n[\s\S]*?^```$/m, () => `\`\`\`json\n${plan}\`\`\``),
    );
  else assert.equal(of('json')[0], plan);
});
