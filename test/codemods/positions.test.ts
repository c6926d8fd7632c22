import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locateFinding, locator } from '../../codemods/located.ts';
import { lineStarts, positionAt } from '../../codemods/positions.ts';

test('columns count bytes for people and UTF-16 code units for SARIF', () => {
  const text = '\uFEFFpackage p\r\n\tx := "é文🙂" + y\nz';
  const starts = lineStarts(text);
  const at = (word: string) => positionAt(text, starts, text.indexOf(word));
  assert.deepEqual(at('package'), { line: 1, column: 4, unit: 2 });
  assert.deepEqual(at('x :='), { line: 2, column: 2, unit: 2 });
  assert.deepEqual(at('+ y'), { line: 2, column: 19, unit: 14 });
  assert.deepEqual(at('z'), { line: 3, column: 1, unit: 1 });
  assert.deepEqual(positionAt(text, starts, text.length), { line: 3, column: 2, unit: 2 });
  assert.deepEqual(positionAt('', lineStarts(''), 0), { line: 1, column: 1, unit: 1 });
});

test('the excerpt is the line of the finding, cut around it if it is long', () => {
  const finding = (text: string, start: number) =>
    locateFinding(
      {
        ruleId: 'r',
        severity: 'error',
        confidence: 'proved',
        at: { path: '/a.go', start, end: start + 1 },
        message: 'm',
        related: [],
        fixes: [],
      },
      '0123456789abcdef',
      new Map([['/a.go', text]]),
      locator(new Map([['/a.go', text]])),
    );
  assert.deepEqual(finding('one\ntwo\r\nthree', 5).excerpt, { text: 'two', from: 0, cut: false });
  assert.deepEqual(finding('one\ntwo', 4).excerpt, { text: 'two', from: 0, cut: false });
  const long = `${'🙂'.repeat(500)}X${'b'.repeat(500)}\nnext`;
  const { excerpt } = finding(long, 1000);
  assert.equal(excerpt.text[1000 - excerpt.from], 'X');
  assert.ok(excerpt.cut && excerpt.text.length <= 201);
  assert.doesNotMatch(excerpt.text, /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
});
