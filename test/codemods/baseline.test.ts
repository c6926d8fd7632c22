import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goleash, jsonLines, leakedSender, lostCancel } from './command.ts';
import { tree } from './tree.ts';

const name = 'goleash-baseline.json';

function baseline(cwd: string, file = name): { rule: string; file: string; fingerprint: string }[] {
  const value = JSON.parse(readFileSync(join(cwd, file), 'utf8'));
  assert.equal(value.version, 1);
  return value.findings;
}

async function check(cwd: string, ...args: string[]) {
  const { status, out, err } = await goleash(['check', '-f', 'jsonl', ...args], { cwd });
  return { status, err, found: jsonLines(out).map(({ file, line, ruleId }) => `${file}:${line} ${ruleId}`) };
}

const silent = { status: 0, err: '', found: [] };
/** A function of another name, with the same defect. */
const another = (functionName: string) =>
  lostCancel().replace('Use', functionName).split('\n').slice(6).join('\n');

test('what is in the baseline is not told, also when it moves and its variables are renamed', async (t) => {
  const cwd = tree(t, { 'go.mod': 'module m\n\ngo 1.24\n', 'a.go': lostCancel(), 'b/b.go': leakedSender });
  const written = await check(cwd, '--write-baseline');
  assert.deepEqual(written, { ...silent, err: `goleash: ${name}: 2 findings, 2 of them new\n` });
  assert.deepEqual(
    baseline(cwd).map(({ rule, file }) => [rule, file]),
    [
      ['lost-cancel', 'a.go'],
      ['leaked-sender', 'b/b.go'],
    ],
  );
  assert.deepEqual(await check(cwd, '--baseline', name), silent);
  const text = await goleash(['check', '--baseline', name], { cwd });
  assert.equal(text.out, 'No new findings in 2 files; 2 are in the baseline.\n');
  const moved = lostCancel().replace('import', '// moved\n\nimport').replaceAll('ctx', 'other');
  writeFileSync(join(cwd, 'a.go'), moved + another('New'));
  renameSync(join(cwd, 'b/b.go'), join(cwd, 'b/renamed.go'));
  assert.deepEqual(await check(cwd, '--baseline', name), {
    status: 1,
    err: '',
    found: ['a.go:16 lost-cancel'],
  });
  assert.deepEqual(
    await check(join(cwd, 'b'), '--baseline', `../${name}`),
    silent,
    'paths are those of the baseline',
  );
});

test('entries that are gone are named, and removed when the baseline is written', async (t) => {
  const cwd = tree(t, {
    'a.go': lostCancel() + another('Again'),
    'b.go': lostCancel().replace('Use', 'Gone'),
    'c/c.go': lostCancel('c'),
  });
  await check(cwd, '--write-baseline');
  writeFileSync(join(cwd, 'a.go'), 'package p\n');
  rmSync(join(cwd, 'b.go'));
  writeFileSync(join(cwd, 'c/c.go'), 'package c\n');
  const { err, status } = await check(cwd, '--baseline', name, 'a.go');
  assert.equal(status, 0);
  assert.deepEqual(err.split('\n'), [
    `goleash: ${name}: no longer found: 2 × lost-cancel in a.go`,
    `goleash: ${name}: no longer found: lost-cancel in b.go`,
    `goleash: ${name}: to remove what is no longer found, run goleash check with --write-baseline or --ratchet`,
    '',
  ]);
  await check(cwd, '--write-baseline', 'a.go');
  assert.deepEqual(
    baseline(cwd).map(({ file }) => file),
    ['c/c.go'],
    'c was not looked at',
  );
  assert.equal(
    (await check(cwd, '--write-baseline')).err,
    `goleash: ${name}: removed: lost-cancel in c/c.go\ngoleash: ${name}: 0 findings, 0 of them new\n`,
  );
});

test('what was not looked for is not gone', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel(), 'b.go': leakedSender.replace('func leak', 'func leak1') });
  await check(cwd, '--write-baseline');
  const before = baseline(cwd);
  writeFileSync(join(cwd, 'a.go'), 'package p\n');
  assert.equal((await check(cwd, '--baseline', name, '--rule', 'leaked-sender')).err, '');
  const text = 'package p\n';
  const stdin = ['check', '--baseline', name, '--stdin', '--stdin-filename', 'b.go'];
  assert.equal((await goleash(stdin, { cwd, input: text })).err, '');
  writeFileSync(join(cwd, 'a.go'), `${lostCancel().replace('Use()', 'Use(')}`);
  const broken = await check(cwd, '--write-baseline');
  assert.equal(broken.status, 3);
  assert.deepEqual(baseline(cwd), before, 'a file that could not be analysed keeps its entries');
});

test('the ratchet fails where a rule has grown, and goes down with what is gone', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel() + another('Again'), 'b.go': leakedSender });
  await check(cwd, '--write-baseline');
  const ratchet = () => check(cwd, '--ratchet');
  const text = () => readFileSync(join(cwd, name), 'utf8');
  const before = text();
  assert.deepEqual(await ratchet(), silent);
  writeFileSync(join(cwd, 'a.go'), lostCancel() + another('Again') + another('More'));
  assert.deepEqual(await ratchet(), {
    status: 1,
    err: `goleash: ${name}: lost-cancel has grown: 3 findings where there may be 2\n`,
    found: ['a.go:19 lost-cancel'],
  });
  assert.equal(text(), before);
  writeFileSync(join(cwd, 'a.go'), lostCancel());
  assert.deepEqual(await ratchet(), { ...silent, err: `goleash: ${name}: removed: lost-cancel in a.go\n` });
  assert.equal(baseline(cwd).length, 2);
  writeFileSync(join(cwd, 'a.go'), lostCancel() + another('Again'));
  assert.equal((await ratchet()).status, 1, 'it does not go up again');
});

test('a baseline that cannot be used is said to be so, and nothing is written', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel(), 'bad.json': '<<<<<<< HEAD\n', 'old.json': '{"version": 7}' });
  const told = async (...args: string[]) => {
    const { status, err, found } = await check(cwd, ...args);
    assert.deepEqual([status, found], [2, []]);
    return err;
  };
  assert.match(
    await told('--baseline', 'x.json'),
    /no x\.json: .* run goleash check --write-baseline --baseline x\.json/,
  );
  assert.match(await told('--ratchet'), new RegExp(`no ${name}: .* run goleash check --write-baseline\n`));
  assert.match(
    await told('--baseline', 'bad.json', '--write-baseline'),
    /bad\.json: not valid JSON; repair it/,
  );
  assert.match(await told('--baseline', 'old.json'), /old\.json: not a baseline of this version/);
  assert.match(await told('--write-baseline', '--staged'), /leave out --new-from, --staged and --stdin/);
  assert.match(await told('--write-baseline', '--ratchet'), /cannot be used with/);
  mkdirSync(join(cwd, 'dir'));
  assert.match(
    await told('--write-baseline', '--baseline', 'no/where.json'),
    /cannot write no\/where\.json: /,
  );
});

test('two packages of one name without a module have an entry each', async (t) => {
  const cwd = tree(t, { 'a/x.go': lostCancel(), 'b/x.go': lostCancel() });
  await check(cwd, '--write-baseline');
  assert.equal(new Set(baseline(cwd).map(({ fingerprint }) => fingerprint)).size, 1);
  rmSync(join(cwd, 'a'), { recursive: true });
  const { err } = await check(cwd, '--baseline', name, '-q');
  assert.equal(err, `goleash: ${name}: no longer found: lost-cancel in a/x.go\n`);
});
