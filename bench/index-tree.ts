// node --import tsx bench/index-tree.ts FOLDER: indexes a tree in a process of its own, whose peak memory is then that
// of indexing. Prints an `Indexed` as JSON.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type GoPackage, goPackages, type Library, type SourceFile, sourceFile } from '../analysis/index.ts';
import { findGoModule, type GoModuleCache, readGoFile } from '../analysis/node/files.ts';
import { moduleLibrary } from '../analysis/node/packages.ts';
import { loadRuntime } from '../analysis/node/runtime.ts';
import { type Named, nameAll, target } from './names.ts';

/** What was done, and the most memory that the process had at once. */
export interface Indexed extends Named {
  readonly files: number;
  readonly megabytes: number;
  readonly packages: number;
  readonly peakMegabytes: number;
}

const modules: GoModuleCache = new Map();
const libraries = new Map<string | undefined, Library>();
const std = await loadRuntime();

const folders = filesByFolder(process.argv[2] ?? '.', new Map());
const packages = [...folders].flatMap(([path, files]) => packagesOf(path, files));
const named: Named = { names: 0, typed: 0 };
// The packages stay, and with them all that is remembered of them.
for (const pkg of packages) nameAll(pkg, libraryOf(pkg), named);
const files = [...folders.values()].flat();
const indexed: Indexed = {
  files: files.length,
  megabytes: files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6,
  packages: packages.length,
  ...named,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(indexed));

/** As `goleash check` walks: without what is not the project's own code. */
function filesByFolder(folder: string, into: Map<string, SourceFile[]>): Map<string, SourceFile[]> {
  const files: SourceFile[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (/^[._]/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'vendor' && entry.name !== 'testdata') filesByFolder(path, into);
    } else if (entry.name.endsWith('.go')) {
      const read = readGoFile(path);
      if ('text' in read) files.push(sourceFile(path, read.text));
    }
  }
  if (files.length > 0) into.set(folder, files);
  return into;
}

function packagesOf(path: string, files: readonly SourceFile[]): readonly GoPackage[] {
  const found = findGoModule(path, modules);
  return goPackages({ path, files, module: found && 'broken' in found ? undefined : found }, target);
}

function libraryOf({ module }: GoPackage): Library {
  const library = libraries.get(module?.directory) ?? moduleLibrary(std, module, target);
  libraries.set(module?.directory, library);
  return library;
}
