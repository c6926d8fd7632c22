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
import type { Change } from './plan/plan.ts';
import { type Problem, reasonOf } from './problem.ts';
import { absolute } from './targets.ts';
import type { FileChange, PackageChange } from './work.ts';

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

/** Only root can give files away; for others the new file is theirs, as after any edit. */
function keepOwner(file: number, uid: number, gid: number): void {
  try {
    fchownSync(file, uid, gid);
  } catch {}
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}

/** Writes packages. What cannot be written is a problem, and its changes do not count as applied. */
export function writeChanges(
  packages: readonly PackageChange[],
  base: string,
): { readonly applied: readonly Change[]; readonly problems: readonly Problem[] } {
  const touches = ({ against }: Change) => against.map(({ path }) => absolute(path, base));
  const files = packages.flatMap((pkg) => pkg.files);
  const changes = packages.flatMap((pkg) => pkg.changes);
  const failed = writeFiles(files, changes.map(touches));
  return {
    applied: changes.filter((change) => !touches(change).some((path) => failed.has(path))),
    problems: [...failed].map(([path, reason]) => ({ path, message: `not fixed: ${reason}` })),
  };
}

/**
 * Writes changed files. Those that one of the lists of `ties` holds together are written all or none. Returns why files
 * were not written, by path.
 */
export function writeFiles(
  files: readonly FileChange[],
  ties: readonly (readonly string[])[],
): ReadonlyMap<string, string> {
  const failed = new Map<string, string>();
  const left = new Map(files.map((file) => [file.path, file]));
  for (const { path } of files) {
    if (!left.has(path)) continue;
    const group = [...tiedTo(path, ties)].flatMap((tied) => left.get(tied) ?? []);
    for (const file of group) left.delete(file.path);
    writeGroup(group, failed);
  }
  return failed;
}

function writeGroup(group: readonly FileChange[], failed: Map<string, string>): void {
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
  const written: FileChange[] = [];
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
function tiedTo(path: string, ties: readonly (readonly string[])[]): ReadonlySet<string> {
  const tied = new Set([path]);
  for (let size = 0; size < tied.size; ) {
    size = tied.size;
    for (const touches of ties) {
      if (touches.some((touched) => tied.has(touched))) for (const touched of touches) tied.add(touched);
    }
  }
  return tied;
}
