import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Change, Decision, Plan } from '../../codemods/plan/plan.ts';
import { goleash, lostCancel, twoGets } from './command.ts';
import { git, repository } from './repository.ts';
import { tree } from './tree.ts';

const goMod = 'module m\n\ngo 1.24\n';
const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

async function planIn(cwd: string, ...args: readonly string[]): Promise<Plan> {
  await goleash(['plan', '-q', '-o', 'plan.json', ...args], { cwd });
  return JSON.parse(read(cwd, 'plan.json')) as Plan;
}

/** Writes decisions into the plan of a folder. */
function decide(cwd: string, decision: (change: Change, index: number) => Decision): void {
  const plan = JSON.parse(read(cwd, 'plan.json')) as Plan;
  const changes = plan.changes.map((change, i) => ({ ...change, decision: decision(change, i) }));
  writeFileSync(join(cwd, 'plan.json'), JSON.stringify({ ...plan, changes }));
}

test('plan and apply do what fix does, and a second time there is nothing to do', async (t) => {
  const files = {
    'go.mod': goMod,
    'a/a.go': lostCancel('a'),
    'b/b.go': lostCancel('b').replaceAll('\n', '\r\n'),
    'c.go': twoGets,
  };
  const [cwd, twin] = [tree(t, files), tree(t, files)];
  await planIn(cwd, '--unsafe');
  const applied = await goleash(['apply', 'plan.json', '--unsafe'], { cwd });
  assert.deepEqual([applied.status, applied.err], [0, '']);
  assert.match(
    applied.out,
    /^a\/a\.go: defer-cancel \(lost-cancel\)\n[\s\S]*\nApplied 4 changes in 3 files\n$/,
  );
  await goleash(['fix', '--unsafe'], { cwd: twin });
  for (const name of Object.keys(files)) assert.equal(read(cwd, name), read(twin, name), name);

  const again = await goleash(['apply', 'plan.json', '--unsafe'], { cwd });
  assert.equal(again.status, 1);
  assert.match(again.out, /the file changed since the plan was made, and the finding is gone\n/);
  assert.match(again.out, /\nNothing was applied; 4 changes of the plan were not\n$/);
});

test('what is rejected or waits for a review is not applied, nor what builds on it', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': twoGets, 'sub/b.go': lostCancel() });
  await planIn(cwd, '--unsafe');
  decide(cwd, ({ ruleId }, i) => (ruleId === 'lost-cancel' ? 'open' : i === 0 ? 'rejected' : 'accepted'));
  const { status, out } = await goleash(['apply', 'plan.json'], { cwd });
  assert.equal(status, 1);
  assert.match(
    out,
    /^a\.go:15:9: use-client-with-timeout \(.*\) was not applied: it builds on use-client-with-timeout at a\.go:6, which was rejected$/m,
  );
  assert.match(
    out,
    /Applied 1 change in 1 file; 1 change of the plan was not; 1 change rejected or to review: goleash review plan\.json\n$/,
  );
  assert.equal(read(cwd, 'a.go'), twoGets);
  assert.match(read(cwd, 'sub/b.go'), /defer cancel/);

  decide(cwd, () => 'open');
  const safe = await goleash(['apply', 'plan.json'], { cwd });
  assert.match(safe.out, /2 changes rejected or to review/);
  assert.equal(read(cwd, 'a.go'), twoGets);
});

test('of two equal findings the one that was accepted is repaired', async (t) => {
  const twice = lostCancel().replace(
    '\t<-ctx.Done()\n',
    '\t<-ctx.Done()\n\tctx, _ = context.WithTimeout(context.Background(), time.Minute)\n\t<-ctx.Done()\n\tctx, _ = context.WithTimeout(context.Background(), time.Minute)\n\t<-ctx.Done()\n',
  );
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': twice });
  const plan = await planIn(cwd);
  assert.equal(new Set(plan.changes.map(({ fingerprint }) => fingerprint)).size, plan.changes.length);
  const last = plan.changes.filter(({ after }) => after.length === 0).at(-1);
  decide(cwd, ({ fingerprint }) => (fingerprint === last?.fingerprint ? 'accepted' : 'rejected'));
  const { out } = await goleash(['apply', 'plan.json'], { cwd });
  assert.match(out, /Applied 1 change in 1 file/);
  const changed = read(cwd, 'a.go')
    .split('\n')
    .flatMap((line, i) => (line === twice.split('\n')[i] ? [] : [i + 1]));
  assert.equal(changed[0], last?.at.line);
});

