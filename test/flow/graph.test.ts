import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  deferredBefore,
  defersOf,
  dominates,
  isInLoop,
  loopOf,
  partsOf,
  placeOf,
} from '../../analysis/flow/graph.ts';
import type { Node } from '../../analysis/syntax/node.ts';
import { textOf } from '../../analysis/syntax/node.ts';
import { flowOf, nodeAt, setUpParser } from './support.ts';

before(setUpParser);

const texts = (nodes: Iterable<Node>) => [...nodes].map(textOf);

test('a node is placed at the entry that evaluates it', () => {
  const flow = flowOf('x := f(a+b)\nif g(x) {\n\tgo func() { h() }()\n}\nreturn\ndead()');
  const entry = (text: string) => {
    const place = placeOf(flow, nodeAt(flow, text));
    return place && textOf(place.block.nodes[place.index] as Node);
  };
  assert.equal(entry('a+b'), 'x := f(a+b)');
  assert.equal(entry('g(x)'), 'g(x)');
  assert.equal(entry('h()'), 'go func() { h() }()');
  assert.equal(entry('dead()'), undefined);
  assert.equal(placeOf(flow, flow.end), undefined);
  const blocked = flowOf('select { }');
  assert.ok(placeOf(blocked, nodeAt(blocked, 'select { }')));
});

test('an entry stands for its node without the entries inside it', () => {
  const flow = flowOf('for k := range f(x) { }\nselect { case ch <- g(func() { y() }): }');
  assert.deepEqual(texts(partsOf(flow, nodeAt(flow, 'k := range f(x)'))), ['k := range f(x)', 'k', 'k']);
  assert.deepEqual(texts(partsOf(flow, nodeAt(flow, 'ch <- g(func() { y() })'))), [
    'ch <- g(func() { y() })',
    'ch',
  ]);
  const operand = nodeAt(flow, 'g(func() { y() })');
  assert.ok(!texts(partsOf(flow, operand)).includes('y()'));
  assert.ok(texts(partsOf(flow, operand)).includes('func() { y() }'));
  assert.ok(texts(partsOf(flow, operand, true)).includes('y()'));
});

test('being in a loop is a matter of the graph', () => {
  const flow = flowOf(`
    before()
    for i := start(); more(); step() { body(); if a { leave(); break } }
    for range operand() { once(); return }
    again:
    repeated()
    if b { goto again }
    for { literal := func() { for c { inner() } }; use(literal); }`);
  const inLoop = (text: string) => isInLoop(flow, nodeAt(flow, text));
  for (const text of ['more()', 'step()', 'body()', 'repeated()', 'inner()']) assert.ok(inLoop(text), text);
  for (const text of ['before()', 'start()', 'leave()', 'operand()', 'once()'])
    assert.ok(!inLoop(text), text);
  const loop = (text: string) => {
    const node = loopOf(flow, nodeAt(flow, text));
    return node && textOf(node).slice(0, 12);
  };
  assert.equal(loop('body()'), 'for i := sta');
  assert.equal(loop('step()'), 'for i := sta');
  assert.equal(loop('inner()'), 'for { litera');
  assert.equal(loop('repeated()'), undefined);
  assert.equal(loop('start()'), undefined);
  const nested = flowOf('for a { for i := start(); b; { f() } }');
  assert.equal(
    loopOf(nested, nodeAt(nested, 'start()')),
    nodeAt(nested, 'for a { for i := start(); b; { f() } }'),
  );
});

test('dominance: what is evaluated before on every path', () => {
  const flow = flowOf('a()\nif c { b(); return } else { d() }\ne()\nfor x { f() }\ng()\nreturn\ndead()');
  const yes = (first: string, second: string) => dominates(flow, nodeAt(flow, first), nodeAt(flow, second));
  assert.ok(yes('a()', 'b()'));
  assert.ok(yes('a()', 'a()'));
  assert.ok(yes('d()', 'e()'));
  assert.ok(yes('x', 'g()'));
  assert.ok(!yes('e()', 'a()'));
  assert.ok(!yes('b()', 'e()'));
  assert.ok(!yes('f()', 'g()'));
  assert.ok(!yes('a()', 'dead()'));
});

test('deferred calls by where they are registered', () => {
  const flow = flowOf('defer a()\nif c { defer b() }\nwork()\ndefer d()\nreturn\ndefer dead()');
  assert.deepEqual(texts(defersOf(flow)), ['defer a()', 'defer b()', 'defer d()']);
  const { always, sometimes } = deferredBefore(flow, nodeAt(flow, 'work()'));
  assert.deepEqual(texts(always), ['defer a()']);
  assert.deepEqual(texts(sometimes), ['defer b()']);
  const loop = flowOf('for c { work()\ndefer a() }');
  assert.deepEqual(texts(deferredBefore(loop, nodeAt(loop, 'work()')).sometimes), ['defer a()']);
});
