// One file that is replaced whole. What a run writes into source files goes through the journal, not through this.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../analysis/node/reason.ts';
import { disk } from '../journal/disk.ts';
import { reasonOf } from '../problem.ts';

/**
 * Writes a file: a new one beside it is written, flushed and renamed over it, so that at any moment one or the other is
 * there. A file that is there keeps its mode and its owner; a symbolic link stays and its target is replaced. Returns why
 * the file could not be written, which then is as before.
 */
export function writeWholeFile(path: string, text: string): string | undefined {
  let beside: string | undefined;
  try {
    const isThere = existsSync(path);
    const target = isThere ? disk.real(path) : path;
    beside = join(dirname(target), `.${basename(target)}.goleash-${process.pid}`);
    disk.create(beside, text, isThere ? disk.belonging(target) : undefined);
    disk.rename(beside, target);
    return undefined;
  } catch (error) {
    if (beside !== undefined && codeOf(error) !== 'EEXIST') removeQuietly(beside);
    return reasonOf(error);
  }
}

/** Removes a file if that is possible. */
export function removeQuietly(path: string): void {
  try {
    disk.remove(path);
  } catch {}
}
