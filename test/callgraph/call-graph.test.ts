import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edges, ofF } from './edges.ts';

test('calls by name, of methods and of other packages', async () => {
  const more = 'import "time"\ntype T struct{}\nfunc (t *T) m() {}\nfunc g() {}';
  assert.deepEqual(await ofF('g(); (g)(); new(T).m(); time.Sleep(1); _ = string(rune(1)); println()', more), [
    'call g() -> g',
    'call (g)() -> g',
    'call new(T).m() -> T.m',
    'call time.Sleep(1) -> time.Sleep',
  ]);
  assert.deepEqual(await ofF('go g()\ndefer g()\ndefer func() { g() }()', more), [
    'go g() -> g',
    'defer g() -> g',
    'defer func() { g() }() -> literal',
  ]);
});

test('function values in variables', async () => {
  const more = 'func g() {}\nfunc h() {}\nvar cond bool\nvar own = g\nvar Open = g';
  assert.deepEqual(await ofF('x := g; x()', more), ['call x() -> g']);
  assert.deepEqual(await ofF('var x func(); if cond { x = g } else { x = h }; x()', more), [
    'call x() -> g h',
  ]);
  assert.deepEqual(await ofF('x := g; p := &x; _ = p; x()', more), ['call x() -> g ?']);
  assert.deepEqual(await ofF('own()', more), ['call own() -> g']);
  // Other packages can assign to it.
  assert.deepEqual(await ofF('Open()', more), ['call Open() -> g ?']);
  assert.deepEqual(await ofF('x, y := g, h; x(); y()', more), ['call x() -> g', 'call y() -> h']);
});

test('function values in fields', async () => {
  const more = `
type T struct { done func(); Done func() }
func g() {}
func h() {}
func made() []*T { return []*T{{done: g}, {h, nil}} }
func set(t *T) { t.done = g; t.Done = g }`;
  assert.deepEqual(await ofF('var t T; t.done()', more), ['call t.done() -> g h']);
  assert.deepEqual(await ofF('var t T; t.Done()', more), ['call t.Done() -> g ?']);
  assert.deepEqual(await ofF('var t T; x := t.done; x()', more), ['call x() -> g h']);
  assert.deepEqual(await ofF('(&T{done: func() {}}).done()', 'type T struct { done func() }'), [
    'call (&T{done: func() {}}).done() -> literal',
  ]);
  // A field of that name in another type is another field.
  assert.deepEqual(await ofF('var u U; u.done()', `${more}\ntype U struct { done func() }`), [
    'call u.done() -> ',
  ]);
});

test('a field of a type without its own name, and a promoted one', async () => {
  const more = 'type base struct { done func() }\ntype T struct { base }\nfunc g() {}\nvar t = T{base{g}}';
  assert.deepEqual(await ofF('t.done()', more), ['call t.done() -> g']);
  assert.deepEqual(await ofF('x := struct{ f func() }{g}; x.f()', more), ['call x.f() -> g']);
});

test('parameters have what their calls pass', async () => {
  const more = 'func g() {}\nfunc h() {}';
  const found = await edges(`package p
${more}
func run(fn func()) { fn() }
func Run(fn func()) { fn() }
func all(fns ...func()) { for _, fn := range fns { fn() } }
func f() { run(g); run(func() { h() }); Run(h); all(g, h) }`);
  assert.deepEqual(
    found.filter((e) => !e.startsWith('f: ')),
    [
      'run: call fn() -> g literal',
      'Run: call fn() -> h ?',
      'all: call fn() -> g h',
      'literal: call h() -> h',
    ],
  );
});

test('a function that is itself a value has callers that are followed', async () => {
  const found = await edges(`package p
func g() {}
func run(fn func()) { fn() }
func through(do func(func())) { do(g) }
func f() { through(run) }`);
  assert.deepEqual(found, [
    'run: call fn() -> g',
    'through: call do(g) -> run',
    'f: call through(run) -> through',
  ]);
});

test('method values, method parameters and results', async () => {
  const found = await edges(`package p
type T struct{}
func (t *T) m() {}
func (t *T) each(fn func()) { fn() }
func (t *T) bound() func() { return t.m }
func f(t *T) { x := t.m; x(); t.each(t.m); y := t.bound(); y(); t.bound()() }`);
  assert.deepEqual(found, [
    'T.each: call fn() -> T.m',
    'f: call x() -> T.m',
    'f: call t.each(t.m) -> T.each',
    'f: call t.bound() -> T.bound',
    'f: call y() -> T.m',
    'f: call t.bound()() -> T.m',
    'f: call t.bound() -> T.bound',
  ]);
});

