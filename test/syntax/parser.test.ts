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
