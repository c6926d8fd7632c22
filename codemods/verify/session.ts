// One verification on this machine: a private folder for everything that is written, and the processes that run. Both are
// gone when it ends, however it ends.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Session {
  /** An empty folder that nobody else uses. */
  readonly folder: string;
  /** Runs a program to its end. Throws `Interrupted` if the session was closed meanwhile, and nothing else. */
  run(program: string, args: readonly string[], options: RunOptions): Promise<Ran>;
  /** Ends all processes and removes the folder. */
  close(): void;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds, after which the program and all that it has started are killed. */
  readonly timeout: number;
}

export interface Ran {
  /** 0 if the program says that all is well. */
  readonly status: number | undefined;
  readonly out: string;
  readonly err: string;
  /** Why it has no status: `it took longer than 60 s`, `there is no go command`. */
  readonly failure?: string;
}

/** Somebody has stopped goleash. */
class Interrupted extends Error {}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function openSession(): Session {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'goleash-'));
  mkdirSync(join(folder, 't'));
  const running = new Set<ChildProcess>();
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    for (const signal of signals) process.off(signal, onSignal);
    process.off('exit', close);
    for (const child of running) endGroup(child);
    // A process that has just been killed may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  const onSignal = (signal: NodeJS.Signals) => {
    close();
    // Others may have something to put away too; the last one lets the signal do what it does.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on('exit', close);
  return {
    folder,
    close,
    run: async (program, args, options) => {
      if (closed) throw new Interrupted();
      const ran = await run(program, args, withTemporaries(options, join(folder, 't')), running);
      if (closed) throw new Interrupted();
      return ran;
    },
  };
}

/** Compilers and tests leave their temporary files behind when they are killed: they are put where they go too. */
function withTemporaries(options: RunOptions, folder: string): RunOptions {
  const env = { ...options.env, GOTMPDIR: folder, TMPDIR: folder, TMP: folder, TEMP: folder };
  return { ...options, env };
}

/** No output that anyone reads is longer, in UTF-16 code units. */
const longest = 1 << 28;

function run(
  program: string,
  args: readonly string[],
  { cwd, env, timeout }: RunOptions,
  running: Set<ChildProcess>,
): Promise<Ran> {
  return new Promise((resolve) => {
    // A group of its own can be killed whole. PWD keeps the name of a folder that is reached by a symbolic link.
    const child = spawn(program, args, {
      cwd,
      env: { ...env, PWD: cwd },
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    running.add(child);
    const output = { out: '', err: '' };
    let failure: string | undefined;
    const timer = setTimeout(() => {
      failure = `it took longer than ${timeout / 1000} s`;
      endGroup(child);
    }, timeout);
    const done = (status: number | null) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ status: status ?? undefined, ...output, ...(failure === undefined ? {} : { failure }) });
    };
    for (const [name, stream] of [
      ['out', child.stdout],
      ['err', child.stderr],
    ] as const) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        if (output[name].length < longest) output[name] += text;
      });
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.code === 'ENOENT' ? 'there is no go command' : `it does not start: ${error.message}`;
      done(null);
    });
    child.on('close', (status, signal) => {
      if (signal !== null) failure ??= `it was ended by ${signal}`;
      // What a test has started and left behind goes as well.
      endGroup(child);
      done(status);
    });
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
