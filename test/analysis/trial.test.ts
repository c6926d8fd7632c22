// Fixes that are tried out before they are offered.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { type Defect, defectsIn } from '../../analysis/concurrency/defects.ts';
import { mergeFixes } from '../../analysis/edit/merge.ts';
import {
  rules as allRules,
  analyze,
  defaultConfig,
  type Finding,
  type Fix,
  fixPackage,
  type GoPackage,
  type Library,
  sourceFile,
} from '../../analysis/index.ts';
import { codeOf } from '../../analysis/model/code.ts';
import { trialOf, withTexts } from '../../analysis/model/package.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { defineRule, type Rule } from '../../analysis/rules/rule.ts';
import { child, textOf } from '../../analysis/syntax/node.ts';
import { packageOf, packagesOf } from '../support/go.ts';
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
} as const;

/** How often a rule has looked at a function, by name. */
let looks: string[] = [];

/** Reports the calls of `from`, and proposes those of `to`. */
function proposes(from: string, to: string): Rule {
  return defineRule({
    ...documented,
    id: `no-${from}`,
    fixes: { replace: { title: `Call ${to}`, safety: 'safe', explored: true } },
    mentions: [`${from}(`],
    check(code, report) {
      const name = child(code.root, 'name');
      looks.push(name ? textOf(name) : '');
      for (const call of code.calls)
        if (code.calleeName(call) === `example.com/m.${from}`)
          report({ at: call, message: from, fixes: { replace: (edit) => edit.replace(call, `${to}()`) } });
    },
  });
}

/** Reports a function that calls one whose body says `loud`. */
const loudness = defineRule({
  ...documented,
  id: 'loudness',
  fixes: {},
  mentions: ['()'],
  check(code, report) {
    const name = child(code.root, 'name');
    looks.push(name ? textOf(name) : '');
    for (const call of code.calls) {
      const callee = code.calleeOf(call);
      const body = callee && code.bodyOf(callee);
      if (body?.root.tree.text.includes('loud')) report({ at: call, message: 'loud' });
    }
  },
});

function analysed(pkg: GoPackage, rules: readonly Rule[]): readonly Finding[] {
  const { findings, crashes } = analyze(pkg, { config: defaultConfig, library: std, rules });
  assert.deepEqual(crashes, []);
  return findings;
}

/** The ids of the rules that report, each with the fixes that it offers. */
function offers(pkg: GoPackage, rules: readonly Rule[]): readonly string[] {
  return analysed(pkg, rules).map(({ ruleId, fixes }) =>
    [ruleId, ...fixes.map((fix) => `${fix.id} ${fix.safety}`)].join(': '),
  );
}

const declared = 'package m\n\nfunc bad() {}\nfunc good() {}\n';

test('a fix that leaves its finding or brings another is not offered', () => {
  const pkg = packageOf(`${declared}func f() { bad() }\n`);
  assert.deepEqual(offers(pkg, [proposes('bad', 'good')]), ['no-bad: replace safe']);
  assert.deepEqual(offers(pkg, [proposes('bad', 'bad')]), ['no-bad']);
  assert.deepEqual(offers(pkg, [proposes('bad', 'good'), proposes('good', 'bad')]), ['no-bad']);
});

test('what a fix brings is looked for in the whole package, and what was there before counts for nothing', () => {
  const files = (more: string) => ({
    'a.go': `${declared}func f() { bad() }\n`,
    'b.go': `package m\n\nfunc g() { f() }\n${more}`,
  });
  const rules = [proposes('bad', 'loud'), loudness];
  const [pkg] = packagesOf(files(''));
  const [twice] = packagesOf(files('func h() { g2() }\nfunc g2() { print("loud") }\n'));
  assert.ok(pkg && twice);
  assert.deepEqual(offers(pkg, rules), ['no-bad'], 'g calls f, which says loud');
  assert.deepEqual(offers(twice, [proposes('bad', 'good'), loudness]), ['no-bad: replace safe', 'loudness']);
});

test('a new version of a finding in the text that the fix writes is the same finding', () => {
  const text = `${declared}func f() {\n\tbad()\n\tgood()\n\tbad()\n}\n`;
  const all = analysed(packageOf(text), [proposes('bad', 'good')]);
  assert.deepEqual(
    all.map(({ fixes }) => fixes.length),
    [1, 1],
  );
});

/** The package with a text in place of another. */
function edited(pkg: GoPackage, from: string, to: string): GoPackage {
  const [file] = pkg.files;
  assert.ok(file);
  assert.ok(file.text.includes(from));
  return withTexts(pkg, new Map([[file.path, file.text.replace(from, to)]]));
}

/** The same package made anew, of which nothing is remembered. */
function fresh(pkg: GoPackage): GoPackage {
  return { ...pkg, files: pkg.files.map((f) => sourceFile(f.path, f.text)), surface: {} };
}

