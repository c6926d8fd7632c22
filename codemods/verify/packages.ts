// What the go command makes of the folders of a workspace: packages, their files and what they import.

import { join } from 'node:path/posix';
import { sourceFile } from '../../analysis/index.ts';
import type { VerifyOptions } from './request.ts';
import { buildFlags, firstError } from './toolchain.ts';
import type { Workspace } from './workspaces.ts';

/** The package of a folder with its tests. */
export interface Package {
  /** The folder, with `/` separators; for a file that is a program of its own, the path of the file. */
  readonly folder: string;
  /** What the go command is asked to build: an import path, or a file. */
  readonly path: string;
  readonly name: string;
  /** Whether it is a file that the go command does not build together with anything else. */
  readonly alone: boolean;
  /** Names of files that are built here. */
  readonly files: readonly string[];
  /** Names of test files that are built here. */
  readonly tests: readonly string[];
  /** Names of files that are not built on this platform. */
  readonly ignored: readonly string[];
  /** Import paths; with those of the tests. */
  readonly imports: readonly string[];
  /** What is wrong before anything is built, one line. */
  readonly error: string | undefined;
}

/** Packages by folder. */
export type Packages = ReadonlyMap<string, Package>;

interface Listed {
  readonly Dir: string;
  readonly ImportPath: string;
  readonly Name?: string;
  readonly Error?: { readonly Err: string };
  readonly GoFiles?: readonly string[];
  readonly CgoFiles?: readonly string[];
  readonly TestGoFiles?: readonly string[];
  readonly XTestGoFiles?: readonly string[];
  readonly IgnoredGoFiles?: readonly string[];
  readonly Imports?: readonly string[];
  readonly TestImports?: readonly string[];
  readonly XTestImports?: readonly string[];
}

const fields =
  'Dir,ImportPath,Name,Error,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,Imports,TestImports,XTestImports';

/** The packages of these folders, and with `all` those of the whole workspace; or why there are none, as a clause. */
export async function listPackages(
  { go, modules }: Workspace,
  folders: readonly string[],
  all: boolean,
  options: VerifyOptions,
): Promise<Packages | { readonly why: string }> {
  const everything = all ? modules.map((module) => `${module}/...`) : [];
  const packages = new Map<string, Package>();
  for (const some of chunks([...folders, ...everything])) {
    const { status, out, err, failure } = await go.run([
      'list',
      '-e',
      `-json=${fields}`,
      ...buildFlags(options),
      ...some,
    ]);
    if (status !== 0) return { why: failure ?? firstError(err) ?? 'go list fails' };
    for (const listed of jsonValues(out)) {
      const pkg = packageFrom(listed as Listed);
      packages.set(pkg.folder, pkg);
    }
  }
  return packages;
}

function packageFrom(listed: Listed): Package {
  return {
    folder: listed.Dir.replaceAll('\\', '/'),
    path: listed.ImportPath,
    name: listed.Name ?? '',
    alone: false,
    files: [...(listed.GoFiles ?? []), ...(listed.CgoFiles ?? [])],
    tests: [...(listed.TestGoFiles ?? []), ...(listed.XTestGoFiles ?? [])],
    ignored: listed.IgnoredGoFiles ?? [],
    imports: [...(listed.Imports ?? []), ...(listed.TestImports ?? []), ...(listed.XTestImports ?? [])],
    error: listed.Error?.Err.split('\n')[0],
  };
}

/** The objects of an output that has several, each with its braces at the start of a line. */
export function jsonValues(text: string): readonly unknown[] {
  return [...text.matchAll(/^\{(?:\}|\n[\s\S]*?^\})$/gm)].map(([value]) => JSON.parse(value) as unknown);
}

/** Command lines are not arbitrarily long, on Windows least of all. */
export function chunks(args: readonly string[]): readonly (readonly string[])[] {
  const result: string[][] = [];
  let room = 0;
  for (const arg of args) {
    if (arg.length + 1 > room) {
      result.push([]);
      room = 24_000;
    }
    result.at(-1)?.push(arg);
    room -= arg.length + 1;
  }
  return result;
}

/** The packages that import one of these, directly or, with `deep`, by way of others; without these themselves. */
export function importers(of: readonly Package[], packages: Packages, deep: boolean): readonly Package[] {
  const paths = new Set(of.map((pkg) => pkg.path));
  const found = new Set<Package>();
  for (let size = -1; size < found.size; ) {
    size = found.size;
    for (const pkg of packages.values()) {
      if (!of.includes(pkg) && pkg.imports.some((path) => paths.has(path))) found.add(pkg);
    }
    if (!deep) break;
    for (const pkg of found) paths.add(pkg.path);
  }
  return [...found];
}

/** The package and those of the workspace that it is built from. */
export function withImported(pkg: Package, packages: Packages): readonly Package[] {
  const byPath = new Map([...packages.values()].map((other) => [other.path, other]));
  const found = new Set([pkg]);
  for (const { imports } of found) {
    for (const path of imports) {
      const imported = byPath.get(path);
      if (imported) found.add(imported);
    }
  }
  return [...found];
}

/** Whether other packages may notice the change of a file: something that they can see differs, outside of function bodies. */
export function changesSurface(path: string, before: string, after: string): boolean {
  if (path.endsWith('_test.go')) return false;
  const surface = (text: string) =>
    sourceFile(path, text)
      .declarations.filter(isVisible)
      .map(({ text: all, body }) => all.slice(0, body < 0 ? undefined : body))
      .join('\n');
  return surface(before) !== surface(after);
}

/** Types and methods that are not exported can be reached through those that are. */
function isVisible({ kind, names, text }: ReturnType<typeof sourceFile>['declarations'][number]): boolean {
  if (kind === 'import') return false;
  if (kind === 'type' || /^func\s*\(/.test(text)) return true;
  return names.some((name) => /^\p{Lu}/u.test(name));
}

/** Why the file of a package is not part of any build here, as a clause; undefined if it is. */
export function whyNotBuilt(
  file: string,
  pkg: Package | undefined,
  { go: { os, arch, cgo, minor } }: Workspace,
): string | undefined {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (pkg && (pkg.files.includes(name) || pkg.tests.includes(name))) return undefined;
  if (pkg?.ignored.includes(name))
    return `this file is not built on ${os}/${arch} with Go 1.${minor}${cgo ? '' : ', without cgo'}`;
  return pkg?.error ?? 'the go command does not see this file';
}

/** The folder of a file. */
export function folderOf(root: string, path: string): string {
  return join(root, path).replace(/\/[^/]*$/, '');
}
