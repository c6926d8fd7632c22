import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filePatch } from '../../../codemods/report/diff.ts';
import { type DiffLine, filesOf, type Hunk } from '../../../codemods/review/rows.ts';

function hunkOf(before: string, after: string): Hunk {
  const hunk = filesOf(filePatch({ path: 'a.go', before, after }))?.[0]?.hunks[0];
  assert.ok(hunk, 'there is a hunk');
  return hunk;
}

/** A line with its changed words in brackets. */
function marked(line: DiffLine | undefined): string {
  if (!line) return '';
  const text = line.parts.map((part) => (part.changed ? `[${part.text}]` : part.text)).join('');
  return `${line.old ?? ''}|${line.new ?? ''} ${text}${line.end ? ` (${line.end})` : ''}`;
}

test('lines are numbered on both sides, and what changed in a line is marked word by word', () => {
  const {
    rows,
    lines,
    old,
    new: now,
  } = hunkOf('a\nc := make(chan int)\nb\n', 'a\nc := make(chan int, 1)\nb\n');
  assert.deepEqual(
    [old, now],
    [
      { start: 1, lines: 3 },
      { start: 1, lines: 3 },
    ],
  );
  assert.deepEqual(lines.map(marked), [
    '1|1 a',
    '2| c := make(chan int)',
    '|2 c := make(chan int[, 1])',
    '3|3 b',
  ]);
  assert.deepEqual(
    rows.map((row) => [marked(row.old), marked(row.new)]),
    [
      ['1|1 a', '1|1 a'],
      ['2| c := make(chan int)', '|2 c := make(chan int[, 1])'],
      ['3|3 b', '3|3 b'],
    ],
  );
});

test('the line that is most alike stands beside a line; others stand alone', () => {
  const { rows, lines } = hunkOf(
    'resp, err := http.Get(url)\nuse(resp)\n',
    'client := &Client{}\nresp, err := client.Get(url)\nuse(resp)\n',
  );
  assert.deepEqual(
    rows.map((row) => [marked(row.old), marked(row.new)]),
    [
      ['', '|1 client := &Client{}'],
      ['1| resp, err := [http].Get(url)', '|2 resp, err := [client].Get(url)'],
      ['2|3 use(resp)', '2|3 use(resp)'],
    ],
  );
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ['removed', 'added', 'added', 'same'],
  );
});

test('of an indentation only what is more of it is marked', () => {
  const { lines } = hunkOf('\tf(x)\n', '\t\tf(y)\n');
  assert.deepEqual(lines.map(marked), ['1| \tf([x])', '|1 \t[\t]f([y])']);
});

test('lines with nothing in common are new as a whole', () => {
  const { rows } = hunkOf('alpha beta\n', 'one(two, three)\n');
  assert.deepEqual([marked(rows[0]?.old), marked(rows[0]?.new)], ['1| alpha beta', '|1 one(two, three)']);
});

test('carriage returns are seen only where one side has them, and a missing last newline is', () => {
  const both = hunkOf('a\r\nb\r\n', 'a\r\nc b\r\n');
  assert.deepEqual(both.lines.map(marked), ['1|1 a', '2| b', '|2 [c ]b']);
  const one = hunkOf('a(b)\r\n', 'a(b)\n');
  assert.deepEqual(one.lines.map(marked), ['1| a(b) (CR)', '|1 a(b)']);
  const none = hunkOf('a(b)', 'a(b)\n');
  assert.deepEqual(none.lines.map(marked), ['1| a(b) (no newline)', '|1 a(b)']);
});

test('files, hunks and lines that look like headers are told apart; what is no diff is none', () => {
  const text = (n: number) => `-- x\n${'\n'.repeat(n)}`;
  const diff = [
    filePatch({ path: 'a/b.go', before: `${text(20)}old\n`, after: `++ y\n${'\n'.repeat(20)}new\n` }),
    filePatch({ path: 'c.go', before: 'a\n', after: '' }),
  ].join('');
  const files = filesOf(diff);
  assert.deepEqual(
    files?.map(({ path, hunks }) => [path, hunks.length]),
    [
      ['a/b.go', 2],
      ['c.go', 1],
    ],
  );
  assert.equal(files?.[0]?.hunks[0]?.lines[0]?.text, '-- x');
  assert.equal(filesOf(''), undefined);
  assert.equal(filesOf('no diff'), undefined);
  assert.equal(filesOf('--- a\n+++ b\n@@ -1 +1 @@\nrubbish\n'), undefined);
});

test('lines and runs of any length are shown', () => {
  const huge = 'x '.repeat(50_000);
  const { lines } = hunkOf(`${huge}1\n`, `${huge}2\n`);
  assert.deepEqual(
    lines.map(({ parts }) => parts.length),
    [1, 1],
  );
  const many = (name: string) => Array.from({ length: 300 }, (_, i) => `${name}(${i})\n`).join('');
  assert.equal(hunkOf(many('f'), many('g')).rows.length, 300);
});
