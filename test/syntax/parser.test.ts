import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodesOf, textOf } from '../../analysis/syntax/node.ts';
import { parse } from '../../analysis/syntax/parser.ts';
import { library } from '../support/runtime.ts';

test('new takes a value since Go 1.26', async () => {
  await library();
  const values = ['"a"', '1', 'T{A: 1}', 'f()', 'x.F()', '-1', 'a + b', '[]int{1}', 'map[string]int{}'];
  for (const value of values) {
    const tree = parse(`func f() { p := new(${value}); q := new([]int) }`);
    assert.ok(tree, value);
    const [call] = nodesOf(tree, 'call_expression');
    assert.equal(call && textOf(call), `new(${value})`);
  }
});

test('new of a type stays one of a type', async () => {
  await library();
  const tree = parse('func f() { p := new(map[string]T); q := new(1); r := new(*T) }');
  assert.ok(tree);
  assert.deepEqual(nodesOf(tree, 'map_type').map(textOf), ['map[string]T']);
});

test('what is not Go does not parse, whatever it calls', async () => {
  await library();
  assert.equal(parse('func f() { new("a" }'), undefined);
});

test('any number of parameters and results have one type together', async () => {
  await library();
  const many = Array.from({ length: 20 }, (_, i) => `n${i}`);
  const lists: [string, readonly string[], number][] = [
    [`${many.join(', ')} int`, many, 1],
    [`a, b string, ${many.join(', ')} int`, ['a', 'b', ...many], 2],
    [`${many.join(', ')} bool, z, _ T`, [...many, 'z', '_'], 2],
  ];
  for (const [list, names, parameters] of lists) {
    const tree = parse(`func f(${list}) (${list}) { return n1 }`);
    assert.ok(tree, list);
    for (const found of nodesOf(tree, 'parameter_list')) {
      assert.equal(found.children.length, parameters);
      const named = found.children.flatMap((p) => p.children.filter((c) => c.field === 'name'));
      assert.deepEqual(named.map(textOf), names);
      assert.ok(found.children.every((p) => p.children.every((c) => c.parent === p && p.start <= c.start)));
    }
    assert.equal(nodesOf(tree, 'parameter_declaration').length, 2 * parameters);
    const starts = nodesOf(tree, 'identifier').map(({ start }) => start);
    assert.deepEqual(
      starts,
      starts.toSorted((a, b) => a - b),
    );
  }
  const types = parse(`func f(${many.join(', ')}) {}`);
  assert.equal(types && nodesOf(types, 'type_identifier').length, 20, 'types alone stay types');
});
