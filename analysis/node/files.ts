// The disk as analysis wants it: Go files as text, or a reason that a person understands why there is none.

import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { type GoModule, parseGoMod } from '../model/go-mod.ts';
import { codeOf, reasonOf } from './reason.ts';

/** Larger files are not read, in bytes: none of them is written by hand. */
export const maxFileSize = 4 * 1024 * 1024;

/** The text of a file, or why it has none: `permission denied`. */
export type ReadFile = { readonly text: string } | { readonly skipped: string };

/** Reads a file. A byte order mark stays, as the first character `\uFEFF`. Never throws. */
export function readGoFile(path: string): ReadFile {
  try {
    return textOf(path);
  } catch (error) {
    return { skipped: reasonOf(error) };
  }
}

/** A module, or why its go.mod file cannot be used. */
export type FoundModule = GoModule | { readonly broken: string };

/** What `findGoModule` has found, by directory. Its owner throws it away when a go.mod file may have changed. */
export type GoModuleCache = Map<string, FoundModule | undefined>;

/**
 * The module of a directory: the one of the nearest go.mod file in it or above it; undefined if there is none.
 * `broken` says, with the path of the file, why it cannot be used; a go.mod further up is not taken in its place.
 */
export function findGoModule(directory: string, cache: GoModuleCache): FoundModule | undefined {
  const from = resolve(directory);
  if (cache.has(from)) return cache.get(from);
  const above = dirname(from);
  const found = goModuleIn(from) ?? (above === from ? undefined : findGoModule(above, cache));
  cache.set(from, found);
  return found;
}

function goModuleIn(directory: string): FoundModule | undefined {
  const path = join(directory, 'go.mod');
  let read: ReadFile;
  try {
    if (!statSync(path).isFile()) return undefined;
    read = textOf(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    read = { skipped: reasonOf(error) };
  }
  if ('skipped' in read) return { broken: `${path}: ${read.skipped}` };
  const module = parseGoMod(read.text, withSlashes(directory));
  return module ?? { broken: `${path}: no module directive` };
}

/** Like `readGoFile`, but an error of the system is thrown. */
function textOf(path: string): ReadFile {
  const status = statSync(path);
  if (status.isDirectory()) return { skipped: 'is a directory' };
  // Reading a pipe or a device may never end.
  if (!status.isFile()) return { skipped: 'is not a regular file' };
  if (status.size > maxFileSize) return tooLarge;
  const bytes = readFileSync(path);
  if (bytes.length > maxFileSize) return tooLarge;
  if (bytes.includes(0)) return { skipped: 'is binary or not UTF-8: it has a NUL byte' };
  if (!isUtf8(bytes)) return { skipped: 'is not valid UTF-8' };
  return { text: bytes.toString('utf8') };
}

const tooLarge: ReadFile = { skipped: `is larger than ${maxFileSize / 1024 / 1024} MiB` };

function withSlashes(path: string): string {
  const slashes = sep === '/' ? path : path.replaceAll(sep, '/');
  return slashes.replace(/\/$/, '');
}
