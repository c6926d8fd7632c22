import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWritable, replaceFile, writeFiles } from '../../codemods/write.ts';
import { tree } from './tree.ts';

test('a file is replaced with its mode, and no temporary file stays', (t) => {
  const root = tree(t, { 'a.go': 'old' });
  const path = join(root, 'a.go');
  chmodSync(path, 0o754);
  assert.equal(replaceFile(path, '\uFEFFnew\r\n'), undefined);
  assert.equal(readFileSync(path, 'utf8'), '\uFEFFnew\r\n');
  assert.equal(statSync(path).mode & 0o7777, 0o754);
  assert.deepEqual(readdirSync(root), ['a.go']);
});

test('a symbolic link stays, its target is replaced', (t) => {
  const root = tree(t, { 'real/a.go': 'old' });
  symlinkSync('real/a.go', join(root, 'link.go'));
  assert.equal(replaceFile(join(root, 'link.go'), 'new'), undefined);
  assert.ok(lstatSync(join(root, 'link.go')).isSymbolicLink());
  assert.equal(readFileSync(join(root, 'real/a.go'), 'utf8'), 'new');
});

test('a file that changed after it was read is left alone', (t) => {
  const root = tree(t, { 'a.go': 'edited', 'b.go': 'b' });
  const [a, b] = [join(root, 'a.go'), join(root, 'b.go')];
  const failed = writeFiles(
    [
      { path: a, before: 'a', after: 'A' },
      { path: b, before: 'b', after: 'B' },
    ],
    [[a], [b]],
  );
  assert.deepEqual([...failed], [[a, 'it changed while goleash was running']]);
  assert.equal(readFileSync(a, 'utf8'), 'edited');
  assert.equal(readFileSync(b, 'utf8'), 'B');
});

test('files that one fix ties together are written all or none', (t) => {
  const root = tree(t, { 'a.go': 'a', 'b.go': 'b', 'c.go': 'c', 'd.go': 'd', '.c.go.goleash-x': '' });
  const [a, b, c, d] = ['a.go', 'b.go', 'c.go', 'd.go'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  // Another process seems to write c.go.
  writeFileSync(join(root, `.c.go.goleash-${process.pid}`), '');
  const failed = writeFiles(
    [a, b, c, d].map((path) => ({ path, before: readFileSync(path, 'utf8'), after: 'new' })),
    [[a, b], [b, c], [d]],
  );
  assert.deepEqual([...failed.keys()].sort(), [a, b, c]);
  assert.match(failed.get(c) ?? '', /temporary file exists/);
  assert.match(failed.get(a) ?? '', /also changes c\.go/);
  assert.deepEqual(
    [a, b, c, d].map((path) => readFileSync(path, 'utf8')),
    ['a', 'b', 'c', 'new'],
  );
});

test('read-only is what the mode says, for root too', (t) => {
  const root = tree(t, { 'a.go': '' });
  assert.ok(isWritable(join(root, 'a.go')));
  chmodSync(join(root, 'a.go'), 0o444);
  assert.ok(!isWritable(join(root, 'a.go')));
  assert.ok(!isWritable(join(root, 'missing.go')));
});
