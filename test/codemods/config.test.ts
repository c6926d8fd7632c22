import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../analysis/config.ts';
import { parseConfig } from '../../analysis/node/config-file.ts';

const ruleIds = ['lost-cancel', 'ticker-not-stopped'];

function problemsOf(text: string): string[] {
  return parseConfig('.goleash.yaml', text, ruleIds).problems.map(
    (p) => `${p.line}:${p.column}: ${p.message}`,
  );
}

test('an empty file and one of comments give the defaults', () => {
  for (const text of ['', '# nothing yet\n', '---\n']) {
    assert.deepEqual(parseConfig('.goleash.yaml', text, ruleIds), { config: defaultConfig, problems: [] });
  }
});

test('settings replace the defaults one by one', () => {
  const text =
    'rules:\n  lost-cancel: off\n  ticker-not-stopped: error\ntimeouts:\n  client: 1m30s\npoolSize: 4\nsuppressions:\n  requireReason: false\nexclude: ["gen/", "*.pb.go"]\n';
  assert.deepEqual(parseConfig('.goleash.yaml', text, ruleIds).config, {
    rules: { 'lost-cancel': 'off', 'ticker-not-stopped': 'error' },
    timeouts: { ...defaultConfig.timeouts, client: '1m30s' },
    poolSize: 4,
    suppressions: { requireReason: false },
    exclude: ['gen/', '*.pb.go'],
  });
});

test('a misspelt key is named where it stands, with the key that was meant', () => {
  assert.deepEqual(problemsOf('rules:\n  lost-cancel: off\ntimeout:\n  client: 1s\n'), [
    '3:1: there is no setting "timeout": did you mean "timeouts"?',
  ]);
  assert.deepEqual(problemsOf('rules:\n  lost-cancle: off\n  zzz: off\n'), [
    '2:3: there is no rule "lost-cancle": did you mean "lost-cancel"?',
    '3:3: there is no rule "zzz": `goleash rules` lists the rules',
  ]);
});

test('a wrong value is named where it stands, with what it must be', () => {
  assert.deepEqual(problemsOf('rules:\n  lost-cancel: warn\n'), [
    '2:16: lost-cancel must be off, hint, warning or error, not "warn"',
  ]);
  assert.deepEqual(problemsOf('timeouts: { client: 30 }\n'), [
    '1:21: client must be a Go duration above zero, such as 30s or 1m30s, not 30',
  ]);
  assert.deepEqual(problemsOf('timeouts: { client: 0s }\n'), [
    '1:21: client must be a Go duration above zero, such as 30s or 1m30s, not "0s"',
  ]);
  for (const value of ['0', '-1', '2.5', 'many'])
    assert.deepEqual(problemsOf(`poolSize: ${value}\n`), [
      `1:11: poolSize must be a whole number of at least 1, not ${value === 'many' ? '"many"' : value}`,
    ]);
  assert.deepEqual(problemsOf('exclude:\n  - a\n  - [b]\n'), [
    '3:5: every entry of exclude must be a pattern as in .gitignore, in quotes if it starts with *, ! or [',
  ]);
  assert.deepEqual(problemsOf('suppressions: { requireReason: 1 }\n'), [
    '1:32: requireReason must be true or false, not 1',
  ]);
  assert.deepEqual(problemsOf('- rules\n'), [
    '1:1: this file must be a mapping with the settings of goleash',
  ]);
});

test('what is not YAML is named by line and column', () => {
  assert.match(
    problemsOf('rules:\n  lost-cancel: off\n  lost-cancel: off\n')[0] ?? '',
    /^3:3: not valid YAML: Map keys must be unique/,
  );
  assert.match(problemsOf('exclude: [a\n')[0] ?? '', /^2:1: not valid YAML: /);
  assert.deepEqual(problemsOf('exclude:\n  - *.go\n'), [
    '2:5: put quotes around "*.go": YAML takes a leading * for a reference',
  ]);
  assert.match(problemsOf('exclude:\n  - !keep.go\n')[0] ?? '', /^2:5: not valid YAML: /);
});
