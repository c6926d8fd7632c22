// Where values go and come from, as it shows in the edges of calls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edges, ofF } from './edges.ts';

const more = 'func g() {}\nfunc h() {}\nvar cond bool';

test('struct types of a function and without a name have fields of their own', async () => {
  const table = (type: string) => ofF(`for _, t := range []${type}{{"a", g}, {run: h}} { t.run() }`, more);
  assert.deepEqual(await table('struct{ name string; run func() }'), ['call t.run() -> g h']);
  assert.deepEqual(
    await ofF('type row struct{ run func() }\nfor _, t := range []row{{g}} { t.run() }', more),
    ['call t.run() -> g'],
  );
  // Two functions can have different types of one name.
  const two = 'func other() { type row struct{ run func() }; _ = row{h} }';
  assert.deepEqual(await ofF('type row struct{ run func() }\nx := row{g}; x.run()', `${more}\n${two}`), [
    'call x.run() -> g',
  ]);
  assert.deepEqual(await ofF('x := struct{ Run func() }{g}; x.Run()', more), ['call x.Run() -> g ?']);
});

test('what has the same fields can become the type', async () => {
  const types = `${more}\ntype T struct { run func() }\nfunc (t T) call() {}`;
  assert.deepEqual(await ofF('x := T{g}; x.run()', types), ['call x.run() -> g']);
  const converted = 'x := T(struct{ run func() }{h}); x.run()';
  assert.deepEqual(await ofF(converted, types), ['call x.run() -> ?']);
  assert.deepEqual(await ofF('x := T{g}; x.run()', `${types}\ntype U struct { run func() }`), [
    'call x.run() -> g ?',
  ]);
  assert.deepEqual(await ofF('x := T{g}; x.run()', `${types}\ntype U T`), ['call x.run() -> g ?']);
  assert.deepEqual(await ofF('x := T{g}; x.run()', `${types}\ntype U struct { run func(int) }`), [
    'call x.run() -> g',
  ]);
});

test('a literal names its type, a type that holds it, or none', async () => {
  const types = `${more}\ntype T struct { run func() }\ntype Ts []T\ntype Tss map[string]Ts`;
  const all = 'var all = Ts{{g}}\nvar most = Tss{"": {{h}}}';
  assert.deepEqual(await ofF('all[0].run()', `${types}\n${all}`), ['call all[0].run() -> g h']);
});

test('elements that are put into a container under another name', async () => {
  const map = `${more}\ntype T struct { m map[string]func() }`;
  assert.deepEqual(await ofF('t := T{m: map[string]func(){"": g}}; x := t.m; x["a"] = h; t.m[""]()', map), [
    'call t.m[""]() -> g h',
  ]);
  assert.deepEqual(await ofF('x := []func(){g}; y := x[:0]; y[0] = h; x[0]()', more), ['call x[0]() -> g h']);
  assert.deepEqual(await ofF('x := []func(){g}; y := append(x[:0], h); _ = y; x[0]()', more), [
    'call x[0]() -> g h',
  ]);
  assert.deepEqual(await ofF('x := []func(){g}; p := &x[0]; *p = h; x[0]()', more), ['call x[0]() -> g ?']);
  const put = `${more}\nfunc put(m map[string]func()) { m["b"] = h }`;
  assert.deepEqual((await ofF('m := map[string]func(){"a": g}; put(m); m["a"]()', put)).slice(1), [
    'call m["a"]() -> g h',
  ]);
  assert.deepEqual(
    (await ofF('m := map[string]func(){"a": g}; Sink(m); m["a"]()', `${more}\nvar Sink func(any)`)).slice(1),
    ['call m["a"]() -> g ?'],
  );
});

test('functions that go over a channel', async () => {
  assert.deepEqual(await ofF('c := make(chan func(), 2); c <- g; c <- h; (<-c)()', more), [
    'call (<-c)() -> g h',
  ]);
  assert.deepEqual(await ofF('c := make(chan func()); c <- g; for fn := range c { fn() }', more), [
    'call fn() -> g',
  ]);
  const work = `${more}\nvar work = make(chan func())\nfunc serve() { for fn := range work { fn() } }`;
  const found = await edges(`package p\n${work}\nfunc f() { work <- g }`);
  assert.deepEqual(found, ['serve: call fn() -> g']);
});

test('variadic parameters and their slices', async () => {
  const found = await edges(`package p
${more}
type option func(int)
func a(int) {}
func b(int) {}
func with(opts ...option) { for _, o := range opts { o(1) } }
func f() { with(a, b); with([]option{a}...); with() }`);
  assert.deepEqual(found[0], 'with: call o(1) -> a b');
});

test('parameters of function values', async () => {
  assert.deepEqual(
    (
      await edges(`package p
${more}
func f() { do := func(fn func()) { fn() }; do(g); do(h) }`)
    ).filter((e) => e.includes('fn()')),
    ['literal: call fn() -> g h'],
  );
  const handlers = await edges(`package p
${more}
var table = map[string]func(func()){"a": run}
func run(fn func()) { fn() }
func f() { table["a"](g) }`);
  assert.deepEqual(handlers[0], 'run: call fn() -> g');
});

