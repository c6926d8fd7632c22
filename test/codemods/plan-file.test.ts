import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyOf, neededBy } from '../../codemods/plan/key.ts';
import type { Change, Decision, Plan } from '../../codemods/plan/plan.ts';
import {
  mergeDecisions,
  planOf,
  planText,
  readPlan,
  withDecisions,
  writeDecisions,
  writePlan,
} from '../../codemods/plan/plan-file.ts';
import { multiplied, planOfFixtures } from '../support/plan.ts';
import { tree } from './tree.ts';

const plan = await planOfFixtures('lost-cancel');
const [first, second] = plan.changes as [Change, Change];
const decisionsOf = ({ changes }: Plan) => changes.map(({ decision }) => decision);

test('a plan is read as it was written, with fields that nobody knows yet', (t) => {
  const root = tree(t, {});
  const path = join(root, 'plan.json');
  const next = { ...plan, later: 1, changes: plan.changes.map((change) => ({ ...change, extra: [] })) };
  writePlan(path, next);
  assert.deepEqual(readPlan(path), next);
  const { plan: after, unknown } = writeDecisions(path, new Map([[keyOf(first), 'accepted']]));
  assert.deepEqual(unknown, []);
  assert.deepEqual(after, withDecisions(next, new Map([[keyOf(first), 'accepted']])));
  assert.deepEqual(readPlan(path), after);
  assert.deepEqual(readdirSync(root), ['plan.json'], 'neither a lock nor a temporary file is left');
});

