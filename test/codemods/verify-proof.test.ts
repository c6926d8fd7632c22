// The rung of the proof, with the go command on a small module.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsAt } from '../../codemods/verify/driver.ts';
import { goroutinesIn } from '../../codemods/verify/goroutine-dump.ts';
import { freshPrefix } from '../../codemods/verify/leak-test.ts';
import {
  grown,
  isAt,
  type Leak,
  leaksOfDriver,
  leaksOfProfile,
  leftOf,
} from '../../codemods/verify/leaks.ts';
import { verify } from '../../codemods/verify/verify.ts';
import { go, whyNoGo } from '../support/go-command.ts';
import { change, verification } from './changes.ts';
import { tree } from './tree.ts';

const reason = whyNoGo() ?? whyNoProfile();
if (reason) console.log(`verify-proof.test.ts: ${reason}`);
const needsProfile = reason ? { skip: reason } : {};

function whyNoProfile(): string | undefined {
  const minor = Number(/^go1\.(\d+)/.exec(go(['env', 'GOVERSION'], '.').output)?.[1]);
  return minor >= 26 ? undefined : `the leak profile needs Go 1.26, and this is Go 1.${minor}`;
}

const env = {
  ...process.env,
  GOTOOLCHAIN: 'local',
  GOFLAGS: '',
  GOWORK: '',
  GOPROXY: 'off',
  CGO_ENABLED: '0',
};

/** A sender that nobody waits for if it is stopped. */
const early = (name: string) => `package ${name}

func Early(stop bool) int {
	c := make(chan int)
	go func() {
		c <- 1
	}()
	if stop {
		return 0
	}
	return <-c
}
`;

test(
  'goroutines that leak before a fix and not after it, in tests and in calls that are made up',
  needsProfile,
  async (t) => {
    const root = tree(t, {
      'go.mod': 'module example.com/m\n\ngo 1.21\n',
      'tested/tested.go': `${early('tested')}\nfunc Other() {}\n`,
      'tested/tested_test.go': `package tested

import "testing"

func TestEarly(t *testing.T) {
	Early(true)
	Early(true)
	Early(false)
	Other()
}
`,
      'polled/polled.go': early('polled'),
      'polled/polled_test.go': `package polled

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }

func TestEarly(t *testing.T) { Early(true) }
`,
      'called/called.go': `package called

import (
	"context"
	"time"
)

func Early(ctx context.Context, wait time.Duration, stop bool) {
	c := make(chan int)
	go func() {
		time.Sleep(wait)
		c <- 1
	}()
	select {
	case <-ctx.Done():
	case <-c:
	}
}

type T struct{}

func (T) method() {}

func Gone(names []string) {
	c := make(chan string)
	go func() { c <- "gone" }()
}
`,
    });
    const edit = (name: string, path: string, old: string, text: string, line?: number) =>
      change(root, name, { path, old, new: text, ...(line === undefined ? {} : { line }) });
    const made = ['make(chan int)', 'make(chan int, 1)'] as const;
    const changes = [
      edit('tested', 'tested/tested.go', ...made, 6),
      edit('worse', 'tested/tested.go', 'Other() {}', 'Other() {\n\tgo func() {\n\t\tselect {}\n\t}()\n}'),
      edit('polled', 'polled/polled.go', ...made, 6),
      edit('called', 'called/called.go', ...made, 12),
      edit(
        'panics',
        'called/called.go',
        'c := make(chan string)',
        'c := make(chan string)\n\t_ = names[0]',
        26,
      ),
      edit('method', 'called/called.go', 'method() {}', 'method() { return }'),
    ];
    const { verified, failed } = await verify(verification(root, changes, { env, prove: true }));
    assert.deepEqual(Object.fromEntries(verified), {
      tested: { rung: 'proof', notes: ['leaked 2 goroutines before, 0 after'] },
      polled: { rung: 'proof', notes: ['leaked 1 goroutine before, 0 after'] },
      called: {
        rung: 'proof',
        notes: [
          'not tested: neither its package nor one that imports it has tests',
          'called with made-up arguments, it leaked 2 goroutines before, 0 after',
        ],
      },
      panics: {
        rung: 'compiler',
        notes: [
          'not tested: neither its package nor one that imports it has tests',
          'not proved: called with made-up arguments, its function panics where it did not',
        ],
      },
      method: {
        rung: 'compiler',
        notes: [
          'not tested: neither its package nor one that imports it has tests',
          'not exercised: no test leaks a goroutine there, and methods and generic functions are not called with made-up arguments',
        ],
      },
    });
    assert.deepEqual(
      failed.map(({ fingerprint, rung, reason }) => [fingerprint, rung, reason]),
      [['worse', 'proof', 'goroutines leak with it that did not before']],
    );
    assert.match(
      failed[0]?.output ?? '',
      /^select \(no cases\):\nexample\.com\/m\/tested\.Other\.func1 .*tested\.go:/,
    );
  },
);

function callsOf(signature: string, body = '', rest = ''): readonly string[] | string {
  const text = `package p\n\nimport (\n\t"context"\n\t"os"\n\t"time"\n)\n\nfunc ${signature} {\n\t${body}\n}\n${rest}`;
  const calls = callsAt('/p/p.go', 10, new Map([['/p/p.go', text]]), 'x');
  return 'why' in calls ? calls.why : calls.map(({ text: call }) => call);
}