test('results: of literals, with names, of functions that are values', async () => {
  const found = await edges(`package p
${more}
func named() (fn func()) { defer func() { fn = h }(); return g }
func bare() (fn func(), err error) { fn = g; return }
func both() (func(), error) { return h, nil }
func f() { named()(); x, _ := bare(); x(); y, _ := both(); y(); func() func() { return g }()() }`);
  assert.deepEqual(
    found.filter((e) => e.startsWith('f: ') && /named\(\)\(\)|[xy]\(\)|\(\)\(\)/.test(e)),
    [
      'f: call named()() -> g h',
      'f: call x() -> g',
      'f: call y() -> h',
      'f: call func() func() { return g }()() -> g',
    ],
  );
});

test('a function that is returned has the calls of what it is returned to', async () => {
  const found = await edges(`package p
${more}
func runner() func(func()) { return func(fn func()) { fn() } }
func f() { runner()(g); r := runner(); r(h) }`);
  assert.deepEqual(found[0], 'literal: call fn() -> g h');
});

test('calls of generic functions that are read as conversions', async () => {
  const generic = `${more}\nfunc each[T any](fn func()) { fn() }`;
  const found = await edges(
    `package p\n${generic}\nfunc f() { each[int](g); each[*int](h); _ = each[string] }`,
  );
  assert.deepEqual(found[0], 'each: call fn() -> g h');
});

test('other packages can complete a type that they embed', async () => {
  const sink = 'type sink interface { Put(); own() }';
  const put = (more: string) => ofF('var s sink; s.Put(); s.own()', `${sink}\n${more}`);
  const hidden = 'type a struct{}\nfunc (a) Put() {}\nfunc (a) own() {}';
  assert.deepEqual(await put(hidden), ['call s.Put() -> a.Put', 'call s.own() -> a.own']);
  const shown = `${hidden}\ntype Base struct{}\nfunc (Base) own() {}`;
  assert.deepEqual(await put(shown), ['call s.Put() -> a.Put ?', 'call s.own() -> a.own ?']);
  assert.deepEqual(await put(hidden.replaceAll('a)', 'A)').replace('type a', 'type A')), [
    'call s.Put() -> A.Put ?',
    'call s.own() -> A.own',
  ]);
});

test('a type that embeds what is not visible can have every method', async () => {
  const types = `import "example.com/gone"
type sink interface { Put(); own() }
type a struct{}
func (a) Put() {}
func (a) own() {}
type b struct { gone.Base; n int }
func (b) own() {}`;
  assert.deepEqual(await ofF('var s sink; s.own()', types), ['call s.own() -> a.own ?']);
  const embedding = types
    .replace('func (b) own() {}', 'type c struct{}\nfunc (c) own() {}')
    .replace('n int', 'c');
  assert.deepEqual(await ofF('var s sink; s.own()', embedding), ['call s.own() -> a.own ?']);
});

test('an interface that a struct embeds', async () => {
  const types = 'type A struct{}\nfunc (A) put() {}\ntype sink interface { put() }\ntype T struct { sink }';
  assert.deepEqual(await ofF('var t T; t.put()', types), ['call t.put() -> A.put']);
});

test('a method can be called through any interface that has it', async () => {
  const found = await edges(`package p
${more}
type A struct{}
func (A) each(fn func()) { fn() }
func f(x any) { A{}.each(g); x.(interface{ each(func()) }).each(h) }`);
  assert.deepEqual(found[0], 'A.each: call fn() -> g ?');
});

test('in tests, what stands in for a type runs too', async () => {
  const found = await edges({
    'a.go': `package p
type sink interface { put(func()) }
type A struct{}
func (A) put(fn func()) {}
func g() {}
func f(s sink) { s.put(g) }`,
    'a_test.go': `package p
type fake struct{}
func (fake) put(fn func()) { fn() }
func check(s sink) { s.put(nil) }`,
  });
  assert.deepEqual(found, [
    'f: call s.put(g) -> A.put',
    'fake.put: call fn() -> g',
    'check: call s.put(nil) -> A.put fake.put',
  ]);
});

test('a file for another target does not show its package', async () => {
  const found = await edges(
    {
      'a.go': 'package p\nvar hook = func() {}',
      'a_windows.go': 'package p\nvar own = func() {}\nfunc f() { own() }',
    },
    1,
  );
  assert.deepEqual(found, ['f: call own() -> literal ?']);
});

test('a program does not show what others do with their fields', async () => {
  const found = await edges(`package main
import "net/http"
func f(c *http.Client) { c.CheckRedirect(nil, nil) }`);
  assert.deepEqual(found, ['f: call c.CheckRedirect(nil, nil) -> ?']);
});

test('a word that is everywhere is not looked for', async () => {
  const filler = Array.from({ length: 200 }, (_, i) => `func run${i}() { _ = "run ${'x'.repeat(4000)}" }`);
  const found = await ofF('var t T; t.run()', `${more}\ntype T struct { run func() }\n${filler.join('\n')}`);
  assert.deepEqual(found, ['call t.run() -> ?']);
});

test('a result with a name goes where the calls of its function go', async () => {
  const pick = 'func pick() (r func(func())) { r = func(run func()) { run() }; return }';
  const named = await edges(`package p\n\n${more}\n${pick}\nfunc f() { pick()(h) }`);
  assert.deepEqual(
    named.filter((edge) => edge.startsWith('literal')),
    ['literal: call run() -> h'],
  );
  const list = 'func all() (rs []func(func())) { rs = append(rs, func(run func()) { run() }); return }';
  const elements = await edges(`package p\n\n${more}\n${list}\nfunc f() { all()[0](h) }`);
  assert.deepEqual(
    elements.filter((edge) => edge.startsWith('literal')),
    ['literal: call run() -> h'],
  );
});
