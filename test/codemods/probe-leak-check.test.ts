// The leak check, and the one edit that a probe makes of a file that is there: TestMain.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { sourceFile } from '../../analysis/index.ts';
import { testMainsIn, unwrapped } from '../../codemods/probe/test-main.ts';
import { goleash } from './command.ts';
import { files, leakFile, testMain, texts } from './probe-files.ts';
import { tree } from './tree.ts';

async function wrap(t: TestContext, body: string, more: Readonly<Record<string, string>> = {}) {
  const cwd = tree(t, { ...files, 'store/main_test.go': testMain(body), ...more });
  const before = texts(cwd);
  const ran = await goleash(['probe', 'add', 'leak-check', 'store'], { cwd });
  return { cwd, before, ran, after: texts(cwd)['store/main_test.go'] ?? '' };
}

test('a TestMain calls the check where that is one expression, and is as before afterwards', async (t) => {
  for (const body of [
    '\tos.Exit(m.Run())\n',
    '\tcode := m.Run()\n\tos.Exit(code)\n',
    '\tif code := m.Run(); code != 0 {\n\t\tos.Exit(code)\n\t}\n',
    '\tos.Exit(func() int {\n\t\tdefer println()\n\t\treturn m.Run()\n\t}())\n',
  ]) {
    const { cwd, before, ran, after } = await wrap(t, body);
    assert.deepEqual([ran.status, ran.err], [0, ''], body);
    assert.match(
      ran.out,
      /\nChanged TestMain in store\/main_test\.go: it calls the check in goleash_probe_leak_check_test\.go\n/,
    );
    assert.equal(after, testMain(body.replace('m.Run()', 'goleashProbeLeakCheck(m)')));
    assert.doesNotMatch(texts(cwd)[leakFile] ?? '', /func TestMain/);
    const line = after.split('\n').findIndex((text) => text.includes('LeakCheck')) + 1;
    assert.equal(
      (await goleash(['probe', 'list'], { cwd })).out,
      `${leakFile}:1: leak-check --grace 1s\nstore/main_test.go:${line}: calls the leak-check of store\n`,
    );
    const removed = await goleash(['probe', 'remove'], { cwd });
    assert.equal(removed.out, `Removed ${leakFile}\nRestored TestMain in store/main_test.go\n`);
    assert.deepEqual(texts(cwd), before);
  }
});

test('a TestMain that cannot be changed safely is left to a person, who is told what to write', async (t) => {
  for (const [body, reason] of [
    ['\tm.Run()\n', 'the result of m.Run is not used on a line of code alone'],
    ['\tos.Exit(m.Run()) // all\n', 'the result of m.Run is not used on a line of code alone'],
    ['\t_ = m.Run()\n', 'the result of m.Run is not used on a line of code alone'],
    ['\tos.Exit(f(func(m other) int { return m.Run() }))\n', 'it declares another m'],
    ['\tdefer m.Run()\n', 'the result of m.Run is not used on a line of code alone'],
    ['\t/*\n\tos.Exit(m.Run())\n\t*/\n', 'the result of m.Run is not used on a line of code alone'],
    ['\tprintln(`\n(`, m.Run())\n', 'it has a string of several lines'],
    ['\tif x() {\n\t\tos.Exit(m.Run())\n\t}\n\tos.Exit(m.Run())\n', 'it does not call m.Run once'],
    ['\tos.Exit(with(m))\n', 'it does not call m.Run once'],
    ['\tm := other{m}\n\tos.Exit(m.Run())\n', 'it declares another m'],
  ] as const) {
    const { cwd, before, ran, after } = await wrap(t, body);
    assert.equal(ran.status, 1, body);
    assert.equal(
      ran.err,
      `store/main_test.go:8: TestMain was left alone: ${reason}; write goleashProbeLeakCheck(m) there in the place of m.Run()\n`,
    );
    assert.equal(after, testMain(body));
    // Done by hand, it is taken out all the same.
    writeFileSync(
      join(cwd, 'store/main_test.go'),
      testMain(body.replace('m.Run()', 'goleashProbeLeakCheck(m)')),
    );
    assert.equal((await goleash(['probe', 'remove'], { cwd })).status, 0);
    if (body.includes('m.Run()')) assert.deepEqual(texts(cwd), before);
  }
});

test('a probe that is used in another way stays, whatever is forced', async (t) => {
  const { cwd } = await wrap(t, '\tos.Exit(m.Run())\n');
  const path = join(cwd, 'store/main_test.go');
  writeFileSync(path, readFileSync(path, 'utf8').replace('Check(m)', 'Check( m )'));
  const before = texts(cwd);
  const { status, err } = await goleash(['probe', 'remove', '--force'], { cwd });
  assert.equal(status, 1);
  assert.equal(err, `store/main_test.go:9: this needs ${leakFile}, which was kept: take it out first\n`);
  assert.deepEqual(texts(cwd), before);
});

