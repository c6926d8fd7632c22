// Loops over functions against loops that do the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explore } from '../../analysis/concurrency/explore.ts';
import { programOf } from '../../analysis/concurrency/program.ts';
import { textOf } from '../../analysis/syntax/node.ts';
import { type Choices, choicesOf } from '../flow/programs.ts';
import { lastCode } from '../support/code.ts';
import { library } from '../support/runtime.ts';
import { violationsOf } from './behaviours.ts';

const iterators = `package p

import "iter"

func two(yield func(int) bool) { _ = yield(0) && yield(1) }
func upTo(n int) iter.Seq[int] { return func(yield func(int) bool) { for i := range n { if !yield(i) { return } } } }
func received(c chan int) iter.Seq[int] { return func(yield func(int) bool) { for yield(<-c) {} } }
type list struct{ c chan int }
func (l *list) all() iter.Seq2[int, int] { return func(yield func(int, int) bool) { for v := range l.c { if !yield(0, v) { return } } } }
`;

/** What is wrong in the last function of a package. */
async function verdicts(text: string): Promise<readonly string[]> {
  const code = await lastCode(text);
  assert.deepEqual(violationsOf(code), [], text);
  const program = programOf(code);
  const { verdicts, complete, spent } = explore(
    program,
    program.behaviourOf(code.root),
    { usual: 2 },
    {
      states: 3000,
      steps: 400_000,
    },
  );
  const found = verdicts.map(({ kind, call }) => `${kind} ${textOf(call.at).replace(/\s+/g, ' ')}`);
  return complete ? found.sort() : [spent ? 'out of budget' : 'incomplete'];
}

test('what a function that is ranged over receives is received', async () => {
  const start = 'c, d := make(chan int), make(chan int, 9); go func() { c <- 1; c <- 2; close(c) }()';
  const leak = async (loop: string) => verdicts(`${iterators}\nfunc f(x bool) { ${start}; ${loop} }`);
  assert.deepEqual(await leak('for v := range received(c) { d <- v; if v == 2 { break } }'), []);
  assert.deepEqual(await leak('for v := range received(c) { d <- v; if v == 1 { break } }'), [
    'stuck c <- 2',
  ]);
  assert.deepEqual(await leak('l := &list{c: c}; for _, v := range l.all() { d <- v }'), []);
  assert.deepEqual(await leak('l := &list{c: c}; for _, v := range l.all() { if x { return }; d <- v }'), [
    'stuck c <- 2',
  ]);
  assert.deepEqual(
    await leak('for range func(yield func() bool) { <-c; <-c; yield() } { d <- 1 }'),
    [],
    'a literal that is ranged over',
  );
});

test('a loop over a function is left with what it returns, and its variables are shared', async () => {
  const text = (loop: string) => `${iterators}
func find(x int, _ chan int) (n int, ok bool) { for v := range upTo(3) { n++; if v == x { return n, true } }; return }
func f() { c := make(chan int, 3); ${loop}; c <- 7 }`;
  // Room for three.
  assert.deepEqual(await verdicts(text('for v := range upTo(2) { c <- v }')), []);
  assert.deepEqual(await verdicts(text('for v := range upTo(3) { c <- v }')), ['stuck c <- 7']);
  assert.deepEqual(await verdicts(text('n, _ := find(1, c); for range n { c <- 1 }')), []);
  assert.deepEqual(await verdicts(text('n, _ := find(2, c); for range n { c <- 1 }')), ['stuck c <- 7']);
  assert.deepEqual(await verdicts(text('n, ok := find(9, c); if !ok { for range n { c <- 1 } }')), [
    'stuck c <- 7',
  ]);
});

test('what cannot be followed is no verdict', async () => {
  const text = (loop: string) =>
    `${iterators}\nfunc f(each iter.Seq[int]) { c := make(chan int); go func() { c <- 1 }(); ${loop} }`;
  assert.deepEqual(await verdicts(text('for range each { <-c }')), []);
  assert.deepEqual(await verdicts(text('for range two { defer func() { <-c }() }')), ['incomplete']);
  assert.deepEqual(await verdicts(text('for range two { goto end }; end: <-c')), ['incomplete']);
});

/** A random function whose loops are over `RANGE`, which stands for two turns. */
function anyLoops(c: Choices): string {
  let labels = 0;
  const list = (depth: number, loops: readonly string[]): string =>
    Array.from({ length: 1 + c.next(3) }, () => statement(depth, loops)).join('\n');
  const statement = (depth: number, loops: readonly string[]): string => {
    switch (c.next(depth > 0 ? 12 : 8)) {
      case 0:
      case 1:
        return 'c <- 1';
      case 2:
        return 'n++';
      case 3:
        return 'if n == 2 { return n, a }';
      case 4:
        return loops.length > 0 ? `if ${condition()} { ${jump(loops)} }` : 'c <- 2';
      case 5:
        return `if ${condition()} { return 3, b }`;
      case 6:
        return loops.length > 0 ? `if ${condition()} { ${jump(loops)} }` : 'n++';
      case 7:
        return `if ${condition()} { c <- 3 } else { n += 2 }`;
      default: {
        const label = `l${labels++}`;
        return `${label}:\nfor i := range RANGE {\nif i == 7 { continue ${label} }\n${list(depth - 1, [...loops, label])}\n}`;
      }
    }
  };
  const condition = (): string => ['a', 'b', 'n == 1', 'n > 3'][c.next(4)] as string;
  const jump = (loops: readonly string[]): string => {
    const label = loops[c.next(loops.length)] as string;
    return ['break', 'continue', `break ${label}`, `continue ${label}`][c.next(4)] as string;
  };
  // Functions that run inside themselves more than twice are not followed.
  const body = list(2, []);
  return `func g(c chan int, a, b bool) (n int, x bool) {\n${body}\nreturn\n}
func f(a, b bool) { c := make(chan int, 3); m, y := g(c, a, b); if y { c <- 8 }; for range m { c <- 9 } }`;
}

test('a random function over functions does what it does over numbers', async () => {
  await library();
  const numbers = fc.array(fc.nat({ max: 1000 }), { minLength: 60, maxLength: 120, size: 'max' });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(numbers, fc.constantFrom('two', 'upTo(2)'), async (choices, over) => {
      const text = anyLoops(choicesOf(choices));
      const expected = await verdicts(`${iterators}\n${text.replaceAll('RANGE', '2')}`);
      if (/incomplete|out of budget/.test(expected.join())) return;
      const found = await verdicts(`${iterators}\n${text.replaceAll('RANGE', over)}`);
      // A body that is called takes more steps than one that is run in place.
      if (found.includes('out of budget')) return;
      compared++;
      assert.deepEqual(found, expected, text);
    }),
    { numRuns: 200, includeErrorInReport: true },
  );
  assert.ok(compared > 50, `${compared} compared`);
});
