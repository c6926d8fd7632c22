// What `close-skipped` says of the path that misses the close.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze, defaultConfig } from '../../analysis/index.ts';
import { packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

/** The places under the finding in a function, before the steps: what stands there, and what is said of it. */
async function placesIn(body: string): Promise<readonly string[]> {
  const pkg = packageOf(`package m\n\nfunc f(load func() error, n int) {\n${body}\n}\n`);
  const { findings } = analyze(pkg, { config: defaultConfig, library: await library() });
  const text = pkg.files[0]?.text ?? '';
  return findings
    .filter(({ ruleId }) => ruleId === 'close-skipped')
    .flatMap(({ related }) => related)
    .filter(({ message }) => /close|without it/.test(message) && !/closes the channel/.test(message))
    .map(({ at, message }) => `${text.slice(at.start, at.end).split('\n')[0]}: ${message}`);
}

const skipped = 'close(done): this close is skipped';

test('the return that misses the close is named', async () => {
  const body = 'done := make(chan int); go func() { if load() != nil { return }; close(done) }(); <-done';
  assert.deepEqual(await placesIn(body), [skipped, 'return: the function returns here without it']);
});

test('of several returns, the one on the way to the defect', async () => {
  const body = `done := make(chan int)
	go func() {
		if n == 1 { close(done); return }
		if n == 2 { for { println() } }
		if n == 3 { return }
		close(done)
	}()
	<-done`;
  assert.deepEqual(await placesIn(body), [skipped, 'return: the function returns here without it']);
});

test('a panic that is recovered, and the end of the body', async () => {
  const recovered = `done := make(chan int)
	go func() {
		defer func() { recover() }()
		if n == 1 { panic(n) }
		close(done)
	}()
	<-done`;
  assert.deepEqual(await placesIn(recovered), [skipped, 'panic(n): the function is left here without it']);
  const loop = `done := make(chan int)
	go func() {
		for range 2 { if load() != nil { continue }; close(done); return }
	}()
	<-done`;
  assert.deepEqual(await placesIn(loop), [skipped, '}: the function ends here without it']);
});
