// The parts of `npm run eval:witness` that need no Go.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelsOf, leaksIn } from '../scripts/leak-kernels.ts';
import { outcomeOf, type Row, witnessTable } from '../scripts/witness-table.ts';

const profile = `goroutine 1 [running]:
main.main()
	/x/main.go:38 +0x133

goroutine 7 gp=0x1 m=nil [chan receive (nil chan) (leaked)]:
main.NilRecv.func1()
	/x/simple.go:43 +0x17
created by main.NilRecv in goroutine 1
	/x/simple.go:41 +0x30

goroutine 8 [chan send]:
main.waits()
	/x/simple.go:45 +0x17
created by main.NilRecv in goroutine 1
	/x/simple.go:41 +0x30

goroutine 9 [sync.Mutex.Lock (leaked), 2 minutes]:
sync.(*Mutex).Lock(...)
	/go/sync/mutex.go:46
main.(*Breaker).request(0xc0001, {0x1, 0x2})
	/x/simple.go:143 +0x59
created by main.start in goroutine 1
	/x/simple.go:140 +0x3f`;

test('the leaked goroutines of a profile, by the function that was started', () => {
  assert.deepEqual(leaksIn(profile), [
    'NilRecv.func1 [chan receive (nil chan)]',
    '(*Breaker).request [sync.Mutex.Lock]',
  ]);
  assert.deepEqual(leaksIn(''), []);
});

test('a kernel is what its function reaches in its file', () => {
  const text = `package main

func init() {
	register("A", A)
	register("B", start)
}

func A() { helper() }

func helper() { a() }

func start() { new(worker).run() }

type worker struct{}

func (w *worker) run() {}
`;
  const kernels = kernelsOf('sub', 'x.go', text);
  assert.deepEqual(
    kernels.map(({ name, folder, file, lines }) => ({ name, folder, file, lines })),
    [
      {
        name: 'A',
        folder: 'sub',
        file: 'sub/x.go',
        lines: [
          [8, 8],
          [10, 10],
        ],
      },
      {
        name: 'B',
        folder: 'sub',
        file: 'sub/x.go',
        lines: [
          [12, 12],
          [14, 14],
          [16, 16],
        ],
      },
    ],
  );
  assert.deepEqual(kernels[0]?.texts, ['func A() { helper() }', 'func helper() { a() }']);
});

test('outcomes of the runs before and after a fix', () => {
  const row = (before: Row['before'], after: Row['after']): Row => ({
    kernel: 'K',
    safety: 'safe',
    fixes: ['mend'],
    before,
    after,
  });
  const leaks = (...names: string[][]) => ({ leaks: names });
  const cases: [Row['before'], Row['after'], string][] = [
    [leaks(['a'], []), leaks([], []), 'leaked before, none after'],
    [leaks(['a', 'b'], []), leaks(['b'], []), 'some leaks gone'],
    [leaks(['a']), leaks(['a']), 'leaks as before'],
    [leaks(['a']), leaks(['c']), 'new leaks'],
    [leaks([]), leaks([]), 'never leaked'],
    [{ failure: 'does not build: x.go:1' }, leaks([]), 'not run'],
    [leaks(['a']), { failure: 'does not build: x.go:1' }, 'broken'],
    [
      leaks(['a']),
      { failure: 'fails: panic: should not be reached' },
      'gets past the leak into a panic of the kernel',
    ],
  ];
  for (const [before, after, outcome] of cases) assert.equal(outcomeOf(row(before, after)), outcome);
  const table = witnessTable(
    cases.map(([before, after]) => row(before, after)),
    84,
    2,
  ).split('\n');
  assert.deepEqual(table.slice(2, 5), [
    'kernel  fixes  which  before  after  outcome',
    'K       safe   mend   1/2     0/2    leaked before, none after',
    'K       safe   mend   1/2     1/2    some leaks gone; left: b',
  ]);
  assert.match(table.at(-3) ?? '', /^safe fixes: 8 kernels; 1 broken; .*1 leaked before, none after; /);
  assert.equal(table.at(-2), 'what fixes to review change besides: 0 kernels');
});