test('a stale plan applies what still matches and names the rest', async (t) => {
  const cwd = tree(t, {
    'go.mod': goMod,
    'moved/a.go': lostCancel('moved'),
    'taken/a.go': lostCancel('taken'),
    'both/b.go': lostCancel('both'),
    'both/a_test.go': lostCancel('both_test'),
    'mended/a.go': lostCancel('mended'),
    'gone/a.go': lostCancel('gone'),
    'silenced/a.go': lostCancel('silenced'),
  });
  await planIn(cwd);
  const edit = (path: string, from: string, to: string) =>
    writeFileSync(join(cwd, path), read(cwd, path).replace(from, to));
  edit('moved/a.go', 'func Use', '// Waits.\nfunc more() {}\n\nfunc Use');
  edit('moved/a.go', 'ctx, _', 'c, _');
  edit('moved/a.go', '<-ctx', '<-c');
  for (const path of ['taken/a.go', 'both/a_test.go'])
    edit(path, 'func Use() {\n', 'func Use() {\n\tcancel := 1\n\t_ = cancel\n');
  edit('mended/a.go', 'ctx, _ :=', 'ctx, cancel :=\n\t\t');
  edit('mended/a.go', '\t<-ctx', '\tdefer cancel()\n\t<-ctx');
  rmSync(join(cwd, 'gone'), { recursive: true });
  writeFileSync(join(cwd, '.goleash.yaml'), 'exclude: [silenced]\n');
  const { status, out, err } = await goleash(['apply', 'plan.json'], { cwd });
  assert.equal(status, 1);
  assert.match(err, /silenced\/a\.go is left out: \.goleash\.yaml excludes it/);
  assert.match(read(cwd, 'moved/a.go'), /\tc, cancel := .*\n\tdefer cancel\(\)\n/);
  const reasons = [...out.matchAll(/^(\w+)\/a(?:_test)?\.go:\d+:\d+: .* was not applied: (.*)$/gm)].map(
    (m) => [m[1], m[2]],
  );
  assert.deepEqual(Object.fromEntries(reasons), {
    both: 'the file changed since the plan was made, and the fix now edits other text',
    gone: 'the file is gone',
    mended: 'the file changed since the plan was made, and the finding is gone',
    silenced:
      'the finding is gone, though the file is as it was: changes are left out that were planned with it, or its package, the configuration or goleash has changed',
    taken: 'the file changed since the plan was made, and the fix now edits other text',
  });
  assert.doesNotMatch(read(cwd, 'taken/a.go'), /defer/);
  assert.match(out, /Applied 2 changes in 2 files; 5 changes of the plan were not\n$/);
});

test('read-only files and folders are named, and all else is applied', async (t) => {
  const cwd = tree(t, {
    'go.mod': goMod,
    'a/a.go': lostCancel('a'),
    'b/b.go': lostCancel('b'),
    'c/c.go': lostCancel('c'),
    'd/_real/d.go': lostCancel('d'),
  });
  symlinkSync('_real/d.go', join(cwd, 'd/link.go'));
  await planIn(cwd);
  chmodSync(join(cwd, 'a/a.go'), 0o444);
  chmodSync(join(cwd, 'b'), 0o555);
  const { status, out, err } = await goleash(['apply', 'plan.json'], { cwd });
  chmodSync(join(cwd, 'b'), 0o755);
  assert.equal(status, 3);
  assert.equal(
    err,
    'goleash: a/a.go: not fixed: the file is read-only\ngoleash: b/b.go: not fixed: its folder is read-only\n',
  );
  assert.match(out, /a\.go:9:7: defer-cancel \(lost-cancel\) was not applied: the file is read-only\n/);
  assert.match(out, /Applied 2 changes in 2 files; 2 changes of the plan were not\n$/);
  assert.equal(read(cwd, 'a/a.go'), lostCancel('a'));
  assert.match(read(cwd, 'd/_real/d.go'), /defer cancel/);
  assert.ok(lstatSync(join(cwd, 'd/link.go')).isSymbolicLink());
});

