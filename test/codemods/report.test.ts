import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { rules } from '../../analysis/index.ts';
import type { LocatedFinding } from '../../codemods/located.ts';
import { fixedReport } from '../../codemods/report/fixed.ts';
import { githubReport } from '../../codemods/report/github.ts';
import { jsonlReport } from '../../codemods/report/json.ts';
import type { ReportOptions } from '../../codemods/report/report.ts';
import { sarifReport } from '../../codemods/report/sarif.ts';
import { findingText, firstSentence, textReport } from '../../codemods/report/text.ts';
import { plain, shownPath } from '../../codemods/terminal.ts';
import { sarifSchema } from './sarif-schema.ts';

const options: ReportOptions = {
  style: plain,
  show: (path) => shownPath(path, '/w'),
  quiet: false,
  invocation: { command: 'goleash', selection: ['a b'] },
};

const at = (line: number, column: number, unit: number, length: number) => ({
  path: '/w/dir/größe, x:y.go',
  start: { line, column, unit },
  end: { line, column: column + length, unit: unit + length },
});

const finding: LocatedFinding = {
  fingerprint: '0123456789abcdef',
  ruleId: rules[0]?.id ?? '',
  severity: 'error',
  confidence: 'proved',
  at: at(3, 12, 8, 4),
  message: 'wrong: 100%\nreally',
  excerpt: { text: '\tx := "文" + bad', from: 0, cut: false },
  related: [
    { at: at(1, 1, 1, 1), message: 'first' },
    { at: at(2, 1, 1, 1), message: 'second' },
  ],
  fixes: [
    { id: 'mend', title: 'Mend it', safety: 'review', edits: [{ at: at(3, 12, 8, 0), newText: 'a\n' }] },
  ],
};

const witness: LocatedFinding = {
  ...finding,
  fixes: [],
  related: [
    { at: at(1, 1, 1, 1), message: 'f sends', step: { order: 1, goroutine: 'f' } },
    { at: at(2, 1, 1, 1), message: 'g receives', step: { order: 1, goroutine: 'goroutine 1' } },
    { at: at(2, 1, 1, 1), message: 'made here' },
    { at: at(3, 12, 8, 4), message: 'f waits', step: { order: 2, goroutine: 'f' } },
  ],
};

const result = {
  findings: [finding, { ...finding, fingerprint: 'fedcba9876543210', fixes: [], related: [] }],
  problems: [{ path: '/w/b.go', line: 2, message: 'odd' }],
  files: 3,
};

test('SARIF is valid, has the rules, and its references hold', () => {
  const text = sarifReport(result, options);
  const validate = new Ajv({ allErrors: true }).compile(sarifSchema);
  validate(JSON.parse(text));
  assert.deepEqual(validate.errors, null);
  const [run] = JSON.parse(text).runs;
  assert.equal(run.tool.driver.rules.length, rules.length);
  assert.equal(run.tool.driver.rules[run.results[0].ruleIndex].id, finding.ruleId);
  assert.deepEqual(run.results[0].locations[0].physicalLocation, {
    artifactLocation: { uri: 'dir/gr%C3%B6%C3%9Fe%2C%20x%3Ay.go' },
    region: { startLine: 3, startColumn: 8, endLine: 3, endColumn: 12 },
  });
  assert.deepEqual(
    run.results[0].codeFlows[0].threadFlows[0].locations.map(
      (step: { location: { message: { text: string } } }) => step.location.message.text,
    ),
    ['first', 'second', finding.message],
  );
  assert.equal(run.results[0].fixes[0].artifactChanges[0].replacements[0].insertedContent.text, 'a\n');
  assert.equal(run.invocations[0].executionSuccessful, false);
  const prints = run.results.map(
    (r: { partialFingerprints: Record<string, string> }) => r.partialFingerprints['goleash/v1'],
  );
  assert.deepEqual(prints, ['0123456789abcdef', 'fedcba9876543210']);
});

test('in SARIF a witness has a thread for each goroutine, and what is no step stays a related place', () => {
  const log = JSON.parse(sarifReport({ ...result, findings: [witness] }, options));
  const validate = new Ajv({ allErrors: true }).compile(sarifSchema);
  validate(log);
  assert.deepEqual(validate.errors, null);
  const [{ codeFlows, relatedLocations }] = log.runs[0].results;
  assert.deepEqual(
    relatedLocations.map((l: { message: { text: string } }) => l.message.text),
    ['made here'],
  );
  assert.deepEqual(
    codeFlows[0].threadFlows.map(
      (thread: {
        id: string;
        locations: { executionOrder: number; location: { message: { text: string } } }[];
      }) => [thread.id, ...thread.locations.map((l) => `${l.executionOrder} ${l.location.message.text}`)],
    ),
    [
      ['f', '1 f sends', '2 f waits'],
      ['goroutine 1', '1 g receives'],
    ],
  );
});