test('a trial checks what the fix can change; typing elsewhere tries nothing out again', () => {
  const rules = [proposes('bad', 'good'), loudness];
  const text = `${declared}func f() { bad() }\nfunc g() { f() }\nfunc far() { print() }\nfunc farther() { far() }\n`;
  const first = ['bad', 'bad', 'good', 'f', 'f', 'g', 'far', 'farther'];
  // f by both rules, and g, which calls it.
  const tried = ['f', 'f', 'g'];
  const typed: readonly (readonly [string, string, readonly string[]])[] = [
    ['print()', 'println()', ['far', 'farther']],
    ['println()', 'print(1)', ['far', 'farther']],
    ['bad() }', 'bad(); print() }', [...tried, ...tried]],
  ];
  let pkg = packageOf(text);
  looks = [];
  analysed(pkg, rules);
  assert.deepEqual(looks.sort(), [...first, ...tried].sort());
  for (const [from, to, again] of typed) {
    pkg = edited(pkg, from, to);
    looks = [];
    const findings = analysed(pkg, rules);
    assert.deepEqual(looks.sort(), [...again].sort(), `${from} became ${to}`);
    assert.deepEqual(findings, analysed(fresh(pkg), rules));
  }
});

test('a trial is repeated when its outcome can be another one', () => {
  const rules = [proposes('bad', 'loud'), loudness];
  const pkg = packageOf(`${declared}func f() { bad() }\nfunc g() { print() }\nfunc h() { g() }\n`);
  assert.deepEqual(offers(pkg, rules), ['no-bad: replace safe']);
  const calls = edited(pkg, 'print()', 'f()');
  assert.deepEqual(offers(calls, rules), ['no-bad'], 'now somebody calls f');
  assert.deepEqual(offers(edited(calls, 'f() }\nfunc h', 'print() }\nfunc h'), rules), [
    'no-bad: replace safe',
  ]);
});

const leak = (before: string, after: string, rest = '') => `package m

func f(x bool, out chan<- int, quit <-chan int) int {
	c := make(chan int)
	go func() {
		c <- 1
		${before}
	}()
	if x {
		return 0
	}
	${after}
	return <-c
}
${rest}`;

test('a fix is safe only if others see the same, in the same order', () => {
  const rules = allRules.filter(({ id }) => /^(?:leaked-sender|double-close|send-after-close)$/.test(id));
  const offered = (text: string) => offers(packageOf(text), rules);
  assert.deepEqual(offered(leak('', '')), ['leaked-sender: buffer-result-channel safe']);
  // With room in the channel, what follows the send need not follow what precedes the receive.
  assert.deepEqual(offered(leak('', 'out <- 2')), ['leaked-sender: buffer-result-channel safe']);
  assert.deepEqual(offered(leak('out <- 1', 'out <- 2')), ['leaked-sender: buffer-result-channel review']);
});

test('a fix under which somebody still waits if a collection is empty and others are not is for review', () => {
  const closed = (workers: string): string => `package m

func f(list []int, n int) {
	ch := make(chan int)
	for range ${workers} {
		go func() {
			for range ch {
			}
		}()
	}
	for _, x := range list {
		ch <- x
	}
}
`;
  const unclosed = allRules.filter(({ id }) => id === 'unclosed-channel');
  const of = (text: string): readonly string[] =>
    analysed(packageOf(text), unclosed).flatMap(({ fixes }) => fixes[0]?.safety ?? []);
  assert.deepEqual(of(closed('n')), ['review']);
  assert.deepEqual(of(closed('3')), ['safe']);
});

test('a trial leaves explorations as they are, and is not repeated when others are made again', async () => {
  const rules = [...allRules.filter(({ id }) => id === 'leaked-sender'), loudness];
  let pkg = packageOf(leak('', '', 'func far() { d := make(chan int, 1); d <- 1 }\n'));
  assert.deepEqual(offers(pkg, rules), ['leaked-sender: buffer-result-channel safe']);
  const [defect] = defectsOf(pkg, 'f');
  assert.ok(defect);
  for (const [from, to] of [
    ['d <- 1', 'd <- 2'],
    ['int, 1)', 'int, 2)'],
  ] as const) {
    pkg = edited(pkg, from, to);
    looks = [];
    const findings = analysed(pkg, rules);
    assert.deepEqual(looks, ['far']);
    assert.equal(defectsOf(pkg, 'f')[0], defect);
    assert.deepEqual(findings, analysed(fresh(pkg), rules));
  }
});

function defectsOf(pkg: GoPackage, name: string): readonly Defect[] {
  const [file] = pkg.files;
  const declaration = file?.declarations.find((d) => d.names[0] === name);
  assert.ok(file && declaration);
  const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
  const code = codeOf(file, declaration, context);
  return code ? defectsIn(code) : [];
}

