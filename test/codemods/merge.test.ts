import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { goleash, leakedSender, lostCancel } from './command.ts';
import { sarifSchema } from './sarif-schema.ts';
import { tree } from './tree.ts';

test('the shards of a run merge into what the whole run says', async (t) => {
  const cwd = tree(t, {
    'go.mod': 'module m\n\ngo 1.24\n',
    'a/a.go': lostCancel('a'),
    'b/b.go': leakedSender,
    'c/c.go': lostCancel('c'),
    'd/d.go': 'package d\n\nfunc broken( { go }\n',
  });
  for (const part of ['1', '2', '3'])
    await goleash(['check', '--shard', `${part}/3`, '-f', `sarif=${part}.sarif`], { cwd });
  const merged = await goleash(['merge', '3.sarif', '1.sarif', '2.sarif', '1.sarif'], { cwd });
  assert.equal(merged.status, 0);
  const whole = await goleash(['check', '-f', 'sarif'], { cwd });
  assert.deepEqual(JSON.parse(merged.out), JSON.parse(whole.out));
  const validate = new Ajv({ allErrors: true }).compile(sarifSchema);
  validate(JSON.parse(merged.out));
  assert.deepEqual(validate.errors, null);
  await goleash(['merge', '1.sarif', '2.sarif', '3.sarif', '-o', 'all.sarif'], { cwd });
  assert.equal(readFileSync(join(cwd, 'all.sarif'), 'utf8'), merged.out);
});

test('what goleash has not written, or another version has, is refused', async (t) => {
  const run = (name: string, version: string) =>
    JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name, version } }, results: [] }] });
  const cwd = tree(t, {
    'a.sarif': run('goleash', '1.0.0'),
    'b.sarif': run('goleash', '2.0.0'),
    'other.sarif': run('gosec', '1.0.0'),
    'bad.sarif': '{',
    'null.sarif': 'null',
  });
  const told = async (...args: string[]) => {
    const { status, out, err } = await goleash(['merge', ...args], { cwd });
    assert.deepEqual([status, out], [2, '']);
    return err;
  };
  assert.match(await told('a.sarif', 'b.sarif'), /a\.sarif is of goleash 1\.0\.0 and b\.sarif of 2\.0\.0/);
  assert.match(
    await told('a.sarif', 'other.sarif'),
    /other\.sarif: not a SARIF file that goleash has written/,
  );
  assert.match(await told('null.sarif'), /null\.sarif: not a SARIF file/);
  assert.match(await told('bad.sarif'), /bad\.sarif: not valid JSON/);
  assert.match(await told('none.sarif'), /none\.sarif: /);
  assert.match(await told('a.sarif', '-o', 'no/where'), /cannot write no\/where/);
});
