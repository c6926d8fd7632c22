// Files with `//go:build ignore`: programs for `go run file.go`, which the go command takes when they are named.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path/posix';
import { sourceFile } from '../../analysis/index.ts';
import type { Package, Packages } from './packages.ts';

/** The programs among some files, each as a package of its own with the path of the file for its folder. */
export function programsAmong(paths: Iterable<string>, packages: Packages): Packages {
  const programs = new Map<string, Package>();
  for (const path of paths) {
    const name = basename(path);
    if (!packages.get(path.slice(0, -name.length - 1))?.ignored.includes(name)) continue;
    const program = programOf(path, name);
    if (program) programs.set(path, program);
  }
  return programs;
}

function programOf(path: string, name: string): Package | undefined {
  const file = sourceFile(path, readFileSync(path, 'utf8'));
  const constraint = /^\/\/go:build (.*)$/m.exec(file.text.slice(0, file.starts[0] ?? 0))?.[1] ?? '';
  if (file.packageName !== 'main' || !/\bignore\b/.test(constraint)) return undefined;
  const imports = file.declarations
    .filter(({ kind }) => kind === 'import')
    .flatMap(({ text }) => [...text.matchAll(/"([^"]+)"/g)].map(([, imported = '']) => imported));
  return {
    folder: path,
    path,
    name: 'main',
    alone: true,
    files: [name],
    tests: [],
    ignored: [],
    imports,
    error: undefined,
  };
}
