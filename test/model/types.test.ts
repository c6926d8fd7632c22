import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Library } from '../../analysis/index.ts';
import { defaultConfig } from '../../analysis/index.ts';
import { type Code, codeOf } from '../../analysis/model/code.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { show } from '../../analysis/model/types.ts';
import { descendants, textOf } from '../../analysis/syntax/node.ts';
import { packagesOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

/** The view of the function `f` in a package of the given files. */
function codeOfF(files: Readonly<Record<string, string>>, version?: string): Code {
  for (const pkg of packagesOf(files, version)) {
    for (const file of pkg.files) {
      const declaration = file.declarations.find((d) => d.kind === 'func' && d.names[0] === 'f');
      if (!declaration) continue;
      const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
      const code = codeOf(file, declaration, context);
      assert.ok(code, 'f parses');
      return code;
    }
  }
  throw new Error('no function f');
}

/** Asserts the type of the last node with the given text in `f`. */
function types(code: Code, expected: Readonly<Record<string, string>>): void {
  const found = Object.fromEntries(
    Object.keys(expected).map((text) => {
      const node = [...descendants(code.root)]
        .filter((n) => textOf(n) === text && n.children.length >= 0)
        .at(-1);
      let at = node;
      while (
        at?.parent &&
        textOf(at.parent) === text &&
        at.parent.kind !== 'argument_list' &&
        at.parent.kind !== 'expression_list' &&
        at.parent.kind !== 'literal_element' &&
        at.parent.kind !== 'expression_statement'
      )
        at = at.parent;
      return [text, at ? show(code.typeOf(at)) : 'no such expression'];
    }),
  );
  assert.deepEqual(found, expected);
}

/** The callee names of all calls in `f`, in order. */
function callees(code: Code): string[] {
  return code.calls.map((call) => code.calleeName(call));
}

test('standard library: functions, methods, fields, variables, promoted methods', () => {
  const code = codeOfF({
    'a.go': `package p
import ("net/http"; "context"; "time"; "testing"; "sync"; "os/exec")
func f(t *testing.T, r *http.Request) {
	resp, err := http.Get("u")
	use(resp.Body, err, http.DefaultClient, r.Context(), time.Second)
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	use(ctx, cancel)
	t.Fatal()
	var wg sync.WaitGroup
	wg.Add(1)
	c := &http.Client{}
	use(c.Timeout, c.Do)
	cmd := exec.Command("x")
	cmd.Stdout.Write(nil)
	resp.Body.Close()
}`,
  });
  types(code, {
    resp: '*net/http.Response',
    err: 'error',
    'http.DefaultClient': '*net/http.Client',
    'r.Context()': 'context.Context',
    'time.Second': 'time.Duration',
    cancel: 'context.CancelFunc',
    'c.Timeout': 'time.Duration',
    'c.Do': 'func(*net/http.Request) (*net/http.Response, error)',
    'resp.Body': 'io.ReadCloser',
  });
  assert.deepEqual(callees(code), [
    'net/http.Get',
    '',
    'net/http.Request.Context',
    'context.WithTimeout',
    'net/http.Request.Context',
    '',
    'testing.T.Fatal',
    'sync.WaitGroup.Add',
    '',
    'os/exec.Command',
    'io.Writer.Write',
    'io.Closer.Close',
  ]);
});

test('a package is what the file imports, not what it is called', () => {
  const shadowed = codeOfF({ 'a.go': 'package p\nimport "example.com/http"\nfunc f() { http.Get("u") }' });
  assert.deepEqual(callees(shadowed), ['example.com/http.Get']);
  const local = codeOfF({
    'a.go':
      'package p\nimport "net/http"\ntype fake struct{}\nfunc (fake) Get(string) {}\nfunc f() { http.Get("a"); http := fake{}; http.Get("b") }',
  });
  assert.deepEqual(callees(local), ['net/http.Get', 'example.com/m.fake.Get']);
  const alias = codeOfF({
    'a.go': 'package p\nimport web "net/http"\nimport . "time"\nfunc f() { web.Get("u"); Sleep(Second) }',
  });
  assert.deepEqual(callees(alias), ['net/http.Get', 'time.Sleep']);
  const parameter = codeOfF({ 'a.go': 'package p\nimport "net/http"\nfunc f(http any) { http.Get("u") }' });
  assert.deepEqual(callees(parameter), ['']);
});

test('scopes: shadowing is exact', () => {
  const code = codeOfF({
    'a.go': `package p
func f(x int) (err error) {
	if x := "s"; x != "" { use(x) }
	if true { x := x > 1; block(x) }
	for x := range 3.5 { _ = x }
	a, err := g()
	switch x := any(a).(type) { case bool, rune: _ = x; case []string: show(x) }
	{ err := 1; inner(err) }
	outer(x, err)
	return err
}
func g() (map[string]int, error) { return nil, nil }`,
  });
  types(code, { a: 'map[string]int', 'x != ""': 'untyped bool' });
  const argument = (name: string, i: number): string => {
    const call = code.calls.find((c) => textOf(c).startsWith(`${name}(`));
    const node = call?.children.find((c) => c.field === 'arguments')?.children[i];
    assert.ok(node);
    return show(code.typeOf(node));
  };
  assert.equal(argument('use', 0), 'string');
  assert.equal(argument('show', 0), '[]string');
  assert.equal(argument('inner', 0), 'int');
  assert.equal(argument('block', 0), 'bool');
  assert.equal(argument('outer', 0), 'int');
  assert.equal(argument('outer', 1), 'error');
});

test('package: types of other files, embedding, generics, aliases', () => {
  const code = codeOfF({
    'a.go': `package p
import "sync"
func f(s *server) {
	s.mu.Lock()
	s.Lock()
	s.pool.get()
	v := s.byName["k"]
	w := first([]*server{s})
	b := newBox(3)
	for k, e := range s.byName { use(k, e) }
	n, ok := <-s.jobs
	use(v, w, b.value, n, ok, s.limit, total, Alias{}.mu, s.cb())
	fn := s.Lock
	fn()
}
var total = first([]int{1})
type Alias = server`,
    'b.go': `package p
import ("sync"; "time")
type server struct {
	base
	*sync.Mutex
	mu sync.RWMutex
	byName map[string][]job
	jobs chan<- job
	limit time.Duration
	cb func() (string, error)
}
type base struct { pool pool[job] }
type job struct{}
type pool[T any] struct { items []T }
func (p *pool[E]) get() E { var z E; return z }
func first[T any](xs []T) T { return xs[0] }
type box[T any] struct { value T }
func newBox[T any](v T) *box[T] { return nil }`,
  });
  types(code, {
    's.pool.get()': 'example.com/m.job',
    v: '[]example.com/m.job',
    w: '*example.com/m.server',
    b: '*example.com/m.box[int]',
    'b.value': 'int',
    e: '[]example.com/m.job',
    n: 'example.com/m.job',
    ok: 'bool',
    's.limit': 'time.Duration',
    total: 'int',
    'Alias{}.mu': 'sync.RWMutex',
    's.cb()': '(string, error)',
  });
  assert.deepEqual(callees(code).slice(0, 3), [
    'sync.RWMutex.Lock',
    'sync.Mutex.Lock',
    'example.com/m.pool.get',
  ]);
});

test('operators: untyped constants, comparisons, truth values of a declared type', () => {
  const code = codeOfF({
    'a.go': `package p
type flag bool
func f(on flag, n int) {
	use('a' + 1, 1 + 'b', 1 + 2.5, 1i + 1, n > 1 && on, on || n > 1, n > 1 && n < 3)
}`,
  });
  types(code, {
    "'a' + 1": 'untyped rune',
    "1 + 'b'": 'untyped rune',
    '1 + 2.5': 'untyped float',
    '1i + 1': 'untyped complex',
    'n > 1 && on': 'example.com/m.flag',
    'on || n > 1': 'example.com/m.flag',
    'n > 1 && n < 3': 'untyped bool',
  });
});

test('literals without a type, and conversions to types in parentheses', () => {
  const code = codeOfF({
    'a.go': `package p
import "net/http"
func f(c chan int) {
	all := []*http.Request{{Method: "GET"}}
	byName := map[string]http.Response{"a": {StatusCode: 200}}
	use((chan bool)(nil), (<-chan int)(c), (func() int)(nil))
}`,
  });
  types(code, {
    '{Method: "GET"}': '*net/http.Request',
    '{StatusCode: 200}': 'net/http.Response',
    '(chan bool)(nil)': 'chan bool',
    '(<-chan int)(c)': '<-chan int',
    '(func() int)(nil)': 'func() int',
  });
});

test('a call of an element of a table is no conversion', () => {
  const code = codeOfF({
    'a.go': `package p
type kind int
type server struct { table map[kind]func(int) chan string; all box[int] }
type box[T any] struct { v T }
const busy kind = 1
var table = []func(kind) (int, error){}
var global server
func f(s *server, k kind) {
	use(s.table[k](1), table[k](busy), global.table[k](1), box[int](s.all))
}`,
  });
  types(code, {
    's.table[k](1)': 'chan string',
    'table[k](busy)': '(int, error)',
    'global.table[k](1)': 'chan string',
    'box[int](s.all)': 'example.com/m.box[int]',
  });
});

test('a parameter may have the name of its type, and any name can be declared anew', () => {
  const code = codeOfF({
    'a.go': `package p
type client struct { done chan int }
type pair struct { client *client }
func f(client *client) (pair *pair) {
	use(client.done, pair.client.done, new(client))
	var iota chan int
	true := 3
	show(iota, true)
}`,
  });
  types(code, {
    'client.done': 'chan int',
    'pair.client.done': 'chan int',
    'new(client)': '**example.com/m.client',
  });
  types(code, { iota: '?', true: '?' });
});

test('a method of an unexported embedded type belongs to what importers can name', () => {
  const files = {
    'a.go': `package m
type common struct{}
func (common) Close() {}
type middle struct { common }
type Handle struct { middle }
func f(h Handle) { h.Close() }`,
    'b_test.go':
      'package m_test\nimport "example.com/m"\ntype local struct { *m.Handle }\nfunc f(h m.Handle, l local) { h.Close(); l.Close() }',
  };
  assert.deepEqual(callees(codeOfF(files)), ['example.com/m.common.Close']);
  const imported = codeOfF({
    'b_test.go': files['b_test.go'],
    'a.go': files['a.go'].replace('func f(', 'func g('),
  });
  assert.deepEqual(callees(imported), ['example.com/m.Handle.Close', 'example.com/m.Handle.Close']);
});

test('what is not visible is unknown', () => {
  const code = codeOfF({
    'a.go': `package p
import "example.com/other"
type holder struct { other.Base; n int }
func f(h holder, x missing) {
	use(other.New(), h.n, h.Close, x, undefined, x.y.z)
	h.Close()
	other.Open().Close()
}`,
  });
  types(code, { 'other.New()': '?', 'h.n': 'int', 'h.Close': '?', x: '?', undefined: '?', 'x.y.z': '?' });
  assert.deepEqual(callees(code), ['', 'example.com/other.New', '', '', 'example.com/other.Open']);
});

test('constants fold, with iota and repetition', () => {
  const code = codeOfF({
    'a.go': `package p
import "time"
const (
	a = 1 << iota
	b
	c
)
const name, wait = "x" + "y", 3 * time.Second
func f() { use(a + c, b, name, wait, -0x10, 1_000) }`,
  });
  const values = code.calls[0]?.children[1]?.children.map((n) => String(code.constantOf(n)));
  assert.deepEqual(values, ['5', '2', 'xy', '3000000000', '-16', '1000']);
});

test('build constraints choose the files, and the version of a file', () => {
  const packages = packagesOf({
    'a.go': 'package p\nfunc g() {}',
    'a_windows.go': 'package p\nfunc f() { g() }',
    'b_linux_test.go': 'package p_test\nimport "example.com/m"\nfunc h() {}',
    'c.go': '//go:build go1.21 && !ignore\n\npackage p',
    'd.go': '//go:build ignore\n\npackage main',
    'linux.go': 'package p',
  });
  const shown = packages.map(
    (p) => `${p.importPath} ${p.name}: ${p.files.map((f) => f.path.slice(2)).join(' ')}`,
  );
  assert.deepEqual(shown, [
    'example.com/m p: a.go c.go linux.go',
    'example.com/m_test p_test: b_linux_test.go',
    'example.com/m p: a_windows.go',
    'example.com/m [main] main: d.go',
  ]);
  const windows = codeOfF({
    'a.go': 'package p\nfunc g() {}',
    'a_windows.go': 'package p\nfunc f() { g() }',
  });
  assert.deepEqual(callees(windows), ['example.com/m.g']);
});

test('a program beside a package imports that package', () => {
  const code = codeOfF({
    'a.go': 'package m\nfunc g() {}',
    'gen.go':
      '//go:build ignore\n\npackage main\nimport "example.com/m"\nfunc f() { m.G(); g() }\nfunc g() {}',
  });
  assert.deepEqual(callees(code), ['example.com/m.G', 'example.com/m [main].g']);
});

test('versions: the file, then go.mod', () => {
  const old = codeOfF({ 'a.go': '//go:build go1.21\n\npackage p\nfunc f() {}' }, '1.26');
  assert.equal(old.goAtLeast('1.22'), false);
  assert.equal(old.goAtLeast('1.21'), true);
  const mod = codeOfF({ 'a.go': 'package p\nfunc f() {}' }, '1.9');
  assert.equal(mod.goAtLeast('1.21'), false);
});
