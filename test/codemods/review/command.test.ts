import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyOf } from '../../../codemods/plan/key.ts';
import { planText, readPlan } from '../../../codemods/plan/plan-file.ts';
import { saver } from '../../../codemods/review/saving.ts';
import { newSession } from '../../../codemods/review/session.ts';
import { planOfFixtures } from '../../support/plan.ts';
import { goleash } from '../command.ts';
import { tree } from '../tree.ts';

const plan = await planOfFixtures('lost-cancel');
const count = plan.changes.length;

test('without a terminal a line is a key, and the end of the input ends the review', async (t) => {
  const cwd = tree(t, { 'plan.json': planText(plan) });
  const { status, out, err } = await goleash(['review', 'plan.json'], {
    cwd,
    input: 'y\n\nn\ne\n/no such text\n?\nk\n',
  });
  assert.equal(err, '');
  assert.equal(status, 0);
  assert.match(out, new RegExp(`^1/${count} · 0 accepted · 0 rejected · ${count} open\nlost-cancel, `));
  assert.match(out, /^fixtures\/lost-cancel\/\S+ {2}(?:warning|error) {2}lost-cancel, /m);
  assert.match(out, /^Checked: compiler; not tested/m);
  assert.match(out, /^The editor opens only from a terminal\.$/m);
  assert.match(out, /^Nothing has “no such text” in it\.$/m);
  assert.match(out, /^ {2}y {5}accept this change$/m);
  assert.match(
    out,
    new RegExp(
      `1 accepted, 1 rejected\\. ${count - 2} changes are open.* To apply: goleash apply plan\\.json\n$`,
    ),
  );
  const decisions = readPlan(join(cwd, 'plan.json')).changes.map(({ decision }) => decision);
  assert.equal(decisions.filter((decision) => decision === 'open').length, count - 2);
});

test('q quits, and nothing is touched', async (t) => {
  const cwd = tree(t, { 'plan.json': planText(plan) });
  const { out } = await goleash(['review', 'plan.json'], { cwd, input: 'q\ny\n' });
  assert.match(out, /0 accepted, 0 rejected/);
  assert.equal(readFileSync(join(cwd, 'plan.json'), 'utf8'), planText(plan));
});

test('scripts decide by rule, safety and fingerprint, and a table lists everything', async (t) => {
  const left = { ...plan.changes[0], why: 'failed', reason: 'go build fails' } as const;
  const cwd = tree(t, { 'my plan.json': planText({ ...plan, left: [left as never] }) });
  const fingerprint = plan.changes[1]?.fingerprint ?? '';
  const args = ['--accept', 'safe', '--reject', fingerprint.slice(0, 8), 'my plan.json'];
  const { status, out } = await goleash(['review', ...args], { cwd });
  assert.equal(status, 0);
  assert.match(
    out,
    /^\d+ accepted, 1 rejected\. \d+ changes are open.* To apply: goleash apply 'my plan\.json'\n$/,
  );
  const { out: table } = await goleash(['review', '--list', 'my plan.json'], { cwd });
  assert.match(table, /^FINGERPRINT {3}DECISION {2}SAFETY {2}CHECKED {3}RULE {9}FIX {8,}PLACE\n/);
  assert.match(
    table,
    new RegExp(`^${fingerprint.slice(0, 12)} {2}rejected {2}\\S+ +compiler +lost-cancel `, 'm'),
  );
  assert.match(
    table,
    /^1 fix left out:\nfixtures\/\S+:\d+: \S+ \(lost-cancel\) is left out, failed: go build fails$/m,
  );
  const wrong = await goleash(['review', '--accept', 'lost-cancle', 'my plan.json'], { cwd });
  assert.deepEqual(
    [wrong.status, wrong.err],
    [2, 'goleash: lost-cancle: the plan has no such rule or fingerprint; did you mean lost-cancel?\n'],
  );
});

test('a decision that cannot be saved is told, and goes with the next that can', (t) => {
  const path = join(tree(t, { 'plan.json': planText(plan) }), 'plan.json');
  const [first, second] = plan.changes.map(keyOf) as [string, string];
  const { save, unsaved } = saver(path, 'plan.json');
  const start = newSession(plan.changes);
  renameSync(path, `${path}.away`);
  const failed = save(start, new Map([[first, 'accepted']]));
  assert.match(failed.told, /^plan\.json: does not exist/);
  assert.equal(unsaved(), 1);
  renameSync(`${path}.away`, path);
  save(failed, new Map([[second, 'rejected']]));
  assert.equal(unsaved(), 0);
  const written = new Map(readPlan(path).changes.map((change) => [keyOf(change), change.decision]));
  assert.deepEqual([written.get(first), written.get(second)], ['accepted', 'rejected']);
  writeFileSync(path, planText({ ...plan, changes: plan.changes.slice(1) }));
  assert.match(
    save(start, new Map([[first, 'accepted']])).told,
    /was made again and no longer has this change/,
  );
});

test('a plan that is not there, is none, or is empty', async (t) => {
  const cwd = tree(t, { 'a.json': '{}', 'empty.json': planText({ ...plan, changes: [] }) });
  const missing = await goleash(['review', 'plan.json'], { cwd });
  assert.equal(missing.status, 2);
  assert.match(
    missing.err,
    /^goleash: plan\.json: does not exist; make a plan with: goleash plan -o plan\.json\n/,
  );
  assert.match(
    (await goleash(['review', 'a.json'], { cwd })).err,
    /^goleash: a\.json: not a plan of goleash/,
  );
  const empty = await goleash(['review', 'empty.json'], { cwd });
  assert.deepEqual([empty.status, empty.out], [0, 'empty.json has no changes: there is nothing to review\n']);
});
