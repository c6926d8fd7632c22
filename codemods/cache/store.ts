// The files of the cache: one for each module, replaced whole, so that runs at the same time lose at most what the other
// has just found. What cannot be read, or is not what was written, counts as empty.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { digestOf, type IndexEntry } from './file-index.ts';

/** What is kept for the folders of one module. */
export interface Stored<Result> {
  readonly files: Readonly<Record<string, IndexEntry>>;
  /** By what was asked for, the latest first; then by folder. */
  readonly results: readonly {
    readonly job: string;
    readonly folders: Readonly<Record<string, { readonly key: string; readonly result: Result }>>;
  }[];
}

const nothingStored: Stored<never> = { files: {}, results: [] };

/** In the name of the folder: another format is another cache. */
const format = 'v1';
/** What nobody has used for so long is removed, in milliseconds. */
const longest = 30 * 24 * 60 * 60 * 1000;

/** The folder for caches of this user: GOLEASH_CACHE, or where the system has them. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  if (env['GOLEASH_CACHE']) return env['GOLEASH_CACHE'];
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'goleash');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'goleash');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'goleash');
}

/** What is kept under a name; nothing if there is nothing whole. */
export function readStored<Result>(folder: string, name: string): Stored<Result> {
  const path = pathOf(folder, name);
  try {
    const text = readFileSync(path, 'utf8');
    const newline = text.indexOf('\n');
    const body = text.slice(newline + 1);
    if (text.slice(0, newline) !== digestOf(body)) return nothingStored;
    const now = new Date();
    utimesSync(path, now, now);
    return JSON.parse(body) as Stored<Result>;
  } catch {
    return nothingStored;
  }
}

/** Keeps a value under a name. A cache that cannot be written is no reason to fail. */
export function writeStored(folder: string, name: string, value: Stored<unknown>): void {
  const path = pathOf(folder, name);
  const body = JSON.stringify(value);
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(join(folder, format), { recursive: true, mode: 0o700 });
    writeFileSync(beside, `${digestOf(body)}\n${body}`, { mode: 0o600 });
    renameSync(beside, path);
    removeOld(join(folder, format));
  } catch {
    removeQuietly(beside);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function removeOld(folder: string): void {
  const now = Date.now();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > longest)
      rmSync(path, { force: true });
  }
}

function pathOf(folder: string, name: string): string {
  return join(folder, format, `${digestOf(name).slice(0, 24)}.json`);
}
