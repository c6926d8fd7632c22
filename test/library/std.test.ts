// std.txt as Go source: it parses, no name in it dangles, and it says what Go says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { libraryOf } from '../../analysis/library/library.ts';
import { importsOf } from '../../analysis/syntax/imports.ts';
import type { Kind } from '../../analysis/syntax/kinds.generated.ts';
import { child, childrenIn, closest, type Node, nodesOf, textOf } from '../../analysis/syntax/node.ts';
import { type SourceFile, sourceFile, treeOf } from '../../analysis/syntax/source-file.ts';
import { generateStd, installedRelease, releaseOf } from '../../scripts/generate-std.ts';
import { go } from '../support/go-command.ts';
import { library as loadLibrary } from '../support/runtime.ts';

const text = readFileSync('analysis/library/std.txt', 'utf8');
const paths = [...text.matchAll(/^=== (.*)$/gm)].map((found) => found[1] ?? '');
const library = await loadLibrary();
const files = new Map(paths.map((path) => [path, sourceFile(path, library.declarations(path) ?? '')]));

/** Names that Go declares for every file, and its types. */
const universe = new Set(
  `any bool byte comparable complex128 complex64 error float32 float64 int int16 int32 int64 int8 rune string
   uint uint16 uint32 uint64 uint8 uintptr`.split(/\s+/),
);

const expected: Readonly<Record<string, readonly string[]>> = {
  context: [
    'func WithCancelCause(parent Context) (ctx Context, cancel CancelCauseFunc)',
    'func WithTimeout(parent Context, timeout time.Duration) (Context, CancelFunc)',
    'type CancelFunc func()',
    'type Context interface{Deadline() (deadline time.Time, ok bool); Done() <-chan struct{}; Err() error; Value(key any) any}',
  ],
  'database/sql': [
    'func (db *DB) Begin() (*Tx, error)',
    'func (db *DB) QueryContext(ctx context.Context, query string, args ...any) (*Rows, error)',
    'func (n *Null[T]) Scan(value any) error',
  ],
  errors: ['func AsType[E error](err error) (E, bool)'],
  io: ['type ReadCloser interface{Reader; Closer}', 'var EOF error'],
  iter: ['type Seq2[K any, V any] func(yield func(K, V) bool)'],
  net: ['func Dial(network string, address string) (Conn, error)', 'type Buffers [][]byte'],
  'net/http': [
    'const MethodGet = "GET"',
    'func (c *Client) Do(req *Request) (*Response, error)',
    'func Get(url string) (resp *Response, err error)',
    'type Client struct{Transport RoundTripper; CheckRedirect func(req *Request, via []*Request) error; Jar CookieJar; Timeout time.Duration}',
    'type HandlerFunc func(ResponseWriter, *Request)',
    'var DefaultClient *Client',
    // Types without an exported name that exported variables have.
    'var NoBody noBody',
    'func (noBody) Read([]byte) (int, error)',
  ],
  os: ['var DevNull string', 'var Args []string', 'type FileInfo = fs.FileInfo'],
  'os/exec': ['func CommandContext(ctx context.Context, name string, arg ...string) *Cmd'],
  runtime: ['var GOOS string'],
  slices: ['func Index[S ~[]E, E comparable](s S, v E) int'],
  sync: [
    'func (wg *WaitGroup) Go(f func())',
    'func OnceValue[T any](f func() T) func() T',
    'type Mutex struct{}',
  ],
  'sync/atomic': ['type Pointer[T any] struct{}', 'func (x *Pointer[T]) Load() *T'],
  testing: [
    // Promoted through an unexported embedded struct.
    'func (c *B) FailNow()',
    'func (c *F) Skipf(format string, args ...any)',
    'func (c *T) Fatal(args ...any)',
    'func (t *T) Parallel()',
  ],
  'text/template': ['type Template struct{*parse.Tree}'],
  time: [
    'const March Month = 3',
    'const RFC3339 = "2006-01-02T15:04:05Z07:00"',
    'const Second Duration = 1000000000',
    'func (t *Ticker) Stop()',
    'func After(d Duration) <-chan Time',
    'type Ticker struct{C <-chan Time}',
  ],
  unicode: ["const MaxRune = '\\U0010ffff'"],
  math: ['const MaxUint64 = 18446744073709551615', 'const Pi = 3.141592653589793'],
};

