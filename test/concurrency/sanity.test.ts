// Behaviours keep what they promise: those of broken ones, of real packages, of the fixtures and of random programs.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Behaviour, Ending, Operation } from '../../analysis/concurrency/ir.ts';
import { lower } from '../../analysis/concurrency/lower.ts';
import { checkBehaviour } from '../../analysis/concurrency/sanity.ts';
import { goPackages, type SourceFile, sourceFile } from '../../analysis/index.ts';
import { findGoModule, readGoFile } from '../../analysis/node/files.ts';
import { moduleLibrary } from '../../analysis/node/packages.ts';
import type { Node } from '../../analysis/syntax/node.ts';
import { run } from '../flow/interpreter.ts';
import { anyFunction, choicesOf } from '../flow/programs.ts';
import { neverReturns } from '../flow/support.ts';
import { lastCode } from '../support/code.ts';
import { fixtureIds, fixturePackages, readFixture } from '../support/fixture.ts';
import { target } from '../support/go.ts';
import { assertNone } from '../support/problems.ts';
import { library } from '../support/runtime.ts';
import { codesOf, lowered, violationsOf, wronglyLeftOut } from './behaviours.ts';
import { followBehaviour } from './follow.ts';

const goroot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout?.trim();
const skip = goroot ? false : 'Go is not installed, so there are no sources to try';

const paths = ['net/http', 'context', 'database/sql', 'os/exec', 'sync', 'testing', 'net/rpc', 'iter'];

for (const path of [...paths, 'cmd/compile/internal/rangefunc']) {
  test(`the behaviours of ${path} are sound, and lose nothing`, { skip }, async () => {
    const directory = join(goroot ?? '', 'src', path);
    const files = readdirSync(directory).flatMap((name): SourceFile[] => {
      const read = name.endsWith('.go') ? readGoFile(join(directory, name)) : undefined;
      return read && 'text' in read ? [sourceFile(join(directory, name), read.text)] : [];
    });
    const module = findGoModule(directory, new Map());
    assert.ok(module && 'path' in module);
    const imports = moduleLibrary(await library(), module, target);
    const codes = goPackages({ path: directory, files, module }, target).flatMap((pkg) =>
      codesOf(pkg, imports),
    );
    assert.ok(codes.length > 20);
    assertNone(codes.flatMap(violationsOf));
    assertNone(wronglyLeftOut(codes));
  });
}

test('the behaviours of the fixtures are sound, and lose nothing', async () => {
  const std = await library();
  const codes = fixtureIds().flatMap((id) =>
    fixturePackages(readFixture(id)).flatMap((pkg) => codesOf(pkg, std)),
  );
  assert.ok(codes.length > 500);
  assertNone(codes.flatMap(violationsOf));
  assertNone(wronglyLeftOut(codes));
});

const declarations = `package p

import ("os"; "time")

var (a, b bool; i, n, k int; x, y any; ch chan int; _ = os.Exit; _ = time.After)
type T struct{}
func s(...int) {}
func g() any { return nil }
`;

test('the behaviour of a random function is sound, and has whatever the function does', async () => {
  const numbers = fc.array(fc.nat({ max: 1000 }), { minLength: 50, maxLength: 300, size: 'max' });
  await library();
  await fc.assert(
    fc.asyncProperty(numbers, numbers, async (program, values) => {
      const code = await lastCode(`${declarations}\n${anyFunction(choicesOf(program))}`);
      assert.deepEqual(violationsOf(code), []);
      const behaviour = lower(code, code.root);
      const choices = choicesOf(values);
      const oracle = { condition: () => choices.next(2) === 1, choice: choices.next };
      for (let round = 0; round < 10; round++)
        followBehaviour(code, behaviour, run(code.root, oracle, neverReturns, 60));
    }),
    { numRuns: 500, includeErrorInReport: true },
  );
});

const sample = `package p

func f(c chan int, x bool) (n int) {
	go func() { n = <-c }()
	if x {
		select {
		case c <- 1:
		case n = <-c:
		}
	}
	return n
}`;

test('whatever is broken in a behaviour is named', async () => {
  const code = await lastCode(sample);
  const behaviourOf = lowered(code);
  const sound = behaviourOf(code.root);
  assert.deepEqual(checkBehaviour(sound, behaviourOf), []);
  const [literal] = code.functions.slice(1);
  assert.ok(literal);
  const at = sound.fn;
  const fresh = sound.slots.length;
  const slots = [...sound.slots, { name: '', shape: { kind: 'unknown' } as const, shared: false }];
  /** The sample with something in front, or with another ending of its first block. */
  const first = (operations: readonly Operation[], ending?: Ending): Behaviour => ({
    ...sound,
    slots,
    blocks: sound.blocks.map((block, i) =>
      i === sound.entry
        ? { operations: [...operations, ...block.operations], ending: ending ?? block.ending }
        : block,
    ),
  });
  const slot = (n: number) => ({ kind: 'slot', slot: n }) as const;
  const escaping = (n: number): Operation => ({ kind: 'escape', at, values: [slot(n)] });
  const receive = (to: number | undefined, ok: number | undefined): Operation => ({
    kind: 'receive',
    at,
    channel: slot(0),
    to,
    ok,
  });
  const closure = (captures: { variable: Node; slot: number }[]): Operation => ({
    kind: 'escape',
    at,
    values: [{ kind: 'closure', literal, captures }],
  });
  const inside = behaviourOf(literal).blocks[0]?.ending.at ?? at;
  const variables = new Map([...sound.variables].map(([variable]) => [variable, 0]));
  const cases: [string, Behaviour][] = [
    ['the entry 9 is no block', { ...sound, entry: 9 }],
    ['leads to 9, which is no block', first([], { kind: 'jump', at, next: 9 })],
    ['has two ways that are one', first([], { kind: 'branch', at, condition: slot(0), yes: 1, no: 1 })],
    ['is no choice', first([], { kind: 'choice', at, next: [1, 1] })],
    ['has no way on', first([], { kind: 'select', at, cases: [], otherwise: undefined })],
    ['has 0 values for 1 results', first([], { kind: 'return', at, values: [] })],
    ['block 1 cannot be reached', first([], { kind: 'return', at, values: [slot(0)] })],
    ['there is no slot 99', first([escaping(99)])],
    ['there is no slot 99', first([receive(99, undefined)])],
    ['t4 may have no value yet', first([escaping(fresh)])],
    ['has no values', first([{ kind: 'escape', at, values: [] }])],
    ['has ok and no value', first([receive(undefined, fresh)])],
    [
      'refers to what is not shared',
      first([{ kind: 'escape', at, values: [{ kind: 'reference', slot: 0 }] }]),
    ],
    ['hands over 0 variables, and the literal takes 2 others', first([closure([])])],
    ['stands outside the function', { ...sound, fn: literal }],
    ['stands in a function inside the function', first([{ kind: 'doubt', at: inside }])],
    ['a slot has two roles', { ...sound, parameters: [0, 0] }],
    ['1 of 2 results are named', { ...sound, resultCount: 2 }],
    ['two variables have one slot', { ...sound, variables }],
    ['is variadic without a parameter', { ...sound, parameters: [], variadic: true }],
  ];
  for (const [what, behaviour] of cases) {
    const said = checkBehaviour(behaviour, behaviourOf);
    assert.ok(
      said.some((text) => text.includes(what)),
      `${what}: ${said.join('\n')}`,
    );
  }
});
