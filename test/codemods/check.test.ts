import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goleash, jsonLines, leakedSender, lostCancel } from './command.ts';
import { tree } from './tree.ts';

/** The files with findings, sorted. */
async function filesFound(cwd: string, ...args: string[]): Promise<unknown[]> {
  const { out } = await goleash(['check', '--format', 'jsonl', ...args], { cwd });
  return jsonLines(out).map((finding) => finding['file']);
}

test('a finding is shown with its line, its reason and what to do next', async (t) => {
  const cwd = tree(t, { 'go.mod': 'module m\n\ngo 1.24\n', 'a.go': lostCancel() });
  const { status, out, err } = await goleash(['check'], { cwd });
  assert.equal(status, 1);
  assert.equal(err, '');
  const lines = out.split('\n');
  assert.match(lines[0] ?? '', /^a\.go:9:\d+: (error|warning): .+ \[lost-cancel\]$/);
  assert.equal(lines[1], '    9 | \tctx, _ := context.WithTimeout(context.Background(), time.Minute)');
  assert.match(lines[2] ?? '', /^ {6}\| \t +\^+$/);
  assert.match(out, /\n {2}why: .+\n/);
  assert.match(out, /\n {2}fix: .+ \(safe\)\n/);
  assert.match(out, /\n\n1 finding \(1 \w+\) in 1 file; 1 safe fix, to see them: goleash fix --diff \.\n$/);
});

test('the way to a leak is shown step by step, in every format', async (t) => {
  const cwd = tree(t, { 'a.go': leakedSender });
  const { out } = await goleash(['check', '-q'], { cwd });
  assert.deepEqual(out.split('\n').slice(3, 11), [
    '  steps:',
    '    1. a.go:5:5: leak starts goroutine 1',
    '    2. a.go:14:2: goroutine 1 sends to leak',
    '       a.go:6:2: leak receives from goroutine 1',
    '    3. a.go:7:5: in leak, stop is true',
    '    4. a.go:8:3: leak returns',
    '    5. a.go:16:2: goroutine 1 waits here for ever',
    '  why: A send waits until somebody receives, unless the channel has room.',
  ]);
  const [finding] = jsonLines((await goleash(['check', '--format', 'jsonl'], { cwd })).out);
  const related = finding?.['related'] as Record<string, unknown>[];
  assert.deepEqual(
    related.map(({ step, goroutine, line, message }) => [step, goroutine, line, message]),
    [
      [1, 'leak', 5, 'leak starts goroutine 1'],
      [2, 'goroutine 1', 14, 'goroutine 1 sends to leak'],
      [2, 'leak', 6, 'leak receives from goroutine 1'],
      [3, 'leak', 7, 'in leak, stop is true'],
      [4, 'leak', 8, 'leak returns'],
      [5, 'goroutine 1', 16, 'goroutine 1 waits here for ever'],
    ],
  );
  const { runs } = JSON.parse((await goleash(['check', '--format', 'sarif'], { cwd })).out);
  const [{ codeFlows, relatedLocations }] = runs[0].results;
  assert.equal(relatedLocations, undefined, 'a step is no place beside the flow');
  assert.equal(codeFlows.length, 1);
  const threads = codeFlows[0].threadFlows as {
    id: string;
    locations: {
      executionOrder: number;
      location: { physicalLocation: { region: { startLine: number } } };
    }[];
  }[];
  assert.deepEqual(
    threads.map(({ id, locations }) => [
      id,
      ...locations.map((l) => [l.executionOrder, l.location.physicalLocation.region.startLine]),
    ]),
    [
      ['leak', [1, 5], [2, 6], [3, 7], [4, 8]],
      ['goroutine 1', [2, 14], [5, 16]],
    ],
  );
  const github = await goleash(['check', '--format', 'github'], { cwd });
  assert.match(github.out, /%0Aa\.go:5: 1\. leak starts goroutine 1%0A/);
});

test('statistics say what was parsed, explored and silenced', async (t) => {
  const circle = 'func circle(c chan int) {\n\tc = make(chan int)\n\tgo circle(c)\n\t<-c\n}\n';
  const cwd = tree(t, {
    'a.go': `${leakedSender}\n${circle}\ntype unrelated int\n`,
    'b/b.go': leakedSender.replace(
      '\tc <- 2',
      '\t//goleash:ignore leaked-sender ends with the process\n\tc <- 2',
    ),
    'c/c.go': 'package c\n',
  });
  const { err } = await goleash(['check', '--stats', '--jobs', '1'], { cwd });
  assert.deepEqual(
    err
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/\d+\.\d+/g, 'N')),
    [
      'goleash: 3 files with N million characters, 2 of them relevant',
      'goleash: 2 packages analysed; 5 of their 8 declarations parsed',
      'goleash: 3 functions explored: 2 to the end, 1 cut where something is not followed, 0 out of budget',
      'goleash: 1 finding, 1 suppressed',
      'goleash: N s; all threads together N s reading and N s analysing',
    ],
  );
  const json = await goleash(['check', '--stats', '--format', 'json'], { cwd });
  assert.equal(json.err, '', 'they are part of the report');
  const { stats } = JSON.parse(json.out);
  assert.deepEqual(stats.explorations, { complete: 2, cut: 1, spent: 0 });
  assert.equal(stats.parsed, 5);
  assert.ok(stats.elapsed >= stats.analysing);
  assert.equal('stats' in JSON.parse((await goleash(['check', '--format', 'json'], { cwd })).out), false);
});

