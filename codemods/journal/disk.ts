// What writing a run takes of the operating system, as functions that a test can let fail at any step. All are
// synchronous: a signal is handled before or after a run is written, never in between.

import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { codeOf } from '../../analysis/node/reason.ts';

/** The mode and the owner of a file. */
export interface Belonging {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A process that writes. */
export interface Process {
  readonly pid: number;
  /** When it was started, in the clock of the system, if that can be known: numbers of processes are given again. */
  readonly started: string | undefined;
}

/** Everything throws what the system says. */
export interface Disk {
  /** Fails if it is there. */
  makeFolder(path: string): void;
  /** Makes a file and flushes it; fails if it is there. */
  create(path: string, text: string | Uint8Array, like?: Belonging): void;
  /** Fails if `to` is a folder with something in it; a file is replaced. */
  rename(from: string, to: string): void;
  /** Removes a file or a folder with all that is in it, if it is there. */
  remove(path: string): void;
  /** Makes sure that the entries of a folder are on the disk. */
  flush(folder: string): void;
  read(path: string): Buffer;
  names(folder: string): readonly string[];
  belonging(path: string): Belonging;
  /** The path without symbolic links. */
  real(path: string): string;
  /** The user that this process is; undefined where users have no numbers. */
  readonly user: number | undefined;
  /** This process. */
  readonly self: Process;
  isAlive(process: Process): boolean;
}

export const disk: Disk = {
  makeFolder: (path) => mkdirSync(path),
  create(path, text, like) {
    const file = openSync(path, 'wx', like ? 0o600 : 0o666);
    try {
      writeFileSync(file, text);
      if (like) {
        keepOwner(file, like);
        fchmodSync(file, like.mode & 0o7777);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  flush(folder) {
    // Windows has no handle of a folder to flush.
    if (process.platform === 'win32') return;
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } catch (error) {
      // Some file systems know no such thing.
      if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error;
    } finally {
      closeSync(handle);
    }
  },
  read: (path) => readFileSync(path),
  names: (folder) => readdirSync(folder),
  belonging: (path) => statSync(path),
  real: (path) => realpathSync(path),
  user: process.geteuid?.(),
  self: { pid: process.pid, started: startOf(process.pid) },
  isAlive({ pid, started }) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      // One of another user may not be asked, but it is there.
      if (codeOf(error) !== 'EPERM') return false;
    }
    return started === undefined || (startOf(pid) ?? started) === started;
  },
};

/** Only root can give files away; for others the new file is theirs, as after any edit. */
function keepOwner(file: number, { uid, gid }: Belonging): void {
  try {
    fchownSync(file, uid, gid);
  } catch {}
}

/** Linux tells it, in ticks since the system was started. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses, which may have anything in it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
