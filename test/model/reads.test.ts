// What is remembered over edits, and what depends on what: rules that read other bodies, words and files.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import {
  rules as allRules,
  analyze,
  defaultConfig,
  type GoPackage,
  goPackages,
  type Library,
  sourceFile,
} from '../../analysis/index.ts';
import type { Code } from '../../analysis/model/code.ts';
import { mentionsIn, mentionsLeftOut } from '../../analysis/model/mentions.ts';
import { holdsIn, type Recorded, readBody, recall, record } from '../../analysis/model/reads.ts';
import { defineRule, type Rule } from '../../analysis/rules/rule.ts';
import { child, nodesOf, textOf } from '../../analysis/syntax/node.ts';
import type { Declaration } from '../../analysis/syntax/source-file.ts';
import { target } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

const documented = {
  since: '0.1.0',
  severity: 'warning',
  summary: '',
  why: '',
  silentWhen: [],
  imports: [],
  peers: [],
  fixes: {},
} as const;

type Texts = Readonly<Record<string, string>>;

/** The package of the texts, as a host makes it from the one before. */
function packageOf(texts: Texts, previous?: GoPackage): GoPackage {
  const before = previous ? [...previous.files, ...previous.leftOut] : [];
  const known = new Map(before.map((file) => [file.path, file]));
  const files = Object.entries(texts).map(([path, text]) => sourceFile(path, text, known.get(path)));
  const module = { path: 'example.com/m', directory: 'm', goVersion: '1.26' };
  const [pkg] = goPackages({ path: 'm', files, module }, target, previous ? [previous] : []);
  assert.ok(pkg);
  return pkg;
}

function declaration(pkg: GoPackage, name: string): Declaration {
  const found = pkg.files.flatMap((f) => f.declarations).find((d) => d.names.includes(name));
  assert.ok(found);
  return found;
}

/** Whether what a computation yields for the texts holds after each of the edits, each made to the texts as they were. */
function holdsAfter(texts: Texts, compute: (pkg: GoPackage) => unknown, edits: readonly Texts[]): boolean[] {
  const pkg = packageOf(texts);
  const recorded = record(pkg, () => compute(pkg));
  return edits.map((edit) => holdsIn({ ...recorded }, packageOf({ ...texts, ...edit }, pkg)));
}

const two: Texts = {
  'm/a.go': 'package m\n\nfunc f() { g() }\n\nfunc h() { other() }\n',
  'm/b.go': 'package m\n\nfunc g() { print("a word") }\n\nvar v = 1\n',
};
const gEdited = { 'm/b.go': two['m/b.go']?.replace('a word', 'another') ?? '' };
const hSays = (text: string) => ({ 'm/a.go': two['m/a.go']?.replace('other()', text) ?? '' });

test('a body that was read: the value holds until that body changes', () => {
  const reads = (pkg: GoPackage) => readBody(declaration(pkg, 'g'));
  assert.deepEqual(holdsAfter(two, reads, [gEdited, hSays('more()')]), [false, true]);
});

test('a word that was searched: the value holds until what mentioned it, or does now, changes', () => {
  const reads = (pkg: GoPackage) => mentionsIn(pkg, 'word');
  const edits = [gEdited, hSays('more()'), hSays('word()'), hSays('words()'), hSays('other() /* word */')];
  assert.deepEqual(holdsAfter(two, reads, edits), [false, true, false, true, false]);
});

test('files of another build: what is in them matters to who looked there', () => {
  const windows = 'package m\n\nfunc w() { print("a word") }\n';
  const texts = { ...two, 'm/c_windows.go': windows };
  const edits = [
    { 'm/c_windows.go': windows.replace('a word', 'another') },
    { 'm/c_windows.go': windows.replace('a word', 'a word or two') },
    { 'm/c_windows.go': windows.replace('print', 'println').replace('word', 'thing') },
    hSays('more()'),
  ];
  const looks = (pkg: GoPackage) => mentionsLeftOut(pkg, 'another');
  assert.deepEqual(holdsAfter(texts, looks, edits), [false, true, true, true]);
  const more = { 'm/d_windows.go': 'package m\n' };
  assert.deepEqual(
    holdsAfter(texts, () => 1, [{ 'm/c_windows.go': windows.replace('w()', 'w(n int)') }, more]),
    [false, false],
  );
});

