import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { buildFlow } from '../../analysis/flow/build.ts';
import { checkFlow, printFlow } from '../../analysis/flow/print.ts';
import type { Node } from '../../analysis/syntax/node.ts';
import { flowOf, functionsOf, neverReturns, nodeAt, setUpParser } from './support.ts';

before(setUpParser);

/** Compares the flow of a function with a drawing of it: a line for each block, `number: entry; … edge, …`. */
function shows(body: string, ...expected: readonly string[]): void {
  const flow = flowOf(body);
  assert.deepEqual(checkFlow(flow), []);
  const blocks = printFlow(flow).split(/\n(?=\d+:)/);
  assert.deepEqual(
    blocks.map((block) =>
      block
        .trim()
        .replace(/:\n\s*/, ': ')
        .replace(/\n\s*/g, '; '),
    ),
    expected,
  );
}

test('the text form', () => {
  assert.equal(
    printFlow(flowOf('x, err := f(func() { return })\nif err != nil {\n\tlog.Fatal(err)\n}\nuse(x)')),
    [
      '0:',
      '  x, err := f(func() {…})',
      '  err != nil',
      '  true -> 1',
      '  false -> 2',
      '1:',
      '  log.Fatal(err)',
      '  exit abort',
      '2:',
      '  use(x)',
      '  }',
      '  exit return',
      '',
    ].join('\n'),
  );
});

test('straight code is one block, and the closing brace ends it', () => {
  shows('', '0: }; exit return');
  shows(
    'x := 1; var y int\nconst c = 2\ntype T int\ngo f()\ndefer g()\nch <- x\nx++\n{ y = x }',
    '0: x := 1; var y int; const c = 2; type T int; go f(); defer g(); ch <- x; x++; y = x; }; exit return',
  );
});

test('what follows a return, a panic or a call that never returns is not in the flow', () => {
  shows('return f()\ng()', '0: return f(); exit return');
  shows('panic(1)\ng()', '0: panic(1); exit abort');
  shows('(os.Exit(1))\ng()', '0: (os.Exit(1)); exit abort');
  shows('defer os.Exit(1)', '0: defer os.Exit(1); exit return'.replace('; exit', '; }; exit'));
});

test('if, else if and else, with initialisers', () => {
  shows('if a { f() }', '0: a; true -> 1; false -> 2', '1: f(); -> 2', '2: }; exit return');
  shows(
    'if x := f(); x { g() } else if y := h(); y { return } else { i() }\nj()',
    '0: x := f(); x; true -> 1; false -> 2',
    '1: g(); -> 5',
    '2: y := h(); y; true -> 3; false -> 4',
    '3: return; exit return',
    '4: i(); -> 5',
    '5: j(); }; exit return',
  );
  shows('if a { }', '0: a; true -> 1; false -> 1', '1: }; exit return');
});

test('a condition is cut at its short circuits', () => {
  shows(
    'if a && !(b || c == nil) { f() }',
    '0: a; true -> 1; false -> 4',
    '1: b; true -> 4; false -> 2',
    '2: c == nil; true -> 4; false -> 3',
    '3: f(); -> 4',
    '4: }; exit return',
  );
  shows('x := a && b', '0: x := a && b; }; exit return');
});

test('loops: endless, with a condition, with three clauses', () => {
  shows('for { f() }', '0: f(); -> 0');
  shows('for { }', '0: -> 0');
  shows('for a { f() }', '0: a; true -> 1; false -> 2', '1: f(); -> 0', '2: }; exit return');
  shows(
    'for i := 0; i < n; i++ { if a { continue }; if b { break }; f() }',
    '0: i := 0; -> 1',
    '1: i < n; true -> 2; false -> 6',
    '2: a; true -> 5; false -> 3',
    '3: b; true -> 6; false -> 4',
    '4: f(); -> 5',
    '5: i++; -> 1',
    '6: }; exit return',
  );
  shows('for i := 0; ; i++ { return }', '0: i := 0; return; exit return');
});

test('range evaluates its operand once and asks for the next element at the head', () => {
  const drawing = (operand: string, clause: string) => [
    `0: ${operand}; -> 1`,
    `1: ${clause}; next -> 2; done -> 3`,
    '2: f(); -> 1',
    '3: }; exit return',
  ];
  shows('for k, v := range g() { f() }', ...drawing('g()', 'k, v := range g()'));
  shows('for x = range 10 { f() }', ...drawing('10', 'x = range 10'));
  shows('for range ch { f() }', ...drawing('ch', 'range ch'));
});

test('labels carry break and continue outwards, goto anywhere', () => {
  shows(
    'outer: for a { for b { if c { continue outer }; break outer } }',
    '0: a; true -> 1; false -> 3',
    '1: b; true -> 2; false -> 0',
    '2: c; true -> 0; false -> 3',
    '3: }; exit return',
  );
  shows(
    'if a { goto done }\nagain: f()\nif b { goto again }\ndone:',
    '0: a; true -> 2; false -> 1',
    '1: f(); b; true -> 1; false -> 2',
    '2: }; exit return',
  );
  shows('return\nl: f()', '0: return; exit return');
});

