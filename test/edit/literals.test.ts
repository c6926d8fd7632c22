import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixed, gofmtDiff, inFunction, type TestBody, withGo } from './support.ts';

/** Adds `B: 22` to the first literal of a statement. */
const addB: TestBody = (edit, find) => edit.addKeyedElement(find('{', 'literal_value'), 'B', '22');

const examples: readonly (readonly [name: string, before: string, after: string | undefined])[] = [
  ['an empty literal', 'x := T{}', 'x := T{B: 22}'],
  ['an empty literal over two lines', 'x := T{\n}', 'x := T{\n\tB: 22,\n}'],
  ['an empty literal with a comment', 'x := T{\n\t// none\n}', 'x := T{\n\t// none\n\tB: 22,\n}'],
  ['a literal on one line', 'x := T{A: 1}', 'x := T{A: 1, B: 22}'],
  ['a comment before the brace', 'x := T{A: 1 /* one */}', 'x := T{A: 1, B: 22 /* one */}'],
  ['a literal with a block', 'x := T{A: func() {\n\ty()\n}}', 'x := T{A: func() {\n\ty()\n}, B: 22}'],
  ['a brace on the line of the last element', 'x := T{\n\tA: 1}', 'x := T{\n\tA: 1, B: 22}'],
  ['lines with a trailing comma', 'x := T{\n\tA: 1,\n}', 'x := T{\n\tA: 1,\n\tB: 22,\n}'],
  [
    'the columns of the neighbours',
    'x := T{\n\tLong: 1, // one\n\tA:    2, // two\n\t// end\n}',
    'x := T{\n\tLong: 1, // one\n\tA:    2, // two\n\tB:    22,\n\t// end\n}',
  ],
  ['elements without keys', 'x := T{1, 2}', undefined],
  ['a key that is there', 'x := T{B: 1}', undefined],
];

for (const [name, before, after] of examples) {
  test(name, () => {
    const expected = after && inFunction(after);
    assert.equal(fixed(inFunction(before), addB), expected);
    assert.equal(
      fixed(inFunction(before).replaceAll('\n', '\r\n'), addB),
      expected?.replaceAll('\n', '\r\n'),
    );
  });
}

test('several elements, and a key that makes the others move', () => {
  const result = fixed(inFunction('x := T{\n\tA: 1,   // one\n\tC: 333, // three\n}'), (edit, find) => {
    const literal = find('{', 'literal_value');
    edit.addKeyedElement(literal, 'ReadHeaderTimeout', 'a.B{\n\tC: 1,\n}');
    edit.addKeyedElement(literal, 'Longer', '2');
    edit.insertFirst(find('{\n\tx', 'block'), 'y()');
  });
  const lines =
    'y()\nx := T{\n\tA: 1,   // one\n\tC: 333, // three\n\tReadHeaderTimeout: a.B{\n\t\tC: 1,\n\t},\n\tLonger: 2,\n}';
  assert.equal(result, inFunction(lines));
  assert.equal(gofmtDiff([result ?? '']), '');
});

test('what was in gofmt form still is', () => {
  const results = examples.flatMap(([, before]) => fixed(inFunction(before), addB) ?? []);
  assert.equal(gofmtDiff(results), '');
});

const key = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[A-Z][a-z]{0,12}$/) },
  fc.stringMatching(/^[A-Z][a-z]{30,70}$/),
);
const value = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('1', '"text"', 'x.Y(1, 2)', 'T{A: 1}', '"ünï 🙂"', '3 * time.Second'),
  },
  fc.constantFrom('func() {\n\ty()\n}', 'T{\n\tAbc: 1,\n\tD:   2,\n}', '[]T{{A: 1}, {}}'),
);
const separator = fc.constantFrom(
  ',\n',
  ',\n',
  ',\n',
  ', // c\n',
  ', // ünï 🙂\n',
  ',\n\n',
  ',\n// line\n',
  ', ',
);
const literal = fc
  .tuple(
    fc.constantFrom('x := T{', 'x := &T{', 'y(T{', 'z(1, T{'),
    fc.uniqueArray(fc.tuple(key, value, separator), { selector: (e) => e[0], maxLength: 8 }),
    fc.boolean(),
  )
  .map(([open, elements, isMultiLine]) => {
    const body = elements
      .map(([k, v, s]) => `${k}: ${v}${isMultiLine ? s : ', '}`)
      .join('')
      .replace(/, $/, isMultiLine ? ',\n' : '');
    return `${open}${isMultiLine ? '\n' : ''}${body}}${open.includes('(') ? ')' : ''} // end\ny() // after`;
  });

test('whatever the literal, adding an element to gofmt form gives gofmt form', () => {
  const cases = fc.sample(fc.tuple(literal, key, value), { numRuns: 400, seed: 7 });
  const formatted = formattedAll(cases.map(([statement]) => inFunction(statement)));
  if (!formatted) return;
  const results = formatted.map((text, i) =>
    fixed(text, (edit, find) =>
      edit.addKeyedElement(find('{', 'literal_value'), cases[i]?.[1] ?? '', cases[i]?.[2] ?? ''),
    ),
  );
  assert.equal(gofmtDiff(results.filter((r) => r !== undefined)), '');
  assert.ok(
    results.filter((r) => r === undefined).length < 60,
    'only a key that is there already withdraws the fix',
  );
});

test('whatever the statements, inserting, removing and changing one keeps gofmt form', () => {
  const statement = fc.tuple(
    fc.constantFrom(
      'a()',
      'bb := 2',
      'if c {\n\td() // inner\n}',
      'switch e {\ncase 1: // one\n\tf()\n}',
      'g(h, // arg\n\ti)',
      'go func() { j() }()',
      '// line',
      'k(`raw\n  text`)',
      'L:\nfor {\n}',
    ),
    fc.constantFrom('', '', ' // c', ' // ünï', ' /* c */', '\n'),
  );
  const operation = fc.tuple(
    fc.constantFrom('before', 'after', 'remove', 'replace'),
    fc.nat(20),
    fc.constantFrom('x()', 'longer := 1 // new', 'if y {\n\tz()\n}'),
  );
  const cases = fc.sample(fc.tuple(fc.array(statement, { minLength: 1, maxLength: 9 }), operation), {
    numRuns: 400,
    seed: 11,
  });
  const texts = cases.map(([list]) =>
    inFunction(list.map(([s, c]) => (s.startsWith('//') ? s : s + c)).join('\n')),
  );
  const formatted = formattedAll(texts);
  if (!formatted) return;
  const results = formatted.map((text, i) => {
    const [kind, n, added] = cases[i]?.[1] ?? ['before', 0, ''];
    return fixed(text, (edit, find) => {
      const all = find('{', 'block').children[0]?.children ?? [];
      const target = all[n % Math.max(1, all.length)];
      if (target && kind === 'before') edit.insertStatementBefore(target, added);
      if (target && kind === 'after') edit.insertStatementAfter(target, added);
      if (target && kind === 'remove') edit.removeStatement(target);
      if (kind === 'replace' && target && target.kind !== 'labeled_statement')
        edit.replace(target, 'replaced(1, 2, 3)');
    });
  });
  const made = results.filter((r) => r !== undefined);
  assert.equal(gofmtDiff(made), '');
  assert.ok(made.length > 300);
});

/** The texts in gofmt form; undefined where Go is absent. */
function formattedAll(texts: readonly string[]): readonly string[] | undefined {
  const separated = new Map(texts.map((text, i) => [`${i}.go`, text]));
  const order = [...separated.keys()];
  const output = withGo(['gofmt', ...order], separated);
  return output?.split(/^(?=package p$)/m);
}
