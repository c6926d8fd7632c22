import assert from 'node:assert/strict';
import { test } from 'node:test';
import { show } from '../../analysis/model/types.ts';
import { argumentsOf } from '../../analysis/syntax/node.ts';
import { callOf, lastCode } from '../support/code.ts';

/** The types of the arguments of the call of `use` in a function with the given parameters and statements. */
async function used(head: string, body: string, declarations = ''): Promise<readonly string[]> {
  const imports = 'import ("iter"; "maps"; "slices"; "sync")';
  const code = await lastCode(`package p\n${imports}\n${declarations}\nfunc ${head} {\n${body}\n}`);
  return argumentsOf(callOf(code, 'use')).map((argument) => show(code.typeOf(argument)));
}

const m = 'example.com/m';

const generic = `type I int
type S string
type Is []I
func same[T any](a, b T) T { return a }
func list[T any](ts ...T) T { return ts[0] }
func first[S ~[]E, E any](s S) E { return s[0] }
func apply[T, R any](t T, f func(T) R) R { return f(t) }
func compose[A, B, C any](f func(A) B, g func(B) C) func(A) C { return nil }
func fill[T any, P interface{ *T; Fill() }](t T) P { return nil }
func zero[T any]() T { panic(0) }`;

test('typed arguments decide before untyped constants, of which the widest kind counts', async () => {
  const types = await used(
    'f(i I)',
    `use(same(1, i), same(1, 2.5), list(1, 'a'), list(1, i), list([]S{}...), same(2i, 1), apply(3, func(I) S { return "" }))`,
    generic,
  );
  assert.deepEqual(types, [`${m}.I`, 'float64', 'int32', `${m}.I`, `${m}.S`, 'complex128', `${m}.S`]);
});

test('what is not visible leaves a constant undecided, and arguments that differ decide nothing', async () => {
  const types = await used('f(i I, s S)', 'use(same(1, other()), same(i, s), same(nil, &i))', generic);
  assert.deepEqual(types, ['?', '?', `*${m}.I`]);
});

test('constraints take part: slices and maps of a declared type, a pointer to a parameter', async () => {
  const types = await used(
    'f(is Is, byName map[S]I, i I)',
    `next, _ := iter.Pull(maps.Keys(byName))
	key, ok := next()
	use(first(is), slices.Clone(is), slices.Max(is), slices.Sorted(maps.Keys(byName)), key, ok, fill(i))`,
    generic,
  );
  assert.deepEqual(types, [`${m}.I`, `${m}.Is`, `${m}.I`, `[]${m}.S`, `${m}.S`, 'bool', `*${m}.I`]);
});

test('generic functions as values, with type arguments and without', async () => {
  const types = await used(
    'f(i I)',
    `g, h := zero[S], apply[I, []S]
	use(g(), h, zero, compose(func(I) S { return "" }, func(S) Is { return nil }), apply(i, zero))`,
    generic,
  );
  assert.deepEqual(types, [
    `${m}.S`,
    `func(${m}.I, func(${m}.I) []${m}.S) []${m}.S`,
    'func() ?',
    `func(${m}.I) ${m}.Is`,
    '?',
  ]);
});

test('the several results of one call are the arguments of another', async () => {
  const types = await used('f()', 'use(same(two()))', `${generic}\nfunc two() (I, I) { return 1, 2 }`);
  assert.deepEqual(types, [`${m}.I`]);
});

test('in a generic function, a constraint says what its types have in common', async () => {
  const types = await used(
    'f[T any, C ~chan T, S ~[]E, E any, M ~map[K]E, K comparable, N int | string](c C, s S, m M, n N)',
    'for k, v := range m { use(<-c, s[0], s[1:], m, k, v, n) }',
  );
  assert.deepEqual(types, ['T', 'E', 'S', 'M', 'K', 'E', 'N']);
});

test('a type parameter has the methods of its constraint, also where its type declares it', async () => {
  const code = await lastCode(`package p
import "sync"
type keyed interface { Key() string }
type store[L sync.Locker, V keyed] struct { lock L }
func (s *store[A, B]) f(v B) { s.lock.Lock(); v.Key() }`);
  assert.deepEqual(
    code.calls.map((call) => code.calleeName(call)),
    ['sync.Locker.Lock', `${m}.keyed.Key`],
  );
});

test('an alias with type parameters takes type arguments', async () => {
  const types = await used(
    'f(b byName[I])',
    'use(b.values, b.get("k"))',
    `${generic}
type table[K comparable, V any] struct { values map[K]V }
func (t table[A, B]) get(key A) B { return t.values[key] }
type byName[T any] = table[S, T]`,
  );
  assert.deepEqual(types, [`map[${m}.S]${m}.I`, `${m}.I`]);
});