test('nothing that was read: the value holds for the surface', () => {
  const edits = [gEdited, hSays('word()'), { 'm/b.go': `${two['m/b.go']}\nfunc more() {}\n` }];
  assert.deepEqual(
    holdsAfter(two, () => 1, edits),
    [true, true, false],
  );
});

test('what is recorded inside a computation, and what it recalls, it has read itself', () => {
  const pkg = packageOf(two);
  const inner = record(pkg, () => mentionsIn(pkg, 'word').length);
  const later = packageOf({ ...two, ...gEdited }, pkg);
  const outer: Recorded<number>[] = [
    record(pkg, () => record(pkg, () => mentionsIn(pkg, 'word').length).value),
    record(pkg, () => recall(inner)),
  ];
  for (const recorded of outer) {
    assert.equal(recorded.value, 1);
    assert.equal(holdsIn(recorded, later), false);
  }
  assert.equal(record(pkg, () => 1).reads.words.size, 0, 'nothing is left running');
});

test('a computation that throws leaves nothing running', () => {
  const pkg = packageOf(two);
  assert.throws(() =>
    record(pkg, () => {
      throw new Error('no');
    }),
  );
  const outer = record(pkg, () => {
    try {
      record(pkg, () => {
        mentionsIn(pkg, 'word');
        throw new Error('no');
      });
    } catch {}
  });
  assert.deepEqual([...outer.reads.words], ['word'], 'who catches it may depend on it');
});

/** Reports calls of functions whose bodies, or those that they call, call `bad`; and the names of those that ran. */
function reachesBad(): { readonly rule: Rule; readonly checked: string[] } {
  const checked: string[] = [];
  const reaches = (code: Code, depth: number): boolean =>
    depth < 4 &&
    code.calls.some((call) => {
      const callee = code.calleeOf(call);
      const body = callee && code.bodyOf(callee);
      return callee?.name.endsWith('.bad') || (body !== undefined && reaches(body, depth + 1));
    });
  const rule = defineRule({
    ...documented,
    id: 'reaches-bad',
    mentions: ['func'],
    check(code, report) {
      checked.push(textOf(child(code.root, 'name') ?? code.root));
      if (reaches(code, 0)) report({ at: code.root, message: '' });
    },
  });
  return { rule, checked };
}

test('only what has read the edited body is checked again, however far away it is', () => {
  const texts: Texts = {
    'm/a.go': 'package m\n\nfunc one() { two() }\n\nfunc two() { three() }\n',
    'm/b.go':
      'package m\n\nfunc three() { good() }\n\nfunc good() {}\n\nfunc bad() {}\n\nfunc alone() { good() }\n',
  };
  const { rule, checked } = reachesBad();
  const run = (pkg: GoPackage) =>
    analyze(pkg, { config: defaultConfig, library: std, rules: [rule] }).findings;
  const first = packageOf(texts);
  assert.equal(run(first).length, 0);
  checked.length = 0;
  const now = { ...texts, 'm/b.go': (texts['m/b.go'] ?? '').replace('three() { good()', 'three() { bad()') };
  const second = packageOf(now, first);
  assert.equal(run(second).length, 3);
  assert.deepEqual(checked.splice(0), ['one', 'two', 'three']);
  assert.equal(run(second).length, 3);
  assert.deepEqual(checked, [], 'nothing was edited');
});

/** Reports functions whose name other declarations write without calling it, with the places. */
const isNamed = defineRule({
  ...documented,
  id: 'is-named',
  mentions: ['func'],
  check(code, report) {
    const name = textOf(child(code.root, 'name') ?? code.root);
    const related = code
      .packageCode(name)
      .flatMap((other) =>
        nodesOf(other.root.tree, 'identifier').filter((at) => textOf(at) === name && at.field !== 'function'),
      )
      .map((at) => ({ at, message: code.file.text.includes('why') ? 'why' : '' }));
    if (related.length > 1) report({ at: code.root, message: `${related.length}`, related });
  },
});

const header =
  'package m\n\nimport (\n\t"context"\n\t"net/http"\n\t"sync"\n\t"time"\n)\n\nvar _ = context.TODO\nvar _ = time.Now\n';

