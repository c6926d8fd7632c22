import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goleash, jsonLines, lostCancel } from './command.ts';
import { tree } from './tree.ts';

const packages = Array.from({ length: 12 }, (_, i) => `p${i}`);
const sources = Object.fromEntries(packages.map((name) => [`${name}/x.go`, lostCancel(name)]));

async function shard(cwd: string, part: string): Promise<unknown[]> {
  const { out, err } = await goleash(['check', '-f', 'jsonl', '--shard', part], { cwd });
  assert.equal(err, '');
  return jsonLines(out).map(({ file }) => file);
}

test('the shards are all packages, each once, and the same ones elsewhere', async (t) => {
  const cwd = tree(t, sources);
  const parts: unknown[][] = [];
  for (const part of ['1/3', '2/3', '3/3']) parts.push(await shard(cwd, part));
  assert.deepEqual(parts.flat().sort(), packages.map((name) => `${name}/x.go`).sort());
  assert.ok(parts.every((part) => part.length > 0));
  const elsewhere = tree(t, {});
  cpSync(cwd, join(elsewhere, 'copy'), { recursive: true });
  assert.deepEqual(await shard(join(elsewhere, 'copy'), '2/3'), parts[1]);
});

test('a shard that does not exist is refused', async (t) => {
  const cwd = tree(t, sources);
  for (const part of ['0/3', '4/3', '1', '1/0', 'a/b', '-1/3']) {
    const { status, err } = await goleash(['check', `--shard=${part}`], { cwd });
    assert.equal(status, 2);
    assert.match(err, /It must be like 2\/5/);
  }
});
