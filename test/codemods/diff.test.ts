import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { filePatch } from '../../codemods/report/diff.ts';
import { tree } from './tree.ts';

/** Applies the patch of all changes with git and asserts that every file is byte for byte as it should be. */
function assertApplies(
  root: string,
  changes: readonly { path: string; before: string; after: string }[],
  isRepository: boolean,
): void {
  if (isRepository) spawnSync('git', ['init', '-q', root]);
  for (const { path, before } of changes) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), before);
  }
  const patch = changes.map(filePatch).join('');
  const applied = spawnSync('git', ['apply', '--whitespace=nowarn'], {
    cwd: root,
    input: patch,
    encoding: 'utf8',
  });
  assert.equal(applied.status, 0, applied.stderr + patch);
  for (const { path, after } of changes) assert.equal(readFileSync(join(root, path), 'utf8'), after, path);
}

const many = Array.from({ length: 40 }, (_, i) => `\tline${i}()\n`).join('');

test('git applies patches of every kind of text and name', (t) => {
  const changes = [
    {
      path: 'plain.go',
      before: `package p\n${many}`,
      after: `package p\n${many.replace('line7', 'LINE7').replace('\tline30()\n', '')}`,
    },
    { path: 'crlf.go', before: 'package p\r\n\r\nvar a\r\n', after: 'package p\r\n\r\nvar b\r\n' },
    { path: 'mixed.go', before: 'a\r\nb\nc\r\n', after: 'a\r\nb\r\nc\r\n' },
    { path: 'no newline.go', before: 'a\nb', after: 'a\nc' },
    { path: 'gains newline.go', before: 'a\nb', after: 'a\nb\n' },
    { path: 'loses newline.go', before: 'a\nb\n', after: 'a\nb' },
    { path: 'bom.go', before: '\uFEFFpackage p\nx\n', after: '\uFEFFpackage p\ny\n' },
    { path: 'dir with space/größe "q" \\ 文.go', before: 'x\n', after: 'y // 文🙂\n' },
    { path: 'minus.go', before: '-- a\n++ b\n@@ c\n\\ d\n', after: '-- a\n@@ c\n\\ d\nnew\n' },
    { path: 'cr.go', before: 'a\rb\nc\n', after: 'a\rb\nd\n' },
    { path: 'separators.go', before: 'a\u2028b\u0085\f\v\nc\n', after: 'a\u2028b\u0085\f\v\nd\n' },
  ];
  assertApplies(tree(t, {}), changes, true);
  assertApplies(tree(t, {}), changes, false);
});

test('no change makes no patch, and a patch keeps the mode', (t) => {
  assert.equal(filePatch({ path: 'a.go', before: 'x', after: 'x' }), '');
  const root = tree(t, {});
  writeFileSync(join(root, 'a.go'), 'x\n', { mode: 0o755 });
  const patch = filePatch({ path: 'a.go', before: 'x\n', after: 'y\n' });
  spawnSync('git', ['apply'], { cwd: root, input: patch });
  assert.equal(readFileSync(join(root, 'a.go'), 'utf8'), 'y\n');
  assert.equal(statSync(join(root, 'a.go')).mode & 0o777, 0o755);
});

test('git applies the patch of any two texts', (t) => {
  const line = fc.constantFrom('a', 'b', '', '-', '+', ' ', '\\', '@@ -1 +1 @@', '\t}', 'é', '\r');
  const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n')), { minLength: 1, maxLength: 12 });
  const side = fc.tuple(text, fc.boolean()).map(([lines, ends]) => {
    const whole = lines.map(([l, end]) => l + end).join('');
    return ends ? whole : `${whole}end`;
  });
  const root = tree(t, {});
  let n = 0;
  const pairs = fc.sample(fc.tuple(side, side), { numRuns: 200, seed: 7 });
  const changes = pairs
    .filter(([a, b]) => a !== b)
    .map(([before, after]) => ({ path: `f${n++}.go`, before, after }));
  assertApplies(root, changes, false);
});
