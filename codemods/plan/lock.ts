// One writer of a file at a time, among all processes of this machine.

import { linkSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../analysis/node/reason.ts';
import { reasonOf } from '../problem.ts';
import { removeQuietly } from './whole-file.ts';

/** In milliseconds; a writer needs a fraction of it. */
const patience = 10_000;
const pause = 15;

/**
 * Calls `write` while no other process is in a `withLock` for the same path. The lock is a file beside it; one that a
 * killed process has left is removed. Throws an Error that names the lock if another process keeps it for ten seconds.
 */
export function withLock<T>(path: string, named: string, write: () => T): T {
  const lock = join(dirname(path), `.${basename(path)}.goleash-lock`);
  const end = Date.now() + patience;
  while (!acquired(lock, named)) {
    if (Date.now() > end) {
      throw new Error(`${named}: another goleash writes it; if none runs, remove ${lock}`);
    }
    if (!removedStale(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
  }
  try {
    return write();
  } finally {
    removeQuietly(lock);
  }
}

/** The lock appears with its process number in it, so that it can be told from a stale one at any moment. */
function acquired(lock: string, named: string): boolean {
  const own = `${lock}-${process.pid}`;
  try {
    writeFileSync(own, String(process.pid), { mode: 0o600 });
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new Error(`${named}: not written: ${reasonOf(error)}`);
  } finally {
    removeQuietly(own);
  }
}

/** A lock whose process is gone is moved away, looked at again, and put back if it is not the one that was meant. */
function removedStale(lock: string): boolean {
  const away = `${lock}-${process.pid}`;
  try {
    if (!isStale(lock)) return false;
    renameSync(lock, away);
    if (!isStale(away)) linkSync(away, lock);
    removeQuietly(away);
    return true;
  } catch {
    return false;
  }
}

function isStale(lock: string): boolean {
  const pid = Number(readFileSync(lock, 'utf8'));
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}
