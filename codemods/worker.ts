// A thread that works on folders, one batch for each message.

import { parentPort, workerData } from 'node:worker_threads';
import { loadRuntime } from '../analysis/node/runtime.ts';
import type { DirectoryTask } from './discover.ts';
import type { Answer } from './pool.ts';
import { type Job, newRuntime, workOn } from './work.ts';

const job = workerData as Job;
const loading = loadRuntime().then(newRuntime);
loading.catch(() => {});

parentPort?.on('message', async (batch: readonly DirectoryTask[]) => {
  parentPort?.postMessage(await answer(batch));
});

async function answer(batch: readonly DirectoryTask[]): Promise<Answer> {
  try {
    const runtime = await loading;
    return { results: batch.map((task) => workOn(task, job, runtime)) };
  } catch (error) {
    return { fatal: error instanceof Error ? error.message : String(error) };
  }
}
