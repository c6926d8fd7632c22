import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from '../../analysis/edit/apply.ts';
import { buildFix } from '../../analysis/edit/build-fix.ts';
import { sourceFile } from '../../analysis/syntax/source-file.ts';
import { find, fixed, gofmtDiff, inFunction, namesOf } from './support.ts';

/** Puts `ctx` first into the first call. */
const withFirst = (text: string): string =>
  fixed(text, (edit, at) => edit.addFirst(at('(', 'argument_list'), 'ctx')) ?? '';

test('an element stands on a line of its own if each of the others does', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['f()', 'f(ctx)'],
    ['f(a, b)', 'f(ctx, a, b)'],
    ['f(a,\n\tb)', 'f(ctx, a,\n\tb)'],
    ['f(\n\ta,\n\tb,\n)', 'f(\n\tctx,\n\ta,\n\tb,\n)'],
    ['f(\n\ta,\n)', 'f(\n\tctx,\n\ta,\n)'],
    ['f(\n\ta, b,\n\tc,\n)', 'f(\n\tctx, a, b,\n\tc,\n)'],
    ['f( // all\n\t// one\n\ta,\n)', 'f( // all\n\tctx,\n\t// one\n\ta,\n)'],
    ['f(func() {\n\tg()\n})', 'f(ctx, func() {\n\tg()\n})'],
    ['f(xs...)', 'f(ctx, xs...)'],
  ];
  for (const [before, after] of forms) {
    const result = withFirst(inFunction(before));
    assert.equal(result, inFunction(after));
    assert.equal(gofmtDiff([result]), '');
  }
});

test('parameters keep the line endings of the file', () => {
  const text = 'package p\r\n\r\nfunc f(\r\n\ta int, // one\r\n) {\r\n}\r\n';
  const file = sourceFile('p/a.go', text);
  const fix = buildFix({ file, names: namesOf(file) }, (edit) =>
    edit.addFirst(find(file, '(', 'parameter_list'), 'b int'),
  );
  assert.equal(applyEdits(text, fix?.edits ?? []), text.replace('\ta int', '\tb int,\r\n\ta int'));
});

const expressions = [
  'a + b',
  'a*b + c',
  'a == b || c+1 < d',
  '(a + b) * c',
  'g(a + b)',
  'g(a+b, c) + 1',
  'x[i : j+1]',
  'x[i+1]',
  'y[a+b](c + d)',
  'a - -b',
  'a / *p',
  '-(a + b)',
  'a &^ b',
  'a & ^b',
  'T{a + b, g(c + d)}',
  'func() int { return a + b }',
  'func() int { return a + b }()',
  's.m(a - 1).n(b - 1)',
  'x[i : j+1 : k]',
  'a<<2 | b',
  'xs[n-1:]',
  'p.(int) + a*b',
];

test('what was the only argument has the spaces that gofmt leaves it beside another', () => {
  const files = expressions.map((expression) => inFunction(`f(${expression})`));
  assert.equal(gofmtDiff(files), '', 'the test is in gofmt form');
  const results = files.map(withFirst);
  for (const [i, result] of results.entries()) assert.ok(result.includes('f(ctx, '), expressions[i]);
  assert.ok(results[0]?.includes('f(ctx, a+b)'), 'there is something to do');
  assert.equal(gofmtDiff(results), '');
});

test('an only argument that is copied beside others has the spaces that gofmt leaves it there', () => {
  const results = expressions.map((expression) =>
    fixed(inFunction(`f(${expression})`), (edit, at) => {
      const list = at('(', 'argument_list');
      const [argument] = list.children;
      if (argument) edit.replace(list, `(ctx, ${edit.source(argument, 'dense')}, nil)`);
    }),
  );
  assert.ok(results[0]?.includes('f(ctx, a+b, nil)'), results[0]);
  assert.equal(gofmtDiff(results.map((result) => result ?? '')), '');
});
