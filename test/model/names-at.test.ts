import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defaultConfig, type Library } from '../../analysis/index.ts';
import { codeOf } from '../../analysis/model/code.ts';
import { namesAt } from '../../analysis/model/names-at.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

test('a dot import of a package that is not visible hides exported names only', () => {
  const pkg = packageOf('package p\n\nimport . "example.org/other"\n\nfunc f() { Use() }\n');
  const file = pkg.files[0];
  const declaration = file?.declarations.at(-1);
  assert.ok(file && declaration);
  const world = worldOf(pkg, std);
  const code = codeOf(file, declaration, { pkg, world, config: defaultConfig, codes: new Map() });
  assert.ok(code);
  const names = namesAt(code, file, world);
  assert.equal(names.meaning('ticker', code.root), 'free');
  assert.equal(names.meaning('Ticker', code.root), 'taken');
  assert.equal(names.meaning('f', code.root), 'taken');
});
