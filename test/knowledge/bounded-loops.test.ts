// The rewrites of loops that start goroutines, on loops that have no defect: they need none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from '../../analysis/edit/apply.ts';
import { buildFix } from '../../analysis/edit/build-fix.ts';
import type { FixBuilder } from '../../analysis/edit/fix-builder.ts';
import { boundWithSemaphore } from '../../analysis/knowledge/bounded-spawn.ts';
import { type Spawn, spawnsIn } from '../../analysis/knowledge/spawning-loop.ts';
import { workerPool } from '../../analysis/knowledge/worker-pool.ts';
import type { Code } from '../../analysis/model/code.ts';
import { namesAt } from '../../analysis/model/names-at.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { lastCode } from '../support/code.ts';
import { library } from '../support/runtime.ts';

type Rewriter = (code: Code, spawn: Spawn, limit: number) => ((edit: FixBuilder) => void | false) | undefined;

const head = `package p

import "sync"

func work(int) int { return 0 }

`;

/** The last function after the rewrite of its first spawn; undefined if that is not possible. */
async function rewritten(rewriter: Rewriter, fn: string): Promise<string | undefined> {
  const code = await lastCode(head + fn);
  const [spawn] = spawnsIn(code);
  const rewrite = spawn && rewriter(code, spawn, 4);
  if (!rewrite) return undefined;
  const names = namesAt(code, code.file, {
    pkg: code.pkg,
    world: worldOf(code.pkg, await library()),
    config: code.config,
    codes: new Map(),
  });
  const built = buildFix({ file: code.file, names }, rewrite);
  return built && applyEdits(code.file.text, built.edits).slice(head.length);
}

const computing = `func f(xs []int) []int {
	sums := make([]int, len(xs))
	var wg sync.WaitGroup
	for i, x := range xs {
		wg.Go(func() { sums[i] = work(x) })
	}
	wg.Wait()
	return sums
}
`;

test('a pool for work that only computes', async () => {
  assert.equal(
    await rewritten(workerPool, computing),
    `func f(xs []int) []int {
	sums := make([]int, len(xs))
	var wg sync.WaitGroup
	const numWorkers = 4
	jobs := make(chan int)
	for range numWorkers {
		wg.Go(func() {
			for i := range jobs {
				x := xs[i]
				sums[i] = work(x)
			}
		})
	}
	for i := range xs {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	return sums
}
`,
  );
});

test('a semaphore for work that only computes', async () => {
  assert.equal(
    await rewritten(boundWithSemaphore, computing),
    `func f(xs []int) []int {
	sums := make([]int, len(xs))
	var wg sync.WaitGroup
	sem := make(chan struct{}, 4)
	for i, x := range xs {
		sem <- struct{}{}
		wg.Go(func() {
			defer func() { <-sem }()
			sums[i] = work(x)
		})
	}
	wg.Wait()
	return sums
}
`,
  );
});

/** Loops that a pool cannot take over, each for one reason. */
const refused: Readonly<Record<string, string>> = {
  'there is no loop': 'var wg sync.WaitGroup\n\twg.Go(func() { work(xs[0]) })\n\twg.Wait()',
  'nobody waits': 'for _, x := range xs {\n\t\tgo work(x)\n\t}',
  'the loop is left by a label':
    'var wg sync.WaitGroup\nouter:\n\tfor _, x := range xs {\n\t\tif x == 0 {\n\t\t\tbreak outer\n\t\t}\n\t\twg.Go(func() { work(x) })\n\t}\n\twg.Wait()',
  'two are counted at once':
    'var wg sync.WaitGroup\n\tfor _, x := range xs {\n\t\twg.Add(2)\n\t\tgo func() {\n\t\t\tdefer wg.Done()\n\t\t\twork(x)\n\t\t}()\n\t}\n\twg.Wait()',
  'Done is not called on every path':
    'var wg sync.WaitGroup\n\tfor _, x := range xs {\n\t\twg.Add(1)\n\t\tgo func() {\n\t\t\tif x == 0 {\n\t\t\t\treturn\n\t\t\t}\n\t\t\twork(x)\n\t\t\twg.Done()\n\t\t}()\n\t}\n\twg.Wait()',
  'an argument is another name for something around the loop':
    'var wg sync.WaitGroup\n\tfor _, x := range xs {\n\t\twg.Add(1)\n\t\tgo func(x int, all []int) {\n\t\t\tdefer wg.Done()\n\t\t\twork(all[x])\n\t\t}(x, xs)\n\t}\n\twg.Wait()',
  'the goroutine uses nothing of the turn':
    'var wg sync.WaitGroup\n\tfor range xs {\n\t\twg.Go(func() { work(0) })\n\t}\n\twg.Wait()',
  'the variable changes in the turn':
    'var wg sync.WaitGroup\n\tfor _, x := range xs {\n\t\twg.Go(func() { work(x) })\n\t\tx = 0\n\t}\n\twg.Wait()',
  'a comment has no place in the pool':
    'var wg sync.WaitGroup\n\tfor _, x := range xs {\n\t\twg.Add(1)\n\t\tgo func() {\n\t\t\tdefer wg.Done()\n\t\t\twork(x)\n\t\t}( /* nothing */ )\n\t}\n\twg.Wait()',
  'a goto is in the work':
    'var wg sync.WaitGroup\n\tfor _, x := range xs {\n\t\twg.Go(func() {\n\t\tagain:\n\t\t\tif work(x) > 0 {\n\t\t\t\tgoto again\n\t\t\t}\n\t\t})\n\t}\n\twg.Wait()',
  'goroutines pass a token round':
    'token := make(chan int)\n\tvar wg sync.WaitGroup\n\tfor _, x := range xs {\n\t\twg.Go(func() { token <- work(<-token + x) })\n\t}\n\ttoken <- 1\n\twg.Wait()',
};

for (const [why, body] of Object.entries(refused)) {
  test(`no pool where ${why}`, async () => {
    assert.equal(await rewritten(workerPool, `func f(xs []int) {\n\t${body}\n}\n`), undefined);
  });
}
