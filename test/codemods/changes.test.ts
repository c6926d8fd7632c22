import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { goleash, jsonLines, leakedSender, lostCancel } from './command.ts';
import { at, repository } from './git.ts';
import { tree } from './tree.ts';

/** `file:line rule` of each finding. */
async function found(cwd: string, ...args: string[]): Promise<string[]> {
  const { out, err, status } = await goleash(['check', '-f', 'jsonl', ...args], { cwd });
  assert.equal(err, '');
  const lines = jsonLines(out).map(({ file, line, ruleId }) => `${file}:${line} ${ruleId}`);
  assert.equal(status, lines.length === 0 ? 0 : 1);
  return lines;
}

/** A second function with the same defect. */
const again = `
func Again() {
	ctx, _ := context.WithTimeout(context.Background(), time.Minute)
	<-ctx.Done()
}
`;

test('only findings on changed lines are told, also in renamed, untracked and oddly named files', async (t) => {
  const { cwd, git, write } = repository(t, {
    'go.mod': 'module m\n\ngo 1.24\n',
    'a.go': lostCancel(),
    'same/same.go': lostCancel('same'),
    'old/old.go': lostCancel('old'),
    'o"d d/ä.go': lostCancel('odd'),
  });
  git('checkout', '-q', '-b', 'work');
  git('mv', 'old/old.go', 'old/new.go');
  write({ 'a.go': `// moved\n\n${lostCancel()}${again}`, 'o"d d/ä.go': lostCancel('odd') + again });
  git('commit', '-qam', 'second');
  write({
    'old/new.go': lostCancel('old') + again,
    'same/untracked.go': lostCancel('same').replace('Use', 'Use2'),
  });
  assert.equal((await found(cwd)).length, 8);
  const changed = [
    'a.go:16 lost-cancel',
    'o"d d/ä.go:14 lost-cancel',
    'old/new.go:14 lost-cancel',
    'same/untracked.go:9 lost-cancel',
  ];
  assert.deepEqual(await found(cwd, '--new-from', 'main'), changed);
  assert.deepEqual(await found(cwd, '--new-from', 'HEAD~1', 'old'), changed.slice(2, 3));
  assert.deepEqual(await found(cwd, '--new-from', 'HEAD'), changed.slice(2));
});

test('what the main branch has got meanwhile is no change of this one', async (t) => {
  const { cwd, git, write } = repository(t, { 'a.go': lostCancel(), 'b.go': 'package p\n' });
  git('checkout', '-q', '-b', 'work');
  git('commit', '-q', '--allow-empty', '-m', 'work');
  git('checkout', '-q', 'main');
  write({ 'a.go': lostCancel().replace('time.Minute', 'time.Hour') });
  git('commit', '-qam', 'main goes on');
  git('checkout', '-q', 'work');
  assert.deepEqual(await found(cwd, '--new-from', 'main'), []);
});

test('a finding counts as changed with any step of its witness, and next to lines that were removed', async (t) => {
  const { cwd, git, write } = repository(t, {
    'a.go': leakedSender.replace('\tif stop {\n\t\treturn\n\t}\n', ''),
  });
  assert.deepEqual(await found(cwd), []);
  write({ 'a.go': leakedSender });
  assert.deepEqual(
    await found(cwd, '--new-from', 'main'),
    ['a.go:16 leaked-sender'],
    'a return came far from the send',
  );
  git('commit', '-qam', 'leak');
  const deferred = lostCancel()
    .replace('ctx, _ :=', 'ctx, cancel :=')
    .replace('\t<-ctx', '\tdefer cancel()\n\t<-ctx');
  write({ 'a.go': 'package p\n', 'b.go': deferred });
  git('add', '.');
  git('commit', '-qam', 'deferred');
  write({ 'b.go': deferred.replace('\tdefer cancel()\n', '') });
  assert.deepEqual(await found(cwd, '--new-from', 'HEAD'), ['b.go:9 lost-cancel']);
});

test('settings of git change nothing', async (t) => {
  const { cwd, git, write } = repository(t, { 'sub/a.go': lostCancel() });
  for (const setting of [
    'noPrefix true',
    'mnemonicPrefix true',
    'relative true',
    'interHunkContext 50',
    'external false',
  ])
    git('config', ...`diff.${setting}`.split(' '));
  git('config', 'color.ui', 'always');
  write({ 'sub/a.go': lostCancel() + again });
  assert.deepEqual(await found(join(cwd, 'sub'), '--new-from', 'HEAD'), ['a.go:14 lost-cancel']);
  git('add', '.');
  assert.deepEqual(await found(join(cwd, 'sub'), '--staged', '--new-from', 'HEAD'), ['a.go:14 lost-cancel']);
});