test('arguments are made up, or it is said for which parameter they cannot be', () => {
  assert.deepEqual(callsOf('F()'), ['F()']);
  assert.deepEqual(callsOf('F(a, b bool) error'), [
    'F(true, true)',
    'F(true, false)',
    'F(false, true)',
    'F(false, false)',
  ]);
  assert.deepEqual(callsOf('F(ctx context.Context, d time.Duration)'), [
    'F(ctx, 1000000)',
    'F(xCancelled(), 1000000)',
  ]);
  assert.deepEqual(callsOf('F(done chan struct{}, in <-chan int, out chan<- T, f func(int, string))'), [
    'F(make(chan struct{}), make(chan int), make(chan T), func(int, string) {})',
  ]);
  assert.deepEqual(callsOf('F(int, ...string)'), ['F(2, "a", "")', 'F(2)', 'F(0, "a", "")', 'F(0)']);
  assert.deepEqual(callsOf('F(names []string)'), ['F([]string{"a", ""})', 'F(nil)']);
  assert.deepEqual(callsOf('F(e error)'), ['F(nil)', 'F(xcontext.Canceled)']);
  assert.equal(callsOf('F(a, b, c, d, e, f bool)').length, 16);
  assert.equal(callsOf('F(t *T)'), 'no value can be made up for its parameter of type *T');
  assert.equal(callsOf('F(f func() T, g T)'), 'no value can be made up for its parameter of type T');
  assert.equal(
    callsOf('F(f func(time.Time))'),
    'no value can be made up for its parameter of type func(time.Time)',
  );
  assert.deepEqual(callsOf('F(f func(string) (int, error))'), [
    'F(func(string) (_ int, _ error) { return })',
    'F(func(string) (_ int, e error) { e = xcontext.Canceled; return })',
  ]);
  assert.deepEqual(callsOf('F(all ...func() int)'), [
    'F(func() (_ int) { return }, func() (_ int) { return })',
    'F()',
  ]);
  assert.deepEqual(callsOf('F(all []func())'), ['F([]func(){func() {}, func() {}})', 'F(nil)']);
  const odd = 'methods and generic functions are not called with made-up arguments';
  assert.equal(callsOf('(t T) F()'), odd);
  assert.equal(callsOf('F[T any](t T)'), odd);
  assert.equal(callsOf('init()'), 'init cannot be called');
});

test('what touches more than the program is not called', () => {
  const why = 'it is not called with made-up arguments, as it can reach os';
  assert.equal(callsOf('F()', 'os.Remove("a")'), why);
  assert.equal(
    callsOf('F()', 'go clean()', '\nfunc clean() { t.all() }\n\nvar t T\n\nfunc (T) all() { os.Exit(1) }\n'),
    why,
  );
  assert.deepEqual(callsOf('F()', 'time.Sleep(1)', '\nfunc clean() { os.Exit(1) }\n'), ['F()']);
});

test('the names of a generated file are in no other', () => {
  assert.equal(freshPrefix(['package p']), 'goleash');
  assert.equal(freshPrefix(['var goleashMutex int', '// Goleash1']), 'goleash2');
});

const dump = (state: string, frames: string, creator = 'm.Start') => `goroutine 5 [${state}]:
${frames}
created by ${creator} in goroutine 1
	/m/a.go:3 +0x1d`;
const blocked = (line: number) => `m.Start.func1(0x1)\n\t/m/a.go:${line} +0x1`;

test('goroutines of a dump', () => {
  const [first, second] = goroutinesIn(
    `${dump('chan receive (nil chan) (leaked), 2 minutes', `sync.(*Mutex).Lock(...)\n\t/go/m.go:4\n${blocked(9)}`)}\n\n${dump('chan send (durable), synctest bubble 3', blocked(7))}`,
  );
  assert.deepEqual(
    [first?.state, first?.leaked, first?.frames.map(({ name }) => name), first?.created?.line],
    ['chan receive (nil chan)', true, ['sync.(*Mutex).Lock', 'm.Start.func1'], 3],
  );
  assert.deepEqual([second?.state, second?.leaked, second?.bubble], ['chan send', false, '3']);
});

const leaks = (...lines: readonly number[]): readonly Leak[] =>
  leaksOfProfile(lines.map((line) => dump('chan send (leaked)', blocked(line))).join('\n\n'));

test('leaks before and after, where the code around them has moved', () => {
  const places = new Map([['/m/a.go', new Set([9])]]);
  assert.deepEqual(
    leaks(9, 12).map((leak) => isAt(places, leak)),
    [true, false],
  );
  assert.equal(leftOf(places, leaks(9, 9, 12), leaks(12)), 0, 'the one at another place was there before');
  assert.equal(leftOf(places, leaks(9, 9), leaks(10)), 1, 'it is the same goroutine at another line');
  assert.deepEqual(grown([leaks(9)], [leaks(11)]), [], 'as many as before');
  assert.equal(grown([leaks(9)], [leaks(9, 11), leaks(9, 11)]).length, 1);
  assert.deepEqual(grown([leaks(9)], [leaks(9, 11), leaks(9)]), [], 'only by chance');
  assert.equal(grown([[]], [leaks(9)]).length, 1);
});

test('only what is left in its own bubble counts for a call', () => {
  const own = (bubble: number) =>
    `goroutine 9 [running, synctest bubble ${bubble}]:\nm.try()\n\t/m/t.go:1 +0x1`;
  const send = (bubble: number, creator = 'm.Start') =>
    dump(`chan send (durable), synctest bubble ${bubble}`, blocked(9), creator);
  const text = `\n${own(1)}\n\n${send(1)}\n\n${send(1, 'testing/synctest.Test')}\n\n\n${own(2)}\n\n${send(1)}\n\n${send(2)}\n\n`;
  assert.equal(leaksOfDriver(text).length, 2);
  assert.deepEqual(leaksOfDriver(''), []);
});
