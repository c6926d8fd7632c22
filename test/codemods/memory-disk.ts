// A disk in memory that fails or dies at a chosen step, for what can happen while a run is written.

import { dirname } from 'node:path';
import type { Disk } from '../../codemods/journal/disk.ts';

/** What is on a disk: the texts of files by path; folders have `undefined`. */
export type Contents = Map<string, Buffer | undefined>;

/** The process is dead: nothing of it happens any more. */
export class Killed extends Error {}

export function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

export interface Trouble {
  /** Called before each step that changes the disk, which counts from 0; what it throws happens in the place of the step. */
  readonly before?: (step: number, what: keyof Disk, path: string) => void;
  /** Whether a file that is being made when `before` throws is there by half. */
  readonly half?: boolean;
}

/** The disk as process `pid` sees it. */
export function memoryDisk(
  contents: Contents,
  pid: number,
  alive: ReadonlySet<number>,
  { before, half = false }: Trouble = {},
): Disk & { readonly steps: () => number; readonly isDead: () => boolean } {
  let step = 0;
  let dead = false;
  const has = (path: string) => contents.has(path);
  const below = (path: string) => [...contents.keys()].filter((name) => name.startsWith(`${path}/`));
  const reading = () => {
    if (dead) throw new Killed();
  };
  const writing = (what: keyof Disk, path: string, onTrouble: () => void = () => {}) => {
    reading();
    const at = step++;
    try {
      before?.(at, what, path);
    } catch (error) {
      onTrouble();
      dead = error instanceof Killed;
      throw error;
    }
  };
  const needParent = (path: string) => {
    if (contents.get(dirname(path)) !== undefined || !has(dirname(path))) throw failure('ENOENT');
  };
  return {
    steps: () => step,
    isDead: () => dead,
    makeFolder(path) {
      writing('makeFolder', path);
      needParent(path);
      if (has(path)) throw failure('EEXIST');
      contents.set(path, undefined);
    },
    create(path, text) {
      const bytes = Buffer.from(text);
      writing('create', path, () => {
        if (half && !has(path)) contents.set(path, bytes.subarray(0, bytes.length >> 1));
      });
      needParent(path);
      if (has(path)) throw failure('EEXIST');
      contents.set(path, bytes);
    },
    rename(from, to) {
      writing('rename', to);
      if (!has(from)) throw failure('ENOENT');
      needParent(to);
      const isFolder = contents.get(from) === undefined;
      if (has(to) && (contents.get(to) === undefined) !== isFolder) throw failure('ENOTDIR');
      if (isFolder && below(to).length > 0) throw failure('ENOTEMPTY');
      for (const name of below(from)) {
        contents.set(to + name.slice(from.length), contents.get(name));
        contents.delete(name);
      }
      contents.set(to, contents.get(from));
      contents.delete(from);
    },
    remove(path) {
      // Half of a removed folder is gone.
      const names = [...below(path), path];
      writing('remove', path, () => {
        if (half) for (const name of names.slice(0, names.length >> 1)) contents.delete(name);
      });
      for (const name of names) contents.delete(name);
    },
    flush(folder) {
      writing('flush', folder);
    },
    read(path) {
      reading();
      const bytes = contents.get(path);
      if (!bytes) throw failure(has(path) ? 'EISDIR' : 'ENOENT');
      return bytes;
    },
    names(folder) {
      reading();
      if (!has(folder)) throw failure('ENOENT');
      return below(folder)
        .map((name) => name.slice(folder.length + 1))
        .filter((name) => !name.includes('/'));
    },
    belonging(path) {
      reading();
      if (!has(path)) throw failure('ENOENT');
      return { mode: 0o644, uid: 0, gid: 0 };
    },
    real: (path) => path,
    user: 0,
    self: { pid, started: undefined },
    isAlive: (process) => alive.has(process.pid),
  };
}