test('a switch tries its cases in order and its default last, wherever it stands', () => {
  shows(
    'switch x := f(); x { default: d()\ncase 1, g(): a(); fallthrough\ncase 2: b(); break }\nend()',
    '0: x := f(); x; 1; true -> 5; false -> 1',
    '1: g(); true -> 5; false -> 2',
    '2: 2; true -> 6; false -> 3',
    '3: default -> 4',
    '4: d(); -> 7',
    '5: a(); -> 6',
    '6: b(); -> 7',
    '7: end(); }; exit return',
  );
  shows(
    'switch { case a && b: f()\ncase c: return }',
    '0: a; true -> 1; false -> 2',
    '1: b; true -> 3; false -> 2',
    '2: c; true -> 4; false -> 5',
    '3: f(); -> 5',
    '4: return; exit return',
    '5: }; exit return',
  );
  shows('switch true { case a: f() }', '0: a; true -> 1; false -> 2', '1: f(); -> 2', '2: }; exit return');
  shows('switch f() { }', '0: f(); }; exit return');
});

test('a type switch chooses by its clauses', () => {
  shows(
    'switch v := f().(type) { case int, nil: g(v)\ncase error: return }',
    '0: f(); case int, nil -> 1; case error -> 2; -> 3',
    '1: g(v); -> 3',
    '2: return; exit return',
    '3: }; exit return',
  );
});

test('a select evaluates operands that call or receive, then chooses', () => {
  shows(
    'select { case <-ctx.Done(): return\ncase x, ok := <-ch: g(x, ok)\ncase out(1) <- v: }',
    '0: ctx.Done(); out(1); case <-ctx.Done() -> 1; case x, ok := <-ch -> 2; case out(1) <- v -> 3',
    '1: <-ctx.Done(); return; exit return',
    '2: x, ok := <-ch; g(x, ok); -> 4',
    '3: out(1) <- v; -> 4',
    '4: }; exit return',
  );
  shows(
    'for { select { case ch <- 1: break\ndefault: return } }',
    '0: case ch <- 1 -> 1; default -> 2',
    '1: ch <- 1; -> 0',
    '2: return; exit return',
  );
  shows('f()\nselect { }\ng()', '0: f(); select { }');
});

test('function literals are not entered and have a flow of their own', () => {
  const flow = flowOf('defer func() { if a { return } }()\nf := func() int { for { } }');
  assert.equal(printFlow(flow), '0:\n  defer func() {…}()\n  f := func() int {…}\n  }\n  exit return\n');
  const [, first, second] = functionsOf(flow.fn);
  const own = (fn: Node | undefined) => fn && printFlow(buildFlow(fn, neverReturns));
  assert.equal(
    own(first),
    '0:\n  a\n  true -> 1\n  false -> 2\n1:\n  return\n  exit return\n2:\n  }\n  exit return\n',
  );
  assert.equal(own(second), '0:\n  -> 0\n');
});

test('the implicit return is at the closing brace', () => {
  const flow = flowOf('func f() {\n\tg()\n}');
  assert.equal(flow.fn.tree.text.slice(flow.end.start, flow.end.end), '}');
  assert.equal(flow.end.end, flow.fn.end);
});

test('code that does not compile has a flow all the same', () => {
  for (const body of [
    'break',
    'continue',
    'fallthrough',
    'goto nowhere',
    'for { break nowhere }',
    'switch { case a: fallthrough }',
    'l: f()\nl: g()\ngoto l',
    'select { default: continue }',
  ]) {
    assert.deepEqual(checkFlow(flowOf(body)), [], body);
  }
  assert.deepEqual(printFlow(flowOf('func f()')), '0:\n  }\n  exit return\n');
});

test('conditions are told apart by kind', () => {
  const flow = flowOf('switch f() { case nil: for range ch { if a { } } }');
  const kinds = flow.blocks.flatMap((block) => block.edges.flatMap((edge) => edge.condition?.kind ?? []));
  assert.deepEqual(kinds, ['match', 'match', 'next', 'next', 'test', 'test']);
  const [match] = flow.entry.edges.flatMap((edge) => edge.condition ?? []);
  assert.ok(match?.kind === 'match');
  assert.equal(match.tag, nodeAt(flow, 'f()'));
});

/** An `if` with `depth` times `else if`, which no parser makes: as a tree it is too deep for tree-sitter. */
function ladder(depth: number): Node {
  const flow = flowOf('if a { f() }');
  const template = nodeAt(flow, 'if a { f() }');
  let at: Node = { ...template, field: 'alternative' };
  for (let i = 0; i < depth; i++) {
    at = { ...template, field: 'alternative', children: [...template.children, at] };
  }
  const list = { ...(template.parent as Node), children: [at] };
  return { ...flow.fn, children: [{ ...(list.parent as Node), field: 'body', children: [list] }] };
}

test('long and deep functions do not overflow the stack', () => {
  assert.equal(buildFlow(ladder(5000), neverReturns).blocks.length, 2 * 5001 + 1);
  const statements = Array.from({ length: 10_000 }, (_, i) => `x${i} := f()`).join('\n');
  assert.equal(flowOf(statements).entry.nodes.length, 10_001);
  const cases = Array.from({ length: 3000 }, (_, i) => `case ${i}: f()`).join('\n');
  assert.deepEqual(checkFlow(flowOf(`switch x {\n${cases}\n}`)), []);
  assert.deepEqual(checkFlow(flowOf(`${'for a {'.repeat(200)}f()${'}'.repeat(200)}`)), []);
});
