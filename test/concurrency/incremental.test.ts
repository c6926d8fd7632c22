import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Defect, defectsIn, explorationsOf } from '../../analysis/concurrency/defects.ts';
import { defaultConfig, type GoPackage } from '../../analysis/index.ts';
import { codeOf } from '../../analysis/model/code.ts';
import { withTexts } from '../../analysis/model/package.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

const text = `package p

func leak() { c := make(chan int); go func() { c <- 1 }(); helper() }

func other() { c := make(chan int); go func() { c <- 1 }() }

func helper() {}

func far(n int) {}
`;

/** The first defect in `leak` and in `other`. */
async function defects(pkg: GoPackage): Promise<readonly (Defect | undefined)[]> {
  const [file] = pkg.files;
  assert.ok(file);
  const context = { pkg, world: worldOf(pkg, await library()), config: defaultConfig, codes: new Map() };
  return ['leak', 'other'].map((name) => {
    const declaration = file.declarations.find((d) => d.names[0] === name);
    const code = declaration && codeOf(file, declaration, context);
    return code && defectsIn(code)[0];
  });
}

test('an edit explores again what it can change, and nothing else', async () => {
  const edited = async (from: string, to: string) => {
    const before = packageOf(text);
    const [leak, other] = await defects(before);
    assert.ok(leak && other);
    const [a, b] = await defects(withTexts(before, new Map([['m/a.go', text.replace(from, to)]])));
    return [a === leak, b === other];
  };
  assert.deepEqual(await edited('func helper() {}', 'func helper() { println() }'), [false, true]);
  assert.deepEqual(await edited('func far(n int) {}', 'func far(n int) { println(n) }'), [true, true]);
  assert.deepEqual(await edited('func far(n int) {}', 'func far(n, m int) {}'), [true, true]);
  assert.deepEqual(await edited('func helper() {}', 'func helper(n int) {}'), [false, true]);
  assert.deepEqual(await edited('func far(n int) {}', 'func far(n int) {}\n\ntype t int'), [false, false]);
});

test('what was explored is counted, also where it was kept over an edit', async () => {
  const before = packageOf(text);
  assert.deepEqual(explorationsOf(before), { complete: 0, cut: 0, spent: 0 }, 'nobody has asked yet');
  await defects(before);
  const all = explorationsOf(before);
  assert.equal(all.complete, 2);
  const after = withTexts(before, new Map([['m/a.go', text.replace('far(n int) {}', 'far(n, m int) {}')]]));
  assert.deepEqual(explorationsOf(after), all);
  const changed = withTexts(
    before,
    new Map([['m/a.go', text.replace('helper() {}', 'helper() { far(1) }')]]),
  );
  assert.deepEqual(
    explorationsOf(changed),
    { complete: 1, cut: 0, spent: 0 },
    'one has to be explored again',
  );
});

test('what calls a function that is too much by itself is left out, in whatever order they stand', async () => {
  const conditions = (n: number) =>
    Array.from({ length: n }, (_, i) => `if x[${i}] { go g(); n++ }`).join('\n');
  const leak = (name: string) =>
    `func ${name}() { c := make(chan int); go func() { c <- 1 }(); big(nil, true) }`;
  const big = (n: number) =>
    `func big(x []bool, done bool) { if done { return }; n := 0; ${conditions(n)}; for i := 0; i < n; i++ { go g() } }`;
  const found = async (n: number) =>
    defects(packageOf(`package p\n\n${leak('leak')}\n\n${big(n)}\n\n${leak('other')}\n\nfunc g() {}\n`));
  assert.deepEqual(await found(30), [undefined, undefined]);
  assert.equal((await found(2)).filter(Boolean).length, 2);
});
