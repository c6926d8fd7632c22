import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Exit } from '../../analysis/flow/flow.ts';
import { everyPathStops, findPath, type PathQuery, searchPath } from '../../analysis/flow/paths.ts';
import { describePath } from '../../analysis/flow/witness.ts';
import { type Node, textOf } from '../../analysis/syntax/node.ts';
import { flowOf, namesByText, nodeAt, setUpParser } from './support.ts';

before(setUpParser);

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly exits?: readonly Exit[];
  readonly given?: Readonly<Record<string, 'nil' | 'not-nil' | 'true' | 'false'>>;
  readonly possible?: PathQuery['possible'];
}

/**
 * The path from just after `begin()` that avoids `stop()`, in words and one line: where it ends, then its branches.
 * `none` if there is no such path.
 */
function pathIn(body: string, options: Options = {}): string {
  const flow = flowOf(body);
  const names = namesByText();
  const given = Object.entries(options.given ?? {}).map(([name, is]) => ({
    variable: names.variable(name),
    is,
  }));
  const path = findPath(flow, {
    from: nodeAt(flow, options.from ?? 'begin()'),
    names,
    given,
    stops: (entry) => textOf(entry).includes('stop()'),
    ...(options.to ? { to: (entry: Node) => textOf(entry) === options.to } : {}),
    ...(options.exits ? { exits: options.exits } : {}),
    ...(options.possible ? { possible: options.possible } : {}),
  });
  if (!path) return 'none';
  const steps = describePath(path).map((step) => step.message);
  const end = path.end === flow.end ? '}' : textOf(path.end);
  return [end, ...steps.slice(0, -1)].join(', ');
}

test('the shortest path from just after a node to a return that avoids what stops it', () => {
  assert.equal(pathIn('begin()\nif a { return 1 }\nstop()'), 'return 1, a is true');
  assert.equal(pathIn('begin()\nif a { f() }\nstop()'), 'none');
  assert.equal(pathIn('begin()'), '}');
  assert.equal(pathIn('begin()\ndefer stop()\nif a { return 1 }'), 'none');
  assert.equal(pathIn('begin()\nif a { return stop() }'), '}, a is false');
  assert.equal(pathIn('if begin() { stop() }'), '}, begin() is false');
  assert.equal(
    pathIn('begin()\nfor a { if b { if c { return 1 } } }\nif d { return 2 }\nstop()'),
    'return 2, a is false, d is true',
  );
  assert.equal(pathIn('return\nbegin()'), 'none');
});

test('the start of the function is a start, too', () => {
  const flow = flowOf('if a { return 1 }\nstop()');
  const query = { from: flow.fn, names: namesByText(), stops: (entry: Node) => textOf(entry) === 'stop()' };
  assert.equal(findPath(flow, query)?.exit, 'return');
  assert.ok(!everyPathStops(flow, query));
});

test('which exits count is for the caller to say', () => {
  const body = 'begin()\nif a { panic(1) }\nstop()';
  assert.equal(pathIn(body), 'none');
  assert.equal(pathIn(body, { exits: ['abort'] }), 'panic(1), a is true');
  assert.equal(pathIn('begin()\nselect { }'), 'none');
  assert.equal(pathIn('begin()\nfor { }'), 'none');
});

test('a path can lead to entries', () => {
  const loop = 'for a { begin()\nif b { stop() } }';
  assert.equal(pathIn(loop, { to: 'begin()', exits: [] }), 'begin(), b is false, a is true');
  assert.equal(pathIn('for a { begin()\nif b { break }\nstop() }', { to: 'begin()', exits: [] }), 'none');
  assert.equal(pathIn('begin()\nx := stop()', { to: 'x := stop()', exits: [] }), 'none');
});

test('a path shows the cases it takes', () => {
  assert.equal(
    pathIn('begin()\nswitch x { case 1: stop()\ncase 2: return 2\ndefault: stop() }'),
    'return 2, x is 2',
  );
  assert.equal(pathIn('begin()\nselect { case <-a: stop()\ncase <-b: }'), '}, this case is taken');
  assert.equal(pathIn('begin()\nselect { case <-a: stop()\ndefault: }'), '}, the default case is taken');
  assert.equal(pathIn('begin()\nfor range ch { stop() }'), '}, the loop ends');
  assert.equal(pathIn('begin()\nif err != nil { return 1 }\nstop()'), 'return 1, err is not nil');
});

