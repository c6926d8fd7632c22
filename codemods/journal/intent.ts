// The second half of writing a run: what was staged is put in place, now or at the next start. Doing it again changes
// nothing.

import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { codeOf } from '../../analysis/node/reason.ts';
import { reasonOf } from '../problem.ts';
import type { Disk } from './disk.ts';
import { isThere, type Journal, quietly } from './lock.ts';

/** One file of a run. */
export interface Entry {
  /** Without symbolic links. */
  readonly target: string;
  /** The new text, beside the target. */
  readonly staged: string;
  /** The SHA-256 of the text before and after, or `absent`. */
  readonly before: string;
  readonly after: string;
}

/** Stands for the digest of a file that is not there. */
export const absent = 'absent';

/** How it ended: all files are new, or all that nobody else has changed are old. */
export type Ending =
  | { readonly kind: 'written' }
  | { readonly kind: 'rolled back'; readonly because: ReadonlyMap<string, string> };

/** The file of a journal that says what is staged; a run is written as soon as it is there. */
export const intentName = 'intent.json';

/** Where a journal keeps the old texts, in the order of the entries: in one file, which is flushed once. */
export function oldTexts({ path }: Journal): string {
  return `${path}/old.json`;
}

/** Where the old text of an entry is staged to be put back. */
export function backText({ staged }: Entry): string {
  return `${staged}-back`;
}

/**
 * Puts all files in place by renames. If that cannot be done for all, because somebody has changed one meanwhile or the
 * system refuses, all are put back. Throws if that cannot be done either; the journal then says what is left to do.
 */
export function carryOut(journal: Journal, entries: readonly Entry[], disk: Disk): Ending {
  const failed = new Map<string, string>();
  for (const entry of entries) {
    const state = stateOf(entry, disk);
    if (state === 'new' && entry.after !== absent) quietly(() => disk.remove(entry.staged));
    if (state === 'other') failed.set(entry.target, edited);
    if (state === 'old') {
      const reason = failing(() => put(entry, disk));
      if (reason !== undefined) failed.set(entry.target, reason);
    }
    if (failed.size > 0) break;
  }
  if (failed.size === 0) {
    quietly(() => {
      for (const { staged, after } of entries) if (after === absent) disk.remove(staged);
      flushFolders(entries, disk);
    });
    return { kind: 'written' };
  }
  putBack(journal, entries, failed, disk);
  return { kind: 'rolled back', because: failed };
}

/** Of a file that goes, the old text takes the staged place until all is written: it has the mode of the file. */
function put({ target, staged, after }: Entry, disk: Disk): void {
  if (after === absent) disk.rename(target, staged);
  else disk.rename(staged, target);
}

const edited = 'it changed while goleash was writing';

/** Whether a file has the text before, that after, or another one. What was edited after it was written counts as new. */
function stateOf({ target, staged, before, after }: Entry, disk: Disk): 'old' | 'new' | 'other' {
  const now = digestOf(target, disk);
  if (now === after) return 'new';
  if (now === before) return 'old';
  return isThere(staged, disk) ? 'other' : 'new';
}

function putBack(journal: Journal, entries: readonly Entry[], failed: Map<string, string>, disk: Disk): void {
  const others = new Set<Entry>();
  let texts: readonly string[] | undefined;
  const textBefore = (i: number): string => {
    texts ??= JSON.parse(disk.read(oldTexts(journal)).toString()) as readonly string[];
    return texts[i] as string;
  };
  entries.forEach((entry, i) => {
    const { target, staged, before, after } = entry;
    if (stateOf(entry, disk) === 'old') return;
    if (digestOf(target, disk) !== after) {
      failed.set(target, edited);
      others.add(entry);
      return;
    }
    const back = backText(entry);
    try {
      if (before === absent) {
        disk.remove(target);
        return;
      }
      disk.remove(back);
      const like = [target, staged].find((path) => isThere(path, disk));
      disk.create(back, textBefore(i), like === undefined ? undefined : disk.belonging(like));
      disk.rename(back, target);
    } catch (error) {
      throw new Error(
        `${target}: its old text could not be put back: ${reasonOf(error)}; start goleash again to finish, ${journal.path} has all old texts`,
      );
    }
  });
  quietly(() => {
    flushFolders(entries, disk);
    // Those of edited files last: without them these would count as written.
    const rest = entries.filter((entry) => !others.has(entry));
    for (const { staged } of [...rest, ...others]) disk.remove(staged);
  });
}

/** The SHA-256 of a file, or `absent`; undefined if it cannot be read. */
function digestOf(path: string, disk: Disk): string | undefined {
  try {
    return digest(disk.read(path));
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? absent : undefined;
  }
}

export function digest(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Makes sure that the renames are on the disk. */
export function flushFolders(entries: readonly Entry[], disk: Disk): void {
  for (const folder of new Set(entries.map(({ target }) => dirname(target)))) disk.flush(folder);
}

function failing(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'its new text has gone' : reasonOf(error);
  }
}
