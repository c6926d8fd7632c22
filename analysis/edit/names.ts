// The names that a fix writes: of packages, by import or alias, and of what it declares.

import { guessedPackageName, type ImportSpec, importsOf } from '../syntax/imports.ts';
import type { Node } from '../syntax/node.ts';
import { declarationOf, type SourceFile } from '../syntax/source-file.ts';
import type { NamesAt } from './fix-builder.ts';
import { isStandard, type NewImport } from './go-imports.ts';

/** An import that a fix wants, and the name that it has in the fix's texts. */
export interface WantedImport extends NewImport {
  readonly name: string;
}

/** A name that a fix declares. Two fixes that declare one name, one in the scope of the other, cannot both be made. */
export interface NewName {
  readonly name: string;
  /** Starts with the scopes that hold it: package, then file, then declaration. */
  readonly scope: string;
  /** What an import with this name imports; two fixes may both add the same import. */
  readonly importPath?: string;
}

export function packageScope(file: SourceFile): string {
  return `${file.path.slice(0, file.path.lastIndexOf('/') + 1)}#`;
}

export function fileScope(file: SourceFile): string {
  return `${packageScope(file)}${file.path}#`;
}

/** The scope of the top-level declaration that holds the node. */
export function declarationScope(file: SourceFile, node: Node): string {
  return `${fileScope(file)}${file.starts[file.declarations.indexOf(declarationOf(node))] ?? 0}#`;
}

/** The name that an import gives its package; for another module's package, without a name, it is a guess. */
export function nameOfImport(spec: ImportSpec): string {
  return spec.alias ?? guessedPackageName(spec.path);
}

/** What the choice of a package's name depends on. */
interface NamesInFile {
  readonly file: SourceFile;
  readonly names: NamesAt;
  readonly wanted: WantedImport[];
  /** Whether the fix has given the name to something else. */
  readonly isChosen: (name: string) => boolean;
}

/** The name of package `path` at `at`. What is not imported under a name that works there is added to `wanted`. */
export function nameOfPackage(context: NamesInFile, path: string, at: Node): string {
  const { file, names, wanted, isChosen } = context;
  for (const spec of importsOf(file)) {
    if (spec.path !== path || spec.alias === '_' || spec.alias === '.') continue;
    const meaning = names.meaning(nameOfImport(spec), at);
    if (typeof meaning === 'object' && meaning.importPath === path) return nameOfImport(spec);
  }
  const isFree = (name: string) =>
    names.meaning(name, at) === 'free' && names.packageLevel(name) !== 'declared';
  const known = wanted.find((w) => w.path === path && isFree(w.name));
  if (known) return known.name;
  const base = guessedPackageName(path);
  const isTaken = (name: string) => !isFree(name) || isChosen(name);
  const name = isTaken(base) ? numbered(isStandard(path) ? `std${base}` : `${base}pkg`, isTaken) : base;
  const ownName = isStandard(path) ? base : path.slice(path.lastIndexOf('/') + 1);
  wanted.push({ path, name, alias: name === ownName ? undefined : name });
  return name;
}

/** Whether `name` of package `path` can be written without a package name at `at`, because of a dot import. */
export function isDotImported(
  file: SourceFile,
  names: NamesAt,
  path: string,
  name: string,
  at: Node,
): boolean {
  if (!importsOf(file).some((spec) => spec.path === path && spec.alias === '.')) return false;
  const meaning = names.meaning(name, at);
  return meaning === 'free' || (typeof meaning === 'object' && meaning.importPath === path);
}

/** A name for something that a fix declares at `at` or in the package; see FixBuilder.freshName. */
export function freshName(names: NamesAt, base: string, at: Node, used: (name: string) => boolean): string {
  const isTaken = (name: string) =>
    used(name) ||
    names.meaning(name, at) !== 'free' ||
    names.packageLevel(name) !== 'free' ||
    names.usedBelow(name, at);
  return numbered(base, isTaken);
}

function numbered(base: string, isTaken: (name: string) => boolean): string {
  let name = base;
  // Where every name counts as taken, one far up is as good as any.
  for (let n = 2; n < 100 && isTaken(name); n++) name = `${base}${n}`;
  return name;
}
