import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildFix } from '../../analysis/edit/build-fix.ts';
import { mentionsPackage, parseDuration } from '../../analysis/edit/go-text.ts';
import { fitted } from '../../analysis/edit/layout.ts';
import { sourceFile } from '../../analysis/syntax/source-file.ts';
import { built, find, fixed, inFunction, namesOf } from './support.ts';

test('durations as people write them', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['30s', '30 * time.Second'],
    ['500ms', '500 * time.Millisecond'],
    ['1m30s', '90 * time.Second'],
    ['1h', 'time.Hour'],
    ['1s', 'time.Second'],
    ['60s', '60 * time.Second'],
    ['2h0m', '2 * time.Hour'],
    ['1.5s', '1500 * time.Millisecond'],
    ['.5m', '30 * time.Second'],
    ['250us', '250 * time.Microsecond'],
    ['250µs', '250 * time.Microsecond'],
    ['7ns', '7 * time.Nanosecond'],
    ['-2s', '-2 * time.Second'],
    ['0', '0'],
    ['0s', '0'],
  ];
  for (const [value, expected] of forms) {
    const result = fixed(inFunction('a()'), (edit, at) =>
      edit.replace(at('a()', 'call_expression'), `b(${edit.duration(value, at('a()'))})`),
    );
    assert.ok(result?.includes(`b(${expected})`), `${value}: ${result}`);
    assert.equal(result?.includes('import "time"'), expected !== '0');
  }
  const dense = fixed(inFunction('a()'), (edit, at) =>
    edit.replace(at('a()', 'call_expression'), `b(1, ${edit.duration('3s', at('a()'), 'dense')})`),
  );
  assert.ok(dense?.includes('b(1, 3*time.Second)'));
  for (const value of ['', 's', '3', '3 s', '1x', '1s2'])
    assert.throws(() => parseDuration(value), RangeError);
});

test('a duration keeps its value', () => {
  const sizes = {
    Hour: 3_600_000_000_000n,
    Minute: 60_000_000_000n,
    Second: 1_000_000_000n,
    Millisecond: 1_000_000n,
    Microsecond: 1_000n,
    Nanosecond: 1n,
  };
  fc.assert(
    fc.property(fc.nat(100), fc.nat(100), fc.nat(5000), (h, m, ms) => {
      const { count, constant } = parseDuration(`${h}h${m}m${ms}ms`);
      const expected = BigInt(h) * sizes.Hour + BigInt(m) * sizes.Minute + BigInt(ms) * sizes.Millisecond;
      assert.equal(count * sizes[constant as 'Hour'], expected);
    }),
  );
});

test('fresh names are free here, below, in the package and in the fix itself', () => {
  const text = 'package p\n\nvar x2 = 1\n\nfunc f() {\n\ta()\n\t{\n\t\tx := 1\n\t\t_ = x\n\t}\n}\n';
  const file = sourceFile('p/a.go', text);
  const names: string[] = [];
  const fix = built(file, (edit, at) => {
    const call = at('a()', 'expression_statement');
    names.push(edit.freshName('x', call), edit.freshName('x', call), edit.freshName('y', call));
  });
  assert.deepEqual(names, ['x3', 'x4', 'y']);
  assert.deepEqual(fix?.edits, []);
  assert.equal(fix?.needs.declares.length, 3);
});

test('a fix over two files has the edits of both, in order', () => {
  const file = sourceFile('p/b.go', inFunction('a()'));
  const other = sourceFile('p/a.go', inFunction('b()'));
  const fix = buildFix({ file, names: namesOf(file), otherFiles: [other] }, (edit) => {
    edit.replace(find(file, 'a()', 'call_expression'), 'x()');
    edit.replace(find(other, 'b()', 'call_expression'), 'y()');
  });
  assert.deepEqual(
    fix?.edits.map((e) => e.path),
    ['p/a.go', 'p/b.go'],
  );
  const alone = () =>
    buildFix({ file, names: namesOf(file) }, (edit) => edit.replace(find(other, 'b()'), ''));
  assert.throws(alone, /a file that it was not given/);
});

test('each file of a fix gets its own import, under the same name', () => {
  const file = sourceFile('p/a.go', inFunction('a()'));
  const other = sourceFile('p/b.go', inFunction('b()'));
  const fix = buildFix({ file, names: namesOf(file), otherFiles: [other] }, (edit) => {
    for (const own of [file, other]) {
      const call = find(own, own === file ? 'a()' : 'b()', 'call_expression');
      edit.replace(call, `${edit.importName('context', call)}.Background()`);
    }
  });
  const added = fix?.edits.filter(({ newText }) => newText.includes('import'));
  assert.deepEqual(
    added?.map(({ path, newText }) => [path, newText.trim()]),
    [
      ['p/a.go', 'import "context"'],
      ['p/b.go', 'import "context"'],
    ],
  );
});

test('what a fix writes is told from strings, comments and fields', () => {
  assert.equal(mentionsPackage('x := time.Second', 'time'), true);
  assert.equal(mentionsPackage('x := (time .Second)', 'time'), true);
  for (const text of [
    'a.time.Second',
    '"time.Second"',
    '// time.Second',
    'mytime.Second',
    'times.Second',
    'time := 1',
  ]) {
    assert.equal(mentionsPackage(text, 'time'), false, text);
  }
});

test('fitted text has the line endings of the file, and raw strings their own indentation', () => {
  assert.equal(fitted('a {\n\tb\n\n}', '\t', '\r\n'), 'a {\r\n\t\tb\r\n\r\n\t}');
  assert.equal(fitted('a(`\nb\n`,\nc)', '\t', '\n'), 'a(`\nb\n`,\n\tc)');
});

test('an edit of the whole body, the range of a node and both of its sides', () => {
  const result = fixed(inFunction('a(b, c)'), (edit, at) => {
    const call = at('a(b', 'call_expression');
    edit.insertBefore(call, '(');
    edit.insertAfter(call, ')');
    edit.replaceRange(call, call.start, call.start + 1, 'z');
    edit.replace(at('c', 'identifier'), 'func() {\n\td()\n}');
  });
  assert.equal(result, inFunction('(z(b, func() {\n\td()\n}))'));
});
