import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Plan } from '../../codemods/plan/plan.ts';
import { goleash, lostCancel, twoGets } from './command.ts';
import { tree } from './tree.ts';

const goMod = 'module m\n\ngo 1.24\n';

const leak = 'package p\n\nfunc leak() {\n\tc := make(chan int)\n\tgo func() { c <- 1 }()\n}\n';

async function planIn(cwd: string, ...args: readonly string[]): Promise<Plan> {
  const { out, err } = await goleash(['plan', ...args], { cwd });
  assert.equal(err, '');
  return JSON.parse(out) as Plan;
}

test('a plan has each change with its reason, its edits and the text that they are for, and writes no Go file', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'sub/a.go': lostCancel(), 'b.go': leak });
  const plan = await planIn(cwd, '--unsafe', '--no-compile');
  assert.equal(plan.plan, 1);
  assert.deepEqual(plan.selection, ['--unsafe', '.']);
  assert.deepEqual(plan.left, []);
  const change = plan.changes.find(({ ruleId }) => ruleId === 'lost-cancel');
  assert.ok(change);
  assert.match(change.fingerprint, /^[0-9a-f]{16}$/);
  assert.deepEqual(change.at, { path: 'sub/a.go', line: 9, column: 7, endLine: 9, endColumn: 8 });
  assert.deepEqual(
    change.edits.map(({ path, removed, inserted }) => [path, removed, inserted]),
    [
      ['sub/a.go', '_', 'cancel'],
      ['sub/a.go', '', '\n\tdefer cancel()'],
    ],
  );
  const text = lostCancel();
  for (const { start, end, removed } of change.edits) assert.equal(text.slice(start, end), removed);
  const sha256 = createHash('sha256').update(text).digest('hex');
  assert.deepEqual(change.against, [{ path: 'sub/a.go', sha256 }]);
  assert.deepEqual(
    [change.safety, change.after, change.verified, change.decision],
    ['safe', [], { rung: 'model', notes: [] }, 'open'],
  );
  const leaked = plan.changes.find(({ ruleId }) => ruleId === 'leaked-sender');
  assert.ok(
    leaked?.related.some(({ step }) => step?.goroutine === 'goroutine 1'),
    'the witness is there',
  );
  assert.equal(readFileSync(join(cwd, 'sub/a.go'), 'utf8'), text);

  const applied = spawnSync('git', ['apply'], { cwd, input: change.diff, encoding: 'utf8' });
  assert.equal(applied.stderr, '');
  assert.match(readFileSync(join(cwd, 'sub/a.go'), 'utf8'), /\tctx, cancel := .*\n\tdefer cancel\(\)\n/);
});

test('a change of a later round names those that it builds on', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': twoGets });
  const { changes } = await planIn(cwd, '--unsafe');
  const [first, second] = changes;
  assert.equal(changes.length, 2);
  assert.deepEqual(first?.after, []);
  assert.deepEqual(second?.after, [first?.fingerprint]);
  assert.notEqual(first?.against[0]?.sha256, second?.against[0]?.sha256);
  const git = (input: string | undefined) => spawnSync('git', ['apply'], { cwd, input: input ?? '' }).status;
  assert.deepEqual([git(first?.diff), git(second?.diff)], [0, 0]);
});

test('the order is that of the folders and files, with one thread or several', async (t) => {
  const files: Record<string, string> = { 'go.mod': goMod };
  for (let i = 0; i < 60; i++) files[`d${i % 7}/f${i}.go`] = lostCancel().replace('func Use', `func Use${i}`);
  const cwd = tree(t, files);
  const one = await planIn(cwd, '--jobs', '1');
  assert.equal(one.changes.length, 60);
  assert.deepEqual(await planIn(cwd, '--jobs', '3'), one);
  const paths = one.changes.map(({ at }) => at.path);
  assert.deepEqual(paths, [...paths].sort());
});

test('a plan goes to a file, and what it is for is told', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel(), 'sub/b.go': twoGets });
  const { status, out, err } = await goleash(['plan', '-o', 'my plan.json', '--unsafe'], { cwd });
  assert.deepEqual([status, err], [1, '']);
  assert.equal(
    out,
    "Planned 3 changes in 2 files, 2 to review; next: goleash review 'my plan.json' or goleash apply 'my plan.json'\n",
  );
  assert.equal((JSON.parse(readFileSync(join(cwd, 'my plan.json'), 'utf8')) as Plan).changes.length, 3);
  const nothing = await goleash(['plan', '-o', 'x.json', '--rule', 'ticker-not-stopped'], { cwd });
  assert.deepEqual([nothing.status, nothing.out], [0, 'Nothing to change\n']);
  assert.deepEqual(readdirSync(cwd).sort(), ['a.go', 'my plan.json', 'sub', 'x.json']);

  const nowhere = await goleash(['plan', '-o', 'none/x.json'], { cwd });
  assert.equal(nowhere.status, 2);
  assert.match(nowhere.err, /^goleash: cannot write none\/x\.json: there is no folder .*none\n/);
  assert.ok(!existsSync(join(cwd, 'none')));
});

test('what a rule or a fix of a plan is narrowed to is in the plan', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel(), 'b.go': twoGets.replace('package m', 'package p') });
  const plan = await planIn(cwd, '--unsafe', '--rule', 'lost-cancel', '--fix', 'defer-cancel', 'a.go');
  assert.deepEqual(plan.selection, ['--unsafe', '--rule', 'lost-cancel', '--fix', 'defer-cancel', 'a.go']);
  assert.deepEqual(plan.rules, ['lost-cancel']);
  assert.equal(plan.changes.length, 1);
});
