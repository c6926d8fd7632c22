// The runtime as the bundle has it: three files beside it, each of which may be missing or damaged.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { StandardLibrary } from '../../analysis/library/library.ts';

const folder = mkdtempSync(join(tmpdir(), 'goleash-runtime-'));
after(() => rmSync(folder, { recursive: true }));

const sources = [
  'node_modules/web-tree-sitter/web-tree-sitter.wasm',
  'node_modules/tree-sitter-go/tree-sitter-go.wasm',
  'analysis/library/std.txt',
];
const bundle = join(folder, 'bundle.js');
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
await build({
  entryPoints: ['analysis/node/runtime.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: bundle,
});

const remedy = 'The installation of goleash is incomplete or damaged: install it again.';

let loads = 0;

/** Loads as a new process would. */
async function load(): Promise<StandardLibrary> {
  const fresh = await import(`${pathToFileURL(bundle).href}?${loads++}`);
  return fresh.loadRuntime();
}

function install(): void {
  for (const source of sources) copyFileSync(source, join(folder, basename(source)));
}

test('a complete installation loads', async () => {
  install();
  const library = await load();
  assert.match(library.declarations('net/http') ?? '', /^package http\n/);
  assert.equal(library.declarations('example.com/net/http'), undefined);
});

for (const name of sources.map((source) => basename(source))) {
  test(`a missing ${name} is named, with the remedy`, async () => {
    install();
    rmSync(join(folder, name));
    const message = `${join(folder, name)}: does not exist. ${remedy}`;
    await assert.rejects(load(), { message });
  });
}

test('a damaged parser says the remedy', async () => {
  install();
  writeFileSync(join(folder, 'web-tree-sitter.wasm'), 'not WebAssembly');
  await assert.rejects(load(), /the parser does not start: .*install it again\.$/s);
});
