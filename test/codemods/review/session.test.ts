import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf } from '../../../codemods/plan/key.ts';
import type { Change } from '../../../codemods/plan/plan.ts';
import { bulkDecisions } from '../../../codemods/review/bulk.ts';
import { placeFor } from '../../../codemods/review/editor.ts';
import { groupsOf } from '../../../codemods/review/groups.ts';
import { screenOf } from '../../../codemods/review/screen.ts';
import { decisionOf, newSession, press, type Session, search } from '../../../codemods/review/session.ts';
import { widthOfText } from '../../../codemods/review/styled.ts';
import { openMeans, totalsOf } from '../../../codemods/review/totals.ts';
import { plain } from '../../../codemods/terminal.ts';
import { planOfFixtures } from '../../support/plan.ts';

const { changes } = await planOfFixtures('lost-cancel', 'nil-channel', 'ticker-not-stopped');
const [first] = changes as [Change];
const like = (parts: Partial<Change>): Change => ({ ...first, fingerprint: JSON.stringify(parts), ...parts });

/** The session after some keys. */
function after(session: Session, keys: string): Session {
  return [...keys].reduce((before, key) => press(before, key, 1).session, session);
}

const decisionsIn = (session: Session) =>
  session.changes.map((change) => decisionOf(session, change)[0]).join('');
const two = [1, 2, 3].map((n) =>
  like({ ruleId: 'a', message: `nothing receives from c${n} any more`, fingerprint: `a${n}` }),
);
const one = [4, 5].map((n) => like({ ruleId: 'b', message: 'cancel is never called', fingerprint: `b${n}` }));
const five = newSession([...one, ...two]);

test('changes are grouped by rule, fix and what their messages have in common', () => {
  const groups = groupsOf([
    like({ message: 'nothing receives from failed any more when this sends, so its goroutine never ends' }),
    like({ message: 'nothing receives from values any more when this sends, so the function never returns' }),
    like({ message: 'nothing receives from result any more when this sends, so its goroutine never ends' }),
    like({
      message: 'nothing receives from failed any more when this sends, so its goroutine never ends',
      fixId: 'z',
    }),
  ]);
  assert.deepEqual(
    groups.map((group) => [group.reason, group.changes.length]),
    [
      ['nothing receives from … any more when this sends, so its goroutine never ends', 2],
      ['nothing receives from values any more when this sends, so the function never returns', 1],
      ['nothing receives from failed any more when this sends, so its goroutine never ends', 1],
    ],
  );
  const real = groupsOf(changes);
  assert.deepEqual(
    new Set(real.flatMap((group) => group.changes)),
    new Set(changes),
    'every change is in a group',
  );
  assert.ok(real.length < changes.length / 2);
});

test('each key does what it says', () => {
  assert.deepEqual(
    ['', 'y', 'n', 'yy', 'a', 'd', 'ya', 'aa', 'yku', 'jn', 'kn', 'gd', 'gGy', 'yKn', 'yyyyy'].map((keys) => {
      const session = after(five, keys);
      return `${keys} ${decisionsIn(session)} ${session.at}`;
    }),
    [
      ' ooooo 0',
      'y aoooo 1',
      'n roooo 1',
      'yy aaooo 2',
      'a aaaoo 3',
      'd rrroo 3',
      'ya aaaoo 3',
      'aa aaaaa 5',
      'yku ooooo 0',
      'jn orooo 2',
      'kn roooo 1',
      'gd ooorr 0',
      'gGy aoooo 1',
      'yKn arooo 2',
      'yyyyy aaaaa 5',
    ],
  );
});

test('a and d leave what was decided; what is decided goes out at once', () => {
  const session = after(five, 'jnkk');
  const { decided } = press(session, 'a', 1);
  assert.deepEqual(
    [...decided].map(([key, decision]) => `${key.slice(0, 2)} ${decision}`),
    ['a1 accepted', 'a3 accepted'],
  );
});

test('a review begins at the first open change, and skips to what is open', () => {
  const begun = newSession([...one.map((change) => ({ ...change, decision: 'rejected' as const })), ...two]);
  assert.equal(begun.at, 0, 'groups come in the order of their rules');
  assert.equal(after(begun, 'yyy').at, 5);
  const done = newSession(two.map((change) => ({ ...change, decision: 'accepted' as const })));
  assert.match(done.told, /Everything is decided/);
  assert.equal(press(done, 'y', 0).decided.size, 0);
  assert.match(press(done, 'J', 0).session.told, /No other change is open/);
});

test('s shows one hunk after the other and then all, and says that a change stays whole', () => {
  const hunks = ['s', 'ss', 'sss'].map((keys) => {
    const session = [...keys].reduce((before, key) => press(before, key, 2).session, five);
    return [session.hunk, session.told];
  });
  assert.deepEqual(hunks, [
    [0, 'Hunk 1 of 2; the change is accepted or rejected whole.'],
    [1, 'Hunk 2 of 2; the change is accepted or rejected whole.'],
    [undefined, 'All 2 hunks.'],
  ]);
  assert.match(press(five, 's', 1).session.told, /one hunk/);
  assert.match(press(five, 'x', 1).session.told, /^x does nothing; \? shows the keys/);
});

