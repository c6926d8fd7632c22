import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { FixBuilder } from '../../analysis/edit/fix-builder.ts';
import {
  analyze,
  applyEdits,
  defaultConfig,
  fixPackage,
  type GoPackage,
  type Library,
  type Refactoring,
  refactor,
  refactorings,
} from '../../analysis/index.ts';
import { writeThreading } from '../../analysis/knowledge/thread-context/edits.ts';
import { planThreading } from '../../analysis/knowledge/thread-context/plan.ts';
import { defineRule } from '../../analysis/rules/rule.ts';
import { packagesOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

const threadContext = refactorings.find(({ id }) => id === 'thread-context') as Refactoring;

const used = `package p

import "context"

func run(ctx context.Context) {}

func work() {
	run(context.Background())
}

func Use(ctx context.Context) {
	work()
}
`;

/** What comes of the refactoring where a text stands in `m/a.go`. */
function asked(pkg: GoPackage | undefined, text: string, lockedBy?: (path: string) => string | undefined) {
  const start = pkg?.files.find(({ path }) => path === 'm/a.go')?.text.indexOf(text) ?? -1;
  assert.ok(pkg && start >= 0);
  const options = { config: defaultConfig, library: std, ...(lockedBy && { lockedBy }) };
  return refactor(pkg, threadContext, { path: 'm/a.go', start, end: start }, options);
}

/** The obstacles as `file: text: reason`. */
function stops(files: Readonly<Record<string, string>>, text: string): readonly string[] {
  const [pkg] = packagesOf(files);
  const result = asked(pkg, text);
  assert.equal(result?.kind, 'obstacles');
  return result.obstacles.map(({ at, reason }) => {
    const own = files[at.path.slice('m/'.length)] ?? '';
    return `${at.path}: ${own.slice(at.start, at.end).split('\n')[0]}: ${reason}`;
  });
}

test('a place outside of functions has nothing to change', () => {
  const [pkg] = packagesOf({ 'a.go': used });
  assert.equal(asked(pkg, 'import'), undefined);
  assert.equal(asked(pkg, 'package'), undefined);
  assert.equal(
    refactor(
      pkg as GoPackage,
      threadContext,
      { path: 'm/b.go', start: 0, end: 0 },
      { config: defaultConfig, library: std },
    ),
    undefined,
  );
});

test('a place in the body stands for its function', () => {
  const [pkg] = packagesOf({ 'a.go': used });
  const result = asked(pkg, 'run(context.Background())');
  assert.equal(result?.kind, 'fix');
  assert.equal(result.fix.safety, 'review');
  assert.equal(result.summary, '1 function with a new parameter, 1 call');
  const text = applyEdits(used, result.fix.edits);
  assert.equal(
    text,
    used
      .replace('func work()', 'func work(ctx context.Context)')
      .replace('run(context.Background())', 'run(ctx)')
      .replace('\twork()', '\twork(ctx)'),
  );
});

test('a file that is locked stops it, with what the host says of it', () => {
  const files = { 'a.go': used, 'b.go': 'package p\n\nfunc other() {\n\twork()\n}\n' };
  const [pkg] = packagesOf(files);
  const result = asked(pkg, 'func work', (path) => (path === 'm/b.go' ? 'it is not yours' : undefined));
  assert.deepEqual(result, {
    kind: 'obstacles',
    obstacles: [
      { at: { path: 'm/b.go', start: 0, end: 0 }, reason: 'this file cannot be edited: it is not yours' },
    ],
  });
});

test('functions with a second name, or called from C, keep their parameters', () => {
  const pulled = `package p\n\nimport _ "unsafe"\n\n//go:linkname other example.com/m.work\nfunc other()\n`;
  assert.deepEqual(stops({ 'a.go': used, 'b.go': pulled }, 'func work'), [
    'm/b.go: //go:linkname other example.com/m.work: work has a second name here, by which it may be called',
  ]);
  const exported = used
    .replace('func work', '//export work\nfunc work')
    .replace('import', 'import "C"\nimport');
  assert.deepEqual(stops({ 'a.go': exported }, 'func work'), [
    'm/a.go: work: work is called from outside of Go (//export work)',
  ]);
});

test('a declaration that does not parse may use it', () => {
  const broken = 'package p\n\nfunc half() {\n\tx := work(\n}\n';
  assert.deepEqual(stops({ 'a.go': used, 'b.go': broken }, 'func work'), [
    'm/b.go: func half() {: this is not valid Go, and may use work',
  ]);
});

test('what is built only elsewhere is not seen from there', () => {
  const files = { 'a.go': `//go:build windows\n\n${used}`, 'b.go': `//go:build plan9\n\n${used}` };
  const packages = packagesOf(files);
  const own = packages.find(({ files: [file] }) => file?.path === 'm/a.go');
  const result = asked(own, 'func work');
  assert.equal(result?.kind, 'obstacles');
  assert.match(result.obstacles[0]?.reason ?? '', /^this file is for another build of the package/);
});

test('the callers of a function that cannot change are named as well', () => {
  const text = used.replace(
    'func Use(ctx context.Context)',
    'type worker interface {\n\twork()\n}\n\ntype w struct{}\n\nfunc (w w) work() {\n\twork()\n}\n\nfunc Use(x worker)',
  );
  assert.deepEqual(
    stops({ 'a.go': text.replace('x worker) {\n\twork()', 'x worker) {\n\tw{}.work()') }, 'func work').map(
      (s) => s.split(': ')[1],
    ),
    ['work()', 'Use'],
  );
});

test('a rule can offer it as a fix, over all files of the package', () => {
  const rule = defineRule({
    id: 'runs-in-background',
    since: '0.1.0',
    severity: 'warning',
    summary: '',
    why: '',
    silentWhen: [],
    peers: [],
    imports: [],
    mentions: ['Background()'],
    fixes: { 'take-context': { title: 'Take a context from the callers', safety: 'review' } },
    check(code, report) {
      for (const call of code.calls.filter((c) => code.calleeName(c) === 'context.Background')) {
        const plan = planThreading({ code, node: code.root }, call);
        const edit = plan.kind === 'threading' && ((e: FixBuilder) => writeThreading(e, plan.threading));
        report({ at: call, message: 'cut off', fixes: edit ? { 'take-context': edit } : {} });
      }
    },
  });
  const caller = 'package p\n\nfunc other() {\n\twork()\n}\n';
  const stopped = 'package p\n\nimport "context"\n\nfunc Alone() {\n\trun(context.Background())\n}\n';
  const [pkg] = packagesOf({ 'a.go': used, 'b.go': caller, 'c.go': stopped });
  assert.ok(pkg);
  const options = { config: defaultConfig, library: std, rules: [rule] };
  assert.deepEqual(
    analyze(pkg, options).findings.map(({ at, fixes }) => [at.path, fixes.length]),
    [
      ['m/a.go', 1],
      ['m/c.go', 0],
    ],
  );
  const { texts, applied } = fixPackage(pkg, { ...options, select: () => true });
  assert.equal(applied.length, 1);
  assert.match(texts.get('m/a.go') ?? '', /func work\(ctx context\.Context\)/);
  assert.match(
    texts.get('m/b.go') ?? '',
    /import "context"\n\nfunc other\(ctx context\.Context\) \{\n\twork\(ctx\)/,
  );
});
