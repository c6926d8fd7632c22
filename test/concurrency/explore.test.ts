import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explore } from '../../analysis/concurrency/explore.ts';
import { programOf } from '../../analysis/concurrency/program.ts';
import type { Code } from '../../analysis/model/code.ts';
import { child, textOf } from '../../analysis/syntax/node.ts';
import { lastCode } from '../support/code.ts';

const budget = { states: 2000, steps: 60_000 };

/** What is wrong in the last function of a package: `stuck <-c`, `close of closed close(c)`, in the order found. */
async function verdicts(text: string, size = 2): Promise<readonly string[]> {
  return verdictsOf(
    await lastCode(
      `package p\n\nimport ("context"; "sync"; "sync/atomic"; "time")\n\nvar _ context.Context\nvar _ sync.Mutex\nvar _ time.Time\nvar _ atomic.Int32\n\n${text}`,
    ),
    size,
  );
}

function verdictsOf(code: Code, size = 2): readonly string[] {
  const program = programOf(code);
  const result = explore(program, program.behaviourOf(code.root), { usual: size }, budget);
  const found = result.verdicts.map(({ kind, call }) => `${kind} ${textOf(call.at).replace(/\s+/g, ' ')}`);
  return result.complete ? found : [...found, 'incomplete'];
}

test('a goroutine is stuck only if nobody can ever serve it', async () => {
  assert.deepEqual(await verdicts('func f() { c := make(chan int); go func() { c <- 1 }() }'), [
    'stuck c <- 1',
  ]);
  assert.deepEqual(await verdicts('func f() { c := make(chan int, 1); go func() { c <- 1 }() }'), []);
  assert.deepEqual(await verdicts('func f() { c := make(chan int); go func() { c <- 1 }(); <-c }'), []);
  assert.deepEqual(
    await verdicts('func f(g func(chan int)) { c := make(chan int); go func() { c <- 1 }(); g(c) }'),
    [],
  );
});

test('one schedule of many is enough', async () => {
  const text =
    'func f() { c := make(chan int); d := make(chan int, 1); go func() { c <- 1 }(); d <- 1; select { case <-c: case <-d: } }';
  assert.deepEqual(await verdicts(text), ['stuck c <- 1']);
});

test('the same unknown condition comes out the same way', async () => {
  const text = (second: string) =>
    `func f(x, y bool) { c := make(chan int); if x { go func() { c <- 1 }() }; if ${second} { <-c } }`;
  assert.deepEqual(await verdicts(text('x')), []);
  assert.deepEqual(await verdicts(text('y')), ['stuck <-c', 'stuck c <- 1']);
  assert.deepEqual(await verdicts(text('x && y')), ['stuck c <- 1']);
});

test('conditions that are asked once do not multiply the ways, those asked twice agree', async () => {
  const flags = Array.from({ length: 8 }, (_, i) => `f${i}`);
  const text = (last: string) => `type o struct { ${flags.join(', ')}, g bool }
func g() { d := make(chan int, 1); d <- 1 }
func f(x *o) { c := make(chan int); if x.g { go func() { c <- 1 }() }
${flags.map((flag) => `if x.${flag} { g() }`).join('; ')}
if x.${last} { <-c } }`;
  assert.deepEqual(await verdicts(text('g')), []);
  assert.deepEqual(await verdicts(text('f5')), ['stuck c <- 1', 'stuck <-c']);
});

test('a variable that changes is asked again', async () => {
  const text =
    'func f(g func() bool) { c := make(chan int); x := g(); if x { go func() { c <- 1 }() }; x = g(); if x { <-c } }';
  assert.deepEqual(await verdicts(text), ['stuck <-c', 'stuck c <- 1']);
});

test('loops over the same collection go round equally often', async () => {
  const loop = 'for range xs { go func() { c <- 1 }() }';
  assert.deepEqual(
    await verdicts(`func f(xs []int) { c := make(chan int); ${loop}; for range xs { <-c } }`),
    [],
  );
  assert.deepEqual(await verdicts(`func f(xs []int) { c := make(chan int, len(xs)); ${loop} }`), []);
  assert.deepEqual(await verdicts(`func f(xs []int) { c := make(chan int); ${loop}; <-c }`), [
    'stuck c <- 1',
  ]);
  assert.deepEqual(await verdicts('func f() { c := make(chan int, 2); for i := 0; i < 3; i++ { c <- i } }'), [
    'stuck c <- i',
  ]);
});

test('deferred calls run on every way out, and recover stops a panic', async () => {
  assert.deepEqual(
    await verdicts(
      'func f(x bool) { c := make(chan int); defer close(c); go func() { <-c }(); if x { return } }',
    ),
    [],
  );
  assert.deepEqual(
    await verdicts(
      'func f() { c := make(chan int); go func() { <-c }(); func() { defer close(c); defer func() { recover() }(); panic(1) }() }',
    ),
    [],
  );
  // The end of the process ends every wait.
  assert.deepEqual(await verdicts('func f() { c := make(chan int); go func() { <-c }(); panic(1) }'), []);
});

