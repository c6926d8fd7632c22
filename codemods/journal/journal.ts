// Writes the files of a run: all of them or none, whatever happens in between.
//
// Every new text is staged beside its file and flushed, every old one is copied into the journal. Until then nothing has
// happened. The rename that gives the journal its intent is the moment at which the run is written: what follows are
// renames, which the next start does if this one cannot.

import { basename, dirname, sep } from 'node:path';
import { codeOf } from '../../analysis/node/reason.ts';
import { reasonOf } from '../problem.ts';
import { type Disk, disk as realDisk } from './disk.ts';
import {
  absent,
  backText,
  carryOut,
  digest,
  type Entry,
  flushFolders,
  intentName,
  oldTexts,
} from './intent.ts';
import { isThere, type Journal, quietly, recoverJournal, release, takeJournal } from './lock.ts';

/** A file with its text as it was read and as it is to be. */
export interface FileChange {
  /** Absolute, with `/` separators. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Likewise for a file that is made or removed: the text of one that is not there is undefined. */
export interface FileWrite {
  /** Absolute, with `/` separators. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Says what became of a run that was cut short, in a sentence without a full stop. */
export type Told = (message: string) => void;

/**
 * Writes files, in a folder that holds all that may write them. Those that one of the lists of `ties` holds together are
 * written all or none. Returns why files were not written, by path: those that may not be written, and those that have
 * changed since they were read. Throws if none was written.
 */
export function writeWhole(
  files: readonly FileWrite[],
  ties: readonly (readonly string[])[],
  root: string,
  told: Told,
  disk: Disk = realDisk,
): ReadonlyMap<string, string> {
  const failed = new Map<string, string>();
  const changed = files.filter(({ before, after }) => before !== after);
  if (changed.length === 0) return failed;
  const journal = takeJournal(root, disk, (left) => recoverFrom(left, told, disk));
  let entries: readonly Entry[];
  try {
    entries = staged(journal, changed, ties, failed, disk);
    if (entries.length > 0) intend(journal, entries, disk);
  } catch (error) {
    giveUp(journal, disk);
    throw codeOf(error) === '' ? error : new Error(`nothing was written: ${reasonOf(error)}`);
  }
  const ending = carryOut(journal, entries, disk);
  // A journal that stays is of no harm: the next start finds that nothing is left to do.
  quietly(() => release(journal, disk));
  if (ending.kind === 'rolled back') throw new Error(`nothing was written: ${listed(ending.because)}`);
  return failed;
}

function listed(reasons: ReadonlyMap<string, string>): string {
  return [...reasons].map(([path, reason]) => `${path}: ${reason}`).join('; ');
}

/** Finishes or takes back what a dead process has left in a folder. Throws `Busy` if a living one writes there. */
export function recover(root: string, told: Told, disk: Disk = realDisk): void {
  recoverJournal(root, disk, (left) => recoverFrom(left, told, disk));
}

function recoverFrom(journal: Journal, told: Told, disk: Disk): void {
  const [intended, begun] = [intentName, stagingName].map((name) => listOf(journal, name, disk));
  // A repository that somebody has made can come with a journal.
  for (const { target, staged } of [...(intended ?? []), ...(begun ?? [])]) {
    if (dirname(staged) === dirname(target) && isWithin(journal.root, dirname(target), disk)) continue;
    throw new Error(
      `${journal.path} is about ${target}, where goleash would not write from there: see what is in it, and remove it`,
    );
  }
  const entries = intended;
  if (!entries) {
    for (const { staged } of begun ?? []) disk.remove(staged);
    return;
  }
  const ending = carryOut(journal, entries, disk);
  for (const entry of entries) quietly(() => disk.remove(backText(entry)));
  if (ending.kind === 'written') {
    told('a run that was cut short is finished, all its files are written');
    return;
  }
  told(`a run that was cut short is taken back, its files are as before: ${listed(ending.because)}`);
}

/** What may have been staged; the first list of a journal. */
const stagingName = 'staging.json';

function listOf({ path }: Journal, name: string, disk: Disk): readonly Entry[] | undefined {
  let text: string;
  try {
    text = disk.read(`${path}/${name}`).toString();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    // Cut short while it was written: nothing was staged yet.
    return undefined;
  }
  if (Array.isArray(list) && list.every(isEntry)) return list;
  throw new Error(`${path}/${name} is not of this goleash: see what is in ${path}, and remove it`);
}

function isEntry(value: Partial<Record<keyof Entry, unknown>> | null): value is Entry {
  return [value?.target, value?.staged, value?.before, value?.after].every(
    (text) => typeof text === 'string',
  );
}

/** Reads, compares and stages. What cannot be is in `failed`, with all that is tied to it. */
function staged(
  journal: Journal,
  files: readonly FileWrite[],
  ties: readonly (readonly string[])[],
  failed: Map<string, string>,
  disk: Disk,
): readonly Entry[] {
  const candidates = new Map<FileWrite, Entry>();
  const refuse = (path: string, reason: string) => {
    for (const tied of tiedTo(path, ties)) {
      const why = tied === path ? reason : `its fix also changes ${basename(path)}, which was not written`;
      if (!failed.has(tied) && files.some((file) => file.path === tied)) failed.set(tied, why);
    }
  };
  for (const file of files) {
    const entry = entryOf(file, journal, [...candidates.values()], disk);
    if (typeof entry === 'string') refuse(file.path, entry);
    else candidates.set(file, entry);
  }
  const wanted = () => [...candidates].filter(([{ path }]) => !failed.has(path));
  disk.create(`${journal.path}/${stagingName}`, JSON.stringify(wanted().map(([, entry]) => entry)));
  disk.flush(journal.path);
  for (const [file, entry] of wanted()) {
    if (failed.has(file.path)) continue;
    const reason = stage(file, entry, disk);
    if (reason !== undefined) refuse(file.path, reason);
  }
  const refused = [...candidates].filter(([{ path }]) => failed.has(path));
  for (const [, entry] of refused) disk.remove(entry.staged);
  const kept = wanted();
  disk.create(oldTexts(journal), JSON.stringify(kept.map(([{ before }]) => before ?? '')));
  return kept.map(([, entry]) => entry);
}

/** What is to be done with a file, or why it cannot be. */
function entryOf(
  { path, before, after }: FileWrite,
  { root, token }: Journal,
  others: readonly Entry[],
  disk: Disk,
): Entry | string {
  try {
    const target = before === undefined ? `${disk.real(dirname(path))}/${basename(path)}` : disk.real(path);
    if (!isWithin(root, dirname(target), disk)) return `it lies outside of ${root}`;
    const isAsRead =
      before === undefined ? !isThere(target, disk) : disk.read(target).equals(Buffer.from(before));
    if (!isAsRead) return 'it changed while goleash was running';
    if (others.some((other) => other.target === target))
      return `another name of ${target}, which is written already`;
    const staged = `${dirname(target)}/.${basename(target)}.goleash-${token}`;
    return { target, staged, before: markOf(before), after: markOf(after) };
  } catch (error) {
    return reasonOf(error);
  }
}

function markOf(text: string | undefined): string {
  return text === undefined ? absent : digest(text);
}

/** Whether a folder is in another one, whatever links lead there; of one that is gone, the nearest that is there counts. */
function isWithin(root: string, folder: string, disk: Disk): boolean {
  if (!isThere(folder, disk) && dirname(folder) !== folder) return isWithin(root, dirname(folder), disk);
  const [outer, inner] = [disk.real(root), disk.real(folder)];
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`);
}

/** Why one file cannot be staged. Throws where no other could be either, as on a full disk. */
function stage({ before, after }: FileWrite, { target, staged }: Entry, disk: Disk): string | undefined {
  try {
    // What is staged for a file that is to go is nothing but the sign that it has not been edited since.
    disk.create(staged, after ?? '', before === undefined ? undefined : disk.belonging(target));
    return undefined;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENAMETOOLONG'].includes(codeOf(error)))
      return reasonOf(error);
    throw new Error(`nothing was written: ${target}: ${reasonOf(error)}`);
  }
}

/** Gives the journal its intent. */
function intend({ path }: Journal, entries: readonly Entry[], disk: Disk): void {
  flushFolders(entries, disk);
  disk.create(`${path}/${intentName}-new`, JSON.stringify(entries));
  disk.rename(`${path}/${intentName}-new`, `${path}/${intentName}`);
  disk.flush(path);
}

/** Before the intent: the traces go, as far as the disk lets them; the next start removes the rest. */
function giveUp(journal: Journal, disk: Disk): void {
  quietly(() => {
    for (const { staged } of listOf(journal, stagingName, disk) ?? []) disk.remove(staged);
    release(journal, disk);
  });
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