test('a fix may add an import, and everything that does not mention it stays as it was', () => {
  const text = 'package m\n\nimport "sync"\n\nvar mu sync.Mutex\n\nfunc f() {}\n\nfunc g() { time() }\n';
  const pkg = packageOf(text);
  const trial = (from: string, to: string) =>
    trialOf(pkg, new Map([['m/a.go', text.replace('f() {}', 'f() { print() }').replace(from, to)]]));
  assert.equal(trial('', '').surface, pkg.surface);
  assert.equal(trial('"sync"', '"sync"\nimport "context"').surface, pkg.surface);
  assert.equal(trial('import "sync"', 'import (\n\t"context"\n\t"sync"\n)').surface, pkg.surface);
  assert.notEqual(trial('"sync"', '"sync"\nimport "time"').surface, pkg.surface, 'g mentions it');
  assert.notEqual(trial('import "sync"\n', '').surface, pkg.surface, 'mu needs it');
  assert.notEqual(trial('var mu', 'var mu2').surface, pkg.surface);
  assert.equal(trial('', '').trialOf, pkg);
});

/** Functions that use one another, each with several bodies to choose from. */
const bodies: Readonly<Record<string, readonly string[]>> = {
  produce: [
    'out <- 1; close(out)',
    'out <- 1',
    'if cond() { return }; out <- 1; close(out)',
    'defer close(out); helper()',
  ],
  helper: ['', 'start()', 'print(1)', 'c := make(chan int); go produce(c); <-c'],
  start: [
    'c := make(chan int); go produce(c); for v := range c { print(v) }',
    'c := make(chan int); go func() { c <- 1 }(); if cond() { return }; <-c',
    'c := make(chan int); go func() { if cond() { return }; helper(); close(c) }(); <-c',
    'helper()',
  ],
  other: [
    'start()',
    'c := make(chan int); go produce(c); c <- 2; <-c',
    '',
    'done := make(chan int); go func() { helper(); close(done) }()',
  ],
};

test('whatever is typed, the fixes are those of a fresh analysis', () => {
  let offered = 0;
  const choice = fc.record({ name: fc.constantFrom(...Object.keys(bodies)), body: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(choice, { minLength: 4, maxLength: 12 }), (choices) => {
      const chosen = new Map(Object.keys(bodies).map((name) => [name, 0]));
      const text = () =>
        `package m\n\nfunc cond() bool { return false }\n\n${[...chosen]
          .map(
            ([name, i]) =>
              `func ${name}(${name === 'produce' ? 'out chan int' : ''}) { ${bodies[name]?.[i]} }`,
          )
          .join('\n\n')}\n`;
      let pkg = packageOf(text());
      for (const { name, body } of choices) {
        chosen.set(name, body);
        pkg = withTexts(pkg, new Map([['m/a.go', text()]]));
        const findings = analysed(pkg, allRules);
        offered += findings.filter(({ fixes }) => fixes.length > 0).length;
        assert.deepEqual(findings, analysed(fresh(pkg), allRules));
      }
    }),
    { numRuns: 12, seed: 7 },
  );
  assert.ok(offered > 50, `${offered} findings had a fix`);
});

test('fixes that were tried out apart, and have to do with one another, are not merged', () => {
  const text = `package m

func f(items []int, use func(int)) {
	out := make(chan int)
	go func() {
		for v := range out {
			use(v)
		}
	}()
	go func() {
		for {
			v, ok := <-out
			if !ok {
				return
			}
			use(v)
		}
	}()
	for _, item := range items {
		out <- item
	}
}

func g(x bool) {
	c := make(chan int)
	go func() { c <- 1 }()
	if x {
		return
	}
	<-c
}
`;
  const pkg = packageOf(text);
  const options = {
    config: defaultConfig,
    library: std,
    select: (_: Finding, fix: Fix) => fix.safety === 'safe',
  };
  const fixes = analysed(pkg, allRules).flatMap((finding) => finding.fixes.slice(0, 1));
  assert.deepEqual(
    fixes.map(({ id }) => id),
    ['close-after-sends', 'defer-close', 'buffer-result-channel'],
  );
  assert.deepEqual(
    mergeFixes(fixes).accepted.map(({ id }) => id),
    ['defer-close', 'buffer-result-channel'],
    'closing twice would panic',
  );
  const fixed = fixPackage(pkg, options);
  assert.deepEqual(analysed(fixed.pkg, allRules), []);
  assert.equal(fixed.texts.get('m/a.go')?.match(/close\(out\)/g)?.length, 1);
});

test('which files are reported makes no difference to a fix', () => {
  const [pkg] = packagesOf({
    'a.go': leak('', ''),
    'b.go': 'package m\n\nfunc g(c, d chan<- int) int { return f(true, c, nil) }\n',
  });
  assert.ok(pkg);
  const all = analyze(pkg, { config: defaultConfig, library: std });
  const some = analyze(fresh(pkg), { config: defaultConfig, library: std, only: new Set(['m/a.go']) });
  assert.equal(all.findings[0]?.fixes.length, 1);
  assert.deepEqual(some.findings, all.findings);
});