test('check is the default command, and quiet leaves out the summary', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel() });
  assert.deepEqual(await goleash([], { cwd }), await goleash(['check', '.'], { cwd }));
  assert.doesNotMatch((await goleash(['-q'], { cwd })).out, /finding/);
});

test('no findings', async (t) => {
  const cwd = tree(t, { 'a.go': 'package p\n', 'b.go': 'package p\n' });
  assert.deepEqual(await goleash(['check', './...'], { cwd }), {
    status: 0,
    out: 'No findings in 2 files.\n',
    err: '',
  });
});

test('what is walked and what only if it is named', async (t) => {
  const names = [
    'a.go',
    'a_test.go',
    'sub/b.go',
    'vendor/v/c.go',
    'testdata/d.go',
    'node_modules/e.go',
    '_x/f.go',
    '.x/g.go',
  ];
  const hidden = ['_h.go', '.i.go', 'gen/j.go', 'sub/k.gen.go', 'notes.txt'];
  const cwd = tree(t, {
    '.git/HEAD': '',
    '.gitignore': 'gen/\n*.gen.go\n',
    ...Object.fromEntries([...names, ...hidden].map((name) => [name, lostCancel()])),
  });
  assert.deepEqual(await filesFound(cwd), ['a.go', 'a_test.go', 'sub/b.go']);
  assert.deepEqual(await filesFound(cwd, 'sub/...'), ['sub/b.go']);
  assert.deepEqual(
    await filesFound(
      cwd,
      'vendor',
      './testdata/...',
      '_x',
      '.x',
      'node_modules/',
      'gen',
      '_h.go',
      'sub/k.gen.go',
    ),
    [
      '.x/g.go',
      '_h.go',
      '_x/f.go',
      'gen/j.go',
      'node_modules/e.go',
      'sub/k.gen.go',
      'testdata/d.go',
      'vendor/v/c.go',
    ],
  );
  assert.deepEqual(await filesFound(cwd, 'a.go', '.', './a.go', 'sub'), ['a.go', 'a_test.go', 'sub/b.go']);
});

test('symbolic links to folders are followed only if they are named, and loops end', async (t) => {
  const cwd = tree(t, { 'real/a.go': lostCancel() });
  symlinkSync('..', join(cwd, 'real/loop'));
  symlinkSync('real', join(cwd, 'link'));
  symlinkSync('../real/a.go', join(cwd, 'real/again.go'));
  assert.deepEqual(await filesFound(cwd), ['real/a.go', 'real/again.go']);
  assert.deepEqual(await filesFound(cwd, 'link'), ['link/a.go', 'link/again.go']);
  assert.deepEqual(await filesFound(cwd, 'real', 'link'), ['real/a.go', 'real/again.go']);
});

test('the rest of the package is known but not reported on', async (t) => {
  const cwd = tree(t, {
    'a.go': 'package p\n\nfunc Use(f func(Context)) {\n\tctx, _ := WithCancel(Background())\n\tf(ctx)\n}\n',
    'b.go': lostCancel(),
  });
  assert.deepEqual(await filesFound(cwd, 'a.go'), []);
  assert.deepEqual(await filesFound(cwd, 'b.go'), ['b.go']);
});

test('exit status: hints are no findings, severity hides the milder ones', async (t) => {
  const cwd = tree(t, {
    'a.go': lostCancel(),
    'hint/.goleash.yaml': 'rules:\n  lost-cancel: hint\n',
    'hint/b.go': lostCancel(),
  });
  assert.equal((await goleash(['check', 'hint'], { cwd })).status, 0);
  assert.match((await goleash(['check', 'hint'], { cwd })).out, /1 finding \(1 hint\)/);
  assert.match((await goleash(['check', 'hint', '--severity', 'warning'], { cwd })).out, /^No findings/);
  assert.equal((await goleash(['check', '.'], { cwd })).status, 1);
});

test('the nearest configuration holds; exclude holds for named files too', async (t) => {
  const cwd = tree(t, {
    '.goleash.yaml': 'exclude: ["out/", "*_gen.go"]\n',
    'a.go': lostCancel(),
    'a_gen.go': lostCancel(),
    'out/b.go': lostCancel(),
    'off/.goleash.yaml': 'rules: { lost-cancel: off }\n',
    'off/c.go': lostCancel(),
  });
  assert.deepEqual(await filesFound(cwd), ['a.go']);
  const named = await goleash(['check', 'a_gen.go', 'out'], { cwd });
  assert.equal(named.status, 0);
  assert.match(named.err, /a_gen\.go is left out: \.goleash\.yaml excludes it/);
  assert.match(named.err, /out is left out/);
  assert.deepEqual(await filesFound(cwd, 'off', '--rule', 'lost-cancel'), ['off/c.go'], 'a named rule is on');
  assert.deepEqual(await filesFound(cwd, 'off', '--config', '.goleash.yaml'), ['off/c.go']);
});

