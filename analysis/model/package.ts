// The packages of a directory as immutable values.

import { guessedPackageName, importsOf } from '../syntax/imports.ts';
import {
  type Declaration,
  isTestFile,
  type SourceFile,
  sourceFile,
  surfaceOf,
} from '../syntax/source-file.ts';
import { type BuildTarget, isBuilt } from './build-constraint.ts';
import type { GoModule } from './go-mod.ts';

/** The Go files of one directory, as the host has them. */
export interface Directory {
  /** With `/` separators, no trailing one. */
  readonly path: string;
  readonly files: readonly SourceFile[];
  /** The module that holds the directory; undefined without a readable go.mod. */
  readonly module: GoModule | undefined;
}

/** The packages that code can import. The host reads them, when they are first asked for. */
export interface Library {
  /**
   * The files of the package that an import path means, without tests and for one build target; bodies are not
   * looked at and may be left out. Undefined if there is no such package, or if it cannot be read.
   */
  files(importPath: string): readonly SourceFile[] | undefined;
}

/** One package: the files of one directory that share a package clause and a build configuration. */
export interface GoPackage {
  /** Of the directory in its module; the directory itself without one. An external test package ends in `_test`. */
  readonly importPath: string;
  readonly name: string;
  readonly directory: string;
  readonly module: GoModule | undefined;
  /** The files that `analyze` reports on. */
  readonly files: readonly SourceFile[];
  /** Left out by the build target: a package of this one file, which borrows names that it lacks from here. */
  readonly variantOf: GoPackage | undefined;
  /** The other files of the directory with this package clause that the build target leaves out. */
  readonly leftOut: readonly SourceFile[];
  /** For an external test package: the package that it tests and imports. */
  readonly tests: GoPackage | undefined;
  /**
   * The same object for as long as nothing but function bodies changes in the package and those it can see:
   * what was concluded about one function from its own body and this surface still holds.
   */
  readonly surface: object;
  /**
   * Made to try out an edit of this package. What is concluded about a trial is not remembered beyond it, and what is
   * remembered of the package serves the trial where it still holds.
   */
  readonly trialOf: GoPackage | undefined;
}

/**
 * The packages of a directory: each with its in-package tests, its external test package, and a one-file
 * package for each file that the build target leaves out. `previous` is the result before an edit.
 */
export function goPackages(
  directory: Directory,
  target: BuildTarget,
  previous: readonly GoPackage[] = [],
): readonly GoPackage[] {
  const built = directory.files.filter((file) => isBuilt(file, target));
  const left = directory.files.filter((file) => !built.includes(file));
  const names = [...new Set(built.map((file) => file.packageName))].filter((name) => name !== '');
  const packages: GoPackage[] = [];
  const add = (name: string, files: readonly SourceFile[], sees: Sees): GoPackage => {
    const made = goPackage(directory, name, files, sees, packages);
    const before = previous.find((p) => p.name === name && p.files[0]?.path === files[0]?.path);
    const kept = before && sameSurface(before, made) ? { ...made, surface: before.surface } : made;
    packages.push(kept);
    return kept;
  };
  // Packages before the external tests that import them.
  for (const name of names.sort((a, b) => Number(a.endsWith('_test')) - Number(b.endsWith('_test')))) {
    const tests = packages.find((p) => `${p.name}_test` === name);
    add(
      name,
      built.filter((file) => file.packageName === name),
      { variantOf: undefined, leftOut: left.filter((file) => file.packageName === name), tests },
    );
  }
  for (const file of left) {
    const main = packages.find((p) => p.name === file.packageName);
    const leftOut = left.filter((other) => other !== file && other.packageName === file.packageName);
    add(file.packageName, [file], { variantOf: main, leftOut, tests: main?.tests });
  }
  return packages;
}

type Sees = Pick<GoPackage, 'variantOf' | 'leftOut' | 'tests'>;