test('search goes round, and minds capitals only where some are typed', () => {
  assert.equal(search(five, 'C3').told, 'Nothing has “C3” in it.');
  const found = search(five, 'c3');
  assert.equal(found.at, 2);
  assert.deepEqual([search(found, '').at, search(found, '').told], [2, 'From the start again.']);
  assert.equal(search(found, 'never called').at, 3);
});

test('no row of a screen is wider than the screen, whatever it is wide', () => {
  const session = newSession([
    like({
      message: '名前は決して呼ばれないので、コンテキストは解放されません'.repeat(4),
      diff: first.diff.replace(/^\+.*$/m, `+\t\t${'宽'.repeat(300)}\tx`),
    }),
    ...changes,
  ]);
  for (const columns of [11, 20, 41, 80, 200]) {
    for (const keys of ['', 'j', 'jj', '?']) {
      const state = { session: after(session, keys), scroll: 0 };
      const { rows } = screenOf(state, { columns, rows: 12 }, plain.colors);
      assert.equal(rows.length, 12);
      for (const row of rows) assert.ok(widthOfText(row) < columns, `${columns}: ${row}`);
    }
  }
});

test('source text cannot control the terminal', () => {
  const session = newSession([
    like({
      diff: first.diff.replace(/^ .*$/m, ' // \u001B]0;owned\u0007 \u202E'),
      title: '\u001B[2J',
      message: '\u009B31m',
    }),
  ]);
  const { rows } = screenOf({ session, scroll: 0 }, { columns: 80, rows: 40 }, plain.colors);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
  assert.doesNotMatch(rows.join('\n'), /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
  assert.match(rows.join('\n'), /\uFFFD\]0;owned/);
});

test('what has to be applied before a change is told, in one line where it is much', () => {
  const before = two.map((change) => change.fingerprint);
  const told = (after: readonly string[]) => {
    const session = newSession([...two, like({ ruleId: 'z', fingerprint: 'z', after })]);
    const { rows } = screenOf(
      { session: after.length > 0 ? { ...session, at: 3 } : session, scroll: 0 },
      { columns: 90, rows: 40 },
      plain.colors,
    );
    return rows.filter((row) => row.startsWith('Needs: '));
  };
  assert.deepEqual(told([]), []);
  assert.match(told(before.slice(0, 1))[0] ?? '', /^Needs: Call the cancel function .*, fixtures\/.*:\d+$/);
  assert.deepEqual(told(before), ['Needs: 3 changes before it: 3 open']);
});

test('a long change scrolls to its end and not further', () => {
  const state = { session: newSession(changes), scroll: 10_000 };
  const { scroll, end, rows } = screenOf(state, { columns: 40, rows: 8 }, plain.colors);
  assert.equal(scroll, end);
  assert.ok(end > 0);
  assert.notEqual(rows.at(-3), '', 'the last row of the change is the last that is shown');
});

test('bulk: fingerprints before rules before safe before all, and rejected before accepted', () => {
  const plan = [
    like({ ruleId: 'a', safety: 'safe', fingerprint: 'f1111111' }),
    like({ ruleId: 'a', safety: 'review', fingerprint: 'f1111122' }),
    like({ ruleId: 'b', safety: 'safe', fingerprint: 'f3333333', decision: 'rejected' }),
    like({ ruleId: 'b', safety: 'safe', fingerprint: 'f4444444' }),
  ];
  const decided = (accept: string[], reject: string[] = []) =>
    plan.map((change) => bulkDecisions(plan, { accept, reject }).get(keyOf(change))?.[0] ?? '-').join('');
  assert.equal(decided(['safe']), 'a--a', 'what a person has rejected stays');
  assert.equal(decided(['all'], ['a']), 'rr-a');
  assert.equal(decided(['a'], ['all']), 'aa-r');
  assert.equal(decided(['f33333']), '--a-');
  assert.equal(decided(['f1111111', 'all'], ['all']), 'ar-r');
  assert.throws(() => decided(['f11111']), /^Error: f11111: 2 fingerprints begin so/);
  assert.throws(() => decided(['f3']), /give at least 6 characters/);
  assert.throws(() => decided(['saef']), /did you mean safe\?$/);
  assert.throws(() => decided(['goroutine']), /its rules are a, b$/);
});

test('what becomes of open changes is said', () => {
  const safe = like({ safety: 'safe', fingerprint: 's' });
  const risky = like({ safety: 'review', fingerprint: 'r' });
  const none = new Map<string, never>();
  assert.deepEqual(totalsOf([safe, risky], none), { accepted: 0, rejected: 0, open: 2, safe: 1 });
  assert.match(
    openMeans([safe, risky], none),
    /^2 changes are open: 1 of them safe, which will be applied, and 1 not/,
  );
  assert.match(openMeans([risky], none), /^1 change is open and will not be applied/);
  assert.equal(openMeans([safe], new Map([[keyOf(safe), 'rejected']])), 'Everything is decided.');
});

test('editors open a file at a line in their own way', () => {
  assert.deepEqual(placeFor('vim', '/a.go', 7), ['+7', '/a.go']);
  assert.deepEqual(placeFor('/usr/bin/code -n', '/a.go', 7), ['--wait', '--goto', '/a.go:7']);
  assert.deepEqual(placeFor('hx', '/a.go', 7), ['/a.go:7']);
});
