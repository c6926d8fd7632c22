import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changesBetween } from '../../server/text-diff.ts';

function apply(text: string, changes: ReturnType<typeof changesBetween>): string {
  let result = '';
  let at = 0;
  for (const { start, end, newText } of changes) {
    assert.ok(start >= at && end >= start, 'changes are in order and do not overlap');
    result += text.slice(at, start) + newText;
    at = end;
  }
  return result + text.slice(at);
}

test('equal texts have no changes', () => {
  assert.deepEqual(changesBetween('', ''), []);
  assert.deepEqual(changesBetween('a\nb\n', 'a\nb\n'), []);
});

test('changes far from each other are separate and no larger than they must be', () => {
  const lines = Array.from({ length: 200 }, (_, i) => `line ${i}\n`);
  const from = lines.join('');
  const to = lines.with(10, 'line ten\n').toSpliced(150, 0, 'new\n').toSpliced(50, 1).join('');
  const changes = changesBetween(from, to);
  assert.equal(apply(from, changes), to);
  assert.deepEqual(
    changes.map(({ start, end, newText }) => [from.slice(start, end), newText]),
    [
      ['10', 'ten'],
      ['line 50\n', ''],
      ['', 'new\n'],
    ],
  );
});

test('neither a CRLF nor a surrogate pair is cut in two', () => {
  assert.deepEqual(changesBetween('a\r\nb', 'a\nb'), [{ start: 1, end: 3, newText: '\n' }]);
  assert.deepEqual(changesBetween('🐹', '🐸'), [{ start: 0, end: 2, newText: '🐸' }]);
});

test('texts with nothing in common are one change', () => {
  const from = Array.from({ length: 2000 }, (_, i) => `a${i}\n`).join('');
  const to = Array.from({ length: 2000 }, (_, i) => `b${i}\n`).join('');
  const changes = changesBetween(from, to);
  assert.equal(changes.length, 1);
  assert.equal(apply(from, changes), to);
});

const text = fc.string({ unit: fc.constantFrom('a', 'b', '🐹', '\n', '\n', '\r\n'), maxLength: 80 });

test('the changes turn one text into the other', () => {
  fc.assert(
    fc.property(text, text, (from, to) => assert.equal(apply(from, changesBetween(from, to)), to)),
    { numRuns: 1000 },
  );
});

test('an inserted line costs that line', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom<string>('a\n', 'b\n', 'c\n'), { maxLength: 40 }),
      fc.nat(),
      (lines, n) => {
        const to = lines.toSpliced(n % (lines.length + 1), 0, 'new\n').join('');
        const changes = changesBetween(lines.join(''), to);
        assert.equal(changes.length, 1);
        assert.equal(changes[0]?.newText.length, 4);
      },
    ),
  );
});
