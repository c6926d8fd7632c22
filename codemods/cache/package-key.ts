// What the findings of a folder follow from, as one digest: its files, what its code can see of the packages that it
// imports, and those that they import, and everything that goleash itself was told.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundModule } from '../../analysis/node/files.ts';
import { readGoFile } from '../../analysis/node/files.ts';
import { type PackagePlaces, packagePlaces } from '../../analysis/node/packages.ts';
import type { DirectoryTask } from '../discover.ts';
import { digestOf, type FileIndex } from './file-index.ts';

/** Digests of the folders of one module. */
export interface ModuleKeys {
  /** Equal for two versions of a folder only if the findings are; undefined if that cannot be told. */
  keyOf(task: DirectoryTask): string | undefined;
}

/** `job` stands for what was asked for, and for the version of goleash. The files are those of the moment. */
export function moduleKeys(module: FoundModule | undefined, files: FileIndex, job: string): ModuleKeys {
  if (module && 'broken' in module) return { keyOf: () => undefined };
  const places = module && packagePlaces(module);
  const imports = places && importDigests(places, files);
  const setting = digestOf(JSON.stringify([job, module, places?.changing, places?.fixed.filter(isThere)]));
  return {
    keyOf(task) {
      const parts = [setting, JSON.stringify(task.config), task.directory, String(task.editable)];
      const imported = new Set<string>();
      for (const names of [task.report, task.context]) {
        for (const name of names) {
          const facts = files.factsOf(`${task.directory}/${name}`);
          if (!facts) return undefined;
          parts.push(`${name}:${facts.content}`);
          for (const path of facts.imports) imported.add(path);
        }
        parts.push('');
      }
      parts.push(imports?.([...imported].sort()) ?? '');
      return digestOf(parts.join('\n'));
    },
  };
}

/** What can be seen of a package, and where its own imports lead. */
interface Seen {
  readonly digest: string;
  readonly imports: readonly Seen[];
}

/** For import paths, a digest of what can be seen of the packages and of all that they lead to. */
function importDigests(places: PackagePlaces, files: FileIndex): (importPaths: readonly string[]) => string {
  const folders = new Map<string, Seen>();
  const paths = new Map<string, Seen>();
  const ofFolder = (directory: string): Seen => {
    const known = folders.get(directory);
    if (known) return known;
    const imports: Seen[] = [];
    const parts = [directory];
    const facts = files
      .namesIn(directory)
      .filter((name) => !name.endsWith('_test.go'))
      .map((name) => [name, files.factsOf(join(directory, name))] as const);
    for (const [name, its] of facts) parts.push(`${name}:${its?.surface ?? ''}`);
    const seen = { digest: digestOf(parts.join('\n')), imports };
    folders.set(directory, seen);
    // Files that no build has can lead back to the folder.
    for (const path of new Set(facts.flatMap(([, its]) => its?.imports ?? []))) imports.push(ofPath(path));
    return seen;
  };
  const fixed = fixedFolders(places, files);
  const ofPath = (importPath: string): Seen => {
    let seen = paths.get(importPath);
    if (!seen) {
      const directory = places.find(importPath);
      if (directory === undefined) seen = { digest: `no ${importPath}`, imports: [] };
      else seen = fixed(directory) ?? ofFolder(directory);
      paths.set(importPath, seen);
    }
    return seen;
  };
  return (importPaths) => {
    const all = new Set(importPaths.map(ofPath));
    for (const { imports } of all) for (const other of imports) all.add(other);
    return digestOf(
      [...all]
        .map(({ digest }) => digest)
        .sort()
        .join('\n'),
    );
  };
}

/** The folders of the module cache, each by its name and by what its code can lead back to. */
function fixedFolders(places: PackagePlaces, files: FileIndex): (directory: string) => Seen | undefined {
  let back: string | undefined;
  return (directory) => {
    if (!places.fixed.some((root) => isIn(root, directory))) return undefined;
    back ??= digestOfRoots(rootsLedBackTo(places), files);
    return { digest: `${directory} ${back}`, imports: [] };
  };
}

/** The modules that can change and that a version in the module cache requires: its code can lead back to theirs. */
function rootsLedBackTo({ changing, fixed }: PackagePlaces): readonly string[] {
  const names = changing.flatMap((directory) => {
    const name = /^\s*module\s+"?([^\s"]+)/m.exec(textOf(join(directory, 'go.mod')))?.[1];
    return name ? [{ directory, name }] : [];
  });
  const requirements = fixed.map((directory) => textOf(join(directory, 'go.mod')));
  return names
    .filter(({ name }) => requirements.some((text) => text.split(/[\s"]+/).includes(name)))
    .map(({ directory }) => directory);
}

function textOf(path: string): string {
  const read = readGoFile(path);
  return 'text' in read ? read.text : '';
}

/** A digest of what can be seen of everything below some folders. */
function digestOfRoots(roots: readonly string[], files: FileIndex): string {
  const parts: string[] = [];
  const folders = [...roots];
  for (const directory of folders) {
    for (const name of files.namesIn(directory)) {
      if (name.endsWith('_test.go')) continue;
      parts.push(`${directory}/${name}:${files.factsOf(join(directory, name))?.surface ?? ''}`);
    }
    folders.push(...foldersIn(directory));
  }
  return digestOf(parts.join('\n'));
}

function foldersIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(?:\.|testdata$|node_modules$)/.test(entry.name))
      .map((entry) => join(directory, entry.name))
      .sort();
  } catch {
    return [];
  }
}

function isThere(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isIn(root: string, directory: string): boolean {
  return directory === root || (directory.startsWith(root) && /[/\\]/.test(directory[root.length] ?? ''));
}
