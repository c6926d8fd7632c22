// The journal's folder is the lock as well: who has put it there writes, nobody else. It comes into being by one rename,
// with its owner in it; the journal of a process that has died is claimed by another rename, into it.

import { randomBytes } from 'node:crypto';
import { codeOf } from '../../analysis/node/reason.ts';
import { reasonOf } from '../problem.ts';
import type { Disk, Process } from './disk.ts';

/** The folder that is there while a run is written. */
export const journalName = '.goleash-journal';

/** A journal that this process owns. */
export interface Journal {
  readonly root: string;
  readonly path: string;
  /** Names this run in temporary files. */
  readonly token: string;
}

interface Owner extends Process {
  readonly token: string;
}

/** Another process that is alive is writing. */
export class Busy extends Error {}

/**
 * Takes the journal of a folder. One that a dead process has left is handed to `recover`, under this process's claim,
 * and then a new one is made. Throws `Busy` if a process that is alive has it.
 */
export function takeJournal(root: string, disk: Disk, recover: (left: Journal) => void): Journal {
  for (;;) {
    const made = newJournal(root, disk);
    if (made) {
      sweep(root, disk);
      return made;
    }
    recoverJournal(root, disk, recover);
  }
}

/** Recovers what a dead process has left in a folder, if it has left anything. */
export function recoverJournal(root: string, disk: Disk, recover: (left: Journal) => void): void {
  const path = `${root}/${journalName}`;
  const owners = ownersOf(path, disk);
  if (!owners) return;
  const alive = owners.find((owner) => disk.isAlive(owner));
  if (alive) {
    throw new Busy(
      `another goleash (process ${alive.pid}) is writing here: ${path}; start this one again when it has ended`,
    );
  }
  const { uid } = disk.belonging(path);
  if (disk.user !== undefined && uid !== disk.user) {
    throw new Error(
      `${path} is of another user, whose goleash was cut short: only that user can go on with it`,
    );
  }
  const claimed = claim({ root, path, token: newToken() }, owners, disk);
  if (!claimed) return;
  recover(claimed);
  release(claimed, disk);
}

/** Ends the ownership; the journal is gone at one moment. */
export function release({ root, path, token }: Journal, disk: Disk): void {
  const done = `${path}-done-${token}`;
  disk.rename(path, done);
  quietly(() => {
    disk.flush(root);
    disk.remove(done);
  });
}

function newJournal(root: string, disk: Disk): Journal | undefined {
  const path = `${root}/${journalName}`;
  const token = newToken();
  const prepared = `${path}-new-${disk.self.pid}-${token}`;
  try {
    disk.makeFolder(prepared);
    putOwner(`${prepared}/owner-0`, token, disk);
    return moved(prepared, path, disk) ? { root, path, token } : undefined;
  } catch (error) {
    throw new Error(`nothing was written: cannot make ${path}: ${reasonOf(error)}`);
  } finally {
    quietly(() => disk.remove(prepared));
  }
}

function putOwner(folder: string, token: string, disk: Disk): void {
  const owner: Owner = { ...disk.self, token };
  disk.makeFolder(folder);
  disk.create(`${folder}/owner.json`, JSON.stringify(owner));
}

/** Whether a folder has got a name that nothing else has; it is there whole or not at all. */
function moved(from: string, to: string, disk: Disk): boolean {
  try {
    disk.rename(from, to);
    return true;
  } catch (error) {
    // Windows says EPERM.
    if (['EEXIST', 'ENOTEMPTY', 'EPERM', 'ENOTDIR'].includes(codeOf(error)) && isThere(to, disk))
      return false;
    throw error;
  }
}

export function isThere(path: string, disk: Disk): boolean {
  try {
    disk.belonging(path);
    return true;
  } catch {
    return false;
  }
}

/** Those that have claimed a journal, in order; undefined if there is no journal. */
function ownersOf(path: string, disk: Disk): readonly Owner[] | undefined {
  try {
    const count = disk.names(path).filter((name) => /^owner-\d+$/.test(name)).length;
    return Array.from({ length: count }, (_, i) =>
      JSON.parse(disk.read(`${path}/owner-${i}/owner.json`).toString()),
    );
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Error(`cannot read ${path}: ${reasonOf(error)}; see what is in it before you remove it`);
  }
}

/** Becomes the owner after the ones that were seen; undefined if another process was faster. */
function claim(journal: Journal, seen: readonly Owner[], disk: Disk): Journal | undefined {
  const { path, token } = journal;
  const prepared = `${path}-new-${disk.self.pid}-${token}`;
  const mine = `${path}/owner-${seen.length}`;
  try {
    putOwner(prepared, token, disk);
    if (!moved(prepared, mine, disk)) return undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    quietly(() => disk.remove(prepared));
  }
  // The journal that was looked at may have gone, and another one be there in its place.
  const now = ownersOf(path, disk);
  const isSame = seen.every(({ token: old }, i) => now?.[i]?.token === old);
  if (isSame) return journal;
  disk.remove(mine);
  return undefined;
}

/** Removes what runs that were cut short have left beside the journal. */
function sweep(root: string, disk: Disk): void {
  for (const name of disk.names(root)) {
    const pid = new RegExp(`^\\${journalName}-new-(\\d+)-`).exec(name)?.[1];
    const isLeft = pid
      ? !disk.isAlive({ pid: Number(pid), started: undefined })
      : name.startsWith(`${journalName}-done-`);
    if (isLeft) quietly(() => disk.remove(`${root}/${name}`));
  }
}

/** Does what need not be done. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch {}
}

function newToken(): string {
  return randomBytes(6).toString('hex');
}
