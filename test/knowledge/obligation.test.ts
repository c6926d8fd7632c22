import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defaultConfig, type Library } from '../../analysis/index.ts';
import type { Meaning } from '../../analysis/knowledge/custody.ts';
import { type Obligation, obligationOf } from '../../analysis/knowledge/obligation.ts';
import { type Code, codeOf } from '../../analysis/model/code.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { child, type Node, textOf } from '../../analysis/syntax/node.ts';
import { lineAt, packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

const head = `package p

type file struct{ body *file }

func open() (f *file, err error)
func make1() *file
func (f *file) close()
func (f *file) read()
func use(...any)
func isGone(error) bool

type box struct{ f *file }

var global *file

func closes(f *file)            { f.close() }
func reads(f *file)             { f.read() }
func closesSometimes(f *file)   { if flag { f.close() } }
func closesDeferred(f *file)    { defer func() { f.close() }() }
func closesUnlessNil(f *file)   { if f != nil { f.close() } }
func passesOn(f *file)          { closes(f) }
func loops(f *file)             { loops(f) }
func (b *box) keep(f *file)     { b.f = f }
func ignores(_ *file)           {}

var flag bool

`;

function meaningOf(expression: Node): Meaning | undefined {
  const selector = expression.parent;
  if (selector?.kind !== 'selector_expression' || selector.field === 'field') return undefined;
  switch (textOf(child(selector, 'field') as Node)) {
    case 'body':
      return { part: selector };
    case 'close':
      return selector.parent?.kind === 'call_expression' ? 'release' : undefined;
    case 'read':
      return 'keep';
    default:
      return undefined;
  }
}

/** What is done about the first `open()` or `make1()` of the function whose body this is. */
function obligation(
  body: string,
  signature = 'func f() (res *file, e error)',
): { outcome: Obligation; text: string } {
  const text = `${head}${signature} {\n${body}\n}\n`;
  const pkg = packageOf(text);
  const file = pkg.files[0];
  const declaration = file?.declarations.at(-1);
  assert.ok(file && declaration);
  const code = codeOf(file, declaration, {
    pkg,
    world: worldOf(pkg, std),
    config: defaultConfig,
    codes: new Map(),
  }) as Code;
  assert.ok(code, 'the body parses');
  const acquisition = code.calls.find((call) =>
    /^(?:open|make1)$/.test(textOf(child(call, 'function') as Node)),
  );
  assert.ok(acquisition);
  const duty = textOf(acquisition).startsWith('open') ? { result: 0, error: 1 } : { result: 0 };
  return {
    outcome: obligationOf(code, { acquisition, ...duty, meanings: meaningOf }),
    text: declaration.text,
  };
}

/** `leaks never: returned 4` for a leak that ends at line 4 of the function, else the kind. */
function summary(body: string, signature?: string): string {
  const { outcome, text } = obligation(body, signature);
  if (outcome.kind !== 'leaks') return outcome.kind;
  const ends = outcome.paths.map((path) => `${path.how} ${lineAt(text, path.end.start)}`);
  return `leaks ${outcome.elsewhere}: ${ends.join(', ')}`;
}

const cases: Record<string, readonly [body: string, expected: string]> = {
  blank: ['f, _ := open(); _ = f\n_, err := open(); return nil, err', 'leaks never: returned 3'],
  dropped: ['make1()\nreturn', 'discarded'],
  'assigned to the blank identifier': ['_ = make1()\nreturn', 'discarded'],
  'released at once': ['make1().close()\nreturn', 'released'],
  'part of it taken': ['b := make1().body\nb.close()\nreturn', 'released'],
  'part of it taken and kept': ['b := make1().body\nb.read()\nreturn', 'leaks never: returned 4'],
  deferred: ['f := make1()\ndefer f.close()\nreturn nil, nil', 'released'],
  'never released': ['f := make1()\nf.read()\nreturn nil, nil', 'leaks never: returned 4'],
  'a comparison and a blank use': [
    'f := make1()\nif f == nil { panic(1) }\n_ = f\nreturn nil, nil',
    'leaks never: returned 5',
  ],
  'early return': [
    'f := make1()\nif flag {\nreturn nil, nil\n}\nf.close()\nreturn nil, nil',
    'leaks released: returned 4',
  ],
  'two early returns': [
    'f := make1()\nif flag {\nreturn nil, nil\n}\nif !flag {\nreturn nil, nil\n}\nf.close()\nreturn nil, nil',
    'leaks released: returned 4, returned 7',
  ],
  'end of the body': ['f := make1()\nfor range 3 { f.read() }', 'leaks never: returned 4'],
  'no resource with an error': [
    'f, err := open()\nif err != nil { return nil, err }\ndefer f.close()\nreturn nil, nil',
    'released',
  ],
  'no resource with an error, switch': [
    'f, err := open()\nswitch { case err == nil: default: return nil, err }\nf.close()\nreturn nil, nil',
    'released',
  ],
  'no resource with an error, called test': [
    'f, err := open()\nif isGone(err) { return nil, err }\nf.close()\nreturn nil, nil',
    'released',
  ],
  'no resource if it is nil': [
    'f, _ := open()\nif f == nil { return nil, nil }\nf.close()\nreturn nil, nil',
    'released',
  ],
  'another error': [
    'f, err := open()\nif err != nil { return nil, err }\n_, err = open()\nif err != nil { return nil, err }\nf.close()\nreturn nil, nil',
    'leaks released: returned 5',
  ],
  returned: ['f := make1()\nreturn f, nil', 'handed-over'],
  'returned on one path': [
    'f := make1()\nif flag {\nreturn nil, nil\n}\nreturn f, nil',
    'leaks handed-over: returned 4',
  ],
  'naked return of a named result': ['res, e = open()\nreturn', 'handed-over'],
  stored: ['f := make1()\nb := &box{}\nb.f = f\nreturn nil, nil', 'handed-over'],
  'stored at once': ['global = make1()\nreturn nil, nil', 'handed-over'],
  'in a literal': ['f := make1()\nb := box{f: f}\nuse(b)\nreturn nil, nil', 'handed-over'],
  'passed to unknown code': ['f := make1()\nuse(f)\nreturn nil, nil', 'handed-over'],
  'passed to what closes': ['f := make1()\ncloses(f)\nreturn nil, nil', 'released'],
  'passed on to what closes': ['f := make1()\ndefer passesOn(f)\nreturn nil, nil', 'released'],
  'passed to what defers': ['f := make1()\nclosesDeferred(f)\nreturn nil, nil', 'released'],
  'passed to what closes unless nil': ['f := make1()\nclosesUnlessNil(f)\nreturn nil, nil', 'released'],
  'passed to what only reads': ['f := make1()\nreads(f)\nreturn nil, nil', 'leaks never: returned 4'],
  'passed to what ignores': ['f := make1()\nignores(f)\nreturn nil, nil', 'leaks never: returned 4'],
  'passed to what closes sometimes': ['f := make1()\nclosesSometimes(f)\nreturn nil, nil', 'handed-over'],
  'passed to recursion': ['f := make1()\nloops(f)\nreturn nil, nil', 'handed-over'],
  'passed to a method that keeps it': ['f := make1()\n(&box{}).keep(f)\nreturn nil, nil', 'handed-over'],
  spawned: ['f := make1()\ngo closes(f)\nreturn nil, nil', 'handed-over'],
  'second variable': ['f := make1()\ng := f\ng.close()\nreturn nil, nil', 'released'],
  'second variable, declared before': [
    'f := make1()\nvar g *file\ng = f\ndefer g.close()\nreturn nil, nil',
    'released',
  ],
  'second variable of two values': ['f := make1()\ng := f\ng = nil\nuse(g)\nreturn nil, nil', 'handed-over'],
  'deferred literal': ['f := make1()\ndefer func() { f.read(); f.close() }()\nreturn nil, nil', 'released'],
  'deferred literal with a parameter': [
    'f := make1()\ndefer func(g *file) { g.close() }(f)\nreturn nil, nil',
    'released',
  ],
  'deferred literal that closes sometimes': [
    'f := make1()\ndefer func() { if e != nil { f.close() } }()\nreturn nil, nil',
    'handed-over',
  ],
  'deferred literal that reads': [
    'f := make1()\ndefer func() { f.read() }()\nreturn nil, nil',
    'leaks never: returned 4',
  ],
  'deferred before': [
    'var f *file\ndefer func() { if f != nil { f.close() } }()\nf = make1()\nreturn nil, nil',
    'handed-over',
  ],
  'value of before deferred': [
    'var f *file\ndefer f.close()\nf = make1()\nreturn nil, nil',
    'leaks never: returned 5',
  ],
  'literal for later': [
    'f := make1()\nstop := func() { f.close() }\nuse(stop)\nreturn nil, nil',
    'handed-over',
  ],
  'literal for later that reads': [
    'f := make1()\nuse(func() { f.read() })\nreturn nil, nil',
    'leaks never: returned 4',
  ],
  goroutine: ['f := make1()\ngo func() { f.read() }()\nreturn nil, nil', 'handed-over'],
  address: ['f := make1()\np := &f\nuse(p)\nreturn nil, nil', 'handed-over'],
  sent: ['f := make1()\nc := make(chan *file, 1)\nc <- f\nreturn nil, nil', 'handed-over'],
  'equal condition': [
    'var f *file\nif flag { f = make1() }\ne = nil\nif flag { f.close() }\nreturn nil, nil',
    'released',
  ],
  'equal call': [
    'var f *file\nif isGone(e) { f = make1() }\nif isGone(e) { f.close() }\nreturn nil, nil',
    'released',
  ],
  'opposite condition': [
    'var f *file\nif flag { f = make1() }\nif !flag { f.close() }\nreturn nil, nil',
    'leaks released: returned 5',
  ],
  'nil test': [
    'var f *file\nif flag { f = make1() }\nif f != nil { f.close() }\nreturn nil, nil',
    'released',
  ],
  'flag set with it': [
    'var f *file\nhas := false\nif e != nil { f = make1(); has = true }\nif has { f.close() }\nreturn nil, nil',
    'released',
  ],
  overwritten: [
    'f := make1()\nif flag {\nf = make1()\n}\nf.close()\nreturn nil, nil',
    'leaks released: overwritten 4',
  ],
  'overwritten by nil after release': ['f := make1()\nf.close()\nf = nil\nreturn nil, nil', 'released'],
  repeated: [
    'for {\nf := make1()\nf.read()\nif flag { f.close(); return nil, nil }\n}',
    'leaks released: repeated 3',
  ],
  'released in the next round': [
    'var f *file\nfor range 3 {\nif f != nil { f.close() }\nf = make1()\n}\nif f != nil { f.close() }\nreturn nil, nil',
    'released',
  ],
  'released at the end of each round': [
    'for flag {\nf := make1()\nif e != nil { f.close(); continue }\nf.close()\n}',
    'released',
  ],
  'continue without release': [
    'for flag {\nf := make1()\nif e != nil { continue }\nf.close()\n}',
    'leaks released: repeated 3, returned 7',
  ],
  endless: ['f := make1()\nfor { f.read() }', 'unknown'],
  panics: ['f := make1()\nif flag { panic(1) }\nf.close()\nreturn nil, nil', 'released'],
  goto: [
    'f := make1()\nif flag { goto end }\nf.close()\nend:\nreturn nil, nil',
    'leaks released: returned 6',
  ],
  select: [
    'f := make1()\nselect {\ncase <-done:\nreturn nil, nil\ncase <-more:\nf.close()\n}\nreturn nil, nil',
    'leaks released: returned 5',
  ],
  shadowed: ['f := make1()\n{\nf := make1()\nf.close()\n}\nreturn f.body, nil', 'handed-over'],
};

for (const [name, [body, expected]] of Object.entries(cases)) {
  test(name, () => assert.equal(summary(body), expected));
}

test('the end of main is no leak, another function is', () => {
  const text = (name: string) =>
    `package main\n\nfunc make1() *int\n\nfunc ${name}() {\n\tf := make1()\n\t_ = f\n}\n`;
  const kindIn = (name: string): string => {
    const pkg = packageOf(text(name));
    const file = pkg.files[0];
    const declaration = file?.declarations.at(-1);
    assert.ok(file && declaration);
    const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
    const code = codeOf(file, declaration, context) as Code;
    return obligationOf(code, { acquisition: code.calls[0] as Node, result: 0, meanings: () => undefined })
      .kind;
  };
  assert.equal(kindIn('main'), 'unknown');
  assert.equal(kindIn('run'), 'leaks');
});

test('a variable of an enclosing function is not followed', () => {
  assert.equal(summary('var f *file\nfunc() { f = make1() }()\nreturn f, nil'), 'handed-over');
});

test('an acquisition inside a literal is the literal’s duty', () => {
  assert.equal(summary('func() {\nf := make1()\nf.read()\n}()\nreturn nil, nil'), 'leaks never: returned 5');
});

test('a leak says where the release can be put before its end', () => {
  const only = (body: string): readonly boolean[] => {
    const { outcome } = obligation(body);
    return outcome.kind === 'leaks' ? outcome.paths.map((path) => path.isOnlyWay) : [];
  };
  assert.deepEqual(only('f := make1()\nif flag {\nreturn nil, nil\n}\nreturn f, nil'), [true]);
  assert.deepEqual(only('f := make1()\nif flag {\nglobal = f\n}\nreturn nil, nil'), [false], 'handed over');
  assert.deepEqual(only('var f *file\nif flag {\nf = make1()\n}\nreturn nil, nil'), [false], 'not acquired');
});

test('what comes with the resource is not nil either', () => {
  const text = `package p

import "context"

func f(parent context.Context, again <-chan bool) {
	var ctx context.Context
	var cancel context.CancelFunc
	for range again {
		if ctx != nil {
			continue
		}
		ctx, cancel = context.WithCancel(parent)
	}
	if ctx != nil {
		cancel()
	}
}
`;
  const pkg = packageOf(text);
  const file = pkg.files[0];
  const declaration = file?.declarations.at(-1);
  assert.ok(file && declaration);
  const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
  const code = codeOf(file, declaration, context) as Code;
  const acquisition = code.calls.find((call) => code.calleeName(call) === 'context.WithCancel') as Node;
  const meanings = (e: Node) => (e.field === 'function' ? ('release' as const) : undefined);
  assert.equal(obligationOf(code, { acquisition, result: 1, meanings }).kind, 'leaks');
  assert.equal(obligationOf(code, { acquisition, result: 1, companions: [0], meanings }).kind, 'released');
});