describe('the standard-library table', () => {
  test('has the packages that user code can import', () => {
    assert.match(releaseOf(text) ?? '', /^go1\.[0-9]+$/);
    assert.ok(paths.length > 150);
    assert.deepEqual(paths, [...paths].sort());
    for (const path of ['unsafe', 'C', 'internal/abi', 'net/http/internal', 'runtime/internal/sys']) {
      assert.ok(!paths.includes(path), path);
    }
  });

  test('is small enough to ship', () => assert.ok(text.length < 1_500_000));

  for (const [path, lines] of Object.entries(expected)) {
    test(`knows ${path}`, () => {
      const declared = (library.declarations(path) ?? '').split('\n');
      for (const line of lines) assert.ok(declared.includes(line), line);
    });
  }

  test('every declaration parses', () => {
    for (const [path, file] of files) {
      assert.match(file.packageName, /^[a-z][a-z0-9]*$/, path);
      const broken = file.declarations.filter((declaration) => !treeOf(declaration));
      assert.deepEqual(
        broken.map((declaration) => declaration.text),
        [],
        path,
      );
    }
  });

  test('no declaration has a body, and no line is outside a declaration', () => {
    for (const [path, file] of files) {
      assert.ok(file.declarations.every((declaration) => declaration.body < 0));
      const joined = file.declarations.map((declaration) => `${declaration.text}\n`).join('');
      assert.equal(joined, file.text, path);
    }
  });

  test('every name of a type is declared where it is said to be', () => {
    for (const [path, file] of files) assert.deepEqual(dangling(file), [], path);
  });

  test('every import is used', () => {
    for (const [path, file] of files) {
      const used = new Set(nodes(file, 'qualified_type').map(qualifierOf));
      assert.deepEqual(
        [...importNames(file).keys()].filter((name) => !used.has(name)),
        [],
        path,
      );
    }
  });

  const release = installedRelease();
  const skip =
    release === releaseOf(text) ? false : `made with ${releaseOf(text)}, installed is ${release ?? 'no Go'}`;
  test('is what the installed Go generates', { skip }, () => {
    assert.ok(generateStd() === text, 'run: node --import tsx scripts/generate-std.ts');
  });

  test('describes to the Go type checker what Go itself does', { skip }, () => {
    const { status, output } = go(['test', './...'], 'scripts/std');
    assert.equal(status, 0, output);
  });
});

describe('libraryOf', () => {
  test('hands out sections by their whole path', () => {
    const small = libraryOf('go1.26: head\n=== net\npackage net\n=== net/http\npackage http\nvar A int\n');
    assert.equal(small.declarations('net'), 'package net\n');
    assert.equal(small.declarations('net/http'), 'package http\nvar A int\n');
    for (const absent of ['', 'http', 'net/', 'head', '__proto__']) {
      assert.equal(small.declarations(absent), undefined);
    }
  });

  test('has nothing if the text has no section', () => {
    for (const none of ['', 'go1.26: head', '=== net\n'])
      assert.equal(libraryOf(none).declarations('net'), undefined);
  });

  test('takes every text apart as it was put together', () => {
    const path = fc.stringMatching(/^[a-z]+(\/[a-z0-9]+)*$/);
    const source = fc
      .array(fc.stringMatching(/^[a-z{}* ]*$/))
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    const sections = fc.uniqueArray(fc.tuple(path, source), { selector: ([name]) => name });
    fc.assert(
      fc.property(sections, (parts) => {
        const made = libraryOf(`head\n${parts.map(([name, body]) => `=== ${name}\n${body}`).join('')}`);
        for (const [name, body] of parts) assert.equal(made.declarations(name), body);
      }),
    );
  });
});

/** Uses of type names that nothing declares. */
function dangling(file: SourceFile): string[] {
  const imports = importNames(file);
  const qualified = nodes(file, 'qualified_type').filter((use) => {
    const target = imports.get(qualifierOf(use));
    const name = textOf(child(use, 'name') ?? use);
    return !(target === 'unsafe' && name === 'Pointer') && !typeNames(target ?? '').has(name);
  });
  const own = typeNames(file.path);
  const plain = nodes(file, 'type_identifier').filter((use) => {
    if (use.parent?.kind === 'qualified_type') return false;
    const name = textOf(use);
    return !own.has(name) && !universe.has(name) && !parametersAround(use).has(name);
  });
  return [...qualified, ...plain].map(textOf);
}

const declaredTypes = new Map<string, ReadonlySet<string>>();

function typeNames(path: string): ReadonlySet<string> {
  let names = declaredTypes.get(path);
  if (!names) {
    const file = files.get(path);
    const specs = file ? nodes(file, 'type_spec', 'type_alias') : [];
    names = new Set(specs.map((spec) => textOf(child(spec, 'name') ?? spec)));
    declaredTypes.set(path, names);
  }
  return names;
}

/** The type parameters of the declaration that a node is in, those of a receiver included. */
function parametersAround(node: Node): ReadonlySet<string> {
  const declared = nodesOf(node.tree, 'type_parameter_declaration').flatMap((p) => childrenIn(p, 'name'));
  const receiver = child(node.tree.root, 'receiver');
  const ofReceiver = nodesOf(node.tree, 'type_identifier').filter(
    (use) => receiver && closest(use, 'type_arguments') && use.end <= receiver.end,
  );
  return new Set([...declared, ...ofReceiver].map(textOf));
}

function importNames(file: SourceFile): ReadonlyMap<string, string> {
  return new Map(importsOf(file).map(({ alias, path }) => [alias ?? nameOf(path), path]));
}

function nameOf(path: string): string {
  return path === 'unsafe' ? 'unsafe' : (files.get(path)?.packageName ?? `no section ${path}`);
}

function qualifierOf(use: Node): string {
  return textOf(child(use, 'package') ?? use);
}

function nodes(file: SourceFile, ...kinds: readonly Kind[]): readonly Node[] {
  return file.declarations.flatMap((declaration) => {
    const tree = treeOf(declaration);
    return tree ? nodesOf(tree, ...kinds) : [];
  });
}
