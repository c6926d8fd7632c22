import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../analysis/node/nearest.ts';
import { blankAsWideAs, printable, shellWord, shownPath, styleFor } from '../../codemods/terminal.ts';

test('blanks are as wide as what they stand for', () => {
  assert.equal(blankAsWideAs('a\tb'), ' \t ');
  assert.equal(blankAsWideAs('é文🙂'), '     ');
  assert.equal(blankAsWideAs('e\u0301x'), '  ');
});

test('text cannot control the terminal', () => {
  assert.equal(printable('a\u001B[31mb\tc\u202Ed\u0000'), 'a\uFFFD[31mb\tc\uFFFDd\uFFFD');
});

test('colours and links only where they are understood', () => {
  const dressed = (isTerminal: boolean, env: Record<string, string>) => {
    const style = styleFor(isTerminal, env);
    return [style.colors.red('x') !== 'x', style.link('x', 'u') !== 'x'];
  };
  assert.deepEqual(dressed(true, { TERM_PROGRAM: 'WezTerm' }), [true, true]);
  assert.deepEqual(dressed(true, { TERM: 'xterm-256color' }), [true, false]);
  assert.deepEqual(dressed(false, { TERM_PROGRAM: 'WezTerm', CI: '1' }), [false, false]);
  assert.deepEqual(dressed(true, { NO_COLOR: '1', VTE_VERSION: '6800' }), [false, true]);
  assert.deepEqual(dressed(true, { TERM: 'dumb' }), [false, false]);
  assert.deepEqual(dressed(false, { FORCE_COLOR: '1' }), [true, false]);
});

test('paths are shown relative to the current folder if they are below it', () => {
  assert.equal(shownPath('/a/b/c.go', '/a'), 'b/c.go');
  assert.equal(shownPath('/a/..b/c.go', '/a'), '..b/c.go');
  assert.equal(shownPath('/x/c.go', '/a'), '/x/c.go');
  assert.equal(shownPath('/a', '/a'), '.');
});

test('suggested commands survive the shell', () => {
  assert.equal(shellWord('./a-b/c.go'), './a-b/c.go');
  assert.equal(shellWord("it's a"), "'it'\\''s a'");
});

test('the nearest word is found, a far one is not', () => {
  const ids = ['lost-cancel', 'ticker-not-stopped', 'time-after-in-loop'];
  assert.equal(nearest('lost-cancle', ids), 'lost-cancel');
  assert.equal(nearest('Lost_Cancel', ids), 'lost-cancel');
  assert.equal(nearest('ticker-stopped', ids), 'ticker-not-stopped');
  assert.equal(nearest('ticker', ids), 'ticker-not-stopped');
  assert.equal(nearest('goroutine', ids), undefined);
  assert.equal(nearest('', ids), undefined);
});