function goPackage(
  { path, module }: Directory,
  name: string,
  files: readonly SourceFile[],
  sees: Sees,
  others: readonly GoPackage[],
): GoPackage {
  const inModule = module && (path === module.directory || path.startsWith(`${module.directory}/`));
  const base = inModule ? module.path + path.slice(module.directory.length) : path;
  // The standard library's own module is called `std`, and its packages carry no prefix.
  const importPath = module?.path === 'std' && base.startsWith('std/') ? base.slice('std/'.length) : base;
  // A directory may have an external test package alone.
  const external = name.endsWith('_test') && files.every(isTestFile);
  // A program beside a package (`//go:build ignore`) is not what the import path of their directory means.
  const isBeside = !external && !sees.variantOf && others.some((p) => p.name !== name);
  return {
    importPath: external ? `${importPath}_test` : isBeside ? `${importPath} [${name}]` : importPath,
    name,
    directory: path,
    module,
    files,
    ...sees,
    surface: {},
    trialOf: undefined,
  };
}

function sameSurface(before: GoPackage, after: GoPackage): boolean {
  return (
    before.importPath === after.importPath &&
    before.module?.goVersion === after.module?.goVersion &&
    before.files.length === after.files.length &&
    before.leftOut.length === after.leftOut.length &&
    before.variantOf?.surface === after.variantOf?.surface &&
    before.tests?.surface === after.tests?.surface &&
    before.files.every((file, i) => sameFileSurface(file, after.files[i])) &&
    before.leftOut.every((file, i) => sameFileSurface(file, after.leftOut[i]))
  );
}

function sameFileSurface(before: SourceFile, after: SourceFile | undefined): boolean {
  if (before === after) return true;
  if (!after || before.path !== after.path || before.packageName !== after.packageName) return false;
  // A `//go:build` line before the package clause sets the language version.
  if (before.text.slice(0, before.starts[0]) !== after.text.slice(0, after.starts[0])) return false;
  if (before.declarations.length !== after.declarations.length) return false;
  return before.declarations.every((declaration, i) => {
    const now = after.declarations[i];
    return now !== undefined && (declaration === now || surfaceOf(declaration) === surfaceOf(now));
  });
}

/** The package with new texts for some of its files. */
export function withTexts(pkg: GoPackage, texts: ReadonlyMap<string, string>): GoPackage {
  const files = pkg.files.map((file) => sourceFile(file.path, texts.get(file.path) ?? file.text, file));
  const made: GoPackage = { ...pkg, files, surface: {} };
  return sameSurface(pkg, made) ? { ...made, surface: pkg.surface } : made;
}

/** The package as an edit would leave it, to be looked at and thrown away. */
export function trialOf(pkg: GoPackage, texts: ReadonlyMap<string, string>): GoPackage {
  const made = withTexts(pkg, texts);
  const isSame = made.files.every((file, i) => sameButForImports(pkg.files[i] as SourceFile, file));
  return { ...made, surface: isSame ? pkg.surface : made.surface, trialOf: pkg };
}

/**
 * Whether a file differs in function bodies and in imports alone, and nothing but the edited functions mentions one of
 * those imports: then nothing else means anything different.
 */
function sameButForImports(before: SourceFile, after: SourceFile): boolean {
  const names = changedImports(before, after);
  if (names.includes('.')) return false;
  const mentions = new RegExp(`\\b(?:${names.join('|') || '$^'})\\b`);
  const without = (file: SourceFile): SourceFile => {
    const kept = file.declarations.flatMap((d, i) => (d.kind === 'import' ? [] : [i]));
    const at = <T>(list: readonly T[]): readonly T[] => kept.map((i) => list[i] as T);
    return { ...file, declarations: at(file.declarations), starts: at(file.starts) };
  };
  const [old, now] = [without(before), without(after)];
  const isOther = (d: Declaration): boolean =>
    !mentions.test(now.declarations.includes(d) ? d.text : surfaceOf(d));
  return sameFileSurface(old, now) && old.declarations.every(isOther);
}

/** The names of the imports that only one of two versions of a file has; `.` for one without a name of its own. */
export function changedImports(before: SourceFile, after: SourceFile): readonly string[] {
  if (before === after) return [];
  const named = (file: SourceFile): readonly string[] =>
    importsOf(file).map(({ path, alias }) => `${alias ?? guessedPackageName(path)} ${path}`);
  const [old, now] = [named(before), named(after)];
  const changed = [
    ...old.filter((spec) => !now.includes(spec)),
    ...now.filter((spec) => !old.includes(spec)),
  ];
  return changed.map((spec) => spec.slice(0, spec.indexOf(' '))).filter((name) => name !== '_');
}