test('what is no plan, and a plan of another place, are refused', async (t) => {
  const cwd = tree(t, {
    'go.mod': goMod,
    'a.go': lostCancel(),
    'text.json': 'x',
    'empty.json': '{}',
    'later.json': '{"plan":2}',
  });
  await planIn(cwd);
  const refused = async (name: string) => {
    const { status, err } = await goleash(['apply', name], { cwd });
    assert.equal(status, 2, err);
    return err;
  };
  assert.match(await refused('none.json'), /^goleash: none\.json: does not exist; make a plan with/m);
  assert.match(await refused('text.json'), /^goleash: text\.json: not valid JSON: /);
  assert.match(
    await refused('empty.json'),
    /^goleash: empty\.json: not a plan of goleash; make it again with: goleash plan$/m,
  );
  assert.match(
    await refused('later.json'),
    /a plan in format 2, and this goleash reads format 1; update goleash$/m,
  );
  const plan = read(cwd, 'plan.json');
  writeFileSync(join(cwd, 'bad.json'), plan.replace('"open"', '"yes"'));
  assert.match(
    await refused('bad.json'),
    /changes\/0\/decision must be open, accepted or rejected, not "yes"/,
  );
  writeFileSync(join(cwd, 'bad.json'), plan.replace('"model"', '"hope"'));
  assert.match(
    await refused('bad.json'),
    /changes\/0\/verified\/rung must be text, model, compiler, tests or proof, not "hope"/,
  );
  mkdirSync(join(cwd, 'elsewhere'));
  cpSync(join(cwd, 'plan.json'), join(cwd, 'elsewhere/plan.json'));
  const { status, err } = await goleash(['apply', 'plan.json'], { cwd: join(cwd, 'elsewhere') });
  assert.equal(status, 2);
  assert.match(err, /no file of this plan is here: run goleash apply in the folder in which it was made/);
});

test('a git tree with changes is refused, unless they are allowed', async (t) => {
  const cwd = repository(t, {
    'go.mod': goMod,
    'a.go': lostCancel(),
    'note.txt': 'one\n',
    '.gitignore': '*.json\n',
  });
  await planIn(cwd);
  writeFileSync(join(cwd, 'note.txt'), 'two\n');
  for (const command of [['fix'], ['apply', 'plan.json']]) {
    const { status, err } = await goleash(command, { cwd });
    assert.equal(status, 2);
    assert.match(
      err,
      /^goleash: \S+ has changes that are not committed: note\.txt; commit them, or pass --allow-dirty/,
    );
  }
  git(cwd, 'add', 'note.txt');
  assert.equal((await goleash(['fix'], { cwd })).status, 2, 'staged changes are changes');
  assert.equal(read(cwd, 'a.go'), lostCancel());
  assert.equal((await goleash(['fix', '--diff'], { cwd })).status, 1, 'a patch may be made at any time');
  git(cwd, 'commit', '-q', '-m', 'note');

  writeFileSync(join(cwd, 'new.go'), lostCancel().replace('Use', 'New'));
  const untracked = await goleash(['fix'], { cwd });
  assert.equal(untracked.status, 2);
  assert.match(untracked.err, /^goleash: git does not know new\.go in /);
  assert.equal(read(cwd, 'a.go'), lostCancel());
  assert.equal((await goleash(['apply', 'plan.json'], { cwd })).status, 0, 'that file is not in the plan');
  assert.equal((await goleash(['fix', '--allow-dirty'], { cwd })).status, 0);
  assert.match(read(cwd, 'new.go'), /defer cancel/);
});

test('a commit for each rule has what its changes need, and the reasons as its message', async (t) => {
  const mixed = `${twoGets.replace('import "net/http"', 'import (\n\t"context"\n\t"net/http"\n\t"time"\n)')}\nfunc Wait() {\n\tctx, _ := context.WithTimeout(context.Background(), time.Minute)\n\t<-ctx.Done()\n}\n`;
  const cwd = repository(t, {
    'go.mod': goMod,
    'a.go': mixed,
    'sub/b.go': lostCancel('sub'),
    '.gitignore': '*.json\n',
  });
  const twin = tree(t, { 'go.mod': goMod, 'a.go': mixed, 'sub/b.go': lostCancel('sub') });
  await goleash(['fix', '--unsafe'], { cwd: twin });
  writeFileSync(join(cwd, 'other.txt'), 'untracked\n');
  await planIn(cwd, '--unsafe');
  const { status, out, err } = await goleash(['apply', 'plan.json', '--unsafe', '--commit-per', 'rule'], {
    cwd,
  });
  assert.deepEqual([status, err], [0, '']);
  assert.match(out, /Applied 4 changes in 2 files\n$/);
  assert.deepEqual(git(cwd, 'log', '--reverse', '--format=%s').split('\n'), [
    'start',
    // The second client comes in a later round, when the file has the cancel functions.
    'Repair 2 findings of lost-cancel',
    'Repair 2 findings of http-client-without-timeout',
    '',
  ]);
  const body = git(cwd, 'log', '-1', 'HEAD^', '--format=%b');
  assert.match(
    body,
    /^a\.go:\d+: the cancel function of context\.WithTimeout is discarded.* \[lost-cancel\]\n {2}Call the cancel function/m,
  );
  assert.match(body, /^sub\/b\.go:9: /m);
  assert.match(git(cwd, 'show', 'HEAD^:a.go'), /http\.Get[\s\S]*ctx, cancel :=/);
  for (const name of ['a.go', 'sub/b.go']) assert.equal(read(cwd, name), read(twin, name));
  assert.equal(git(cwd, 'status', '--porcelain'), '?? other.txt\n');
});

