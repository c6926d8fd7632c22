// The notation of fixtures: a driver that lets something through would let every rule through.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Finding } from '../analysis/finding.ts';
import { importsIn, importTable, moduleOf } from './support/architecture.ts';
import { formatGolden, parseGolden } from './support/golden.ts';
import { compareWants, wantsOf, withoutMarks } from './support/want.ts';

const text = 'package p\n\nvar a = b() // want `first` other-rule:`se.ond`\nvar c = d()\n';
const wants = wantsOf('p.go', text, 'own-rule');

function finding(ruleId: string, message: string, line: string): Finding {
  const start = text.indexOf(line);
  const at = { path: 'p.go', start, end: start + 1 };
  return { ruleId, message, at, severity: 'warning', confidence: 'proved', related: [], fixes: [] };
}

const both = [finding('own-rule', 'the first', 'var a'), finding('other-rule', 'a second', 'var a')];

test('wants that are met leave no problem', () => {
  assert.deepEqual(compareWants('p.go', text, wants, both), []);
});

test('a want without a finding, and a finding without a want, are problems', () => {
  assert.deepEqual(compareWants('p.go', text, wants, both.slice(1)), ['p.go:3: no finding own-rule: first']);
  const more = [...both, finding('own-rule', 'the first', 'var c')];
  assert.deepEqual(compareWants('p.go', text, wants, more), [
    'p.go:4: unexpected finding own-rule: the first',
  ]);
});

test('one want takes one finding, of its rule and with its message', () => {
  const twice = [...both, finding('own-rule', 'the first', 'var a')];
  assert.equal(compareWants('p.go', text, wants, twice).length, 1);
  const wrongRule = [finding('other-rule', 'the first', 'var a'), finding('own-rule', 'a second', 'var a')];
  assert.equal(compareWants('p.go', text, wants, wrongRule).length, 4);
});

test('a want that cannot be read is an error, not a want less', () => {
  for (const wrong of ['// want "quotes"', '// want', '// want `a` b', '// want Rule:`a`', '// want ``']) {
    assert.throws(() => wantsOf('p.go', `var a = b() ${wrong}\n`, 'own-rule'), /p\.go:1: write/);
  }
  assert.deepEqual(wantsOf('p.go', '// wanted: more tests\n', 'own-rule'), []);
});

test('documentation shows no wants', () => {
  assert.equal(withoutMarks(text), 'package p\n\nvar a = b()\nvar c = d()\n');
});

test('golden archives are read as they were written', () => {
  const line = fc.constantFrom('package p\n', '\n', '// -- x\n', '\tx -- y --\n', '\r\n');
  const section = fc.array(line, { maxLength: 5 }).map((lines) => lines.join(''));
  const sections = fc.dictionary(fc.stringMatching(/^[a-z]+(-[a-z]+)?$/), section);
  fc.assert(
    fc.property(sections, (written) => {
      const map = new Map(Object.entries(written));
      assert.deepEqual(parseGolden(formatGolden(map)), map);
    }),
  );
});

test('the import table is read row by row, and the longest path governs', () => {
  const table = importTable(
    '## Import table\n\n| part | may import | sole owner of |\n| --- | --- | --- |\n' +
      '| `a` | — | `x`, `y-*` |\n| `a/b.ts`, `a/c/*` | `a` | |\n| `d` | anything | |\n\n## Next\n| `e` | | |\n',
  );
  assert.deepEqual(table, [
    { paths: ['a'], mayImport: [], owns: ['x', 'y-*'] },
    { paths: ['a/b.ts', 'a/c/*'], mayImport: ['a'], owns: [] },
    { paths: ['d'], mayImport: undefined, owns: [] },
  ]);
  assert.equal(moduleOf(table, 'a/b.ts')?.path, 'a/b.ts');
  assert.equal(moduleOf(table, 'a/c/d.ts')?.path, 'a/c/*');
  assert.equal(moduleOf(table, 'a/e.ts')?.path, 'a');
  assert.equal(moduleOf(table, 'ab/e.ts'), undefined);
});

test('imports are found in every form, and not in comments', () => {
  const code = [
    "import a from './a.ts';",
    "import {\n  type B,\n  c,\n} from '../c.ts';",
    "export { d } from 'pack/sub';",
    "const e = await import('@scope/name/file.js');",
    "// import f from './f.ts';",
    "import 'node:fs';",
  ].join('\n');
  const found = importsIn('x/y.ts', code).map(({ to, isPackage }) => `${to} ${isPackage}`);
  assert.deepEqual(found.sort(), [
    '@scope/name true',
    'c.ts false',
    'node:fs false',
    'pack true',
    'x/a.ts false',
  ]);
});
