// The findings of folders in which nothing has changed are those of the last time.

import { existsSync } from 'node:fs';
import { findGoModule, type GoModuleCache } from '../../analysis/node/files.ts';
import type { DirectoryTask } from '../discover.ts';
import type { DirectoryResult, Job } from '../work.ts';
import { digestOf, type FileIndex, fileIndex } from './file-index.ts';
import { type ModuleKeys, moduleKeys } from './package-key.ts';
import { readStored, type Stored, writeStored } from './store.ts';

export interface ResultCache {
  /** The tasks whose results are not known; those of the others go to `onResult`. */
  without(
    tasks: AsyncIterable<DirectoryTask>,
    onResult: (result: DirectoryResult) => void,
  ): AsyncGenerator<DirectoryTask>;
  /** Keeps a result, unless something of it has another cause than the text of files. */
  keep(task: DirectoryTask, result: DirectoryResult): void;
  /** Writes what is new. */
  save(): void;
}

/** How many selections of rules are remembered. */
const mostJobs = 4;

interface OfModule {
  readonly name: string;
  readonly stored: Stored<DirectoryResult>;
  readonly files: FileIndex;
  readonly keys: ModuleKeys;
  readonly found: Map<string, { readonly key: string; readonly result: DirectoryResult }>;
  isChanged: boolean;
}

/** A cache in a folder for runs of this version of goleash that do this job. */
export function resultCache(folder: string, version: string, job: Job): ResultCache {
  const modules: GoModuleCache = new Map();
  const known = new Map<string, OfModule>();
  const keys = new Map<DirectoryTask, string>();
  const asked = digestOf(JSON.stringify([version, job]));
  const moduleOf = (directory: string): OfModule => {
    const module = findGoModule(directory, modules);
    const name = module && !('broken' in module) ? module.directory : directory;
    let its = known.get(name);
    if (!its) {
      const stored = readStored<DirectoryResult>(folder, name);
      const files = fileIndex(stored.files);
      its = {
        name,
        stored,
        files,
        keys: moduleKeys(module, files, asked),
        found: new Map(),
        isChanged: false,
      };
      known.set(name, its);
    }
    return its;
  };
  return {
    async *without(tasks, onResult) {
      for await (const task of tasks) {
        const its = moduleOf(task.directory);
        const key = its.keys.keyOf(task);
        const last = its.stored.results.find((one) => one.job === asked)?.folders[task.directory];
        if (key !== undefined) keys.set(task, key);
        if (key === undefined || last?.key !== key) {
          yield task;
          continue;
        }
        its.found.set(task.directory, last);
        const { stats } = last.result;
        const isFree = { known: stats.packages, reading: 0, analysing: 0 };
        onResult({ ...last.result, stats: { ...stats, ...isFree } });
      }
    },
    keep(task, result) {
      const key = keys.get(task);
      if (key === undefined || result.problems.length > 0) return;
      const its = moduleOf(task.directory);
      its.found.set(task.directory, { key, result });
      its.isChanged = true;
    },
    save() {
      for (const its of known.values()) {
        // What was analysed may not be what the keys were made of.
        if (its.isChanged && its.files.isCurrent()) writeStored(folder, its.name, merged(folder, its, asked));
      }
    },
  };
}

/** What is new, and what others have kept: a run over one folder forgets nothing of the rest of its module. */
function merged(folder: string, { name, files, found }: OfModule, job: string): Stored<DirectoryResult> {
  const kept = readStored<DirectoryResult>(folder, name);
  const others = kept.results.filter((one) => one.job !== job);
  const own = kept.results.find((one) => one.job === job)?.folders ?? {};
  const folders = Object.entries(own).filter(([directory]) => existsSync(directory));
  const entries = Object.entries(kept.files).filter(([path]) => existsSync(path));
  return {
    files: { ...Object.fromEntries(entries), ...files.entries() },
    results: [
      { job, folders: { ...Object.fromEntries(folders), ...Object.fromEntries(found) } },
      ...others,
    ].slice(0, mostJobs),
  };
}
