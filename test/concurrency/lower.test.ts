// What the statements of Go become, as text.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loopFunctionsOf } from '../../analysis/concurrency/loop-functions.ts';
import { lower } from '../../analysis/concurrency/lower.ts';
import { printBehaviour } from '../../analysis/concurrency/print.ts';
import { lastCode } from '../support/code.ts';

const imports = `package p

import ("iter"; "log"; "os"; "runtime"; "slices"; "testing")

var _ iter.Seq[int]
var _, _, _, _, _ = log.Fatal, os.Exit, runtime.Goexit, slices.Values[[]int], testing.Short
`;

/** The behaviour of a function with this signature and body, without the line of its parameters. */
async function behaviour(signature: string, body: string): Promise<readonly string[]> {
  const code = await lastCode(`${imports}\nfunc f${signature} {\n${body}\n}`);
  return printBehaviour(lower(code, code.root))
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

test('deferred calls are made with what their arguments are now', async () => {
  assert.deepEqual(
    await behaviour(
      '(c chan int, n int)',
      'defer close(c)\nfor i := range n { defer func(j int) { c <- j }(i) }',
    ),
    [
      '0:',
      'defer builtin.close(c)',
      't2 := range n',
      '-> 1',
      '1:',
      'next i, _ of t2 -> 2 else -> 3',
      '2:',
      'defer func[c]@68(i)',
      '-> 1',
      '3:',
      'return',
    ],
  );
});

test('a panic leaves the function, and recover is an operation', async () => {
  assert.deepEqual(await behaviour('(c chan int)', 'if r := recover(); r != nil { c <- 1 }\npanic(1)'), [
    '0:',
    't2 := recover()',
    'r := t2',
    'if (r != nil) -> 1 else -> 2',
    '1:',
    'c <- 1',
    '-> 2',
    '2:',
    'panic',
  ]);
  for (const call of ['log.Panic(1)', 'log.Panicf("x")', 'log.Default().Panicln()'])
    assert.equal((await behaviour('()', call)).at(-1), 'panic', call);
});

test('what ends the goroutine is told from what ends the process', async () => {
  const endings = {
    'runtime.Goexit()': 'goexit',
    't.FailNow()': 'goexit',
    't.Fatal(1)': 'goexit',
    't.Fatalf("")': 'goexit',
    't.SkipNow()': 'goexit',
    'os.Exit(1)': 'exit',
    'log.Fatal(1)': 'exit',
    'log.Default().Fatalf("")': 'exit',
    'select {}': 'block',
    'for {}': '-> 0',
  };
  for (const [call, ending] of Object.entries(endings))
    assert.deepEqual(await behaviour('(t *testing.T, c chan int)', `${call}\nc <- 1`), ['0:', ending], call);
});

test('what never returns, deferred or on a goroutine of its own, leaves it in doubt what follows', async () => {
  for (const statement of ['defer os.Exit(1)', 'go log.Fatal(1)', 'defer panic(1)', 'defer t.FailNow()'])
    assert.deepEqual(
      await behaviour('(t *testing.T, c chan int)', `${statement}\nc <- 1`),
      ['0:', 'doubt', 'c <- 1', 'return'],
      statement,
    );
});

test('labels are edges: break and continue of an outer loop, of a select, and goto', async () => {
  assert.deepEqual(
    await behaviour(
      '(c, d chan int)',
      'outer:\nfor {\nselect {\ncase v := <-c:\nif v == 0 { break }\nif v == 1 { break outer }\ncase d <- 1:\ncontinue outer\n}\nd <- 2\n}\nclose(d)',
    ),
    [
      '0:',
      'select { <-c -> 1; d <- 1 -> 0 }',
      '1:',
      'v := t2',
      'if (v == 0) -> 3 else -> 2',
      '2:',
      'if (v == 1) -> 4 else -> 3',
      '3:',
      'd <- 2',
      '-> 0',
      '4:',
      'builtin.close(d)',
      'return',
    ],
  );
  assert.deepEqual(
    await behaviour('(c chan int, x bool)', 'again:\nc <- 1\nif x { goto again }\ngoto end\nend:\nclose(c)'),
    ['0:', 'c <- 1', 'if x -> 0 else -> 1', '1:', 'builtin.close(c)', 'return'],
  );
});

test('a select has a way for each case and for its default, and its operands come first', async () => {
  assert.deepEqual(
    await behaviour(
      '(c, d chan int, g func() chan int)',
      'select {\ncase v, ok := <-g():\nif ok { c <- v }\ncase d <- <-c:\ndefault:\nclose(d)\n}',
    ),
    [
      '0:',
      't3 := g()',
      't4 := t3',
      't5 := <-c',
      't6 := t5',
      'select { <-t4 -> 1; d <- t6 -> 4; default -> 3 }',
      '1:',
      'v := t7',
      'ok := t8',
      'if ok -> 2 else -> 4',
      '2:',
      'c <- v',
      '-> 4',
      '3:',
      'builtin.close(d)',
      '-> 4',
      '4:',
      'return',
    ],
  );
});

test('sub-expressions come from left to right, what is called before what it is given', async () => {
  const order = async (statement: string) =>
    (await behaviour('(a, b chan int, fs chan func(int), m map[int]int, xs []int)', statement))
      .filter((line) => line.includes('<-'))
      .map((line) => line.replace(/^t\d+ := /, ''));
  assert.deepEqual(await order('(<-fs)(<-a)'), ['<-fs', '<-a']);
  assert.deepEqual(await order('m[<-a] = <-b'), ['<-a', '<-b']);
  assert.deepEqual(await order('println(<-a, (<-a) + <-b)'), ['<-a', '<-a', '<-b']);
  assert.deepEqual(await order('_ = xs[<-a:<-b]'), ['<-a', '<-b']);
  assert.deepEqual(await order('_ = map[int]int{<-a: <-b}'), ['<-a', '<-b']);
});

test('what something is stored under in a map goes out of sight', async () => {
  const escapes = async (statement: string) =>
    (await behaviour('(a, b chan int, m map[chan int]int)', statement)).filter((line) =>
      line.startsWith('escape'),
    );
  assert.deepEqual(await escapes('m[a] = 1'), ['escape a']);
  assert.deepEqual(await escapes('m[a]++'), ['escape a']);
  assert.deepEqual(await escapes('_ = map[chan int]int{a: 1}'), ['escape a, 1']);
  assert.deepEqual(await escapes('_ = m[a]'), []);
});

test('the right side of a connective is evaluated only if the left one does not decide', async () => {
  assert.deepEqual(await behaviour('(x bool, c chan bool) bool', 'return x && <-c'), [
    '0:',
    't3 := x',
    'if t3 -> 1 else -> 2',
    '1:',
    't2 := <-c',
    't3 := t2',
    '-> 2',
    '2:',
    'return t3',
  ]);
  assert.deepEqual(await behaviour('(x, y bool) bool', 'return x || y && len("a") == 1'), [
    '0:',
    'return (x || (y && (count("a") == 1)))',
  ]);
});

test('a loop over a function calls it with the body, and goes on where the body left it for', async () => {
  const code = await lastCode(
    `${imports}\nfunc f(c chan int, each iter.Seq[int]) int {\nfor v := range each {\nif v == 3 { return v }\nif v == 4 { break }\nc <- v\n}\nreturn 0\n}`,
  );
  const [loop] = loopFunctionsOf(code);
  assert.ok(loop);
  const texts = [code.root, loop].map((fn) => printBehaviour(lower(code, fn)));
  assert.equal(
    texts[0],
    '(c, each)\n0:\n  t2 := each\n  -> 1\n1:\n  *t3 := ?\n  *t4 := 0\n  t2(func[c, *t4, *t3]@45)\n' +
      '  if (*t4 == 4) -> 3 else -> 2\n2:\n  return 0\n3:\n  return *t3\n',
  );
  assert.equal(
    texts[1],
    '(v)\n0:\n  if (v == 3) -> 1 else -> 2\n1:\n  *t1 = v\n  *t2 = 4\n  return false\n' +
      '2:\n  if (v == 4) -> 4 else -> 3\n3:\n  c <- v\n  -> 5\n4:\n  return false\n5:\n  *t2 = 0\n  return true\n',
  );
});

test('what the library ranges over is a collection of unknown size', async () => {
  assert.deepEqual(await behaviour('(c chan int, xs []int)', 'for v := range slices.Values(xs) { c <- v }'), [
    '0:',
    't2 := range ?',
    '-> 1',
    '1:',
    'next v, _ of t2 -> 2 else -> 3',
    '2:',
    'c <- v',
    '-> 1',
    '3:',
    'return',
  ]);
});

test('a return has as many values as the function has results, whatever is typed so far', async () => {
  assert.deepEqual(await behaviour('() (int, error)', 'return 1'), ['0:', 'return 1, ?']);
  assert.deepEqual(await behaviour('()', 'return 1, 2'), ['0:', 'return']);
  assert.deepEqual(await behaviour('(c chan int) (_ int, err error)', 'c <- 1; return'), [
    '0:',
    'c <- 1',
    'return t1, err',
  ]);
});
