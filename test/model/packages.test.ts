import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { goPackages, sourceFile } from '../../analysis/index.ts';
import { newestRelease } from '../../analysis/model/build-constraint.ts';
import { packagesOf, target } from '../support/go.ts';

test('an external test package has its own path, also where it is alone', () => {
  const paths = (files: Readonly<Record<string, string>>): string[] =>
    packagesOf(files).map((p) => p.importPath);
  assert.deepEqual(paths({ 'a_test.go': 'package m_test' }), ['example.com/m_test']);
  assert.deepEqual(paths({ 'a.go': 'package e2e_test', 'a_test.go': 'package e2e_test' }), ['example.com/m']);
});

test('a package knows the files that it is built without', () => {
  const leftOut = packagesOf({
    'a.go': 'package p',
    'b_windows.go': 'package p',
    'c_plan9.go': 'package p',
    'd.go': '//go:build ignore\n\npackage main',
  }).map((p) => [p.files[0]?.path, p.leftOut.map((f) => f.path)]);
  assert.deepEqual(leftOut, [
    ['m/a.go', ['m/b_windows.go', 'm/c_plan9.go']],
    ['m/b_windows.go', ['m/c_plan9.go']],
    ['m/c_plan9.go', ['m/b_windows.go']],
    ['m/d.go', []],
  ]);
});

test('tags of Go releases hold up to that of the library', () => {
  const release = Number(/^go1\.([0-9]+)/.exec(readFileSync('analysis/library/std.txt', 'utf8'))?.[1]);
  assert.equal(newestRelease, release);
  const built = packagesOf({
    'a.go': `//go:build go1.${release}\n\npackage p`,
    'b.go': `//go:build go1.${release + 1}\n\npackage p`,
    'c.go': `//go:build !go1.${release + 1}\n\npackage p`,
  });
  assert.deepEqual(
    built.map((p) => p.files.map((f) => f.path)),
    [['m/a.go', 'm/c.go'], ['m/b.go']],
  );
});

test('a package knows the files of its own that other targets have, and nothing concluded outlives their texts', () => {
  const texts = { 'a.go': 'package p', 'b_windows.go': 'package p', 'c_plan9.go': 'package p' };
  const ignored = '//go:build ignore\n\npackage main';
  const left = packagesOf({ ...texts, 'gen.go': ignored }).map((p) => p.leftOut.map((f) => f.path));
  assert.deepEqual(left, [['m/b_windows.go', 'm/c_plan9.go'], ['m/c_plan9.go'], ['m/b_windows.go'], []]);
  const file = sourceFile('m/a.go', 'package p');
  const other = sourceFile('m/b_windows.go', 'package p');
  const packages = (b: typeof other, previous = [] as ReturnType<typeof goPackages>) =>
    goPackages({ path: 'm', files: [file, b], module: undefined }, target, previous);
  const before = packages(other);
  assert.equal(packages(other, before)[0]?.surface, before[0]?.surface);
  const edited = sourceFile('m/b_windows.go', 'package p\nfunc f() {}', other);
  assert.notEqual(packages(edited, before)[0]?.surface, before[0]?.surface);
});