/** Parts of a package: what each of them can be. Headers stay, so that all edits leave the surface alone. */
const parts: readonly (readonly [file: string, text: (body: string) => string, bodies: readonly string[]])[] =
  [
    [
      'm/a.go',
      (b) => `func get(u string) (*http.Response, error) {\n${b}}\n`,
      [
        '\treturn client.Get(u)\n',
        '\tresp, err := client.Get(u)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tresp.Body.Close()\n\treturn resp, nil\n',
        '\treturn nil, nil\n',
      ],
    ],
    ['m/a.go', (b) => b, ['', '// why\n', '\n\n']],
    [
      'm/b.go',
      (b) => `func use(u string) error {\n${b}}\n`,
      [
        '\t_, err := get(u)\n\treturn err\n',
        '\tresp, err := get(u)\n\tif err != nil {\n\t\treturn err\n\t}\n\ttake(resp)\n\treturn nil\n',
        '\tf := get\n\t_ = f\n\treturn nil\n',
        '\treturn nil {\n',
      ],
    ],
    [
      'm/c.go',
      (b) => `func take(resp *http.Response) {\n${b}}\n`,
      ['\tresp.Body.Close()\n', '\t_ = resp.Status\n'],
    ],
    [
      'm/a.go',
      (b) => `func start() {\n${b}}\n`,
      ['\tgroup.Add(1)\n\tgo work()\n', '\tgo work()\n', '\tgo run()\n'],
    ],
    [
      'm/b.go',
      (b) => `func work() {\n${b}}\n`,
      ['\tgroup.Add(1)\n\tdefer group.Done()\n', '\tdefer group.Done()\n', '\tuse("")\n'],
    ],
    ['m/c.go', (b) => `func wait() {\n${b}}\n`, ['\tgroup.Wait()\n', '\tuse("")\n', '\tstart()\n']],
    [
      'm/b.go',
      (b) => `func fetch(ctx context.Context) {\n${b}}\n`,
      [
        '\thttp.Get("http://example.com")\n',
        '\t(&http.Client{}).Get("http://example.com")\n',
        '\tsetUp(context.Background())\n',
        '\treq, _ := http.NewRequest("GET", "http://example.com", nil)\n\tclient.Do(req)\n',
      ],
    ],
    [
      'm/c.go',
      (b) => `func setUp(ctx context.Context) {\n${b}}\n`,
      ['\thttp.DefaultClient.Timeout = time.Second\n', '\tgo fetch(ctx)\n', '\t_ = get\n', ''],
    ],
    ['m/c.go', (b) => b, ['', '/* bad */\n']],
  ];

const shared = {
  'm/a.go': 'var client = &http.Client{}\n',
  'm/b.go': 'var run = work\n',
  'm/c.go': 'var group sync.WaitGroup\n',
};

function textsOf(chosen: readonly number[]): Texts {
  const texts: Record<string, string> = {};
  for (const [path, text] of Object.entries(shared)) texts[path] = `${header}${text}\n`;
  parts.forEach(([path, text, bodies], i) => {
    texts[path] += `${text(bodies[(chosen[i] ?? 0) % bodies.length] ?? '')}\n`;
  });
  return texts;
}

const readers: ReadonlySet<string> = new Set([
  'http-body-not-closed',
  'http-client-without-timeout',
  'waitgroup-add-in-goroutine',
  'context-not-passed',
]);

test('after any edits of bodies and comments, findings and fixes are those from nothing', () => {
  const rules = [...allRules.filter((rule) => readers.has(rule.id)), reachesBad().rule, isNamed];
  const run = (pkg: GoPackage) => analyze(pkg, { config: defaultConfig, library: std, rules });
  const edit = fc.record({ part: fc.nat(parts.length - 1), body: fc.nat(4) });
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(fc.nat(4), { maxLength: parts.length }),
      fc.array(edit, { maxLength: 10 }),
      (first, edits) => {
        let chosen: readonly number[] = parts.map((_, i) => first[i] ?? 0);
        let pkg = packageOf(textsOf(chosen));
        run(pkg);
        for (const { part, body } of edits) {
          chosen = chosen.with(part, body);
          pkg = packageOf(textsOf(chosen), pkg);
          const analysis = run(pkg);
          assert.deepEqual(analysis, run(packageOf(textsOf(chosen))));
          for (const finding of analysis.findings) seen.add(finding.ruleId);
        }
      },
    ),
    { numRuns: 60 },
  );
  assert.deepEqual(
    [...readers].filter((id) => !seen.has(id)),
    [],
    'each of the rules found something',
  );
});
