import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type Drawable,
  draw,
  type Entry,
  entriesOf,
  header,
  lineOf,
  precisionTable,
  problemsOf,
} from '../scripts/precision-log.ts';
import { assertNone } from './support/problems.ts';

test('every line of the precision log is well formed', () => {
  assertNone(problemsOf(readFileSync('bench/precision/log.tsv', 'utf8')), 'bench/precision/log.tsv');
});

const entry: Entry = {
  rule: 'leaked-sender',
  confidence: 'proved',
  module: 'example.com/m/v2@v2.1.0',
  at: 'a/b.go:12',
  verdict: 'true',
  why: 'the timeout returns before the send',
};

const logOf = (...entries: readonly Entry[]) => `${[header, ...entries.map(lineOf)].join('\n')}\n`;

test('what is wrong with a line is named', () => {
  assert.deepEqual(problemsOf(logOf(entry, { ...entry, at: 'a/b.go:13' })), []);
  assert.deepEqual(entriesOf(logOf(entry)), [entry]);
  const broken = (change: Partial<Entry>) => problemsOf(logOf({ ...entry, ...change }));
  assert.deepEqual(broken({ rule: 'leaked-sendr' }), ['2: there is no rule leaked-sendr']);
  assert.deepEqual(broken({ confidence: 'sure' as never }), ['2: sure is no confidence']);
  assert.deepEqual(broken({ module: 'example.com/m' }), ['2: example.com/m is not module@version']);
  for (const at of ['/m/a.go:1', 'a.go', 'a.go:0', 'a.txt:1'])
    assert.deepEqual(broken({ at }), [`2: ${at} is not file.go:line below the module`]);
  for (const verdict of ['', 'yes'] as Entry['verdict'][])
    assert.deepEqual(broken({ verdict }), [`2: '${verdict}' is no verdict`]);
  assert.deepEqual(broken({ why: 'yes' }), ['2: why is not one sentence']);
  assert.deepEqual(problemsOf(logOf(entry, entry)), ['3: is there twice']);
  assert.deepEqual(problemsOf(`${header}\na\tb\n`), ['2: does not have 6 columns']);
  assert.match(problemsOf('rule\n')[0] ?? '', /^1: the first line is not/);
  assert.deepEqual(problemsOf(logOf(entry).trimEnd()), ['2: the last line does not end']);
});

const findings = Array.from(
  { length: 40 },
  (_, i): Drawable => ({
    ruleId: i % 2 === 0 ? 'leaked-sender' : 'deadlock',
    confidence: 'proved',
    file: `/src/m/f${i}.go`,
    line: i + 1,
  }),
);

test('a draw depends on its seed alone, and drawing more keeps what was drawn', () => {
  const options = { module: 'm@v1', count: 10, seed: 1, root: '/src/m' };
  const ten = draw(findings, [], options);
  assert.equal(new Set(ten.map(lineOf)).size, 10);
  assert.match(ten[0]?.at ?? '', /^f\d+\.go:\d+$/);
  assert.deepEqual(draw(findings.toReversed(), [], options), ten);
  assert.deepEqual(draw([...findings, ...findings], [], options), ten, 'a finding counts once');
  assert.deepEqual(draw(findings, [], { ...options, count: 20 }).slice(0, 10), ten);
  assert.notDeepEqual(draw(findings, [], { ...options, seed: 2 }), ten);
  const all = draw(findings, [], { ...options, count: 100 });
  assert.equal(all.length, 40);
  const own = draw(findings, [], { ...options, count: 100, rules: ['deadlock'] });
  assert.deepEqual([own.length, new Set(own.map(({ rule }) => rule))], [20, new Set(['deadlock'])]);
});

test('what is drawn again keeps its verdict', () => {
  const options = { module: 'm@v1', count: 3, seed: 1, root: '/src/m/' };
  const [first, ...others] = draw(findings, [], options);
  assert.ok(first);
  const judged: Entry = { ...first, verdict: 'false', why: 'the caller closes the channel' };
  assert.deepEqual(draw(findings, [judged], options), [judged, ...others]);
});

test('the table counts by rule and confidence, and what is doubtful against them', () => {
  const entries: Entry[] = [
    entry,
    { ...entry, at: 'a.go:2' },
    { ...entry, at: 'a.go:3', verdict: 'doubtful' },
    { ...entry, at: 'a.go:4', verdict: 'false' },
    { ...entry, at: 'a.go:5', confidence: 'likely', rule: 'deadlock' },
    { ...entry, at: 'a.go:6', verdict: '' },
  ];
  assert.deepEqual(precisionTable(entries).split('\n'), [
    'rule           confidence  judged  true  false  doubtful  share true',
    'deadlock       likely           1     1      0         0       100 %',
    'leaked-sender  proved           4     2      1         1        50 %',
    'all            proved           4     2      1         1        50 %',
    'all            likely           1     1      0         0       100 %',
  ]);
  assert.equal(precisionTable([]), 'no verdicts yet');
});
