// What an edit makes goleash compute again, counted: calls of the parser itself, types that are not the objects they
// were, and runs of a rule.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, mock, test } from 'node:test';
import { Parser } from 'web-tree-sitter';
import {
  type Analysis,
  rules as allRules,
  analyze,
  defaultConfig,
  type GoPackage,
  goPackages,
  type Library,
  sourceFile,
} from '../../analysis/index.ts';
import { indexOf, worldOf } from '../../analysis/model/package-index.ts';
import type { Type } from '../../analysis/model/types.ts';
import { defineRule, type Rule } from '../../analysis/rules/rule.ts';
import { child, textOf } from '../../analysis/syntax/node.ts';
import { type Declaration, headerOf, treeOf } from '../../analysis/syntax/source-file.ts';
import { nameAll } from '../../bench/names.ts';
import { fixtureIds } from '../support/fixture.ts';
import { lineAt, target } from '../support/go.ts';
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
const fileCount = 60;
const importPath = 'example.com/m';

/** A file with one of each kind of declaration, which use those of the next file. */
function text(i: number): string {
  const next = (i + 1) % fileCount;
  return `package m

import "context"

type T${i} struct {
	next *T${next}
	ctx  context.Context
}

type I${i} interface{ Use(t T${i}) (I${next}, error) }

var v${i} = make${next}(nil)

const c${i} = 1

func make${i}(ctx context.Context) *T${i} {
	t := v${next}.next
	return &T${i}{ctx: ctx, next: nil}
}

func (t *T${i}) Use(other T${i}) (I${next}, error) {
	return t.next, t.ctx.Err()
}
`;
}

/** Package-level objects and methods in each file. */
const namesInFile = 6;

type Texts = ReadonlyMap<string, string>;

function manyFiles(): Map<string, string> {
  return new Map(Array.from({ length: fileCount }, (_, i) => [`m/f${i}.go`, text(i)]));
}

/** The packages of the texts, as a host makes them from those before. */
function packagesOf(texts: Texts, previous: readonly GoPackage[] = []): readonly GoPackage[] {
  const known = new Map(previous.flatMap((p) => p.files.map((f) => [f.path, f] as const)));
  const files = [...texts].map(([path, content]) => sourceFile(path, content, known.get(path)));
  const module = { path: importPath, directory: 'm', goVersion: '1.26' };
  return goPackages({ path: 'm', files, module }, target, previous);
}

function only(packages: readonly GoPackage[]): GoPackage {
  assert.equal(packages.length, 1);
  return packages[0] as GoPackage;
}

function withEdit(texts: Texts, path: string, from: string, to: string): Texts {
  const old = texts.get(path) ?? '';
  assert.equal(old.split(from).length, 2, `${from} is once in ${path}`);
  return new Map(texts).set(
    path,
    old.replace(from, () => to),
  );
}

/** The texts that the parser is given while `run` runs. */
function parsedDuring(run: () => void): string[] {
  const spy = mock.method(Parser.prototype, 'parse');
  try {
    run();
    return spy.mock.calls.map((call) => String(call.arguments[0]).trimEnd());
  } finally {
    spy.mock.restore();
  }
}

/** How many package-level types were resolved that were not, as the very same objects, in `known`. */
function resolvedAgain(pkg: GoPackage, known: ReadonlyMap<string, Type>): number {
  const now = [...worldOf(pkg, std).memo(importPath)];
  return now.filter(([name, type]) => known.get(name) !== type).length;
}

function declarationsOf(pkg: GoPackage): Declaration[] {
  return pkg.files.flatMap((file) => file.declarations);
}

/** A rule that looks at every function, and the functions that it looked at. */
function looksAtAll(): { readonly rule: Rule; readonly seen: string[] } {
  const seen: string[] = [];
  const rule = defineRule({
    ...documented,
    id: 'looks-at-all',
    fixes: {},
    mentions: ['func'],
    check: (code) => void seen.push(textOf(child(code.root, 'name') ?? code.root)),
  });
  return { rule, seen };
}

function analysisOf(pkg: GoPackage, rules: readonly Rule[]): Analysis {
  return analyze(pkg, { config: defaultConfig, library: std, rules });
}

/** Everything about a package is known; then it is edited, and everything is asked for again. */
function edited(texts: Texts, now: Texts) {
  const before = packagesOf(texts);
  const { rule, seen } = looksAtAll();
  nameAll(only(before), std, { names: 0, typed: 0 });
  const types = new Map(worldOf(only(before), std).memo(importPath));
  analysisOf(only(before), [rule]);
  const checkedAtFirst = seen.splice(0).length;
  const pkg = only(packagesOf(now, before));
  const named = { names: 0, typed: 0 };
  const parsedForNames = parsedDuring(() => nameAll(pkg, std, named));
  const parsedForRules = parsedDuring(() => analysisOf(pkg, [rule]));
  const resolved = resolvedAgain(pkg, types);
  const kept = new Set(declarationsOf(only(before)));
  return {
    before: only(before),
    pkg,
    types,
    named,
    parsedForNames,
    parsedForRules,
    resolved,
    checked: seen,
    checkedAtFirst,
    newDeclarations: declarationsOf(pkg).filter((d) => !kept.has(d)).length,
  };
}

