import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits } from '../../analysis/edit/apply.ts';
import { type MergeableFix, mergeFixes } from '../../analysis/edit/merge.ts';
import type { Edit, Fix } from '../../analysis/finding.ts';
import { importsOf } from '../../analysis/syntax/imports.ts';
import { sourceFile } from '../../analysis/syntax/source-file.ts';
import { fixOf, gofmtDiff, inFunction, type TestBody, withGo } from './support.ts';

function edit(start: number, end: number, newText: string, path = 'a.go'): Edit {
  return { path, start, end, newText };
}

function fix(title: string, ...edits: readonly Edit[]): Fix {
  return { id: 'test', title, safety: 'safe', edits };
}

/** Titles of what was accepted, and the merged text. */
function merged(text: string, fixes: readonly MergeableFix[], path = 'p/a.go') {
  const merge = mergeFixes(fixes);
  return {
    accepted: merge.accepted.map((f) => f.title),
    deferred: merge.deferred.map((d) => d.fix.title),
    text: applyEdits(text, merge.edits.get(path) ?? []),
  };
}

test('fixes are whole: one edit in the way defers all edits of its fix', () => {
  const merge = mergeFixes([fix('a', edit(0, 2, 'x')), fix('b', edit(1, 3, 'y'), edit(9, 9, 'z'))]);
  assert.deepEqual(
    merge.accepted.map((f) => f.title),
    ['a'],
  );
  assert.deepEqual(merge.edits.get('a.go'), [edit(0, 2, 'x')]);
  assert.equal(merge.deferred[0]?.rival.title, 'a');
});

test('the order is that of the files and places, then of the list', () => {
  const one = fix('one', edit(5, 6, 'x'));
  const two = fix('two', edit(5, 6, 'y'));
  const early = fix('early', edit(4, 6, 'z'));
  assert.deepEqual(mergeFixes([one, two, early]).accepted, [early]);
  assert.deepEqual(mergeFixes([two, one]).accepted, [two]);
  const other = fix('other', edit(0, 1, '', 'b.go'));
  assert.deepEqual(mergeFixes([other, one]).accepted, [one, other]);
});

test('one edit of two fixes is made once', () => {
  const merge = mergeFixes([
    fix('a', edit(0, 2, 'x'), edit(4, 4, 'i')),
    fix('b', edit(0, 2, 'x'), edit(6, 7, 'y')),
  ]);
  assert.equal(merge.accepted.length, 2);
  assert.deepEqual(merge.edits.get('a.go'), [edit(0, 2, 'x'), edit(4, 4, 'i'), edit(6, 7, 'y')]);
});

test('insertions at one place, and within what another fix replaces, are deferred', () => {
  assert.equal(mergeFixes([fix('a', edit(3, 3, 'x')), fix('b', edit(3, 3, 'y'))]).deferred.length, 1);
  assert.equal(mergeFixes([fix('a', edit(2, 4, 'x')), fix('b', edit(3, 3, 'y'))]).deferred.length, 1);
  assert.equal(
    mergeFixes([fix('a', edit(3, 4, 'x')), fix('b', edit(3, 3, 'y')), fix('c', edit(4, 4, 'z'))]).deferred
      .length,
    0,
  );
});

const heads = [
  '',
  'import "fmt"\n\n',
  'import (\n\t"fmt"\n)\n\n',
  'import (\n\t"fmt"\n\t"net"\n\t"strings"\n)\n\n',
  'import "fmt"\nimport "strings"\n\n',
  'import ()\n\n',
];
const paths = ['bufio', 'context', 'io', 'os', 'time', 'unicode'];
const members: Readonly<Record<string, string>> = {
  bufio: 'MaxScanTokenSize',
  context: 'Canceled',
  io: 'EOF',
  os: 'Args',
  time: 'Second',
  unicode: 'MaxRune',
};

