// What the disk can do to a reader: every bad file has a reason and no file has a stack trace.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { findGoModule, maxFileSize, readGoFile } from '../../analysis/node/files.ts';

const root = mkdtempSync(join(tmpdir(), 'goleash-files-'));
after(() => rmSync(root, { recursive: true }));
const posixOnly = { skip: process.platform === 'win32' };

/** Writes a file under a new name and returns its path. */
function write(name: string, content: string | Uint8Array): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function link(name: string, target: string): string {
  symlinkSync(target, join(root, name));
  return join(root, name);
}

/** Root may read everything, so what it must not read is asked for as somebody else. */
function asNobody<T>(body: () => T): T {
  if (process.getuid?.() !== 0) return body();
  process.seteuid?.(65534);
  try {
    return body();
  } finally {
    process.seteuid?.(0);
  }
}

describe('readGoFile', () => {
  test('reads text as it is', () => {
    for (const text of [
      '',
      'package p\n',
      'package p\r\n// ü 世界 😀\r\n',
      '\uFEFFpackage p\n',
      '\uFEFF',
      'a\uFEFFb',
    ]) {
      assert.deepEqual(readGoFile(write('ok.go', text)), { text });
    }
  });

  test('what it reads, encoded again, is what is on the disk', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const read = readGoFile(write('any.go', bytes));
        if ('text' in read) assert.deepEqual(new Uint8Array(Buffer.from(read.text)), bytes);
        else assert.match(read.skipped, /UTF-8/);
      }),
    );
  });

  test('refuses what is no UTF-8 text', () => {
    const nul = { skipped: 'is binary or not UTF-8: it has a NUL byte' };
    assert.deepEqual(readGoFile(write('elf.go', '\x7fELF\x00\x01')), nul);
    assert.deepEqual(readGoFile(write('utf16.go', Buffer.from('\uFEFFpackage p', 'utf16le'))), nul);
    const invalid = { skipped: 'is not valid UTF-8' };
    for (const bytes of [[0xff], [0x70, 0xe4, 0x20], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98]]) {
      assert.deepEqual(readGoFile(write('invalid.go', Uint8Array.from(bytes))), invalid);
    }
  });

  test('refuses files over the limit', () => {
    const largest = 'a'.repeat(maxFileSize);
    assert.deepEqual(readGoFile(write('largest.go', largest)), { text: largest });
    assert.deepEqual(readGoFile(write('larger.go', `${largest}a`)), { skipped: 'is larger than 4 MiB' });
  });

  test('says why a path cannot be read', () => {
    const file = write('file.go', 'package p\n');
    assert.deepEqual(readGoFile(join(root, 'missing.go')), { skipped: 'does not exist' });
    assert.deepEqual(readGoFile(root), { skipped: 'is a directory' });
    assert.deepEqual(readGoFile(''), { skipped: 'does not exist' });
    assert.deepEqual(readGoFile('a\0b.go'), { skipped: 'is not a possible file name' });
    const below = readGoFile(join(file, 'below.go'));
    assert.match('skipped' in below ? below.skipped : '', /^does not exist/);
  });

  test('says why a path of a Unix system cannot be read', posixOnly, () => {
    assert.deepEqual(readGoFile(join(root, `${'long'.repeat(100)}.go`)), { skipped: 'its name is too long' });
    link('there.go', 'back.go');
    const loop = { skipped: 'its symbolic links form a loop' };
    assert.deepEqual(readGoFile(link('back.go', 'there.go')), loop);
    assert.deepEqual(readGoFile(join(link('self', 'self'), 'a.go')), loop);
    assert.deepEqual(readGoFile(link('dangling.go', 'nowhere.go')), { skipped: 'does not exist' });
    assert.deepEqual(readGoFile(link('linked.go', write('target.go', 'package p'))), { text: 'package p' });
    assert.deepEqual(readGoFile('/dev/null'), { skipped: 'is not a regular file' });
  });

  test('does not wait for a pipe', posixOnly, (t) => {
    const pipe = join(root, 'pipe.go');
    if (spawnSync('mkfifo', [pipe]).status !== 0) return t.skip('no mkfifo');
    assert.deepEqual(readGoFile(pipe), { skipped: 'is not a regular file' });
  });

  test('says that a file may not be read', posixOnly, () => {
    const path = write('private/secret.go', 'package p\n');
    chmodSync(root, 0o755);
    chmodSync(path, 0o000);
    assert.deepEqual(
      asNobody(() => readGoFile(path)),
      { skipped: 'permission denied' },
    );
    chmodSync(dirname(path), 0o000);
    assert.deepEqual(
      asNobody(() => readGoFile(path)),
      { skipped: 'permission denied' },
    );
    chmodSync(dirname(path), 0o755);
  });
});