test('two tests of one unchanged variable come out the same way', () => {
  assert.equal(pathIn('if a { begin() }\nf()\nif a { stop() }'), 'none');
  assert.equal(pathIn('if a { begin() }\na = f()\nif a { stop() }'), '}, a is false');
  assert.equal(pathIn('if x != nil { begin() }\nif nil == x { return }\nstop()'), 'none');
  assert.equal(
    pathIn('if !a || b { begin() }\nif a && !b { return }\nstop()'),
    'return, a is true, b is false',
  );
  assert.equal(pathIn('begin()\nif a { return 1 }\nif !a { stop() }'), 'return 1, a is true');
  assert.equal(pathIn('begin()\nif a { f() }\nif a { stop() }\nif !a { stop() }'), 'none');
  assert.equal(pathIn('if x == y { begin() }\nif y != x { return }\nstop()'), 'none');
  assert.equal(pathIn('if x < y { begin() }\nif y > x { stop() }'), 'none');
  assert.equal(pathIn('if f() { begin() }\nif f() { stop() }'), '}, f() is false');
});

test('comparisons with constants exclude one another', () => {
  assert.equal(pathIn('if n > 2 { begin() }\nif n < 2 || n == 0x1 { return }\nstop()'), 'none');
  assert.equal(pathIn('if n > 2 { begin() }\nif n < 4 { return }\nstop()'), 'return, n < 4 is true');
  assert.equal(pathIn('if len(x) == 0 { begin() }\nif len(x) > 0 { return }\nstop()'), 'none');
  assert.equal(pathIn('if s == "a" { begin() }\nswitch s { case "b": return\ncase `a`: stop() }'), 'none');
  assert.equal(pathIn('switch n { case 1: begin() }\nswitch n { case 2: return }\nstop()'), 'none');
  assert.equal(pathIn('switch f(); n { case 1: begin() }\nif n == 1 { stop() }'), 'none');
});

test('what is known right after the start is known until the variable changes', () => {
  const given = { err: 'nil', resp: 'not-nil' } as const;
  assert.equal(pathIn('begin()\nif err != nil { return }\nstop()', { given }), 'none');
  assert.equal(
    pathIn('begin()\nswitch { case nil != err: return }\nif resp != nil { stop() }', { given }),
    'none',
  );
  assert.equal(pathIn('begin()\nif err == io.EOF { return }\nstop()', { given }), 'none');
  assert.equal(
    pathIn('begin()\nif err != nil { return 1 }\nx, err := f()\nif err != nil { return 2 }\nstop()', {
      given,
    }),
    'return 2, err is nil, err is not nil',
  );
});

test('what the caller knows rules out outcomes, as long as its facts hold', () => {
  const isError: PathQuery['possible'] = ({ expression, outcome }, holds) => {
    const names = namesOfLastQuery;
    return !(
      outcome &&
      textOf(expression).startsWith('errors.Is(err') &&
      holds({ variable: names.variable('err'), is: 'nil' })
    );
  };
  const namesOfLastQuery = namesByText();
  const search = (body: string) => {
    const flow = flowOf(body);
    const given = [{ variable: namesOfLastQuery.variable('err'), is: 'nil' as const }];
    const stops = (entry: Node) => textOf(entry) === 'stop()';
    return searchPath(flow, {
      from: nodeAt(flow, 'begin()'),
      names: namesOfLastQuery,
      given,
      stops,
      possible: isError,
    }).verdict;
  };
  assert.equal(search('begin()\nif errors.Is(err, x) { return }\nstop()'), 'none');
  assert.equal(search('begin()\nerr = f()\nif errors.Is(err, x) { return }\nstop()'), 'found');
});

