import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recipes } from '../../analysis/index.ts';
import { goleash, jsonLines, leakedSender, lostCancel, twoGets } from './command.ts';
import { git, repository } from './repository.ts';
import { tree } from './tree.ts';

const goMod = 'module m\n\ngo 1.26\n';

/** One finding whose rule calls a fix safe that a recipe comes to last. */
const lateAdd = `package m

import "sync"

func Work(f func()) {
	var wg sync.WaitGroup
	go func() {
		wg.Add(1)
		defer wg.Done()
		f()
	}()
	wg.Wait()
}
`;

test('with a recipe, only what it can repair is reported, with its fixes alone', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': twoGets, 'b.go': lostCancel('m') });
  const { status, out } = await goleash(['check', '--recipe', 'http-timeouts', '--format', 'jsonl'], { cwd });
  assert.equal(status, 1);
  const found = jsonLines(out);
  assert.deepEqual([...new Set(found.map((finding) => finding['ruleId']))], ['http-client-without-timeout']);
  assert.equal(found.length, 2);
  const text = await goleash(['check', '--recipe', 'context-cancellation'], { cwd });
  assert.match(text.out, /^b\.go:9:/);
  assert.match(text.out, /to see them: goleash fix --diff --recipe context-cancellation \.\n$/);
  const both = await goleash(
    ['check', '--recipe', 'http-timeouts,context-cancellation', '--format', 'jsonl'],
    {
      cwd,
    },
  );
  assert.equal(jsonLines(both.out).length, 3);
});

test('a finding that the recipe has no fix for is not reported', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': leakedSender });
  const found = async (...args: string[]) =>
    jsonLines((await goleash(['check', '--format', 'jsonl', ...args], { cwd })).out);
  assert.equal((await found('--rule', 'leaked-sender')).length, 1, 'a rule of the recipe finds it');
  assert.deepEqual(await found('--recipe', 'context-cancellation'), []);
});

test('the fix that the recipe prefers is taken, and what needs review only with --unsafe', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': lateAdd });
  const patch = async (...args: string[]) =>
    (await goleash(['fix', '--diff', '-q', ...args], { cwd })).out
      .split('\n')
      .filter((line) => /^[+-]\t/.test(line));
  assert.deepEqual(await patch('--unsafe', '--rule', 'waitgroup-add-in-goroutine'), [
    '+\twg.Add(1)',
    '-\t\twg.Add(1)',
  ]);
  assert.deepEqual(await patch('--recipe', 'waitgroups'), ['+\twg.Add(1)', '-\t\twg.Add(1)']);
  const modern = await patch('--recipe', 'waitgroups', '--unsafe');
  assert.ok(modern.includes('+\twg.Go(func() {'), modern.join('\n'));
});

test('the command that makes the changes of a patch has the options that it takes', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': lateAdd });
  const told = async (...args: string[]) => (await goleash(['fix', '--diff', ...args], { cwd })).err;
  assert.match(await told('--recipe', 'waitgroups'), /or: goleash fix --recipe waitgroups \.\n$/);
  assert.match(
    await told('--recipe', 'waitgroups', '--unsafe'),
    /or: goleash fix --unsafe --recipe waitgroups \.\n$/,
  );
});

test('a plan of a recipe is applied as it was made', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': lateAdd, 'b.go': lostCancel('m') });
  const planned = await goleash(['plan', '--recipe', 'waitgroups', '--unsafe', '-o', 'plan.json'], { cwd });
  assert.equal(planned.status, 1);
  const plan = JSON.parse(readFileSync(join(cwd, 'plan.json'), 'utf8'));
  assert.deepEqual(plan.selection, ['--unsafe', '--recipe', 'waitgroups', '.']);
  assert.deepEqual(
    plan.changes.map(({ fixId }: { fixId: string }) => fixId),
    ['use-wg-go'],
  );
  assert.equal((await goleash(['apply', 'plan.json', '--unsafe'], { cwd })).status, 0);
  assert.match(readFileSync(join(cwd, 'a.go'), 'utf8'), /wg\.Go\(func/);
  assert.equal(readFileSync(join(cwd, 'b.go'), 'utf8'), lostCancel('m'));
});

test('commits for each rule have the fixes that the recipe prefers', async (t) => {
  const cwd = repository(t, { 'go.mod': goMod, 'a.go': lateAdd, 'b.go': lostCancel('m') });
  const args = ['fix', '--recipe', 'waitgroups,context-cancellation', '--unsafe', '--commit-per', 'rule'];
  const { status, err } = await goleash(args, { cwd });
  assert.equal(err, '');
  assert.equal(status, 0);
  assert.equal(git(cwd, 'log', '--format=%s').trim().split('\n').length, 3);
  assert.match(readFileSync(join(cwd, 'a.go'), 'utf8'), /wg\.Go\(func/);
  assert.match(readFileSync(join(cwd, 'b.go'), 'utf8'), /defer cancel\(\)/);
});

test('what the configuration turns off stays off', async (t) => {
  const cwd = tree(t, {
    'go.mod': goMod,
    '.goleash.yaml': 'rules:\n  waitgroup-add-in-goroutine: off\n',
    'a.go': lateAdd,
  });
  const found = async (...args: string[]) =>
    jsonLines((await goleash(['check', '--format', 'jsonl', ...args], { cwd })).out).length;
  assert.equal(await found('--recipe', 'waitgroups'), 0);
  assert.equal(await found('--recipe', 'waitgroups', '--rule', 'waitgroup-add-in-goroutine'), 1);
});

test('a mistake is named, with what may have been meant', async (t) => {
  const cwd = tree(t, { 'a.go': lateAdd });
  const told = async (...args: string[]) => {
    const { status, err } = await goleash(args, { cwd });
    assert.equal(status, 2);
    return err;
  };
  assert.match(
    await told('fix', '--recipe', 'http-timeout'),
    /no recipe "http-timeout": did you mean http-timeouts\?/,
  );
  assert.match(
    await told('explain', 'waitgroup'),
    /no rule, refactoring or recipe "waitgroup": did you mean /,
  );
  assert.match(
    await told('plan', '--recipe', 'timers', '--rule', 'lost-cancel'),
    /--recipe timers has nothing in common with --rule lost-cancel: `goleash recipes` lists/,
  );
  assert.match(await told('fix', '--recipe', 'timers', '--fix', 'defer-cancel'), /with --fix defer-cancel/);
});

test('recipes are listed and explained', async (t) => {
  const cwd = tree(t, {});
  const { out } = await goleash(['recipes'], { cwd });
  for (const { id, title } of recipes) assert.ok(out.includes(id) && out.includes(title));
  const list = JSON.parse((await goleash(['recipes', '--format', 'json'], { cwd })).out);
  assert.deepEqual(
    list.map(({ id, settings }: { id: string; settings: string[] }) => [id, settings]),
    recipes.map(({ id, settings }) => [id, settings]),
  );
  const page = await goleash(['explain', 'http-timeouts'], { cwd });
  assert.match(page.out, /^http-timeouts\n/);
  assert.match(page.out, /timeouts\.client {2}30s/);
  assert.match(page.out, /\n {2}http-client-without-timeout {2}set-timeout {2}.+ {2}safe\n/);
  assert.match(page.out, /\nIn \.goleash\.yaml:\n/);
});
