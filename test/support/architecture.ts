// The import table of docs/architecture.md, and the imports of the code that it governs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { globSync } from 'tinyglobby';

/** A row of the table. A path is a file, a folder with all below it, or `folder/*`, each file of it for itself. */
export interface Module {
  readonly paths: readonly string[];
  /** The paths that it may import beside its own; undefined if it may import anything. */
  readonly mayImport: readonly string[] | undefined;
  /** Packages that nothing else of the product imports; a `*` stands for any ending. */
  readonly owns: readonly string[];
}

/** One import of a file: the path of a source file, a package, or `node:` and a module. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly isPackage: boolean;
}

/** Reads the rows under the heading `## Import table`. */
export function importTable(document: string): readonly Module[] {
  const table = document.split('## Import table')[1]?.split('\n## ')[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => {
    const [paths = '', mayImport = '', owns = ''] = row.split('|').slice(1);
    return {
      paths: quoted(paths),
      mayImport: mayImport.trim() === 'anything' ? undefined : quoted(mayImport),
      owns: quoted(owns),
    };
  });
}

/** The row that governs a file: the one with the longest path that holds it. */
export function moduleOf(
  table: readonly Module[],
  file: string,
): { module: Module; path: string } | undefined {
  let best: { module: Module; path: string } | undefined;
  for (const module of table) {
    for (const path of module.paths) {
      if (holds(path, file) && (!best || path.length > best.path.length)) best = { module, path };
    }
  }
  return best;
}

/** Whether a path of the table holds a file. */
export function holds(path: string, file: string): boolean {
  const folder = path.replace(/\/\*$/, '');
  return path === file || file.startsWith(`${folder}/`);
}

/** Whether a package name is one of those in a row. */
export function owns(module: Module, name: string): boolean {
  return module.owns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name,
  );
}

/** All TypeScript files that the table speaks of, by path, with their text. */
export function sources(): ReadonlyMap<string, string> {
  const paths = globSync('{analysis,bench,bin,codemods,scripts,server,test}/**/*.ts', { dot: false }).sort();
  return new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}

const importing = /(?:^(?:import|export)\b(?:[^'"`=;(]*\bfrom)?\s*|\bimport\(\s*)(['"])([^'"\n]+)\1/gm;

/** The imports of a file, types included, relative ones as paths from the root of the repository. */
export function importsIn(path: string, text: string): readonly Import[] {
  return [...withoutComments(text).matchAll(importing)].map((match) => {
    const name = match[2] ?? '';
    const isRelative = name.startsWith('.');
    const to = isRelative ? join(path, '..', name) : packageName(name);
    return { from: path, to, isPackage: !isRelative && !name.startsWith('node:') };
  });
}

/** The text with its comments blanked. Approximate: a `//` in a string goes too, with the rest of its line. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function quoted(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}
