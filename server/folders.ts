// The Go packages around the open documents: each folder is read from disk once, and again where it changes.

import { readdir, stat } from 'node:fs/promises';
import {
  type BuildTarget,
  type Directory,
  defaultConfig,
  type GoModule,
  type GoPackage,
  goPackages,
  type Library,
  type SourceFile,
  sourceFile,
} from '../analysis/index.ts';
import { type Settings, settingsFinder } from '../analysis/node/config.ts';
import { findGoModule, readGoFile } from '../analysis/node/files.ts';
import { moduleLibrary } from '../analysis/node/packages.ts';

/** What analysis needs besides the code that it is to look at. */
export interface Engine {
  readonly library: Library;
  readonly target: BuildTarget;
}

/** What all folders share. */
export interface Surroundings {
  /** The standard library, which may still be loading. */
  readonly engine: Promise<Engine>;
  /** What the code of a module can import, by the folder and stamp of its go.mod. */
  readonly libraries: Map<string, Library>;
  log(message: string): void;
}

/** A folder with an open document in it, or the stand-in for one around a document that is not a file. */
export interface Folder {
  readonly path: string;
  readonly isOnDisk: boolean;
  /** Resolves when the disk was read; never rejects. Until then the folder looks empty. */
  ready: Promise<void>;
  /** Undefined as long as the folder was not read. */
  engine: Engine | undefined;
  settings: Settings;
  module: GoModule | undefined;
  /** Tells whether go.mod is still the one that was read. */
  moduleStamp: string | undefined;
  /** The Go files on disk by path. */
  disk: ReadonlyMap<string, DiskFile>;
  /** What `packagesOf` has made last, and of which directory. */
  packages: readonly GoPackage[];
  packaged: Directory | undefined;
}

interface DiskFile {
  readonly file: SourceFile;
  /** Tells whether the file on disk is still the one that was read. */
  readonly stamp: string;
}

const noSettings: Settings = { file: undefined, config: defaultConfig, problems: [], excludes: () => false };

/** A folder that is being read; see `ready`. One that is not on disk has nothing to read. */
export function openFolder(path: string, isOnDisk: boolean, surroundings: Surroundings): Folder {
  const folder: Folder = {
    path,
    isOnDisk,
    ready: Promise.resolve(),
    engine: undefined,
    settings: noSettings,
    module: undefined,
    moduleStamp: undefined,
    disk: new Map(),
    packages: [],
    packaged: undefined,
  };
  if (isOnDisk) refresh(folder, true, surroundings);
  else folder.ready = adoptEngine(folder, surroundings);
  return folder;
}

/**
 * Reads again what has changed on disk, settings and go.mod included. With `imports`, what the folder imports may
 * have changed as well.
 */
export function refresh(folder: Folder, imports: boolean, surroundings: Surroundings): Promise<void> {
  folder.ready = folder.ready
    .then(() => read(folder, imports, surroundings))
    .catch((error: unknown) =>
      surroundings.log(`${folder.path}: ${error instanceof Error ? error.message : String(error)}`),
    );
  return folder.ready;
}

/**
 * The packages of the folder, with the text of the open files in place of that on disk. The same objects as the
 * last time if nothing changed.
 */
export function packagesOf(
  folder: Folder,
  open: readonly SourceFile[],
  { target }: Engine,
): readonly GoPackage[] {
  const files = new Map([...folder.disk].map(([path, { file }]) => [path, file]));
  for (const file of open) files.set(file.path, file);
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const directory: Directory = { path: folder.path, files: sorted, module: folder.module };
  if (folder.packaged && isSame(folder.packaged, directory)) return folder.packages;
  folder.packages = goPackages(directory, target, folder.packages);
  folder.packaged = directory;
  return folder.packages;
}

function isSame(before: Directory, now: Directory): boolean {
  if (before.module !== now.module || before.files.length !== now.files.length) return false;
  return before.files.every((file, i) => file === now.files[i]);
}

async function adoptEngine(folder: Folder, { engine, log }: Surroundings): Promise<void> {
  folder.engine = await engine.catch((error: unknown) => void log(String(error)));
}

async function read(folder: Folder, imports: boolean, surroundings: Surroundings): Promise<void> {
  const { log } = surroundings;
  const engine = await surroundings.engine;
  // A folder that is not on disk yet has a module and settings all the same.
  const names = await readdir(folder.path).catch((): string[] => []);
  const settings = await settingsFinder()(folder.path, names);
  const found = findGoModule(folder.path, new Map());
  if (found && 'broken' in found) log(found.broken);
  const module = found && 'broken' in found ? undefined : found;
  const moduleStamp = module && (await stampOf(`${module.directory}/go.mod`));
  const disk = new Map<string, DiskFile>();
  for (const name of names.filter(isGoFile)) {
    const path = `${folder.path === '/' ? '' : folder.path}/${name}`;
    const file = await readFile(path, folder.disk.get(path), log);
    if (file) disk.set(path, file);
  }
  // All at once, so that no analysis sees half of it; what is equal stays the same object.
  if (JSON.stringify(settings) !== JSON.stringify(folder.settings)) folder.settings = settings;
  if (JSON.stringify(module) !== JSON.stringify(folder.module)) folder.module = module;
  folder.disk = disk;
  if (!imports && folder.engine && moduleStamp === folder.moduleStamp) return;
  folder.moduleStamp = moduleStamp;
  renewLibrary(folder, engine, surroundings.libraries);
}

function renewLibrary(
  folder: Folder,
  { library: std, target }: Engine,
  libraries: Map<string, Library>,
): void {
  const { module, moduleStamp } = folder;
  const key = `${module?.directory} ${moduleStamp}`;
  const library = libraries.get(key) ?? moduleLibrary(std, module, target);
  libraries.set(key, library);
  if (library === folder.engine?.library) return;
  folder.engine = { library, target };
  // What was concluded with the packages that were imported before is not carried over.
  folder.packages = [];
  folder.packaged = undefined;
}

async function readFile(
  path: string,
  known: DiskFile | undefined,
  log: (message: string) => void,
): Promise<DiskFile | undefined> {
  const stamp = await stampOf(path);
  if (stamp === undefined) return undefined;
  if (known?.stamp === stamp) return known;
  const read = readGoFile(path);
  if ('text' in read) return { file: sourceFile(path, read.text, known?.file), stamp };
  log(`${path} is left out: it ${read.skipped}`);
  return undefined;
}

/** Undefined if there is no such file. */
async function stampOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? `${found.mtimeMs} ${found.size} ${found.ino}` : undefined;
}

/** Go ignores files whose names start with `.` or `_`. */
function isGoFile(name: string): boolean {
  return name.endsWith('.go') && !name.startsWith('.') && !name.startsWith('_');
}
