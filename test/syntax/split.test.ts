import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { split } from '../../analysis/syntax/split.ts';

/** The pieces of a text as `kind names…: text`, with a function's body cut. */
function pieces(text: string): string[] {
  return split(text).pieces.map((p) => {
    const end = p.body < 0 ? p.end : p.body;
    return `${p.kind} ${p.names.join(',')}: ${text.slice(p.start, end).trim()}`;
  });
}

test('declarations end where Go inserts a semicolon', () => {
  assert.deepEqual(
    pieces(
      'package p // c\n\nimport "fmt"\nvar a, b =\n\t1,\n\t2 // two\nfunc f()\nfunc g() {}; func h() {}',
    ),
    [
      'package p: package p',
      'import : import "fmt"',
      'var a,b: var a, b =\n\t1,\n\t2',
      'func f: func f()',
      'func g: func g()',
      'func h: func h()',
    ],
  );
});

test('a body is not mistaken for a brace in the signature', () => {
  assert.deepEqual(
    pieces('func (s *S[T]) f(x struct{ a int }, y interface{ m() }) map[string]struct{} { return nil }'),
    ['func f: func (s *S[T]) f(x struct{ a int }, y interface{ m() }) map[string]struct{}'],
  );
});

test('groups name all that they declare', () => {
  const text =
    'type (\n\tA struct{ x int }\n\tB[T any] = map[T]int\n)\nconst (\n\tx, y = iota, 1\n\t// c\n\tz, w\n)\nvar (f = func() {\n\ta := 1\n})';
  assert.deepEqual(
    split(text).pieces.map((p) => p.names),
    [['A', 'B'], ['x', 'y', 'z', 'w'], ['f']],
  );
});

test('brackets in strings, runes, raw strings and comments do not count', () => {
  const text = 'func f() { _ = "}\\"{" + `}\n{` + string(\'}\') /* } */ // }\n}\nfunc g() {}';
  assert.deepEqual(pieces(text), ['func f: func f()', 'func g: func g()']);
});

test('a declaration that is being typed does not swallow the next ones', () => {
  const text = 'package p\n\nfunc f() {\n\tif x {\n\nfunc g() {}\n\ntype T struct {\n\nvar v = 1\n';
  assert.deepEqual(
    split(text).pieces.map((p) => p.names.join()),
    ['p', 'f', 'g', 'T', 'v'],
  );
});

test('an unclosed raw string ends before the next declaration', () => {
  assert.deepEqual(
    split('func f() { x := `a\n}\nfunc g() {}\n').pieces.map((p) => p.names.join()),
    ['f', 'g'],
  );
});

test('comments are found once, in order, and also between declarations', () => {
  const text = '// a\npackage p /* b */ // c\n// d\nfunc f() { // e\n}\n// f';
  const { comments } = split(text);
  const found = comments.flatMap((start, i) => (i % 2 === 0 ? [text.slice(start, comments[i + 1])] : []));
  assert.deepEqual(found, ['// a', '/* b */', '// c', '// d', '// e', '// f']);
});

test('many declarations without an end are split in linear time', () => {
  const text = 'func f() {\n'.repeat(200_000);
  assert.equal(split(text).pieces.length, 200_000);
});

test('pieces are in order, apart and inside the text, whatever the text', () => {
  const fragment = fc.constantFrom(
    'func ',
    'f',
    '(',
    ')',
    '{',
    '}',
    '\n',
    '"',
    '`',
    "'",
    '\\',
    '//',
    '/*',
    '*/',
    'type T ',
    'var ',
    'x',
    '=',
    ';',
    '\r\n',
    'é',
    '😀',
    'import "a"',
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 60 }), (parts) => {
      const text = parts.join('');
      const { pieces: found, comments } = split(text);
      let end = 0;
      for (const piece of found) {
        assert.ok(piece.start >= end && piece.end > piece.start && piece.end <= text.length);
        assert.ok(piece.body < 0 || (piece.body > piece.start && piece.body < piece.end));
        end = piece.end;
      }
      assert.deepEqual(
        comments,
        comments.toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 2000 },
  );
});