test('a commit for each package, and a hook that refuses one', async (t) => {
  const cwd = repository(t, {
    'go.mod': goMod,
    'a/a.go': lostCancel('a'),
    'b/b.go': lostCancel('b'),
    'c/c.go': lostCancel('c'),
  });
  // It asks a person first, whom nobody lets it find.
  const hook =
    '#!/bin/sh\nread answer < /dev/tty\nif git diff --cached --name-only | grep -q ^b/; then echo "no b" >&2; exit 1; fi\n';
  writeFileSync(join(cwd, '.git/hooks/pre-commit'), hook, { mode: 0o755 });
  const { status, out, err } = await goleash(['fix', '--commit-per', 'package'], { cwd });
  assert.equal(status, 3);
  assert.match(
    err,
    /: the changes for b are written and not committed, and nothing after them is written: .*[\s\S]*no b/,
  );
  assert.match(out, /Fixed 2 findings in 2 files/);
  assert.equal(git(cwd, 'log', '-1', '--format=%s'), 'Repair 1 finding in a\n');
  assert.equal(git(cwd, 'status', '--porcelain'), ' M b/b.go\n');
  assert.equal(read(cwd, 'c/c.go'), lostCancel('c'));
});

test('commits need a repository, and none takes changes of the user along', async (t) => {
  const none = tree(t, { 'a.go': lostCancel() });
  const refused = await goleash(['fix', '--commit-per', 'rule'], { cwd: none });
  assert.equal(refused.status, 2);
  assert.match(refused.err, /--commit-per needs all files in one git repository/);
  const cwd = repository(t, { 'go.mod': goMod, 'a.go': lostCancel() });
  writeFileSync(join(cwd, 'a.go'), `${lostCancel()}\n// mine\n`);
  const mine = await goleash(['fix', '--commit-per', 'rule', '--allow-dirty'], { cwd });
  assert.equal(mine.status, 2);
  assert.match(mine.err, /--commit-per would commit your changes of a\.go as well: commit them first/);
  assert.equal(read(cwd, 'a.go'), `${lostCancel()}\n// mine\n`);
  const both = await goleash(['fix', '--commit-per', 'rule', '--diff'], { cwd });
  assert.equal(both.status, 2);
});

test('a run that was cut short is finished before the next one, and named', async (t) => {
  const cwd = tree(t, { 'go.mod': goMod, 'a.go': lostCancel(), 'sub/b.go': lostCancel('sub') });
  const journal = join(cwd, '.goleash-journal');
  mkdirSync(join(journal, 'owner-0'), { recursive: true });
  writeFileSync(join(journal, 'owner-0/owner.json'), JSON.stringify({ pid: 2 ** 30, token: 'x' }));
  const told = await goleash(['fix', 'sub'], { cwd });
  assert.equal(told.status, 0);
  assert.ok(!existsSync(journal));
  mkdirSync(join(journal, 'owner-0'), { recursive: true });
  writeFileSync(join(journal, 'owner-0/owner.json'), JSON.stringify({ pid: process.pid, token: 'x' }));
  const busy = await goleash(['fix'], { cwd });
  assert.equal(busy.status, 3);
  assert.match(
    busy.err,
    new RegExp(`^goleash: another goleash \\(process ${process.pid}\\) is writing here`),
  );
  assert.equal(read(cwd, 'a.go'), lostCancel());
});