test('an edit in a body: one declaration is new, and nothing of the package is resolved again', () => {
  const texts = manyFiles();
  const run = edited(texts, withEdit(texts, 'm/f7.go', 't := v8.next', 't := v8.next.next'));
  assert.equal(run.newDeclarations, 1);
  assert.equal(run.pkg.surface, run.before.surface);
  assert.deepEqual(run.parsedForNames, ['func make7(ctx context.Context) *T7'], 'one header');
  assert.equal(run.parsedForRules.length, 1, 'the edited function with its body');
  assert.match(run.parsedForRules[0] ?? '', /^func make7/);
  assert.deepEqual(run.named, { names: namesInFile * fileCount, typed: namesInFile * fileCount });
  assert.equal(run.types.size, namesInFile * fileCount, 'every name and method had been resolved');
  assert.equal(run.resolved, 0);
  assert.deepEqual(run.checked, ['make7']);
  assert.equal(run.checkedAtFirst, 2 * fileCount);
});

test('an edit in a body: what stands in other files is the same object, and what it moved is where it is now', () => {
  const texts = manyFiles();
  const { before, pkg } = edited(texts, withEdit(texts, 'm/f7.go', 't := v8.next', 't := v8.next.next'));
  let same = 0;
  for (const { names } of declarationsOf(pkg).filter((d) => d.kind === 'type' || d.kind === 'var')) {
    const name = names[0] ?? '';
    const entity = indexOf(pkg).find(name);
    assert.ok(entity && pkg.files.includes(entity.file));
    assert.ok(entity.file.declarations.includes(entity.declaration));
    if (entity === indexOf(before).find(name)) same++;
  }
  assert.equal(same, 3 * (fileCount - 1), 'only those of the edited file are others');
  const method = indexOf(pkg).method('T7', 'Use');
  assert.equal(method?.file, pkg.files[7]);
  assert.equal(indexOf(pkg).find('make7')?.declaration.text.includes('v8.next.next'), true);
});

test('trees and headers of all other declarations survive an edit in a body', () => {
  const texts = manyFiles();
  const first = packagesOf(texts);
  const trees = new Set(declarationsOf(only(first)).flatMap((d) => [headerOf(d), treeOf(d)]));
  const pkg = only(packagesOf(withEdit(texts, 'm/f7.go', 't := v8.next', 't := v8'), first));
  const parsed = parsedDuring(() => {
    const others = declarationsOf(pkg).filter((d) => !trees.has(treeOf(d)));
    assert.equal(others.length, 1);
  });
  assert.equal(parsed.length, 1);
});

for (const [what, from, to, parsed] of [
  ['a parameter', 'make7(ctx context.Context)', 'make7(ctx context.Context, n int)', /^func make7/],
  ['a field of a struct', '	next *T8\n', '	next *T8\n	more int\n', /^type T7/],
  [
    'a new method',
    'func (t *T7) Use',
    'func (t *T7) Close() {}\n\nfunc (t *T7) Use',
    /^func \(t \*T7\) Close/,
  ],
] as const) {
  test(`an edit of the surface, ${what}: one declaration is parsed, and everything concluded from it anew`, () => {
    const texts = manyFiles();
    const run = edited(texts, withEdit(texts, 'm/f7.go', from, to));
    assert.equal(run.newDeclarations, 1);
    assert.notEqual(run.pkg.surface, run.before.surface);
    assert.equal(run.parsedForNames.length, 1);
    assert.match(run.parsedForNames[0] ?? '', parsed);
    const added = what === 'a new method' ? 1 : 0;
    assert.equal(run.resolved, namesInFile * fileCount + added);
    assert.equal(run.checked.length, 2 * fileCount + added);
    assert.ok(run.parsedForRules.length <= 1, 'no other body is parsed again');
  });
}

test('an edit in a body of a package keeps the types that its external test knows', () => {
  const texts = new Map([
    ['m/a.go', 'package m\n\ntype T struct{ n int }\n\nfunc Make() *T { return nil }\n'],
    ['m/a_test.go', 'package m_test\n\nimport "example.com/m"\n\nvar t = m.Make()\n'],
  ]);
  const first = packagesOf(texts);
  for (const pkg of first) nameAll(pkg, std, { names: 0, typed: 0 });
  const second = packagesOf(withEdit(texts, 'm/a.go', 'return nil', 'return &T{}'), first);
  assert.equal(second.length, 2);
  for (const [i, pkg] of second.entries()) {
    const old = first[i] as GoPackage;
    for (const path of [importPath, `${importPath}_test`])
      if (path === pkg.importPath || pkg.tests)
        assert.equal(worldOf(pkg, std).memo(path), worldOf(old, std).memo(path));
  }
  const other: Library = { files: (path) => std.files(path) };
  const [pkg] = second;
  assert.ok(pkg);
  assert.notEqual(worldOf(pkg, other).memo(importPath), worldOf(pkg, std).memo(importPath));
});