describe('findGoModule', () => {
  const module = { path: 'example.com/outer', directory: slashes(join(root, 'outer')), goVersion: '1.22' };

  test('takes the nearest go.mod file above', () => {
    write('outer/go.mod', 'module example.com/outer\n\ngo 1.22.3\n');
    write('outer/a/inner/go.mod', '\uFEFFmodule example.com/inner\r\n');
    const inner = {
      path: 'example.com/inner',
      directory: slashes(join(root, 'outer/a/inner')),
      goVersion: '1.16',
    };
    const cache = new Map();
    assert.deepEqual(findGoModule(join(root, 'outer/a/inner/deep/er'), cache), inner);
    assert.deepEqual(findGoModule(join(root, 'outer/a'), cache), module);
    assert.deepEqual(findGoModule(join(root, 'outer'), cache), module);
    assert.deepEqual(findGoModule(relative('.', join(root, 'outer', 'b')), cache), module);
    assert.deepEqual(findGoModule(`${join(root, 'outer')}/`, cache), module);
  });

  test('looks at a directory once, for as long as its caller wants', () => {
    const goMod = write('moved/go.mod', 'module example.com/moved\n');
    const cache = new Map();
    const found = findGoModule(join(root, 'moved/a/b'), cache);
    assert.ok(found && 'path' in found);
    rmSync(goMod);
    for (const directory of ['moved/a/b', 'moved/a/c', 'moved']) {
      assert.equal(findGoModule(join(root, directory), cache), found);
    }
    assert.notEqual(findGoModule(join(root, 'moved'), new Map()), found);
  });

  test('finds none where there is none', () => {
    const above = findGoModule(tmpdir(), new Map());
    assert.deepEqual(findGoModule(join(root, 'none'), new Map()), above);
    mkdirSync(join(root, 'outer/x/go.mod'), { recursive: true });
    assert.deepEqual(findGoModule(join(root, 'outer/x'), new Map()), module);
    assert.deepEqual(findGoModule(join(write('outer/y.go', ''), 'z'), new Map()), module);
  });

  test('does not look further than a broken one', () => {
    const broken = (name: string, content: string | Uint8Array) => {
      const path = write(`outer/${name}/go.mod`, content);
      return [path, findGoModule(join(dirname(path), 'sub'), new Map())] as const;
    };
    for (const content of ['', 'go 1.22\n', '<<<<<<< HEAD\n', '// module example.com/m\n']) {
      const [path, found] = broken('odd', content);
      assert.deepEqual(found, { broken: `${path}: no module directive` });
    }
    const [path, found] = broken('bytes', Uint8Array.from([0x6d, 0xff]));
    assert.deepEqual(found, { broken: `${path}: is not valid UTF-8` });
  });

  test('says that a go.mod file cannot be reached', posixOnly, () => {
    mkdirSync(join(root, 'outer/loop'));
    const path = link('outer/loop/go.mod', 'go.mod');
    const found = findGoModule(join(root, 'outer/loop'), new Map());
    assert.deepEqual(found, { broken: `${path}: its symbolic links form a loop` });
  });
});

function slashes(path: string): string {
  return path.replaceAll('\\', '/');
}