test('what is wrong with a plan is named, with the place and the remedy', (t) => {
  const root = tree(t, { 'a.json': '{"plan": 1' });
  const told = (change: (plan: Record<string, unknown>) => unknown) => {
    const text = JSON.stringify(change(structuredClone(plan) as unknown as Record<string, unknown>));
    try {
      planOf(text, 'p.json');
      return 'no error';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const changed = (parts: Record<string, unknown>) => (p: Record<string, unknown>) => ({
    ...p,
    changes: [first, { ...second, ...parts }],
  });
  assert.throws(
    () => readPlan(join(root, 'none.json'), 'none.json'),
    /^Error: none\.json: does not exist; make/,
  );
  assert.throws(() => readPlan(join(root, 'a.json')), /a\.json: not valid JSON: .*; make it again with/);
  assert.equal(
    told(() => []),
    'p.json: not a plan of goleash; make it again with: goleash plan',
  );
  assert.match(
    told((p) => ({ ...p, plan: 7 })),
    /format 7, and this goleash reads format 1; update goleash$/,
  );
  assert.match(
    told(changed({ decision: 'yes' })),
    /^p\.json: not a whole plan: changes\/1\/decision must be open, accepted or rejected, not "yes"; make it again/,
  );
  assert.match(told(changed({ diff: undefined })), /: changes\/1 has no "diff";/);
  assert.match(
    told(changed({ at: { ...second.at, line: 0 } })),
    /changes\/1\/at\/line must be a whole number from 1/,
  );
  assert.match(told(changed({ against: [{ path: 'a', sha256: 'x' }] })), /sha256 must be a SHA-256/);
  assert.match(
    told(changed({ fingerprint: first.fingerprint, fixId: first.fixId, at: first.at })),
    /changes\/1 is the change of changes\/0 again/,
  );
  assert.match(
    told((p) => ({ ...p, changes: [1, 2, 3, 4, 5] })),
    /changes\/2 must be an object, not 3, and 2 more/,
  );
});

test('a decision for a change that the plan no longer has is told, the others are written', (t) => {
  const path = join(tree(t, { 'plan.json': planText(plan) }), 'plan.json');
  const decisions = new Map<string, Decision>([
    ['gone', 'accepted'],
    [keyOf(second), 'rejected'],
  ]);
  assert.deepEqual(writeDecisions(path, decisions).unknown, ['gone']);
  assert.deepEqual(decisionsOf(readPlan(path)).slice(0, 3), ['open', 'rejected', 'open']);
});

test('one finding in two packages is two changes', () => {
  const there = { ...first, at: { ...first.at, path: 'other/a.go' } };
  const { changes } = planOf(JSON.stringify({ ...plan, changes: [first, there] }), 'p.json');
  const decided = withDecisions({ ...plan, changes }, new Map([[keyOf(there), 'rejected']]));
  assert.deepEqual(decisionsOf(decided), ['open', 'rejected']);
  const after = { ...second, at: { ...second.at, path: 'other/b.go' }, after: [first.fingerprint] };
  assert.deepEqual(neededBy(after, [first, there, after]), [there]);
});

test('the file keeps its mode and is not touched where nothing changes', (t) => {
  const path = join(tree(t, { 'plan.json': planText(plan) }), 'plan.json');
  chmodSync(path, 0o600);
  const before = statSync(path);
  writeDecisions(path, new Map([[keyOf(first), 'open']]));
  assert.equal(statSync(path).ino, before.ino);
  writeDecisions(path, new Map([[keyOf(first), 'rejected']]));
  assert.equal(statSync(path).mode, before.mode);
});

test('processes that decide at the same time lose nothing, and one that was killed stands in nobody’s way', async (t) => {
  const many = multiplied(plan, 60);
  const root = tree(t, { 'plan.json': planText(many), 'decide.mjs': decideEachOf });
  const path = join(root, 'plan.json');
  writeFileSync(join(root, '.plan.json.goleash-lock'), String(await gone()));
  const module = new URL('../../codemods/plan/plan-file.ts', import.meta.url).href;
  const statuses = await Promise.all(
    [0, 1, 2].map((part) =>
      ended(
        spawn(
          process.execPath,
          ['--import', import.meta.resolve('tsx'), join(root, 'decide.mjs'), module, path, String(part)],
          { stdio: ['ignore', 'inherit', 'inherit'] },
        ),
      ),
    ),
  );
  assert.deepEqual(statuses, [0, 0, 0]);
  assert.deepEqual(new Set(decisionsOf(readPlan(path))), new Set(['accepted']));
  assert.deepEqual(readdirSync(root).sort(), ['decide.mjs', 'plan.json']);
});

/** Accepts every third change, one at a time. */
const decideEachOf = `
const [module, path, part] = process.argv.slice(2);
const { readPlan, writeDecisions } = await import(module);
const { keyOf } = await import(module.replace('plan-file', 'key'));
const { changes } = readPlan(path);
for (let i = Number(part); i < changes.length; i += 3)
  writeDecisions(path, new Map([[keyOf(changes[i]), 'accepted']]));
`;

test('a plan that is made again keeps what was decided about the same change', (t) => {
  const path = join(tree(t, {}), 'plan.json');
  const [a, b, c] = plan.changes as [Change, Change, Change];
  writePlan(path, plan);
  writeDecisions(
    path,
    new Map<string, Decision>([
      [keyOf(a), 'accepted'],
      [keyOf(b), 'accepted'],
      [keyOf(c), 'rejected'],
    ]),
  );
  const rewritten = (change: Change): Change => ({
    ...change,
    edits: change.edits.map((edit) => ({ ...edit, inserted: `${edit.inserted} // new` })),
  });
  const moved = { ...a, at: { ...a.at, line: a.at.line + 9 } };
  const next = { ...plan, changes: [rewritten(c), moved, rewritten(b)] };
  assert.deepEqual(decisionsOf(writePlan(path, next)), ['rejected', 'accepted', 'open']);
  assert.deepEqual(decisionsOf(readPlan(path)), ['rejected', 'accepted', 'open']);
  const decided = mergeDecisions(readPlan(path), { ...plan, changes: [{ ...a, decision: 'rejected' }] });
  assert.deepEqual(decisionsOf(decided), ['rejected'], 'what the new plan has decided stays');
  assert.deepEqual(mergeDecisions(undefined, plan), plan);
});

test('what cannot be written is told, and the plan is as before', (t) => {
  const path = join(tree(t, { 'plan.json': planText(plan) }), 'plan.json');
  const missing = join(path, 'below', 'plan.json');
  assert.throws(
    () => writePlan(missing, plan, 'x/plan.json'),
    /^Error: x\/plan\.json: not written: does not exist: a part/,
  );
  assert.equal(readFileSync(path, 'utf8'), planText(plan));
});

/** The number of a process that has ended. */
async function gone(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await ended(child);
  return child.pid as number;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (status) => resolve(status)));
}