test('a TestMain under a tag, of another package, generated, read-only, or with goleak', async (t) => {
  const cwd = tree(t, { ...files, 'store/main_test.go': testMain('\tos.Exit(m.Run())\n') });
  const add = (...more: string[]) => goleash(['probe', 'add', 'leak-check', 'store', ...more], { cwd });
  const path = join(cwd, 'store/main_test.go');
  const text = readFileSync(path, 'utf8');
  assert.match(
    (await add('--tag', 'debug')).err,
    /left alone: it would need the probe also without the tag debug;/,
  );
  await goleash(['probe', 'remove'], { cwd });
  chmodSync(path, 0o444);
  assert.match((await add()).err, /TestMain was left alone: the file is read-only;/);
  chmodSync(path, 0o644);
  writeFileSync(path, `// Code generated by x. DO NOT EDIT.\n\n${text}`);
  assert.match((await add()).err, /TestMain was left alone: its file is generated;/);
  writeFileSync(path, text.replace('package store', 'package store_test'));
  await goleash(['probe', 'remove'], { cwd });
  assert.equal((await add()).status, 0);
  assert.match(texts(cwd)[leakFile] ?? '', /^package store_test$/m);
  await goleash(['probe', 'remove'], { cwd });
  writeFileSync(path, testMain('\tgoleak.VerifyTestMain(m)\n'));
  assert.deepEqual(await add(), {
    status: 0,
    out: 'store/main_test.go:8: TestMain checks for goroutines already\n',
    err: '',
  });
});

test('goleak is used where the module can import it, and never added', async (t) => {
  const goleak = 'package goleak\n\nfunc IgnoreCurrent() int { return 0 }\n';
  const mod = 'module m\n\ngo 1.21\n\nrequire go.uber.org/goleak v1.3.0\n';
  const usesIt = async (more: Readonly<Record<string, string>>, ...flags: string[]) => {
    const cwd = tree(t, { ...files, ...more });
    await goleash(['probe', 'add', 'leak-check', 'store', ...flags], { cwd });
    assert.equal(texts(cwd)['go.mod'], more['go.mod'] ?? files['go.mod']);
    const text = texts(cwd)[leakFile] ?? '';
    const uses = text.includes('"go.uber.org/goleak"');
    assert.equal(text.split('\n')[0]?.includes('--grace'), !uses);
    return uses;
  };
  const replaced = {
    'go.mod': `${mod}\nreplace go.uber.org/goleak => ./goleak\n`,
    'goleak/options.go': goleak,
  };
  const vendored = {
    'go.mod': mod,
    'vendor/modules.txt': '# go.uber.org/goleak v1.3.0\n## explicit\ngo.uber.org/goleak\n',
    'vendor/go.uber.org/goleak/options.go': goleak,
  };
  assert.equal(await usesIt({}), false);
  assert.equal(await usesIt(replaced), true);
  assert.equal(await usesIt(replaced, '--grace', '2s'), false);
  assert.equal(await usesIt({ ...replaced, 'goleak/options.go': 'package goleak\n' }), false);
  assert.equal(await usesIt(vendored), true);
  assert.equal(await usesIt({ ...vendored, 'vendor/modules.txt': '# example.com/x v1.0.0\n' }), false);
});

test('if one file cannot be restored, both stay', async (t) => {
  const { cwd } = await wrap(t, '\tos.Exit(m.Run())\n');
  chmodSync(join(cwd, 'store/main_test.go'), 0o444);
  const before = texts(cwd);
  const { status, err } = await goleash(['probe', 'remove'], { cwd });
  assert.deepEqual(
    [status, err],
    [3, 'goleash: store/main_test.go: leak-check was not removed: the file is read-only\n'],
  );
  assert.deepEqual(texts(cwd), before);
});

test('any TestMain that is changed is the same bytes afterwards', () => {
  const line = fc.constantFrom(
    '\tos.Exit(m.Run())',
    '\tcode := m.Run()',
    '\tm.Run()',
    '\tos.Exit(m.Run()) // é',
    '\t// os.Exit(m.Run())',
    '\tlog.Println("m.Run()", é)',
    '\tif code := m.Run(); code != 0 {',
    '\t}',
    '\tm  :=  m',
    '',
    '   ',
    '\tx(`',
  );
  const text = fc.record({
    mark: fc.constantFrom('', '\uFEFF'),
    head: fc.constantFrom('', '// ünïcode 🎉', '//go:build !x\n', '/*\n*/'),
    parameter: fc.constantFrom('m *testing.M', 'm *testing.M', 'm *T.M', '_ *testing.M', 'mm *testing.M'),
    body: fc.array(line, { maxLength: 3 }),
    tail: fc.constantFrom('', '\n', '\n\n\n', '\nfunc TestX(t *testing.T) {}'),
    newline: fc.constantFrom('\n', '\r\n'),
  });
  let changed = 0;
  fc.assert(
    fc.property(text, ({ mark, head, parameter, body, tail, newline }) => {
      const lines = [head, 'package p', '', `func TestMain(${parameter}) {`, ...body, '}'].join('\n') + tail;
      const original = mark + lines.replaceAll('\n', newline);
      for (const { wrapped } of testMainsIn([sourceFile('m/x_test.go', original)])) {
        if (!('text' in wrapped)) continue;
        changed++;
        assert.notEqual(wrapped.text, original);
        const { text: again, lines: taken, others } = unwrapped(wrapped.text);
        assert.deepEqual([again, taken.length, others], [original, 1, []]);
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
  assert.ok(changed > 100, `${changed}`);
});

test('on disk too: a byte order mark, other line endings, no newline at the end', async (t) => {
  const text = `\uFEFF${testMain('\tos.Exit(m.Run())\n').trimEnd().replaceAll('\n', '\r\n')}`;
  const cwd = tree(t, { ...files, 'store/main_test.go': text });
  assert.equal((await goleash(['probe', 'add', 'leak-check', 'store'], { cwd })).status, 0);
  assert.notEqual(texts(cwd)['store/main_test.go'], text);
  assert.equal((await goleash(['probe', 'remove'], { cwd })).status, 0);
  assert.equal(texts(cwd)['store/main_test.go'], text);
});
