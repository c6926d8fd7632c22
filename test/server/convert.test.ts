import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { chooseEncoding, type Encoding, offsetAt, positionAt } from '../../server/convert.ts';

const encodings: readonly Encoding[] = ['utf-8', 'utf-16', 'utf-32'];

function documentOf(text: string): TextDocument {
  return TextDocument.create('file:///a.go', 'go', 1, text);
}

test('the first encoding that both know is chosen, UTF-16 without one', () => {
  assert.equal(chooseEncoding(['utf-32', 'utf-8', 'utf-16']), 'utf-32');
  assert.equal(chooseEncoding(['utf-7', 'utf-8']), 'utf-8');
  assert.equal(chooseEncoding([]), 'utf-16');
  assert.equal(chooseEncoding(undefined), 'utf-16');
});

test('the same place in three encodings', () => {
  const document = documentOf('package p\r\n\ts := "é🐹" // x\n');
  const offset = document.getText().indexOf('// x');
  const characters = encodings.map((encoding) => positionAt(document, offset, encoding).character);
  assert.deepEqual(characters, [15, 12, 11]);
  for (const [i, encoding] of encodings.entries()) {
    assert.equal(offsetAt(document, { line: 1, character: characters[i] ?? -1 }, encoding), offset);
  }
});

test('what does not exist is taken for the nearest place before it', () => {
  const document = documentOf('a🐹b\r\nc');
  assert.equal(offsetAt(document, { line: 0, character: 2 }, 'utf-8'), 1, 'within a character');
  for (const encoding of encodings) {
    assert.equal(offsetAt(document, { line: 0, character: 99 }, encoding), 4, 'after the end of a line');
    assert.equal(offsetAt(document, { line: 9, character: 0 }, encoding), 7, 'after the last line');
    assert.deepEqual(positionAt(document, 5, encoding).line, 0, 'between \\r and \\n');
  }
});

/** Text of the characters that matter: one to four bytes, every kind of line end. */
const text = fc.string({
  unit: fc.constantFrom('a', '\t', 'é', '€', '🐹', '\n', '\r\n', '\r'),
  maxLength: 60,
});

test('offset to position and back', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...encodings), fc.nat(), (content, encoding, n) => {
      const document = documentOf(content);
      const offset = n % (content.length + 1);
      const inPair = /^[\uD800-\uDBFF][\uDC00-\uDFFF]|^\r\n/.test(
        content.slice(Math.max(0, offset - 1), offset + 1),
      );
      const back = offsetAt(document, positionAt(document, offset, encoding), encoding);
      if (offset === 0 || !inPair) assert.equal(back, offset);
      else assert.ok(Math.abs(back - offset) <= 1);
    }),
    { numRuns: 500 },
  );
});

test('a position counts what lies before it on its line', () => {
  fc.assert(
    fc.property(text, fc.nat(), (content, n) => {
      const lines = content.replace(/\r+\n/g, '\n');
      const characters = Array.from(lines);
      const before = characters.slice(0, n % (characters.length + 1)).join('');
      const document = documentOf(lines);
      const line = before.split(/[\r\n]/).at(-1) ?? '';
      const found = encodings.map((encoding) => positionAt(document, before.length, encoding).character);
      assert.deepEqual(found, [Buffer.byteLength(line), line.length, Array.from(line).length]);
    }),
    { numRuns: 500 },
  );
});