/** Asserts that the analysis of an edited package is that of the same texts from nothing. */
function assertAsFresh(pkg: GoPackage, texts: Texts, rules: readonly Rule[], message?: string): Analysis {
  const analysis = analysisOf(pkg, rules);
  assert.deepEqual(analysis, analysisOf(only(packagesOf(texts)), rules), message);
  return analysis;
}

/** Reports calls of `far`, and where that is declared. */
const callsFar = defineRule({
  ...documented,
  id: 'calls-far',
  fixes: {},
  mentions: ['far'],
  check(code, report) {
    for (const call of code.calls) {
      const at = code.calleeOf(call)?.declaration?.declaration;
      const root = at && headerOf(at)?.root;
      const name = root && child(root, 'name');
      if (!name || textOf(name) !== 'far') continue;
      report({ at: call, message: '', related: [{ at: name, message: '' }] });
    }
  },
});

test('a finding that names a place in another file follows it when bodies above it, or its own, are edited', () => {
  let texts: Texts = new Map([
    ['m/a.go', 'package m\n\nfunc f() { far() }\n'],
    ['m/b.go', 'package m\n\nfunc above() { println(1) }\n\nfunc far() { println(2) }\n'],
  ]);
  let packages = packagesOf(texts);
  const lines: number[] = [];
  for (const [from, to] of [
    ['', ''],
    ['println(1)', '\n\tprintln(1)\n'],
    ['println(2)', '\n\tprintln(2)\n\tprintln(3)\n'],
    ['println(1)', ''],
  ] as const) {
    if (from) texts = withEdit(texts, 'm/b.go', from, to);
    packages = packagesOf(texts, packages);
    const { findings } = assertAsFresh(only(packages), texts, [callsFar]);
    const at = findings[0]?.related[0]?.at;
    assert.equal(at?.path, 'm/b.go');
    lines.push(lineAt(texts.get('m/b.go') ?? '', at.start));
  }
  assert.deepEqual(lines, [5, 7, 7, 7]);
});

const removesNow = defineRule({
  ...documented,
  id: 'removes-now',
  fixes: { remove: { title: 'Remove', safety: 'safe' } },
  mentions: ['Now'],
  check(code, report) {
    for (const call of code.calls)
      if (code.calleeName(call) === 'time.Now')
        report({ at: call, message: '', fixes: { remove: (edit) => edit.replace(call, '1') } });
  },
});

test('a remembered fix knows whether the file as it is now still needs an import', () => {
  const used = '_ = time.UTC';
  const without = new Map([
    ['m/a.go', 'package m\n\nimport "time"\n\nfunc f() { use(time.Now()) }\n\nfunc g() {}\n'],
  ]);
  const first = packagesOf(without);
  assert.match(JSON.stringify(analysisOf(only(first), [removesNow])), /"newText":""/, 'the import goes too');
  const texts = withEdit(without, 'm/a.go', 'g() {}', `g() { ${used} }`);
  const second = packagesOf(texts, first);
  const { findings } = assertAsFresh(only(second), texts, [removesNow]);
  assert.equal(findings[0]?.fixes[0]?.edits.length, 1);
});

const isExplained = defineRule({
  ...documented,
  id: 'is-explained',
  fixes: {},
  mentions: ['f()'],
  check: (code, report) => code.file.text.includes('// why') || report({ at: code.root, message: '' }),
});

test('what a rule concludes from the text around a declaration does not outlive that text', () => {
  const bare = new Map([['m/a.go', 'package m\n\n// so\nfunc f() {}\n']]);
  const first = packagesOf(bare);
  assert.equal(analysisOf(only(first), [isExplained]).findings.length, 1);
  const texts = withEdit(bare, 'm/a.go', '// so', '// why');
  assert.equal(assertAsFresh(only(packagesOf(texts, first)), texts, [isExplained]).findings.length, 0);
});

test('after edits in bodies of the examples of all rules, findings and fixes are those from nothing', () => {
  for (const ruleId of fixtureIds()) {
    const example = readFileSync(`fixtures/${ruleId}/example.go`, 'utf8');
    const path = 'm/a.go';
    let texts: Texts = new Map([[path, `${example}\nfunc last() { println() }\n`]]);
    let packages = packagesOf(texts);
    analysisOf(only(packages), allRules);
    const names = [...example.matchAll(/"(?:[\w./-]*\/)?(\w+)"$/gm)].map((match) => match[1]);
    for (const [from, to] of [
      [/(?<=func last\(\) \{).*/, ` use(${names.map((name) => `${name}.X`).join(', ')}) }`],
      [/(?<=^func .*\{)$/m, '\n\tprintln("\\n")'],
      [/(?<=func last\(\) \{).*/, '}'],
      [/^\t+.*(?:<-|go func|Wait|Lock).*$/m, '\tprintln()'],
      [/^[\s\S]*$/, example],
      [/^\t+.*(?:<-|go func|Wait|Lock).*$/m, '\tprintln(1)'],
    ] as const) {
      texts = new Map([[path, (texts.get(path) ?? '').replace(from, () => to)]]);
      packages = packagesOf(texts, packages);
      assertAsFresh(only(packages), texts, allRules, `${ruleId}: ${from}`);
    }
  }
});
