// Replaces the text of files: wholly or not at all, and never over what someone else has written meanwhile.

import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../analysis/node/reason.ts';
import { reasonOf } from './problem.ts';
import type { PackageChange } from './work.ts';

/** Whether the file may be written: its permissions say so, for root too. */
export function isWritable(path: string): boolean {
  try {
    return (statSync(path).mode & 0o222) !== 0;
  } catch {
    return false;
  }
}

/** Why the file no longer is what was analysed; undefined if it is. */
function changedSince(path: string, before: string): string | undefined {
  try {
    return readFileSync(path).equals(Buffer.from(before))
      ? undefined
      : 'it changed while goleash was running';
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * Replaces the text of a file: a new file beside it is written, flushed and renamed over it, so that at any moment one
 * or the other is there. Its mode stays; a symbolic link stays and its target is replaced. Returns why the file could
 * not be written, which then is as before.
 */
export function replaceFile(path: string, text: string): string | undefined {
  let temporary: string | undefined;
  try {
    const target = realpathSync(path);
    const { mode, uid, gid } = statSync(target);
    const beside = join(dirname(target), `.${basename(target)}.goleash-${process.pid}`);
    const file = openSync(beside, 'wx', 0o600);
    temporary = beside;
    try {
      writeFileSync(file, text);
      keepOwner(file, uid, gid);
      fchmodSync(file, mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, target);
    return undefined;
  } catch (error) {
    if (temporary !== undefined) removeQuietly(temporary);
    return reasonOf(error);
  }
}

/** Writes a file that is not there yet, whole or not at all. Returns why it could not be written. */
export function createFile(path: string, text: string): string | undefined {
  const beside = join(dirname(path), `.${basename(path)}.goleash-${process.pid}`);
  try {
    writeFileSync(beside, text, { flag: 'wx', flush: true });
    renameSync(beside, path);
    return undefined;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') removeQuietly(beside);
    return reasonOf(error);
  }
}

/** Only root can give files away; for others the new file is theirs, as after any edit. */
function keepOwner(file: number, uid: number, gid: number): void {
  try {
    fchownSync(file, uid, gid);
  } catch {}
}

/** Removes a file if that is possible. */
export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}

/**
 * Writes the changed files of one package. Files that one fix ties together are written all or none. Returns why files
 * were not written, by path.
 */
export function writeChange({ files, applied }: PackageChange): ReadonlyMap<string, string> {
  const failed = new Map<string, string>();
  const left = new Map(files.map((file) => [file.path, file]));
  for (const { path } of files) {
    if (!left.has(path)) continue;
    const group = [...tiedTo(path, applied)].flatMap((tied) => left.get(tied) ?? []);
    for (const file of group) left.delete(file.path);
    writeGroup(group, failed);
  }
  return failed;
}

function writeGroup(group: PackageChange['files'], failed: Map<string, string>): void {
  const fail = (path: string, reason: string) => {
    for (const file of group)
      failed.set(
        file.path,
        file.path === path ? reason : `its fix also changes ${basename(path)}, which was not written`,
      );
  };
  for (const { path, before } of group) {
    const reason = changedSince(path, before);
    if (reason !== undefined) {
      fail(path, reason);
      return;
    }
  }
  const written: PackageChange['files'][number][] = [];
  for (const file of group) {
    const reason = replaceFile(file.path, file.after);
    if (reason === undefined) {
      written.push(file);
      continue;
    }
    for (const { path, before } of written) replaceFile(path, before);
    fail(file.path, reason);
    return;
  }
}

/** The path and all that fixes connect with it. */
function tiedTo(path: string, applied: PackageChange['applied']): ReadonlySet<string> {
  const tied = new Set([path]);
  for (let size = 0; size < tied.size; ) {
    size = tied.size;
    for (const { touches } of applied) {
      if (touches.some((touched) => tied.has(touched))) for (const touched of touches) tied.add(touched);
    }
  }
  return tied;
}