test('a note stands before the steps of a witness, and what happens at once has one number', () => {
  const lines = findingText(witness, options).split('\n').slice(3, 8);
  assert.deepEqual(lines, [
    'dir/größe, x:y.go:2:1: note: made here',
    '  steps:',
    '    1. dir/größe, x:y.go:1:1: f sends',
    '       dir/größe, x:y.go:2:1: g receives',
    '    2. dir/größe, x:y.go:3:12: f waits',
  ]);
});

test('GitHub commands escape what would end them', () => {
  const [line] = githubReport(result, options).split('\n');
  assert.equal(
    line,
    `::error file=dir/größe%2C x%3Ay.go,line=3,endLine=3,col=12,endColumn=16,title=goleash ${finding.ruleId}::wrong: 100%25%0Areally%0Adir/größe, x:y.go:1: first%0Adir/größe, x:y.go:2: second`,
  );
});

test('a line of jsonl has all that a consumer needs', () => {
  const [line] = jsonlReport(result, options).split('\n');
  const value = JSON.parse(line ?? '');
  assert.deepEqual(
    [value.file, value.line, value.column, value.endLine, value.endColumn],
    ['dir/größe, x:y.go', 3, 12, 3, 16],
  );
  assert.deepEqual(Object.keys(value.fixes[0]).slice(0, 3), ['id', 'title', 'safety']);
  assert.deepEqual(value.related[0], {
    file: 'dir/größe, x:y.go',
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 2,
    message: 'first',
  });
});

test('carets stand under the code, whatever stands before it', () => {
  const lines = findingText(finding, options).split('\n');
  assert.equal(lines[1], '    3 | \tx := "文" + bad');
  assert.equal(lines[2], `      | \t${' '.repeat(6)}^^^^^`);
  const several = { ...finding, at: { ...finding.at, end: { line: 9, column: 2, unit: 2 } } };
  assert.match(findingText(several, options).split('\n')[2] ?? '', /\^{9}$/);
});

test('control characters of a source do not reach the terminal', () => {
  const nasty = {
    ...finding,
    message: 'a\u001B[2J',
    excerpt: { ...finding.excerpt, text: 'x\u001B]0;t\u0007' },
  };
  assert.ok(!findingText(nasty, options).includes('\u001B'));
});

test('the summary names the next command for what there is', () => {
  const last = (findings: LocatedFinding[]) =>
    textReport({ ...result, findings }, options)
      .trimEnd()
      .split('\n')
      .at(-1);
  assert.match(
    last([finding]) ?? '',
    /^1 finding \(1 error\) in 1 file; 1 fix to review, to see them: goleash fix --diff --unsafe 'a b'$/,
  );
  assert.match(
    last([{ ...finding, fixes: [] }]) ?? '',
    new RegExp(`to read more: goleash explain ${finding.ruleId}$`),
  );
  assert.equal(last([]), 'No findings in 3 files.');
});

test('the first sentence of a rule’s reason', () => {
  assert.equal(
    firstSentence('\n    A `range` over `a.b` ends\n    at last. More.\n\n    Again.'),
    'A `range` over `a.b` ends at last.',
  );
  assert.equal(firstSentence('No stop here'), 'No stop here');
  for (const rule of rules) assert.match(firstSentence(rule.why), /^[A-Z`].{10,}[.:!?]$/, rule.id);
});

test('fixes that were put off or backed out are named with the reason', () => {
  const place = { path: 'dir/a.go', line: 3, column: 2, endLine: 3, endColumn: 4 };
  const fix = { fingerprint: '0123456789abcdef', ruleId: 'r', at: place };
  const text = fixedReport(
    {
      applied: [],
      findings: [finding],
      left: [
        {
          ...fix,
          fixId: 'late',
          why: 'deferred',
          reason: 'it collides with the fix “Mend it” at dir/b.go:7',
        },
        { ...fix, fixId: 'bad', why: 'failed', reason: 'the finding is still there after it' },
      ],
    },
    { ...options, diff: false, showPlanned: (path) => path },
  );
  assert.deepEqual(text.split('\n').slice(0, 2), [
    'dir/a.go:3:2: late was put off: it collides with the fix “Mend it” at dir/b.go:7',
    'dir/a.go:3:2: bad was backed out: the finding is still there after it',
  ]);
});
