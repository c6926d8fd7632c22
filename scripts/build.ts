// npm run build: bundles everything that runs into dist/, with the files that it reads beside it. See
// docs/decisions/0005-bundled.md. Files that stay the same are not touched: a goleash that runs from dist goes on.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build, type Metafile } from 'esbuild';

const require = createRequire(import.meta.url);

/** CommonJS packages in an ES module bundle still ask for `require` and `__dirname`. */
const banner = `import { createRequire as goleashRequire } from 'node:module';
import { dirname as goleashDirname } from 'node:path';
import { fileURLToPath as goleashPath } from 'node:url';
const require = goleashRequire(import.meta.url);
const __filename = goleashPath(import.meta.url);
const __dirname = goleashDirname(__filename);
`;

const { metafile, outputFiles } = await build({
  entryPoints: {
    goleash: 'bin/goleash.ts',
    worker: 'codemods/worker.ts',
  },
  outdir: 'dist',
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: banner },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

/** What `goleash review` puts into its page. */
const page = await build({
  entryPoints: {
    'review-page': 'codemods/review/page/main.ts',
    'review-page-style': 'codemods/review/page/page.css',
  },
  outdir: 'dist',
  write: false,
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome120', 'firefox121', 'safari17.2'],
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

const files = new Map<string, Uint8Array>(
  [...outputFiles, ...page.outputFiles].map((file) => [basename(file.path), file.contents]),
);
files.set('web-tree-sitter.wasm', readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')));
files.set('tree-sitter-go.wasm', readFileSync(require.resolve('tree-sitter-go/tree-sitter-go.wasm')));
files.set('std.txt', readFileSync('analysis/library/std.txt'));
files.set('THIRD_PARTY_LICENSES.txt', Buffer.from(licences([metafile, page.metafile])));

mkdirSync('dist', { recursive: true });
for (const [name, contents] of files) {
  write(join('dist', name), contents);
  console.log(`${join('dist', name)}  ${Math.ceil(contents.length / 1024)} KB`);
}
for (const name of readdirSync('dist')) if (!files.has(name)) rmSync(join('dist', name), { recursive: true });

function write(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

/** The licence of every package that has a part in the bundles, and of the grammar. */
function licences(metas: readonly Metafile[]): string {
  const folders = new Set(['node_modules/tree-sitter-go']);
  for (const input of metas.flatMap((meta) => Object.keys(meta.inputs))) {
    const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (found) folders.add(found[0]);
  }
  return [...folders]
    .sort()
    .map(licence)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licence(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const title = `${manifest['name']} ${manifest['version']} (${manifest['license']})`;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (!file) throw new Error(`${title} comes without its licence text, so it cannot be bundled`);
  return `${title}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