test('recover is nil unless its function was deferred by one that panics', async () => {
  const wait = 'c := make(chan int); go func() { <-c }()';
  // Without a panic nobody skips the send.
  const skips = 'defer func() { if r := recover(); r != nil { return }; c <- 1 }()';
  assert.deepEqual(await verdicts(`func f() { ${wait}; ${skips} }`), []);
  assert.deepEqual(await verdicts(`func f(x bool) { ${wait}; ${skips}; if x { panic(1) } }`), ['stuck <-c']);
  const serves = 'defer func() { if recover() != nil { close(c) } }()';
  assert.deepEqual(await verdicts(`func f(x bool) { ${wait}; ${serves}; if x { panic(1) }; close(c) }`), []);
  // What ends a process ends every wait.
  assert.deepEqual(
    await verdicts(`func f() { ${wait}; defer func() { func() { recover() }() }(); panic(1) }`),
    [],
  );
  assert.deepEqual(
    await verdicts(`func f() { ${wait}; go func() { defer func() { recover() }() }(); panic(1) }`),
    [],
  );
  assert.deepEqual(
    await verdicts(
      `func f() { ${wait}; defer func() { if r := recover(); r != nil { panic(r) } }(); panic(1) }`,
    ),
    [],
  );
});

test('a function or method that is deferred by its name recovers like a literal', async () => {
  const guard = `type guard struct { c chan int }
func (g *guard) end() { if recover() == nil { close(g.c) } }
func end(c chan int) { if recover() == nil { close(c) } }`;
  const text = (deferred: string, then: string) =>
    `${guard}\nfunc f() { c := make(chan int); g := &guard{c: c}; go func() { <-c }(); _ = g; defer ${deferred}; ${then} }`;
  for (const deferred of ['end(c)', 'g.end()']) {
    assert.deepEqual(await verdicts(text(deferred, '')), [], deferred);
    assert.deepEqual(await verdicts(text(deferred, 'panic(1)')), ['stuck <-c'], deferred);
  }
});

test('locks, and the writer that waits', async () => {
  assert.deepEqual(await verdicts('func f() { var mu sync.Mutex; mu.Lock(); mu.Lock() }'), [
    'stuck mu.Lock()',
  ]);
  assert.deepEqual(
    await verdicts('func f() { var mu sync.RWMutex; mu.RLock(); mu.RLock(); mu.RUnlock(); mu.RUnlock() }'),
    [],
  );
  const found = await verdicts(
    'func f() { var mu sync.RWMutex; go func() { mu.Lock(); mu.Unlock() }(); mu.RLock(); mu.RLock(); mu.RUnlock(); mu.RUnlock() }',
  );
  assert.deepEqual([...found].sort(), ['stuck mu.Lock()', 'stuck mu.RLock()']);
});

test('contexts: who can cancel, and what follows', async () => {
  const wait = 'go func() { <-ctx.Done() }()';
  assert.deepEqual(
    await verdicts(
      `func f() { ctx, cancel := context.WithCancel(context.Background()); ${wait}; _ = cancel }`,
    ),
    ['stuck <-ctx.Done()'],
  );
  assert.deepEqual(
    await verdicts(`func f() { ctx, cancel := context.WithCancel(context.Background()); ${wait}; cancel() }`),
    [],
  );
  assert.deepEqual(
    await verdicts(`func f(p context.Context) { ctx, cancel := context.WithCancel(p); ${wait}; _ = cancel }`),
    [],
  );
  assert.deepEqual(
    await verdicts(
      `func f() { p, stop := context.WithCancel(context.Background()); ctx, cancel := context.WithCancel(p); ${wait}; _ = cancel; stop() }`,
    ),
    [],
  );
  assert.deepEqual(
    await verdicts(
      `func f() { ctx, cancel := context.WithTimeout(context.Background(), 1); ${wait}; _ = cancel }`,
    ),
    [],
  );
});

test('function values, methods and interfaces are followed on memory', async () => {
  const text = `type sink interface { put(int) }
type file struct { c chan int }
func (s *file) put(n int) { s.c <- n }
func run(s sink, then func()) { s.put(1); then() }
func f() { s := &file{c: make(chan int)}; go run(s, func() {}) }`;
  assert.deepEqual(await verdicts(text), ['stuck s.c <- n']);
});

test('channels travel over channels', async () => {
  const text =
    'func f() { c := make(chan chan int, 1); d := make(chan int); c <- d; go func() { e := <-c; e <- 1 }(); <-d }';
  assert.deepEqual(await verdicts(text), []);
});

