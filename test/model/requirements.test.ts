import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoMod } from '../../analysis/index.ts';
import { escapedModulePath, parseRequirements } from '../../analysis/model/requirements.ts';

test('go.mod: module path and language version', () => {
  const path = (text: string): string | undefined => parseGoMod(text, 'd')?.path;
  assert.equal(path('module example.com/m\n'), 'example.com/m');
  assert.equal(path('\uFEFF// c\r\nmodule "example.com/q" // c\r\n\r\ngo 1.22.3\r\n'), 'example.com/q');
  assert.equal(path('module (\n\texample.com/b\n)\n'), 'example.com/b');
  assert.equal(path('// module example.com/no\n'), undefined);
  assert.equal(path('modulo x'), undefined);
  const version = (text: string): string | undefined => parseGoMod(`module m\n${text}`, 'd')?.goVersion;
  assert.equal(version('go 1.22.3\n'), '1.22');
  assert.equal(version('go 1.23rc1\n'), '1.23');
  assert.equal(version('toolchain go1.26.1\n'), '1.16');
});

test('go.mod: requirements and replacements, in blocks and alone', () => {
  const { requires, replaces } = parseRequirements(`module m
require example.com/a v1.0.0 // indirect
require (
	example.com/b v2.1.0+incompatible
	"example.com/c" v0.0.0
)
replace example.com/a => ../a
replace (
	example.com/b v2.1.0+incompatible => example.com/fork v1.2.3 // why
)
exclude example.com/z v1.0.0
`);
  assert.deepEqual(
    [...requires],
    [
      ['example.com/a', 'v1.0.0'],
      ['example.com/b', 'v2.1.0+incompatible'],
      ['example.com/c', 'v0.0.0'],
    ],
  );
  assert.deepEqual(replaces, [
    { path: 'example.com/a', version: undefined, target: '../a', targetVersion: undefined },
    {
      path: 'example.com/b',
      version: 'v2.1.0+incompatible',
      target: 'example.com/fork',
      targetVersion: 'v1.2.3',
    },
  ]);
});

test('go.work: the modules in use', () => {
  assert.deepEqual(parseRequirements('go 1.26\n\nuse ./one\nuse (\n\t./two\n)\n').uses, ['./one', './two']);
});

test('the module cache writes capitals with an exclamation mark', () => {
  assert.equal(escapedModulePath('github.com/BurntSushi/toml'), 'github.com/!burnt!sushi/toml');
});