/** A file with a line for each path, and a fix for each of those lines that needs the import of its path. */
function importFixes(head: string, wanted: readonly string[]) {
  const known = head.match(/[a-z]+(?=")/g) ?? [];
  const uses = { fmt: 'Print', net: 'Dial', strings: 'Index' };
  const keep = known.map((name) => `_ = ${name}.${uses[name as 'fmt']}`).join('\n\t');
  const lines = wanted.map((_, i) => `\tx${i}()\n`).join('');
  const declared = wanted.map((_, i) => `\nfunc x${i}() {}\n`).join('');
  const text = `package p\n\n${head}func f() {\n\t${keep || 'println()'}\n${lines}}\n${declared}`;
  const file = sourceFile('p/a.go', text);
  const fixes = wanted.map((path, i) => {
    const body: TestBody = (e, find) => {
      const line = find(`x${i}()`, 'expression_statement');
      e.replace(line, `_ = ${e.importName(path, line)}.${members[path]}`);
    };
    return fixOf(file, path, body);
  });
  return { text, fixes };
}

test('fixes that add imports to one file merge into a file that Go builds', () => {
  const cases = fc.sample(fc.tuple(fc.constantFrom(...heads), fc.shuffledSubarray(paths, { minLength: 1 })), {
    numRuns: 120,
    seed: 3,
  });
  const results = cases.map(([head, wanted]) => {
    const { text, fixes } = importFixes(head, wanted);
    const merge = merged(text, fixes);
    const imported = importsOf(sourceFile('p/a.go', merge.text)).map((s) => s.path);
    const known = head.match(/[a-z]+(?=")/g) ?? [];
    assert.deepEqual([...imported].sort(), [...merge.accepted, ...known].sort(), merge.text);
    if (head !== 'import ()\n\n') assert.deepEqual(merge.deferred, []);
    return merge.text;
  });
  assert.equal(gofmtDiff(results), '');
  const files = new Map(results.map((text, i) => [`p${i}/a.go`, text]));
  files.set('go.mod', 'module example.com/m\n\ngo 1.22\n');
  assert.equal(withGo(['go', 'build', './...'], files) ?? '', '');
});

test('fixes that add one import share it', () => {
  const { text, fixes } = importFixes('import "fmt"\n\n', ['time', 'time', 'io']);
  const result = merged(text, fixes);
  assert.deepEqual(result.deferred, []);
  assert.match(result.text, /import \(\n\t"fmt"\n\t"io"\n\t"time"\n\)/);
});

test('line endings of merged imports are those of the file', () => {
  const { text } = importFixes('', ['time', 'io']);
  const file = sourceFile('p/a.go', text.replaceAll('\n', '\r\n'));
  const fixes = ['time', 'io'].map((path, i) =>
    fixOf(file, path, (e, find) => {
      const line = find(`x${i}()`, 'expression_statement');
      e.replace(line, `_ = ${e.importName(path, line)}.X`);
    }),
  );
  const result = merged(file.text, fixes);
  assert.deepEqual(result.deferred, []);
  assert.equal(result.text.includes('import (\r\n\t"io"\r\n\t"time"\r\n)\r\n'), true);
  assert.doesNotMatch(result.text, /[^\r]\n/);
});

test('two packages of one name do not merge', () => {
  const file = sourceFile('p/a.go', inFunction('a()\nb()'));
  const add = (path: string, call: string) =>
    fixOf(file, path, (e, find) =>
      e.replace(find(call, 'call_expression'), `${e.importName(path, find(call))}.New()`),
    );
  const result = merged(file.text, [add('text/template', 'a()'), add('html/template', 'b()')]);
  assert.deepEqual(result.accepted, ['text/template']);
});

test('an import that one fix removes and another needs defers one of them', () => {
  const file = sourceFile('p/a.go', 'package p\n\nimport "fmt"\n\nfunc f() {\n\tfmt.Print()\n\ta()\n}\n');
  const remove = fixOf(file, 'remove', (e, find) =>
    e.removeStatement(find('fmt.Print', 'expression_statement')),
  );
  const need = fixOf(file, 'need', (e, find) =>
    e.replace(find('a()', 'call_expression'), `${e.importName('fmt', find('a()'))}.Println()`),
  );
  assert.deepEqual(merged(file.text, [remove, need]).accepted, ['remove']);
  assert.deepEqual(merged(file.text, [need]).text.includes('fmt.Println()'), true);
});

test('names that two fixes declare: apart in two functions, at odds in one and in the package', () => {
  const file = sourceFile('p/a.go', 'package p\n\nfunc f() {\n\ta()\n\tb()\n}\n\nfunc g() {\n\tc()\n}\n');
  const declare = (call: string) =>
    fixOf(file, call, (e, find) => {
      const at = find(call, 'expression_statement');
      e.insertStatementBefore(at, `${e.freshName('x', at)} := 1`);
    });
  assert.deepEqual(merged(file.text, [declare('a()'), declare('b()'), declare('c()')]).accepted, [
    'a()',
    'c()',
  ]);
  const global = (call: string) =>
    fixOf(file, call, (e, find) =>
      e.insertDeclarationBefore(find(call), `var ${e.freshName('x', find(call))} = 1`),
    );
  assert.deepEqual(merged(file.text, [global('a()'), global('c()')]).accepted, ['a()']);
  assert.deepEqual(merged(file.text, [declare('c()'), global('a()')]).accepted.length, 1);
});

const anyFix = fc
  .array(fc.tuple(fc.nat(60), fc.nat(5), fc.constantFrom('', 'x', 'yy', '\t"time"\n', '\t"os"\n')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((raw) => {
    const edits: Edit[] = [];
    for (const [start, length, newText] of raw) {
      const one = edit(start, Math.min(60, start + length), newText);
      if (edits.every((e) => e.end < one.start || one.end < e.start)) edits.push(one);
    }
    return edits.sort((a, b) => a.start - b.start);
  });

test('a merge loses no accepted edit, never overlaps, and comes out the same every time', () => {
  const text = 'abcdefghij'.repeat(6);
  fc.assert(
    fc.property(fc.array(anyFix, { maxLength: 6 }), (lists) => {
      const fixes = lists.map((edits, i) => fix(`fix ${i}`, ...edits));
      const merge = mergeFixes(fixes);
      assert.deepEqual(mergeFixes(fixes), merge);
      assert.equal(merge.accepted.length + merge.deferred.length, fixes.length);
      if (fixes.length > 0) assert.ok(merge.accepted.length > 0);
      const edits = merge.edits.get('a.go') ?? [];
      for (const { start, end, newText } of merge.accepted.flatMap((f) => f.edits)) {
        const same = edits.find((e) => e.start === start && e.end === end);
        assert.ok(
          same && newText.split('\n').every((line) => same.newText.includes(line)),
          'an edit is lost',
        );
      }
      assert.doesNotThrow(() => applyEdits(text, edits));
      const separate = merge.accepted.flatMap((f) => f.edits);
      const isIndependent = new Set(separate.map((e) => `${e.start},${e.end}`)).size === separate.length;
      if (isIndependent) assert.equal(oneByOne(text, merge.accepted), applyEdits(text, edits));
    }),
    { numRuns: 1000 },
  );
});

/** Applies fix after fix, each moved by what the ones before it have inserted and removed. */
function oneByOne(text: string, fixes: readonly Fix[]): string {
  const done: Edit[] = [];
  return fixes.reduce((current, { edits }) => {
    const moved = edits.map((e) => {
      const shift = done
        .filter((d) => isBefore(d, e))
        .reduce((sum, d) => sum + d.newText.length - (d.end - d.start), 0);
      return { ...e, start: e.start + shift, end: e.end + shift };
    });
    done.push(...edits);
    return applyEdits(current, moved);
  }, text);
}

/** Where both touch one offset, what is inserted there comes first. */
function isBefore(a: Edit, b: Edit): boolean {
  return a.end <= b.start && !(a.start === b.start && b.start === b.end);
}