test('elements of slices and maps', async () => {
  const more = 'func g() {}\nfunc h() {}';
  assert.deepEqual(await ofF('x := []func(){g}; x = append(x, h); for _, fn := range x { fn() }', more), [
    'call fn() -> g h',
  ]);
  assert.deepEqual(await ofF('x := map[string]func(){"a": g}; x["b"] = h; x["a"]()', more), [
    'call x["a"]() -> g h',
  ]);
  assert.deepEqual(await ofF('x := map[string]func(){"a": g}; if y, ok := x["a"]; ok { y() }', more), [
    'call y() -> g',
  ]);
});

test('interfaces of the package: one type, several, none', async () => {
  const more = 'type A struct{}\nfunc (A) put(int) {}\ntype sink interface { put(int) }';
  assert.deepEqual(await ofF('var s sink; s.put(1)', more), ['call s.put(1) -> A.put']);
  const two = `${more}\ntype B struct{ A; n int }\nfunc (*B) put(int) {}\ntype C struct{}\nfunc (C) put(string) {}`;
  assert.deepEqual(await ofF('var s sink; s.put(1)', two), ['call s.put(1) -> A.put B.put']);
  assert.deepEqual(await ofF('var s sink; s.put(1)', 'type sink interface { put(int) }'), [
    'call s.put(1) -> example.com/m.sink.put ?',
  ]);
  // Types of other packages can have a method that is exported.
  const open = 'type A struct{}\nfunc (A) Put(int) {}\ntype sink interface { Put(int) }';
  assert.deepEqual(await ofF('var s sink; s.Put(1)', open), ['call s.Put(1) -> A.Put ?']);
  assert.deepEqual(await ofF('var s interface{ Put(int) }; s.Put(1)', open), ['call s.Put(1) -> ?']);
});

test('what stands in for a type in tests is not what runs outside of them', async () => {
  const found = await edges({
    'a.go':
      'package p\ntype sink interface { put() }\ntype A struct{}\nfunc (A) put() {}\nfunc f(s sink) { s.put() }',
    'a_test.go': 'package p\ntype fake struct{}\nfunc (fake) put() {}',
  });
  assert.deepEqual(found, ['f: call s.put() -> A.put']);
});

test('what the standard library calls, and where', async () => {
  const more = `
import ("net/http"; "sort"; "sync"; "testing"; "time"; "golang.org/x/sync/errgroup")
var wg sync.WaitGroup
var once sync.Once
func g() {}
func handle(http.ResponseWriter, *http.Request) {}
type server struct{}
func (server) ServeHTTP(http.ResponseWriter, *http.Request) {}
`;
  const runs = async (text: string) => (await ofF(text, more)).slice(1);
  assert.deepEqual(await runs('wg.Go(g)'), ['go g -> g']);
  assert.deepEqual(await runs('time.AfterFunc(1, g)'), ['go g -> g']);
  assert.deepEqual(await runs('once.Do(func() { g() })'), ['once func() { g() } -> literal']);
  assert.deepEqual(await runs('http.HandleFunc("/", handle)'), ['concurrent handle -> handle']);
  assert.deepEqual(await runs('http.Handle("/", server{})'), ['concurrent server{} -> server.ServeHTTP']);
  assert.deepEqual(await runs('http.Handle("/", http.HandlerFunc(handle))'), [
    'concurrent http.HandlerFunc(handle) -> handle',
  ]);
  assert.deepEqual(await runs('sort.Slice(nil, func(i, j int) bool { return true })'), [
    'call func(i, j int) bool { return true } -> literal',
  ]);
  assert.deepEqual(await runs('var group errgroup.Group; group.Go(func() error { return nil })'), [
    'go func() error { return nil } -> literal',
  ]);
  assert.deepEqual(await runs('var t *testing.T; t.Run("a", func(t *testing.T) { t.Parallel() })'), [
    'concurrent func(t *testing.T) { t.Parallel() } -> literal',
  ]);
  assert.deepEqual(await runs('var t *testing.T; t.Run("a", func(t *testing.T) {})'), [
    'call func(t *testing.T) {} -> literal',
  ]);
  assert.deepEqual(await ofF('_ = http.Server{Handler: server{}}; _ = http.Transport{Proxy: nil}', more), [
    'concurrent server{} -> server.ServeHTTP',
  ]);
});

test('a value that flows in a circle ends the search', async () => {
  const found = await edges(`package p
func g() {}
func ping(n int, fn func()) { if n > 0 { pong(n-1, fn) }; fn() }
func pong(n int, fn func()) { ping(n, fn) }
func f() { ping(1, g) }`);
  assert.deepEqual(
    found.filter((e) => e.includes('fn() ->')),
    ['ping: call fn() -> g'],
  );
});
