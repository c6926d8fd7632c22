// Packages outside the directory at hand, found as the go command finds them but without running it: the module
// itself, go.work, vendor/, replace directives and the module cache. What is not there is simply not visible.

import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildTarget, isBuilt } from '../model/build-constraint.ts';
import type { GoModule } from '../model/go-mod.ts';
import type { Library } from '../model/package.ts';
import { escapedModulePath, parseRequirements, type Requirements } from '../model/requirements.ts';
import { type SourceFile, sourceFile, withoutBodies } from '../syntax/source-file.ts';
import { findGoModule, type GoModuleCache, readGoFile } from './files.ts';

/** Where a module's packages lie: import paths that begin with `path` are folders of `directory`. */
interface Root {
  readonly path: string;
  readonly directory: string;
  /** A version in the module cache, which never changes. */
  readonly isFixed: boolean;
}

/** Where the packages are that a module's code can import. */
export interface PackagePlaces {
  /** The folder of a package; undefined if it is not on this disk. */
  find(importPath: string): string | undefined;
  /** The folders of modules that can change: its own, and those that go.work and replace directives lead to. */
  readonly changing: readonly string[];
  /** The folders of module versions in the module cache, whether they are there or not. */
  readonly fixed: readonly string[];
}

/** Reads go.mod and go.work; looks for a package when it is asked for it. */
export function packagePlaces(module: GoModule): PackagePlaces {
  const roots = rootsOf(module);
  const directories = (isFixed: boolean): readonly string[] =>
    roots.filter((root) => root.isFixed === isFixed).map((root) => root.directory);
  return {
    find: (importPath) => directoryOf(importPath, module, roots),
    changing: directories(false),
    fixed: directories(true),
  };
}

/**
 * The library of a module's code: the standard library, and every package that its go.mod, go.work or vendor/
 * leads to on this disk. Reads a package when it is first asked for and keeps it for as long as the library lives.
 */
export function moduleLibrary(std: Library, module: GoModule | undefined, target: BuildTarget): Library {
  if (!module) return std;
  const known = new Map<string, readonly SourceFile[] | undefined>();
  let places: PackagePlaces | undefined;
  return {
    files(importPath) {
      const standard = std.files(importPath);
      if (standard) return standard;
      if (!known.has(importPath)) {
        places ??= packagePlaces(module);
        known.set(importPath, filesIn(places.find(importPath), target));
      }
      return known.get(importPath);
    },
  };
}

/** The folder of the module cache: GOMODCACHE, or pkg/mod under the first GOPATH, or under ~/go. */
function moduleCache(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env['GOMODCACHE']) return env['GOMODCACHE'];
  const [first] = (env['GOPATH'] ?? '').split(process.platform === 'win32' ? ';' : ':');
  return join(first || join(homedir(), 'go'), 'pkg', 'mod');
}

function directoryOf(importPath: string, module: GoModule, roots: readonly Root[]): string | undefined {
  if (module.path === 'std') {
    // The standard library's packages carry no module prefix, and it vendors what it needs of others.
    return firstDirectory([join(module.directory, importPath), join(module.directory, 'vendor', importPath)]);
  }
  const vendored = join(module.directory, 'vendor', importPath);
  const candidates = roots
    .filter((root) => importPath === root.path || importPath.startsWith(`${root.path}/`))
    .map((root) => join(root.directory, importPath.slice(root.path.length)));
  return firstDirectory([vendored, ...candidates]);
}

/** The roots of a module's build, the longest paths first. */
function rootsOf(module: GoModule): readonly Root[] {
  const cache = moduleCache();
  const text = readGoFile(join(module.directory, 'go.mod'));
  const requirements = parseRequirements('text' in text ? text.text : '');
  const roots = new Map<string, Root>();
  for (const [path, version] of requirements.requires) {
    roots.set(path, { path, ...requiredDirectory(path, version, requirements, module.directory, cache) });
  }
  for (const root of workspaceRoots(module.directory)) roots.set(root.path, root);
  roots.set(module.path, { path: module.path, directory: module.directory, isFixed: false });
  return [...roots.values()].sort((a, b) => b.path.length - a.path.length);
}

function requiredDirectory(
  path: string,
  version: string,
  { replaces }: Requirements,
  base: string,
  cache: string,
): Omit<Root, 'path'> {
  const replaced = replaces.find(
    (r) => r.path === path && (r.version === undefined || r.version === version),
  );
  if (replaced && /^[./]|^[A-Za-z]:/.test(replaced.target))
    return { directory: resolve(base, replaced.target), isFixed: false };
  const from = replaced?.target ?? path;
  const escaped = `${escapedModulePath(from)}@${escapedModulePath(replaced?.targetVersion ?? version)}`;
  return { directory: join(cache, escaped), isFixed: true };
}

/** The modules of the nearest go.work file above a module. */
function workspaceRoots(directory: string): readonly Root[] {
  const modules: GoModuleCache = new Map();
  for (let at = resolve(directory); ; at = resolve(at, '..')) {
    const text = readGoFile(join(at, 'go.work'));
    if ('text' in text) {
      return parseRequirements(text.text).uses.flatMap((use) => {
        const found = findGoModule(resolve(at, use), modules);
        if (!found || 'broken' in found) return [];
        return [{ path: found.path, directory: found.directory, isFixed: false }];
      });
    }
    if (at === resolve(at, '..')) return [];
  }
}

function firstDirectory(candidates: readonly string[]): string | undefined {
  return candidates.find((path) => {
    try {
      return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    } catch {
      return false;
    }
  });
}

function filesIn(directory: string | undefined, target: BuildTarget): readonly SourceFile[] | undefined {
  if (directory === undefined) return undefined;
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
  } catch {
    return undefined;
  }
  const files = names.flatMap((name) => {
    const path = join(directory, name);
    const read = readGoFile(path);
    const file = 'text' in read ? sourceFile(path, read.text) : undefined;
    return file && isBuilt(file, target) ? [withoutBodies(file)] : [];
  });
  // A file of another package (`package main`, left in for documentation) is not part of it.
  const own = files.filter((file) => file.packageName === files[0]?.packageName);
  return own.length > 0 ? own : undefined;
}
