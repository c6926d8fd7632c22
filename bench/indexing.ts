// What it costs to know all names and types of a tree from nothing, and those of a package after an edit.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadRuntime } from '../analysis/node/runtime.ts';
import type { Indexed } from './index-tree.ts';
import { benchReindex } from './reindex.ts';

const repetitions = 3;

/** Prints the time of the fastest of some runs, from the start of the process to its end, and the peak memory of any. */
export function benchIndexing(tree: string): void {
  const runs = Array.from({ length: repetitions }, () => indexOnce(tree));
  const seconds = Math.min(...runs.map((run) => run.seconds));
  const peak = Math.max(...runs.map((run) => run.peakMegabytes));
  const [run] = runs;
  if (!run) return;
  console.log(`\n${tree}: ${run.files} Go files, ${run.megabytes.toFixed(1)} MB`);
  console.log(`  indexing on one thread  ${seconds.toFixed(2)} s  peak ${Math.round(peak)} MB`);
  console.log(`  ${run.packages} packages, ${run.names} names found, ${run.typed} of them with a type`);
}

/** Prints what an edit costs in a package of about 100 files, and in one of about 200. */
export async function benchReindexing(): Promise<void> {
  const go = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
  const library = await loadRuntime();
  for (const name of go.status === 0 ? ['net', 'runtime'] : []) {
    const folder = join(go.stdout.trim(), 'src', name);
    if (existsSync(folder)) benchReindex(folder, library);
  }
}

function indexOnce(tree: string): Indexed & { readonly seconds: number } {
  const start = performance.now();
  const child = spawnSync(process.execPath, ['--import', 'tsx', 'bench/index-tree.ts', tree], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seconds = (performance.now() - start) / 1000;
  if (child.status !== 0) throw new Error(`indexing ${tree} failed with status ${child.status}`);
  return { ...(JSON.parse(child.stdout) as Indexed), seconds };
}