test('usage and configuration errors are named with a remedy and status 2', async (t) => {
  const cwd = tree(t, {
    'a.go': 'package p\n',
    'notes.txt': '',
    'bad/.goleash.yaml': 'rules:\n  lost-cancle: off\n',
    'bad/b.go': 'package p\n',
    'yml/.goleash.yml': '',
    'yml/c.go': 'package p\n',
  });
  const cases: [string[], RegExp][] = [
    [['check', 'missing'], /^goleash: missing: does not exist\n$/],
    [['chekc'], /^goleash: chekc: does not exist\nDid you mean: goleash check\n$/],
    [['check', 'notes.txt'], /not a Go file/],
    [['check', 'a.go/...'], /is not a directory/],
    [['check', 'a...b'], /can only end a path/],
    [['check', '--rule', 'lost-cancle'], /no rule "lost-cancle": did you mean lost-cancel\?/],
    [['fix', '--fix', 'defer-cancle'], /no fix "defer-cancle": did you mean defer-cancel\?/],
    [['check', '--format', 'xml'], /Allowed choices are text, json, jsonl, sarif, github/],
    [['check', '--jobs', '0'], /whole number/],
    [['check', '--jbos', '1'], /--jobs/],
    [['check', '--stdin'], /--stdin-filename/],
    [['check', 'a.go', '-o', 'no/such/folder/x'], /cannot write no\/such\/folder\/x: does not exist/],
    [['check', '--config', 'missing.yaml'], /missing\.yaml:1:1: cannot be read/],
    [
      ['check', 'bad'],
      /^goleash: bad\/\.goleash\.yaml:2:3: there is no rule "lost-cancle": did you mean "lost-cancel"\?\n$/,
    ],
    [['check', 'yml'], /yml\/\.goleash\.yml:1:1: rename this file to \.goleash\.yaml/],
    [['explain', 'lost-cancle'], /did you mean lost-cancel\?/],
  ];
  for (const [args, message] of cases) {
    const { status, err } = await goleash(args, { cwd });
    assert.match(err, message, args.join(' '));
    assert.equal(status, 2, args.join(' '));
  }
});

test('standard input stands for a file of a package', async (t) => {
  const cwd = tree(t, { 'a.go': 'package p\n', 'sub/b.go': 'package p\n' });
  const { out, status } = await goleash(
    ['check', '--stdin', '--stdin-filename', 'sub/new.go', '--format', 'jsonl'],
    {
      cwd,
      input: lostCancel(),
    },
  );
  assert.equal(status, 1);
  assert.deepEqual(
    jsonLines(out).map((finding) => [finding['file'], finding['line']]),
    [['sub/new.go', 9]],
  );
  const binary = await goleash(['check', '--stdin', '--stdin-filename', 'a.go'], {
    cwd,
    input: new Uint8Array([0xff]),
  });
  assert.match(binary.err, /not valid UTF-8/);
});

test('help has examples and rules are listed and explained', async (t) => {
  const cwd = tree(t, {});
  assert.match((await goleash(['--help'], { cwd })).out, /Examples:\n {2}goleash\n/);
  assert.equal((await goleash(['fix', '--help'], { cwd })).status, 0);
  assert.match((await goleash(['--version'], { cwd })).out, /^\d+\.\d+\.\d+\n$/);
  assert.match((await goleash(['rules'], { cwd })).out, /^lost-cancel +\w+ +\S/m);
  const listed = JSON.parse((await goleash(['rules', '--format', 'json'], { cwd })).out) as { id: string }[];
  assert.ok(listed.some(({ id }) => id === 'lost-cancel'));
  const explained = await goleash(['explain', 'lost-cancel'], { cwd });
  assert.match(explained.out, /^lost-cancel\n\n/);
  assert.doesNotMatch(explained.out, /```|^#|<!--/m);
});

test('a report goes to a file, without colours', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel() });
  mkdirSync(join(cwd, 'out'));
  const { out, status } = await goleash(['check', '-o', 'out/report.txt'], {
    cwd,
    env: { FORCE_COLOR: '1' },
  });
  assert.equal(out, '');
  assert.equal(status, 1);
  const onTerminal = await goleash(['check'], { cwd, isTerminal: true, env: { TERM_PROGRAM: 'WezTerm' } });
  const undressed = onTerminal.out.replaceAll('\u001B', '<').replace(/<(?:\[\d+m|\]8;;[^<]*<\\)/g, '');
  assert.notEqual(undressed, onTerminal.out);
  assert.equal(undressed, readFileSync(join(cwd, 'out/report.txt'), 'utf8'));
});
