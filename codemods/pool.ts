// Spreads the folders of a run over threads. A small run stays on this thread, which is sooner than a thread starts.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { loadRuntime } from '../analysis/node/runtime.ts';
import type { DirectoryTask } from './discover.ts';
import { type DirectoryResult, type Job, newRuntime, nothingOf, workOn } from './work.ts';

/**
 * Runs with fewer files than this start no threads. It is also the size of one message to a thread: enough to hide its
 * cost, few enough that all threads end together.
 */
const manyFiles = 50;

export interface PoolOptions {
  /** How many threads to use; 1 stays on this thread. */
  readonly jobs?: number;
}

type Batch = readonly DirectoryTask[];
type OnResult = (result: DirectoryResult, task: DirectoryTask) => void;

/** Does the job in every folder and hands over each result as it comes, in any order. Rejects if `tasks` does. */
export async function workOnAll(
  tasks: AsyncIterable<DirectoryTask>,
  job: Job,
  { jobs = availableParallelism() }: PoolOptions,
  onResult: OnResult,
): Promise<void> {
  const batches = inBatches(tasks, jobs > 1 ? manyFiles : 1);
  const first = await batches.next();
  if (first.done) return;
  if (jobs > 1 && filesIn(first.value) >= manyFiles)
    return onThreads(jobs, first.value, batches, job, onResult);
  const runtime = newRuntime(await loadRuntime());
  for (let batch: Batch | undefined = first.value; batch; batch = (await batches.next()).value) {
    for (const task of batch) onResult(workOn(task, job, runtime), task);
  }
}

/** Groups tasks into batches of at least that many files, but for the last one. */
async function* inBatches(
  tasks: AsyncIterable<DirectoryTask>,
  atLeast: number,
): AsyncGenerator<Batch, undefined> {
  let batch: DirectoryTask[] = [];
  for await (const task of tasks) {
    batch.push(task);
    if (filesIn(batch) < atLeast) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
  return undefined;
}

function filesIn(batch: Batch): number {
  return batch.reduce((sum, task) => sum + task.report.length, 0);
}

async function onThreads(
  jobs: number,
  first: Batch,
  rest: AsyncGenerator<Batch, undefined>,
  job: Job,
  onResult: OnResult,
): Promise<void> {
  const threads = Array.from({ length: jobs }, () => startThread(job));
  const half = Math.ceil(first.length / 2);
  const waiting = [first.slice(0, half), first.slice(half)].filter((batch) => batch.length > 0);
  const next = async () => waiting.shift() ?? (await rest.next()).value;
  const lane = async (thread: Thread) => {
    for (let batch = await next(); batch; batch = await next()) {
      const results = await thread.run(batch);
      for (const [i, result] of results.entries()) onResult(result, batch[i] as DirectoryTask);
    }
  };
  try {
    // Two lanes for each thread: one batch waits there while the thread works on another.
    await Promise.all([...threads, ...threads].map(lane));
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

interface Thread {
  run(batch: Batch): Promise<readonly DirectoryResult[]>;
  stop(): Promise<unknown>;
}

/** What a thread answers: results, or why nothing can be analysed at all. */
export type Answer = { readonly results: readonly DirectoryResult[] } | { readonly fatal: string };

interface Pending {
  readonly batch: Batch;
  readonly resolve: (results: readonly DirectoryResult[]) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that is started again when it dies; the batch that it died of is reported as not analysed. */
function startThread(job: Job): Thread {
  let pending: Pending[] = [];
  let stopped = false;
  let worker = start();
  function start(): Worker {
    const started = newWorker(job);
    let alive = true;
    const died = (reason: string) => {
      if (!alive || stopped) return;
      alive = false;
      const [victim, ...others] = pending;
      pending = others;
      if (!victim) return;
      victim.resolve(victim.batch.map((task) => notAnalysed(task, reason)));
      worker = start();
      for (const { batch } of others) worker.postMessage(batch);
    };
    started.on('message', (answer: Answer) => {
      const done = pending.shift();
      if ('fatal' in answer) done?.reject(new Error(answer.fatal));
      else done?.resolve(answer.results);
    });
    started.on('error', (error) => died(error.message.split('\n')[0] ?? ''));
    started.on('exit', () => died('its thread ended'));
    return started;
  }
  return {
    run: (batch) =>
      new Promise((resolve, reject) => {
        pending.push({ batch, resolve, reject });
        worker.postMessage(batch);
      }),
    stop: () => {
      stopped = true;
      return worker.terminate();
    },
  };
}

function notAnalysed(task: DirectoryTask, reason: string): DirectoryResult {
  const message = `not analysed because of an error in goleash: ${reason}`;
  return nothingOf(
    task,
    task.report.map((name) => ({ path: `${task.directory}/${name}`, message })),
  );
}

function newWorker(job: Job): Worker {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return new Worker(new URL('./worker.js', here), { workerData: job });
  // Unbuilt, a thread does not inherit the TypeScript loader of its parent.
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const script = JSON.stringify(new URL('./worker.ts', here).href);
  return new Worker(`import(${tsx}).then((tsx) => (tsx.register(), import(${script})))`, {
    eval: true,
    workerData: job,
  });
}
