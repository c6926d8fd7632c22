import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits } from '../../analysis/edit/apply.ts';
import { composed, settled } from '../../analysis/edit/splice.ts';
import type { Edit } from '../../analysis/finding.ts';

function edit(start: number, end: number, newText: string): Edit {
  return { path: 'a.go', start, end, newText };
}

const goText = fc
  .array(
    fc.constantFrom(
      'func f() {',
      '\tx := 1 // 🙂',
      '\r\n',
      '\n',
      '`raw\r\n🙂`',
      '}',
      'ünï',
      '\t',
      '//',
      '"s"',
    ),
    { maxLength: 12 },
  )
  .chain((parts) => fc.constantFrom('', '\uFEFF').map((mark) => mark + parts.join('')));
const newText = fc.constantFrom('', 'a', '\n', '\r\n', '🙂', 'defer x()\n\t');

/** A text and disjoint edits of it, in any order. */
const edited = goText.chain((text) =>
  fc.array(fc.tuple(fc.nat(text.length), fc.nat(6), newText, fc.nat()), { maxLength: 6 }).map((raw) => {
    const edits: (Edit & { order: number })[] = [];
    for (const [start, length, inserted, order] of raw) {
      const one = { ...edit(start, Math.min(text.length, start + length), inserted), order };
      if (edits.every((e) => areApart(e, one))) edits.push(one);
    }
    return { text, edits: edits.sort((a, b) => a.order - b.order).map(({ order: _, ...e }) => e) };
  }),
);

function areApart(a: Edit, b: Edit): boolean {
  if (a.start === b.start && a.end === b.end) return false;
  return a.end <= b.start || b.end <= a.start;
}

/** The edits one at a time, from the last to the first: too simple to be wrong. */
function spliced(text: string, edits: readonly Edit[]): string {
  const backwards = [...edits].sort((a, b) => b.start - a.start || b.end - a.end);
  return backwards.reduce((t, e) => t.slice(0, e.start) + e.newText + t.slice(e.end), text);
}

test('applying edits is splicing them in', () => {
  fc.assert(
    fc.property(edited, ({ text, edits }) => assert.equal(applyEdits(text, edits), spliced(text, edits))),
  );
});

test('no edit, no change', () => {
  fc.assert(fc.property(goText, (text) => assert.equal(applyEdits(text, []), text)));
});

test('insertions at one offset keep their order and stand before a replacement', () => {
  assert.equal(
    applyEdits('abc', [edit(1, 2, 'B'), edit(1, 1, '1'), edit(1, 1, '2'), edit(2, 2, '3')]),
    'a12B3c',
  );
});

test('edits outside the text, overlapping or of two files are refused, with path and offsets', () => {
  assert.throws(
    () => applyEdits('abc', [edit(2, 4, '')]),
    /RangeError: a\.go: an edit of \[2, 4\) is outside the text of length 3/,
  );
  assert.throws(() => applyEdits('abc', [edit(2, 1, '')]), RangeError);
  assert.throws(() => applyEdits('abc', [edit(-1, 1, '')]), RangeError);
  assert.throws(() => applyEdits('abc', [edit(0.5, 1, '')]), RangeError);
  assert.throws(() => applyEdits('abc', [edit(0, 2, ''), edit(1, 3, '')]), /\[0, 2\) and \[1, 3\) overlap/);
  assert.throws(() => applyEdits('abc', [edit(0, 3, ''), edit(1, 1, 'x')]), /overlap/);
  assert.throws(
    () => applyEdits('abc', [edit(0, 1, ''), { ...edit(2, 3, ''), path: 'b.go' }]),
    /two files, a\.go and b\.go/,
  );
});

test('settled edits do the same, and are sorted and disjoint', () => {
  fc.assert(
    fc.property(edited, ({ text, edits }) => {
      const result = settled(edits) ?? [];
      assert.equal(applyEdits(text, result), spliced(text, edits));
      assert.ok(result.every((e, i) => i === 0 || (result[i - 1]?.end ?? 0) <= e.start));
    }),
  );
});

test('drafts that want different things for one text are refused, equal ones are one', () => {
  assert.equal(settled([edit(0, 2, 'a'), edit(0, 2, 'b')]), undefined);
  assert.equal(settled([edit(0, 2, 'a'), edit(1, 1, 'b')]), undefined);
  assert.deepEqual(settled([edit(0, 2, 'a'), edit(0, 2, 'a')]), [edit(0, 2, 'a')]);
  assert.deepEqual(settled([{ ...edit(1, 1, 'late'), rank: 1 }, edit(1, 1, 'early ')]), [
    edit(1, 1, 'early late'),
  ]);
});

test('composed edits do what one set and then the other does', () => {
  const second = fc.array(fc.tuple(fc.nat(60), fc.nat(6), newText), { maxLength: 4 });
  fc.assert(
    fc.property(edited, second, ({ text, edits }, raw) => {
      const first = settled(edits) ?? [];
      const after = applyEdits(text, first);
      const then: Edit[] = [];
      for (const [start, length, inserted] of raw) {
        if (start > after.length) continue;
        const one = edit(start, Math.min(after.length, start + length), inserted);
        if (then.every((e) => areApart(e, one))) then.push(one);
      }
      const later = settled(then) ?? [];
      assert.equal(applyEdits(text, composed(text, first, after, later)), applyEdits(after, later));
    }),
    { numRuns: 2000 },
  );
});
