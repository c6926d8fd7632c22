// What others can see of a function, before and after an edit of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphOf } from '../../analysis/concurrency/explore.ts';
import { isVisible, looksAlike } from '../../analysis/concurrency/observe.ts';
import { programOf } from '../../analysis/concurrency/program.ts';
import { lastCode } from '../support/code.ts';

const budget = { states: 2000, steps: 60_000 };

/** Whether the second body of `func f(out chan int, x bool, mu *sync.Mutex, ctx context.Context) int` looks like the first. */
async function alike(first: string, second: string): Promise<boolean> {
  const graph = async (body: string) => {
    const code = await lastCode(
      `package p\n\nimport ("context"; "sync"; "time")\n\nvar _ time.Time\n\nfunc f(out chan int, x bool, mu *sync.Mutex, ctx context.Context) int { ${body} }`,
    );
    const program = programOf(code);
    const made = graphOf(program, program.behaviourOf(code.root), { usual: 2 }, budget, new Map(), isVisible);
    assert.equal(made.complete, true);
    return made;
  };
  return looksAlike(await graph(first), await graph(second));
}

test('what others cannot reach may change', async () => {
  const local = (capacity: string) => `c := make(chan int${capacity}); go func() { c <- 1 }(); <-c; return 1`;
  assert.equal(await alike(local(''), local(', 1')), true);
  assert.equal(await alike(local(''), 'return 1'), true);
  assert.equal(await alike('return 1', 'return 2'), false);
});

test('operations on what others have, and their order', async () => {
  assert.equal(await alike('out <- 1; out <- 2; return 1', 'out <- 1; out <- 2; return 1'), true);
  assert.equal(await alike('out <- 1; out <- 2; return 1', 'out <- 2; out <- 1; return 1'), false);
  assert.equal(await alike('out <- 1; return 1', 'return 1'), false, 'something is lost');
  assert.equal(await alike('return 1', 'close(out); return 1'), false, 'something is new');
  assert.equal(await alike('mu.Lock(); out <- 1; return 1', 'out <- 1; mu.Lock(); return 1'), false);
});

test('a way that can be taken before can be taken after, and no other', async () => {
  assert.equal(await alike('if x { return 2 }; return 1', 'return 1'), false);
  assert.equal(await alike('return 1', 'if x { return 2 }; return 1'), false);
  assert.equal(await alike('if x { panic(1) }; return 1', 'return 1'), false);
});

test('what a goroutine does before another may also come after it', async () => {
  const joined = (join: string) =>
    `c := make(chan int, 1); go func() { out <- 1; c <- 1 }(); ${join}; out <- 2; return 1`;
  assert.equal(await alike(joined('<-c'), joined('<-c')), true);
  assert.equal(await alike(joined('<-c'), joined('print()')), false);
  const handed = (capacity: string) =>
    `c := make(chan int${capacity}); go func() { c <- 1; out <- 1 }(); out <- 2; <-c; return 1`;
  assert.equal(await alike(handed(''), handed(', 1')), false, 'with room, nobody waits for the second send');
});

test('what follows where somebody waited for ever is new, and no difference', async () => {
  const early = (close: string) =>
    `c := make(chan int); go func() { ${close} if x { return }; c <- 1 }(); if _, ok := <-c; !ok { return 2 }; return 1`;
  assert.equal(await alike(early(''), early('defer close(c);')), true);
  const aside = (close: string) =>
    `c := make(chan int); go func() { ${close} if x { return }; c <- 1 }(); go func() { out <- 3 }(); <-c; return 1`;
  assert.equal(await alike(aside(''), aside('out <- 4;')), false, 'the one that sends did not wait');
});

test('whoever looks whether a context has ended or a timer run out leaves no trace', async () => {
  const wait = (more: string) =>
    `c := make(chan int); go func() { select { case c <- 1: ${more} } }(); return <-c`;
  for (const look of ['<-ctx.Done()', '<-time.After(1)'])
    assert.equal(await alike(wait(''), wait(`case ${look}: c <- 1`)), true, look);
  assert.equal(await alike(wait(''), wait('case <-out: c <- 1')), false);
});
