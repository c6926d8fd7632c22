// What it costs to know a package again after an edit in one function's body.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Directory,
  type GoPackage,
  goPackages,
  type Library,
  type SourceFile,
  sourceFile,
} from '../analysis/index.ts';
import { findGoModule } from '../analysis/node/files.ts';
import { type Named, nameAll, target } from './names.ts';
import { shownTimes } from './times.ts';

const edits = 1000;

/** Prints the median and the 95th percentile over edits in bodies all over the largest package of a folder. */
export function benchReindex(folder: string, library: Library): void {
  const directory = directoryOf(folder);
  const packages = goPackages(directory, target);
  const pkg = packages.reduce((a, b) => (b.files.length > a.files.length ? b : a));
  const { names, typed }: Named = nameAll(pkg, library, { names: 0, typed: 0 });
  console.log(
    `\n${pkg.importPath}: ${pkg.files.length} files (${directory.files.length} in the folder), ${names} names, ${typed} with a type`,
  );
  const times = edit({ directory, packages, pkg }, library);
  console.log(`  indexing again after an edit in a body: ${shownTimes(times)}`);
}

function directoryOf(folder: string): Directory {
  const names = readdirSync(folder).filter((name) => name.endsWith('.go'));
  const files = names.map((name) => {
    const path = join(folder, name);
    return sourceFile(path, readFileSync(path, 'utf8'));
  });
  const module = findGoModule(folder, new Map());
  return { path: folder, files, module: module && 'broken' in module ? undefined : module };
}

interface State {
  readonly directory: Directory;
  readonly packages: readonly GoPackage[];
  readonly pkg: GoPackage;
}

/**
 * Makes edits at random, each on top of the last. The milliseconds that each took: from the new text of a file to its
 * package with every name found and every type resolved, so that nothing is left for later.
 */
function edit({ directory, packages, pkg }: State, library: Library): number[] {
  const chance = generator(1);
  return Array.from({ length: edits }, (_, i) => {
    const before = withBody(pkg.files, chance);
    const at = bodyIn(before, chance);
    const text = `${before.text.slice(0, at)}\n\tprintln(${i})${before.text.slice(at)}`;
    const others = directory.files;
    const start = performance.now();
    const file = sourceFile(before.path, text, before);
    directory = { ...directory, files: others.map((other) => (other === before ? file : other)) };
    packages = goPackages(directory, target, packages);
    pkg = packages.find((p) => p.files.includes(file)) as GoPackage;
    nameAll(pkg, library, { names: 0, typed: 0 });
    return performance.now() - start;
  });
}

function withBody(files: readonly SourceFile[], chance: () => number): SourceFile {
  const all = files.filter((file) => file.declarations.some((d) => d.body >= 0));
  return all[Math.floor(chance() * all.length)] as SourceFile;
}

/** The offset behind the `{` of some body. */
function bodyIn(file: SourceFile, chance: () => number): number {
  const all = file.declarations.flatMap((d, i) => (d.body < 0 ? [] : [(file.starts[i] ?? 0) + d.body + 1]));
  return all[Math.floor(chance() * all.length)] as number;
}

/** The same numbers between 0 and 1 in each run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
