// The review on a real terminal, with the built command.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Plan } from '../../../codemods/plan/plan.ts';
import { planText, readPlan } from '../../../codemods/plan/plan-file.ts';
import { builtCommand } from '../../support/built.ts';
import { planOfFixtures } from '../../support/plan.ts';
import { noTmux, openPane } from '../../support/tmux.ts';
import { tree } from '../tree.ts';

const plan: Plan = noTmux
  ? { plan: 1, goleash: '', selection: [], changes: [], left: [] }
  : await planOfFixtures('lost-cancel', 'leaked-sender/receivers.go', 'leaked-sender/more.go');
const total = plan.changes.length;

/** A terminal in a folder with the plan and, at a prompt, the command line. */
function startReview(t: TestContext, { columns = 90, rows = 30, before = '' } = {}) {
  const cwd = tree(t, { 'plan.json': planText(plan) });
  const pane = openPane(t, cwd, columns, rows);
  pane.press(`${before} ${process.execPath} ${builtCommand} review plan.json`, 'Enter');
  const decisions = () => readPlan(join(cwd, 'plan.json')).changes.map(({ decision }) => decision);
  return { cwd, pane, decisions, accepted: () => decisions().filter((d) => d === 'accepted').length };
}

test('changes are accepted and rejected by single keys, back works, and each decision is saved at once', {
  skip: noTmux,
  timeout: 60_000,
}, async (t) => {
  const { pane, decisions, accepted } = startReview(t);
  const first = await pane.until(/Accept this change \[y,n,a,d/);
  assert.match(first, new RegExp(`^1/${total} · 0 accepted · 0 rejected · ${total} open +open$`, 'm'));
  assert.match(first, /^leaked-sender, .*: 1 of \d+ · nothing receives from … any more when this sends/m);
  assert.match(first, /^fixtures\/leaked-sender\/\S+:\d+:\d+ {2}error {2}leaked-sender, proved$/m);
  assert.match(first, /^Fix: .* \((?:safe|review)\)\nChecked: /m);
  assert.match(first, /^@@ -\d+,\d+ \+\d+,\d+ @@$/m);
  pane.press('y');
  await pane.until(/^2\/.* 1 accepted/m);
  assert.equal(accepted(), 1);
  pane.press('k');
  await pane.until(/^1\/.* accepted$/m);
  pane.press('n');
  await pane.until(/^2\/.* 0 accepted · 1 rejected/m);
  pane.press('k', 'u');
  await pane.until(/^Open again\./m);
  assert.deepEqual(new Set(decisions()), new Set(['open']));
  pane.press('a');
  const told = await pane.until(/^\d+ changes of the group are accepted\./m);
  assert.equal(accepted(), Number(/^(\d+) changes of/m.exec(told)?.[1]));
  pane.press('q');
  const after = await pane.until(/To apply:\s+goleash\s+apply plan\.json/);
  assert.match(after, /^[$#] .*review plan\.json/m, 'the screen is as before');
  assert.match(after, new RegExp(`^${accepted()} accepted, 0 rejected\\.`, 'm'));
});

test('help, search and groups; a small terminal and a resize break nothing', {
  skip: noTmux,
  timeout: 60_000,
}, async (t) => {
  const { pane } = startReview(t, { columns: 40, rows: 12 });
  const narrow = await pane.until(/^Accept this change \[y,n,a/m);
  assert.match(narrow, /↓ \d+ more, Space/);
  pane.press('Space');
  await pane.until(/^(?! *fixtures)[^\n]*\n[^\n]*\n(?!fixtures\/leaked-sender\/\S+ {2}error)/);
  pane.press('?');
  await pane.until(/^ {2}y +accept this change$/m);
  pane.resize(100, 30);
  assert.match(
    await pane.until(/^ {2}\? +show or hide this help$/m),
    /Accept this change \[y,n,a,d,u,j,J,k,K,g,G,s,e,\/,q,\?\]\?$/m,
  );
  pane.press('?', '/', 'lost-', 'x', 'BSpace');
  await pane.until(/^\/lost-/m);
  pane.press('Enter');
  await pane.until(/^lost-cancel, .*: 1 of/m);
  pane.press('/', 'nowhere to be found', 'Enter');
  await pane.until(/^Nothing has “nowhere to be found” in it\./m);
  pane.press('G');
  await pane.until(/^leaked-sender, .*: 1 of/m);
  pane.press('s');
  await pane.until(/whole\./);
});

test('what was decided survives kill -9, and the review goes on where it was', {
  skip: noTmux,
  timeout: 60_000,
}, async (t) => {
  const { cwd, pane } = startReview(t, { before: 'exec' });
  await pane.until(/^1\//m);
  pane.press('y');
  await pane.until(/^2\//m);
  process.kill(pane.pid, 'SIGKILL');
  const other = openPane(t, cwd);
  other.press(`${process.execPath} ${builtCommand} review plan.json`, 'Enter');
  await other.until(/^2\/\d+ · 1 accepted/m);
});

for (const [name, keys, status] of [
  ['Ctrl-C', ['C-c'], 130],
  ['q', ['q'], 0],
] as const) {
  test(`${name} leaves the terminal as it was`, { skip: noTmux, timeout: 60_000 }, async (t) => {
    const cwd = tree(t, { 'plan.json': planText(plan) });
    const pane = openPane(t, cwd);
    const command = `${process.execPath} ${builtCommand} review plan.json`;
    pane.press(`stty -a > before; ${command}; echo status $?; stty -a > after`, 'Enter');
    await pane.until(/^Accept this/m);
    pane.press(...keys);
    const screen = await pane.until(/^status \d+$/m);
    assert.match(screen, new RegExp(`^status ${status}$`, 'm'));
    pane.press('echo', 'Space', 'typed', 'Enter');
    await pane.until(/^typed$/m);
    assert.equal(readFileSync(join(cwd, 'after'), 'utf8'), readFileSync(join(cwd, 'before'), 'utf8'));
  });
}

test('the editor opens at the place, and a file that changed is told', {
  skip: noTmux,
  timeout: 60_000,
}, async (t) => {
  const { pane, cwd } = startReview(t, { before: 'VISUAL="sh ./editor.sh --wait"' });
  await pane.until(/^Accept this/m);
  const { at } = readPlan(join(cwd, 'plan.json')).changes.find(
    ({ ruleId, fixId, at: { path } }) =>
      pane.screen().includes(`${ruleId}, ${fixId}:`) && pane.screen().includes(path),
  ) as Plan['changes'][number];
  pane.press('e');
  await pane.until(/does not exist here/);
  mkdirSync(dirname(join(cwd, at.path)), { recursive: true });
  writeFileSync(join(cwd, at.path), 'package p\n');
  writeFileSync(join(cwd, 'editor.sh'), 'echo "$@" > arguments\n');
  pane.press('e');
  await pane.until(/is not what the plan was made against/);
  assert.match(
    readFileSync(join(cwd, 'arguments'), 'utf8'),
    new RegExp(`^--wait \\+\\d+ ${cwd}/${at.path}\n$`),
  );
});

test('without colours there are none, and with them the changed words stand out', {
  skip: noTmux,
  timeout: 60_000,
}, async (t) => {
  const plain = startReview(t, { before: 'NO_COLOR=1' });
  await plain.pane.until(/^Accept this/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for.
  assert.doesNotMatch(plain.pane.screen(true), /\u001B\[[0-9;]*m/);
  const coloured = startReview(t);
  await coloured.pane.until(/^Accept this/m);
  coloured.pane.press('/', 'make(chan int, 1)', 'Enter');
  await coloured.pane.until(/^\+.*make\(chan int, /m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for.
  assert.match(coloured.pane.screen(true), /make\(chan int\u001B\[[0-9;]*7m, \d/);
});
