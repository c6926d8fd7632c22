// What the page is made of and needs no browser: colours of Go, the drawing of a witness, filters, the text of the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../../../codemods/plan/plan.ts';
import { noFilter, passes, valuesOf } from '../../../codemods/review/filter.ts';
import { goTokens, piecesOf } from '../../../codemods/review/go-tokens.ts';
import { contentPolicy, pageData, pageText } from '../../../codemods/review/web/page.ts';
import { drawingOf } from '../../../codemods/review/witness.ts';
import { planOfFixtures } from '../../support/plan.ts';

/** Each line with its tokens as `kind:text`. */
function tokens(...lines: readonly string[]): readonly string[] {
  return goTokens(lines).map((found, i) =>
    found.map(({ start, end, kind }) => `${kind}:${lines[i]?.slice(start, end)}`).join(' '),
  );
}

test('comments, strings and keywords are told apart', () => {
  assert.deepEqual(
    tokens(
      'for _, s := range names { // range "over"',
      'goto := "a \\" // b" + `raw // c` /* d */ + fortune',
      "r := '\"' + '\\'' + 'x' // rune",
      'if x /* a',
      'return */ else',
      'x := `go',
      'func` + 0x1for',
    ),
    [
      'keyword:for keyword:range comment:// range "over"',
      'keyword:goto string:"a \\" // b" string:` string:raw // c` comment:/* comment: d */',
      `string:'"' string:'\\'' string:'x' comment:// rune`,
      'keyword:if comment:/* comment: a',
      'comment:return */ keyword:else',
      'string:` string:go',
      'string:func`',
    ],
  );
});

test('a hunk that begins inside a comment is read so, and one that may begin anywhere is left plain', () => {
  assert.deepEqual(tokens('it is for you */', 'return x'), ['comment:it is for you */', 'keyword:return']);
  assert.deepEqual(tokens('for a in raw', 'text` + x', 'return'), ['', '', '']);
  assert.deepEqual(tokens('say "for', 'return'), ['', '']);
});

test('words that changed and tokens cut a line into pieces', () => {
  const pieces = piecesOf(
    [
      { text: 'x := "a', changed: false },
      { text: 'b" // c', changed: true },
    ],
    goTokens(['x := "ab" // c'])[0] ?? [],
  );
  assert.deepEqual(
    pieces.map(({ text, changed, kind }) => [text, changed, kind]),
    [
      ['x := ', false, undefined],
      ['"a', false, 'string'],
      ['b"', true, 'string'],
      [' ', true, undefined],
      ['// c', true, 'comment'],
    ],
  );
});

const real = await planOfFixtures('leaked-sender/done.go', 'lost-cancel');

test('a witness has a lane for each goroutine, joins what happens at once, and ends at the last step', () => {
  const change = real.changes.find(
    ({ related }) => new Set(related.map(({ step }) => step?.goroutine)).size === 3,
  );
  const drawing = drawingOf((change as Change).related);
  assert.ok(drawing);
  assert.deepEqual(
    drawing.lanes.map(({ name }) => name),
    ['collectBad', 'goroutine 1', 'goroutine 2'],
  );
  const orders = drawing.steps.map(({ order }) => order);
  assert.deepEqual(
    orders,
    [...orders].sort((a, b) => a - b),
  );
  for (const [i, step] of drawing.steps.entries()) {
    const before: typeof step | undefined = drawing.steps[i - 1];
    assert.equal(step.y > (before?.y ?? 0), step.order !== before?.order, 'time goes down');
    assert.equal(step.x, drawing.lanes.find(({ name }) => name === step.goroutine)?.x);
    assert.equal(step.isEnd, step === drawing.steps.at(-1));
  }
  assert.equal(drawing.joints.length, 1);
  const { from, to, y } = drawing.joints[0] as (typeof drawing.joints)[number];
  assert.deepEqual(
    drawing.steps
      .filter((step) => step.y === y)
      .map(({ x }) => x)
      .sort((a, b) => a - b),
    [from, to],
  );
  assert.ok(drawing.steps.every((step) => step.y < drawing.height && step.x < drawing.width));
  assert.equal(drawingOf([]), undefined);
});

test('filters compare what they say, and their values are counted', () => {
  const [first] = real.changes as [Change];
  const yes = (filter: Partial<typeof noFilter>) => passes({ ...noFilter, ...filter }, first, 'accepted');
  assert.ok(yes({}));
  assert.ok(
    yes({ rule: first.ruleId, safety: first.safety, folder: 'fixtures/leaked-sender', decision: 'accepted' }),
  );
  assert.ok(!yes({ decision: 'open' }));
  assert.ok(!yes({ folder: 'fixtures' }));
  assert.ok(yes({ text: 'DONE.go'.toLowerCase() }));
  assert.ok(!yes({ text: 'DONE.go' }));
  const counted = valuesOf('rule', real.changes, ({ decision }) => decision);
  assert.deepEqual(
    counted.map(([rule]) => rule),
    ['leaked-sender', 'lost-cancel'],
  );
  assert.equal(
    counted.reduce((sum, [, n]) => sum + n, 0),
    real.changes.length,
  );
});

test('what a plan has in it cannot end the data of the page or its script', () => {
  const evil = '</script><script>alert(1)</script><!--';
  const plan = {
    ...real,
    changes: [{ ...(real.changes[0] as Change), message: evil, diff: evil, title: evil }],
  };
  const data = pageData(plan, { named: `"><b>${evil}`, live: false, next: 'goleash apply' });
  const text = pageText(data, { script: 'x = "</script>"', style: 'a { content: "</style>" }' }, 'n0nce');
  assert.equal(text.match(/<\/script>/g)?.length, 2);
  assert.equal(text.match(/<\/style>/g)?.length, 1);
  assert.equal(text.match(/<script/g)?.length, 2);
  assert.doesNotMatch(text, /<b>|<!--/);
  assert.match(
    text,
    /content="default-src 'none'; script-src 'nonce-n0nce'; style-src 'nonce-n0nce'; img-src data:;/,
  );
  const json = /<script type="application\/json" id="plan">(.*)<\/script>/.exec(text)?.[1] ?? '';
  assert.equal(JSON.parse(json).changes[0].diff, evil);
  assert.doesNotMatch(
    contentPolicy('n', false),
    /connect-src/,
    'the file for reading asks nobody for anything',
  );
});