test('what git cannot tell is said with what to do', async (t) => {
  const origin = repository(t, { 'a.go': lostCancel() });
  origin.git('commit', '-q', '--allow-empty', '-m', 'second');
  origin.git('checkout', '-q', '-b', 'work', 'HEAD~1');
  origin.git('commit', '-q', '--allow-empty', '-m', 'work');
  const told = async (cwd: string, ...args: string[]) => {
    const { status, out, err } = await goleash(['check', ...args], { cwd });
    assert.deepEqual([status, out], [2, '']);
    return err;
  };
  assert.match(
    await told(origin.cwd, '--new-from', 'mian'),
    /no revision "mian" in .*git fetch origin BRANCH/,
  );
  assert.match(await told(origin.cwd, '--new-from', '--output=x'), /no revision "--output=x"/);
  const outside = tree(t, { 'a.go': lostCancel() });
  assert.match(
    await told(outside, '--new-from', 'main'),
    /is in no git repository, and --new-from needs one/,
  );
  assert.match(await told(outside, '--staged'), /is in no git repository, and --staged needs one/);
  const shallow = at(join(outside, 'shallow'));
  at(outside).git('clone', '-q', '--depth=1', '--no-single-branch', `file://${origin.cwd}`, 'shallow');
  assert.match(
    await told(shallow.cwd, '--new-from', 'origin/main'),
    /git fetch --unshallow, or with fetch-depth: 0/,
  );
  origin.git('checkout', '-q', '--orphan', 'alone');
  origin.git('commit', '-q', '-m', 'alone');
  assert.match(await told(origin.cwd, '--new-from', 'main'), /main and HEAD have no common history/);
  assert.match(await told(origin.cwd, '--stdin', '--staged'), /--stdin is one text/);
});

test('what is staged counts, not what the files say', async (t) => {
  const { cwd, git, write } = repository(t, {
    'go.mod': 'module m\n\ngo 1.24\n',
    'clean.go': 'package p\n',
    'sub/old.go': lostCancel('sub'),
    'gone.go': lostCancel().replace('Use', 'Gone'),
  });
  assert.deepEqual(await found(cwd, '--staged'), []);
  write({ 'clean.go': lostCancel() });
  assert.deepEqual(await found(cwd, '--staged'), [], 'it is not staged');
  git('add', '.');
  write({ 'clean.go': 'package p\n', 'untracked.go': lostCancel(), 'sub/old.go': 'package sub\n' });
  assert.deepEqual(await found(cwd, '--staged'), ['clean.go:9 lost-cancel']);
  write({ 'clean.go': undefined });
  assert.deepEqual(
    await found(cwd, '--staged', 'clean.go', 'sub'),
    ['clean.go:9 lost-cancel'],
    'it need not be there',
  );
  assert.deepEqual(await found(join(cwd, 'sub'), '--staged', '..'), [`${cwd}/clean.go:9 lost-cancel`]);
  const { err } = await goleash(['check', '--staged', tmpdir()], { cwd });
  assert.match(err, /is not in the repository .*, whose index --staged checks/);
});

test('staged settings and ignore files hold, and nothing is left behind', async (t) => {
  const own = tree(t, {});
  const usual = process.env['TMPDIR'];
  process.env['TMPDIR'] = own;
  t.after(() => {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
  });
  assert.equal(tmpdir(), own);
  const { cwd, git, write } = repository(t, { 'x.go': 'package p\n' });
  mkdirSync(join(cwd, 'out'));
  write({ 'x.go': lostCancel(), '.goleash.yaml': 'exclude: [y.go]\n', 'y.go': lostCancel() });
  git('add', '.');
  write({ '.goleash.yaml': 'nonsense: 1\n', 'other.yaml': 'exclude: [x.go]\n' });
  assert.deepEqual(await found(cwd, '--staged'), ['x.go:9 lost-cancel']);
  assert.deepEqual(await found(cwd, '--staged', '--config', 'other.yaml'), ['y.go:9 lost-cancel']);
  git('add', '.goleash.yaml');
  const { status, err } = await goleash(['check', '--staged'], { cwd });
  assert.equal(status, 2);
  assert.match(err, /^goleash: \.goleash\.yaml:1:1: /);
  assert.deepEqual(
    readdirSync(own).filter((name) => name.startsWith('goleash-index-')),
    [],
  );
});