test('panics are verdicts', async () => {
  assert.deepEqual(await verdicts('func f() { c := make(chan int); close(c); close(c) }'), [
    'close of closed close(c)',
  ]);
  assert.deepEqual(await verdicts('func f() { c := make(chan int, 1); close(c); c <- 1 }'), [
    'send on closed c <- 1',
  ]);
  assert.deepEqual(await verdicts('func f() { var wg sync.WaitGroup; wg.Done() }'), [
    'negative count wg.Done()',
  ]);
});

test('a goroutine that goes round for ever frees nobody', async () => {
  const text = 'func f(g func()) { c := make(chan int); go func() { for { g() } }(); <-c }';
  assert.deepEqual(await verdicts(text), ['stuck <-c']);
});

test('a call fails only by its context, and that is never done', async () => {
  const semaphore = `package semaphore
import "context"
type Weighted struct{}
func (*Weighted) Acquire(ctx context.Context, n int64) error { return nil }`;
  const run = async (context: string): Promise<readonly string[]> =>
    verdictsOf(
      await lastCode(
        `package p
import ("context"; "golang.org/x/sync/semaphore")
func f(ctx context.Context, s *semaphore.Weighted) {
  c := make(chan int)
  go func() { c <- 1 }()
  if err := s.Acquire(${context}, 1); err != nil { return }
  <-c
}`,
        { 'golang.org/x/sync/semaphore': semaphore },
      ),
    );
  assert.deepEqual(await run('context.Background()'), []);
  assert.deepEqual(await run('ctx'), ['stuck c <- 1']);
});

test('what was cut short is no verdict', async () => {
  const start = 'for i := 0; i < 20; i++ { go func() { c <- 1 }() }';
  assert.deepEqual(await verdicts(`func f() { c := make(chan int); ${start} }`), ['incomplete']);
});

test('an exploration that was not finished says whether the budget was to blame', async () => {
  const ended = async (text: string, of: typeof budget) => {
    const code = await lastCode(`package p\n\n${text}`);
    const program = programOf(code);
    const { complete, spent } = explore(program, program.behaviourOf(code.root), { usual: 2 }, of);
    return { complete, spent };
  };
  const leak = 'func f() { c := make(chan int); go func() { c <- 1 }(); go func() { c <- 2 }(); <-c }';
  assert.deepEqual(await ended(leak, budget), { complete: true, spent: false });
  assert.deepEqual(await ended(leak, { states: 1, steps: 1000 }), { complete: false, spent: true });
  assert.deepEqual(await ended(leak, { states: 1000, steps: 5 }), { complete: false, spent: true });
  const many = 'func f(c chan int) { for i := 0; i < 20; i++ { go func() { c <- 1 }() } }';
  assert.deepEqual(await ended(many, budget), { complete: false, spent: false });
});

test('a function that calls itself is not followed, and what it is given is its own', async () => {
  const text = 'func again(c chan int) { again(c) }\nfunc f() { c := make(chan int); go again(c); c <- 1 }';
  assert.deepEqual(await verdicts(text), []);
});

test('the witness is the shortest way, step by step', async () => {
  const code = await lastCode(
    'package p\n\nfunc f(x bool) { c := make(chan int); go func() { c <- 1 }(); if x { return }; <-c }',
  );
  const program = programOf(code);
  const [verdict] = explore(program, program.behaviourOf(code.root), { usual: 2 }, budget).verdicts;
  const events = verdict?.witness.flatMap((step) => step.events) ?? [];
  assert.deepEqual(
    events.map((e) => `${e.kind} ${textOf(e.at)} ${e.outcome ?? ''}`.trim()),
    ['start func() { c <- 1 }()', 'branch x true', 'return return'],
  );
  assert.equal(child(code.root, 'name') && verdict?.blocksRoot, false);
});

test('a WaitGroup whose count is computed says nothing', async () => {
  const text = (n: string) =>
    `func f(xs []int, g func() int) { var wg sync.WaitGroup; c := make(chan int); wg.Add(${n}); go func() { wg.Wait(); c <- 1 }() }`;
  assert.deepEqual(await verdicts(text('g()')), ['incomplete']);
  assert.deepEqual(await verdicts(text('len(xs)')), ['stuck wg.Wait()']);
});

test('results of calls have a size like any other', async () => {
  const text = `func f(g func() []int) {
	xs := g(); var wg sync.WaitGroup; wg.Add(len(xs)); c := make(chan int, len(xs))
	for range xs { go func() { defer wg.Done(); c <- 1 }() }
	wg.Wait(); close(c)
}`;
  assert.deepEqual(await verdicts(text), []);
});

test('no two goroutines see the same atomic count', async () => {
  const text = `func f() {
	var n atomic.Int32; n.Store(2); c := make(chan int)
	for range 2 { go func() { if n.Add(-1) == 0 { close(c) } }() }
}`;
  assert.deepEqual(
    (await verdicts(text)).filter((v) => v !== 'incomplete'),
    [],
  );
});
