import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defaultConfig, type Library } from '../../analysis/index.ts';
import { type Use, usesOfValue } from '../../analysis/knowledge/http-trace.ts';
import { type Code, codeOf } from '../../analysis/model/code.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { nodesOf, textOf } from '../../analysis/syntax/node.ts';
import { packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

/** What becomes of the only `T{}` in `from`, in a package with the other declarations. */
function usesIn(from: string, others = ''): readonly string[] {
  const pkg = packageOf(`package p\n\nimport "fmt"\n\ntype T struct{ limit int }\n\n${others}\n\n${from}\n`);
  const file = pkg.files[0];
  const declaration = file?.declarations.at(-1);
  assert.ok(file && declaration);
  const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
  const code: Code | undefined = codeOf(file, declaration, context);
  assert.ok(code, 'the declaration parses');
  const literal = nodesOf(code.root.tree, 'composite_literal').find((node) => textOf(node) === 'T{}');
  assert.ok(literal, 'there is a T{}');
  return usesOfValue(code, literal, ['run', 'limit']).map(shown);
}

function shown(use: Use): string {
  switch (use.kind) {
    case 'call':
    case 'member':
      return `${use.kind} ${use.name}`;
    case 'set':
      return `set ${use.name}${use.value ? ` ${textOf(use.value)}` : ''}`;
    case 'replaced':
      return use.kind;
    case 'away':
      return use.to ? `away to ${use.to}` : 'away';
  }
}

test('through variables, pointers and parentheses', () => {
  assert.deepEqual(usesIn('func f() { t := &T{}; u := t; (u).limit = 1; (*t).run(); _ = u.run }'), [
    'call run',
    'set limit 1',
    'member run',
  ]);
});

test('an address of a field lets others set it, and an assignment through the pointer sets all', () => {
  assert.deepEqual(usesIn('func f() { var t = &T{}; fmt.Sscan("1", &t.limit); *t = other }'), [
    'set limit',
    'set * other',
  ]);
});

test('a variable of the same name is another one', () => {
  assert.deepEqual(usesIn('func f() { t := T{}; { t := other(); t.run() }; t.limit = 2 }'), ['set limit 2']);
});

test('through parameters and results of the package', () => {
  const others = `
func use(n int, t *T) { t.run() }
func (x *T) pass(_ *T) {}
func caller() { t, err := make(); t.limit = 3; fmt.Println(err) }`;
  assert.deepEqual(
    usesIn('func make() (*T, error) { t := &T{}; use(1, t); other.pass(t); return t, nil }', others),
    ['away', 'call run', 'set limit 3'],
  );
});

test('the result of an exported function goes away as well', () => {
  assert.deepEqual(usesIn('func Make() (t *T) { t = &T{}; return }', 'func caller() { Make().run() }'), [
    'replaced',
    'away',
    'call run',
  ]);
});

test('through fields, and not those of another type with the same name', () => {
  const others = `
type box struct{ t *T }
type crate struct{ t *T }
type outer struct{ *box }
func (b *box) go1() { b.t.run() }
func (c *crate) go2() { c.t.limit = 1 }
func (o outer) go3() { o.t.limit = 2 }
func unknown() { mystery().t.limit = 3; mystery().t.run() }`;
  assert.deepEqual(usesIn('func f() *box { return &box{t: &T{}} }', others), [
    'call run',
    'set limit 2',
    'set limit 3',
    'replaced',
  ]);
});

test('through package variables', () => {
  assert.deepEqual(usesIn('var global = &T{}', 'func f() { global.run(); global = nil }'), [
    'call run',
    'replaced',
  ]);
});

test('away: to functions and types that are not of the package, into slices, closures and channels', () => {
  assert.deepEqual(usesIn('func f() { fmt.Println(T{}) }'), ['away to fmt.Println']);
  assert.deepEqual(usesIn('func f() { ts = append(ts, T{}) }'), ['away to builtin.append']);
  assert.deepEqual(usesIn('func f() { c <- T{} }'), ['away']);
  assert.deepEqual(usesIn('func f() []T { return []T{T{}} }'), ['away']);
  assert.deepEqual(usesIn('func f() func() T { return func() T { return T{} } }'), ['away']);
});

test('recursion ends', () => {
  const others = 'func again(t *T) *T { again(t); return again(t) }';
  assert.deepEqual(usesIn('func f() { t := T{}; t.next = again(&t) }', others), ['set next again(&t)']);
});
