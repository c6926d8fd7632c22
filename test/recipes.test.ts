// Recipes name what exists, and nothing that exists is forgotten.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, recipes, refactorings, repairsOf, rules, withRepairs } from '../analysis/index.ts';
import { inNoRecipe } from '../analysis/recipes/recipe.ts';
import { assertNone } from './support/problems.ts';

const fixes = new Set(rules.flatMap((rule) => Object.keys(rule.fixes).map((fix) => `${rule.id} ${fix}`)));
const named = recipes.flatMap(({ id, repairs }) =>
  Object.entries(repairs).flatMap(([rule, ids]) => ids.map((fix) => ({ id, name: `${rule} ${fix}` }))),
);

test('a recipe names fixes that exist, each once', () => {
  assert.ok(recipes.length > 0 && named.length > 0);
  assertNone(named.filter(({ name }) => !fixes.has(name)).map(({ id, name }) => `${id}: ${name}`));
  const keys = named.map(({ id, name }) => `${id}: ${name}`);
  assertNone(keys.filter((key, i) => keys.indexOf(key) !== i));
});

test('every fix is in a recipe, or it is written down why not', () => {
  const used = new Set(named.map(({ name }) => name));
  assertNone(
    [...fixes].filter((name) => !used.has(name) && !(name in inNoRecipe)),
    'in no recipe',
  );
  assertNone(
    Object.keys(inNoRecipe).filter((name) => used.has(name) || !fixes.has(name)),
    'said to be in no recipe',
  );
});

test('rules, refactorings and recipes have different ids', () => {
  const ids = [...rules, ...refactorings, ...recipes].map(({ id }) => id);
  assertNone(ids.filter((id, i) => ids.indexOf(id) !== i));
});

test('of several recipes, the first decides what is preferred', () => {
  const [first, second] = [
    { ...recipes[0], repairs: { a: ['x'], b: ['y'] } },
    { ...recipes[0], repairs: { a: ['z', 'x'] } },
  ] as unknown as typeof recipes;
  assert.ok(first && second);
  assert.deepEqual(repairsOf([first, second]), { a: ['x', 'z'], b: ['y'] });
  assert.deepEqual(repairsOf([second, first]), { a: ['z', 'x'], b: ['y'] });
});

test('a finding keeps the fixes that belong to the repairs, in their order', () => {
  const fix = (id: string) => ({ id, title: id, safety: 'safe', edits: [] });
  const finding = { ruleId: 'a', fixes: [fix('x'), fix('y'), fix('z')] } as unknown as Finding;
  const ids = (repairs: Record<string, string[]>) => withRepairs(finding, repairs).fixes.map(({ id }) => id);
  assert.deepEqual(ids({ a: ['z', 'x'] }), ['z', 'x']);
  assert.deepEqual(ids({ b: ['z'] }), []);
});
