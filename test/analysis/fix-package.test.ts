import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defaultConfig, fixPackage, type Library } from '../../analysis/index.ts';
import { defineRule, type Rule } from '../../analysis/rules/rule.ts';
import { packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

const documented = {
  since: '0.1.0',
  severity: 'warning',
  summary: '',
  why: '',
  silentWhen: [],
  imports: [],
  peers: [],
} as const;

/** Every call of `from` is to be one of `to`. */
function renames(from: string, to: string, safety: 'safe' | 'review' = 'safe'): Rule {
  return defineRule({
    ...documented,
    id: `renames-${from}`,
    fixes: { rename: { title: `Call ${to}`, safety } },
    mentions: [from],
    check(code, report) {
      for (const call of code.calls) {
        if (code.calleeName(call) !== `example.com/m.${from}`) continue;
        report({ at: call, message: from, fixes: { rename: (edit) => edit.replace(call, `${to}()`) } });
      }
    },
  });
}

const text = 'package m\n\nfunc a() {}\nfunc b() {}\nfunc c() {}\n\nfunc f() {\n\ta()\n\tb()\n\ta()\n}\n';

test('fixes are applied until none is left, also those that only a fix brings up', () => {
  const rules = [renames('a', 'b'), renames('b', 'c')];
  const fixed = fixPackage(packageOf(text), {
    config: defaultConfig,
    library: std,
    rules,
    select: () => true,
  });
  assert.equal(fixed.texts.get('m/a.go'), text.replace('\ta()\n\tb()\n\ta()', '\tc()\n\tc()\n\tc()'));
  assert.equal(fixed.applied.length, 5);
  assert.deepEqual(fixed.deferred, []);
});

test('only selected fixes are applied', () => {
  const rules = [renames('a', 'c'), renames('b', 'c', 'review')];
  const fixed = fixPackage(packageOf(text), {
    config: defaultConfig,
    library: std,
    rules,
    select: (_, fix) => fix.safety === 'safe',
  });
  assert.equal(fixed.texts.get('m/a.go'), text.replaceAll('\ta()', '\tc()'));
});

test('a fix that does not remove its finding is not applied for ever', () => {
  const fixed = fixPackage(packageOf(text), {
    config: defaultConfig,
    library: std,
    rules: [renames('a', 'a')],
    select: () => true,
  });
  assert.deepEqual([...fixed.texts], []);
  assert.deepEqual(fixed.deferred, []);
  assert.deepEqual(
    fixed.failed.map(({ reason }) => reason),
    Array(2).fill('the finding is still there after it'),
  );
});

test('a fix that brings another finding is backed out alone', () => {
  const breaks = {
    ...renames('b', 'd'),
    // Nobody asked for it, and it is the second of three fixes.
    id: 'no-d',
  };
  const watch = defineRule({
    ...documented,
    id: 'no-d-at-all',
    fixes: {},
    mentions: ['d'],
    check(code, report) {
      for (const call of code.calls)
        if (code.calleeName(call) === 'example.com/m.d') report({ at: call, message: 'calls d' });
    },
  });
  const pkg = packageOf(text.replace('func c() {}', 'func c() {}\nfunc d() {}'));
  const fixed = fixPackage(pkg, {
    config: defaultConfig,
    library: std,
    rules: [renames('a', 'c'), breaks, watch],
    select: () => true,
  });
  assert.match(fixed.texts.get('m/a.go') ?? '', /\tc\(\)\n\tb\(\)\n\tc\(\)\n/);
  assert.deepEqual(
    fixed.failed.map(({ finding, reason }) => [finding.ruleId, reason]),
    [['no-d', 'with it there is another finding, no-d-at-all: calls d']],
  );
});

test('each fix knows its round and the text that it was made for, and equal findings keep their names', () => {
  const select = (_: unknown, { id }: { readonly id: string }, identity: string) =>
    id === 'rename' && !/renames-a.*#0$/.test(identity);
  const options = { config: defaultConfig, library: std, rules: [renames('a', 'b'), renames('b', 'c')] };
  const { applied, texts } = fixPackage(packageOf(text), { ...options, select });
  // The first call of a is not selected, and it is not taken for the second one when that is gone.
  assert.match(texts.get('m/a.go') ?? '', /\ta\(\)\n\tc\(\)\n\tc\(\)\n/);
  assert.deepEqual(
    applied.map(({ round }) => round),
    [0, 0, 1],
  );
  for (const { pkg, fix } of applied) {
    const against = pkg.files.find(({ path }) => path === fix.edits[0]?.path)?.text ?? '';
    assert.match(against.slice(fix.edits[0]?.start, fix.edits[0]?.end), /^[ab]\(\)$/);
  }
});

test('fixes of neighbouring lines leave their comments in one column, as gofmt sets it', () => {
  const lines = (call: string, other: string, padding = '') =>
    `package m\n\nfunc a() {}\n\nfunc f() {\n\t${call} // one\n\t${other} // two\n\tb()${padding} // three\n}\n`;
  for (const [to, padding] of [
    ['aMuchLongerName', ' '.repeat('aMuchLongerName'.length - 1)],
    ['_', ''],
  ] as const) {
    const fixed = fixPackage(packageOf(lines('a()', 'a()')), {
      config: defaultConfig,
      library: std,
      rules: [renames('a', to)],
      select: () => true,
    });
    assert.equal(fixed.texts.get('m/a.go'), lines(`${to}()`, `${to}()`, padding));
    assert.equal(fixed.applied.length, 2);
  }
});