test('values that are assigned are known', () => {
  assert.equal(
    pathIn('ok := false\nbegin()\nif f() { ok = true\nstop() }\nif ok { return 1 }\nstop()'),
    'none',
  );
  assert.equal(
    pathIn('begin()\nvar done bool\nfor !done { done = true\nif a { stop() } }'),
    '}, done is false, a is false, done is true',
  );
  assert.equal(pathIn('begin()\nvar p *T\nif p == nil { stop() }'), 'none');
  assert.equal(pathIn('begin()\np := &T{}\nif p == nil { return }\nstop()'), 'none');
  assert.equal(pathIn('begin()\nn, m := 0, f()\nif n == 0 { stop() }'), 'none');
  assert.equal(pathIn('begin()\nn := 0\nn++\nif n == 0 { stop() }'), '}, n == 0 is false');
});

test('closures and pointers change variables when other code runs', () => {
  const changed = '}, a is false';
  const kept = 'none';
  const after = (what: string) => pathIn(`if a { begin() }\n${what}\nif a { stop() }`);
  assert.equal(after('f(&a)'), changed);
  assert.equal(after('func() { a = false }()'), changed);
  assert.equal(after('go func() { a = false }()'), changed);
  assert.equal(after('defer func() { a = false }()'), kept);
  assert.equal(after('for a = range ch { }'), changed.replace('}, ', '}, the loop ends, '));
  assert.equal(after('select { case a = <-ch: }'), changed.replace('}, ', '}, this case is taken, '));
  assert.equal(pathIn('p := &a\nif a { begin() }\nf()\nif a { stop() }'), changed);
  assert.equal(pathIn('p := &a\nif a { begin() }\n*p = false\nif a { stop() }'), changed);
  assert.equal(pathIn('g := func() { a = false }\nif a { b = 1 }\nif a { stop() }', { from: 'b = 1' }), kept);
  assert.equal(pathIn('g := func() { a = false }\nif a { begin() }\ng()\nif a { stop() }'), changed);
  assert.equal(pathIn('if a { begin() }\ng()\nif a { stop() }\ng = func() { a = false }'), kept);
});

test('fields and elements are known until something like them is written', () => {
  assert.equal(pathIn('if s.on { begin() }\ns.work()\nif s.on { stop() }'), 'none');
  assert.equal(pathIn('if s.on { begin() }\nt.on = false\nif s.on { stop() }'), '}, s.on is false');
  assert.equal(pathIn('if s.on { begin() }\ns = f()\nif s.on { stop() }'), '}, s.on is false');
  assert.equal(pathIn('if m[k] { begin() }\nm[j] = false\nif m[k] { stop() }'), '}, m[k] is false');
  assert.equal(pathIn('if config.Debug { begin() }\nf()\nif config.Debug { stop() }'), 'none');
});

test('another round of a loop may see other fields', () => {
  assert.equal(pathIn('for !s.done { begin()\ns.work() }'), '}, s.done is true');
  assert.equal(pathIn('for !done { begin()\nwork() }'), 'none');
  assert.equal(pathIn('for !globalDone { begin()\nwork() }'), '}, globalDone is true');
});

test('each round of a type switch has a variable of its own', () => {
  const flow = flowOf('for { switch v := x.(type) { case bool: if v { stop() } else { return } } }');
  const clause = nodeAt(flow, 'case bool: if v { stop() } else { return }');
  const variable = { declaredAt: clause };
  const names = { bindingOf: (identifier: Node) => (textOf(identifier) === 'v' ? variable : undefined) };
  assert.ok(findPath(flow, { from: nodeAt(flow, 'stop()'), names, stops: () => false }));
});

test('literal conditions are decided', () => {
  assert.equal(pathIn('begin()\nfor true { }\n'), 'none');
  assert.equal(pathIn('begin()\nif false { return }\nstop()'), 'none');
});

test('a spent budget is not an answer', () => {
  const flags = Array.from({ length: 12 }, (_, i) => `if a${i} { f() }`).join('\n');
  const flow = flowOf(`begin()\n${flags}\n${flags}\nstop()`);
  const query: PathQuery = {
    from: nodeAt(flow, 'begin()'),
    names: namesByText(),
    stops: (entry) => textOf(entry) === 'stop()',
  };
  assert.equal(searchPath(flow, query).verdict, 'unknown');
  assert.equal(findPath(flow, query), undefined);
  assert.ok(!everyPathStops(flow, query));
  assert.equal(searchPath(flow, { ...query, stops: () => false }).verdict, 'found');
  assert.ok(everyPathStops(flow, { ...query, stops: (entry) => textOf(entry) === 'a0' }));
});
