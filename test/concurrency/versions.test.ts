// What is not explored again: functions that the explorer does not tell from those that it has seen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Defect, defectsIn, type Searched, searchesOf } from '../../analysis/concurrency/defects.ts';
import { outlineOf } from '../../analysis/concurrency/outline.ts';
import { defaultConfig, type GoPackage } from '../../analysis/index.ts';
import { type Code, codeOf } from '../../analysis/model/code.ts';
import { withTexts } from '../../analysis/model/package.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

const text = (body: string): string => `package p

func run() { c := make(chan int, 1); go func() { c <- 1 }(); wait(c) }

func wait(c chan int) {
	${body}
}
`;

async function codesOf(pkg: GoPackage): Promise<(name: string) => Code | undefined> {
  const [file] = pkg.files;
  assert.ok(file);
  const context = { pkg, world: worldOf(pkg, await library()), config: defaultConfig, codes: new Map() };
  return (name) => {
    const declaration = file.declarations.find((d) => d.names[0] === name);
    return declaration && codeOf(file, declaration, context);
  };
}

async function codeIn(pkg: GoPackage): Promise<Code> {
  const code = (await codesOf(pkg))('run');
  assert.ok(code);
  return code;
}

/** What the exploration of `run` has come to. */
async function searchOf(pkg: GoPackage): Promise<Searched> {
  const code = await codeIn(pkg);
  const [declaration] = pkg.files.flatMap((file) => file.declarations.filter((d) => d.names[0] === 'run'));
  const found = declaration && searchesOf(code).get(declaration)?.value;
  assert.ok(found);
  return found;
}

async function defectsOfRun(pkg: GoPackage): Promise<readonly Defect[]> {
  return defectsIn(await codeIn(pkg));
}

/** Whether what was found from `run` is kept over each edit of `wait`, in order. */
async function keptOver(bodies: readonly string[]): Promise<readonly boolean[]> {
  let pkg = packageOf(text(bodies[0] as string));
  const found = [await searchOf(pkg)];
  const kept: boolean[] = [];
  for (const body of bodies.slice(1)) {
    pkg = withTexts(pkg, new Map([['m/a.go', text(body)]]));
    const now = await searchOf(pkg);
    kept.push(found.includes(now));
    found.push(now);
  }
  return kept;
}

test('what the explorer cannot tell apart is not explored again', async () => {
  assert.deepEqual(await keptOver(['println(<-c)', 'println("a", <-c)', 'println("ab", <-c)']), [true, true]);
  assert.deepEqual(await keptOver(['<-c', '// why\n\t<-c', 'println(1); <-c']), [true, true]);
});

test('what it can tell apart is', async () => {
  assert.deepEqual(await keptOver(['<-c', 'for range 2 { <-c }']), [false]);
  assert.deepEqual(await keptOver(['<-c', 'if len(c) == 0 { <-c }']), [false]);
  assert.deepEqual(await keptOver(['<-c', '<-c; panic(1)']), [false]);
  assert.deepEqual(await keptOver(['<-c', 'go wait(c)']), [false]);
});

test('a statement that is being typed comes back to what was seen before', async () => {
  const broken = '<-c; x := f(';
  assert.deepEqual(await keptOver(['<-c', '<-c; x', broken, `${broken}1`, '<-c; x', '<-c']), [
    true,
    false,
    true,
    true,
    true,
  ]);
});

test('a defect that an edit brings is found, also where a version without it is remembered', async () => {
  let pkg = packageOf(text('<-c'));
  assert.equal((await defectsOfRun(pkg)).length, 0);
  for (const [body, defects] of [
    ['for { c <- 1 }', 1],
    ['println(<-c)', 0],
    ['println(); for { c <- 1 }', 1],
  ] as const) {
    pkg = withTexts(pkg, new Map([['m/a.go', text(body)]]));
    await defectsOfRun(pkg);
    const wait = (await codesOf(pkg))('wait');
    assert.ok(wait);
    assert.equal(defectsIn(wait).length, defects, body);
  }
});

test('an outline tells behaviours apart and nothing else', async () => {
  const outline = async (body: string): Promise<string | undefined> => {
    const code = (
      await codesOf(packageOf(`package p\n\nvar g chan int\n\nfunc f(a, b chan int, x bool) {\n${body}\n}\n`))
    )('f');
    return code && outlineOf(code);
  };
  const same = ['a <- 1', ' a   <- 1 // why', 'println("x"); a <- 1', 'a <- 1; println(x)'];
  const outlines = await Promise.all(same.map(outline));
  assert.ok(outlines[0]);
  assert.deepEqual(new Set(outlines.slice(0, 2)).size, 1);
  const others = [
    'a <- 1',
    'b <- 1',
    'g <- 1',
    '<-a',
    'a <- 1; a <- 1',
    'a <- 1; b <- 1',
    'b <- 1; a <- 1',
    'if x { a <- 1 }',
    'if !x { a <- 1 }',
    'for x { a <- 1 }',
    'go func() { a <- 1 }()',
    'func() { a <- 1 }()',
    'defer func() { a <- 1 }()',
    'c := make(chan int); c <- 1',
    'c := make(chan int, 1); c <- 1',
    'c := make(chan int, 2); c <- 1',
    'select { case a <- 1: case b <- 1: }',
    'select { case a <- 1: default: }',
    'close(a)',
    'f(a, b, x)',
    'f(b, a, x)',
    'f(a, b, !x)',
    'return',
    'panic(1)',
  ];
  const distinct = await Promise.all(others.map(outline));
  others.forEach((body, i) => {
    assert.ok(distinct[i], body);
    assert.equal(others[distinct.indexOf(distinct[i])], body);
  });
});
