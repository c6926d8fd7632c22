// Splits a run over machines: each package belongs to one shard, whatever else there is.

import { createHash } from 'node:crypto';
import type { Host } from './host.ts';
import { repositoryOf } from './ignore-files.ts';
import type { Narrow } from './run.ts';
import { shownPath } from './terminal.ts';

export interface Shard {
  /** From 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/** Reads `2/5`; undefined if it is no such thing. */
export function parseShard(value: string): Shard | undefined {
  const [, index, of] = (/^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(value) ?? []).map(Number);
  return index !== undefined && of !== undefined && index <= of ? { index, of } : undefined;
}

/** Leaves the folders of the other shards out. They are told apart by their paths in the repository, else from here. */
export function onlyShard({ index, of }: Shard, { cwd }: Host): Narrow {
  const root = repositoryOf(cwd) ?? cwd;
  return (task) => {
    const hash = createHash('sha256').update(shownPath(task.directory, root)).digest();
    return hash.readUInt32BE(0) % of === index - 1 ? task : undefined;
  };
}
