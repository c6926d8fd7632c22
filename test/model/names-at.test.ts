import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defaultConfig, type Library } from '../../analysis/index.ts';
import { codeOf } from '../../analysis/model/code.ts';
import { namesAt } from '../../analysis/model/names-at.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { importsOf } from '../../analysis/syntax/imports.ts';
import { packageOf, packagesOf } from '../support/go.ts';
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
  const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
  const code = codeOf(file, declaration, context);
  assert.ok(code);
  const names = namesAt(code, file, context);
  assert.equal(names.meaning('ticker', code.root), 'free');
  assert.equal(names.meaning('Ticker', code.root), 'taken');
  assert.equal(names.meaning('f', code.root), 'taken');
});

test('a fix that edits two files is told what names mean in each', () => {
  const [pkg] = packagesOf({
    'a.go': 'package p\n\nimport "context"\n\nfunc f(ctx context.Context) {}\n',
    'b.go':
      'package p\n\nimport (\n\tcontext "strings"\n\t"time"\n)\n\nfunc g() { context.ToLower(time.Now().String()) }\n',
  });
  assert.ok(pkg);
  const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
  const [f, g] = pkg.files.map((file) => {
    const last = file.declarations.at(-1);
    const code = last && codeOf(file, last, context);
    assert.ok(code);
    return code;
  });
  assert.ok(f && g);
  const names = namesAt(f, f.file, context);
  assert.deepEqual(names.meaning('context', f.root), { importPath: 'context' });
  assert.deepEqual(names.meaning('context', g.root), { importPath: 'strings' });
  assert.equal(names.meaning('time', f.root), 'free');
  const uses = importsOf(g.file).map((spec) => names.usesOfImport(spec).length);
  assert.deepEqual(uses, [1, 1]);
});
