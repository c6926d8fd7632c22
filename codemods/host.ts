import { createInterface } from 'node:readline';
import { processTerminal, type Terminal } from './process-terminal.ts';

/** What a command uses of its process. */
export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  out(text: string): void;
  err(text: string): void;
  /** All of standard input. */
  input(): Promise<Buffer>;
  /** The lines of standard input, as they come. */
  lines(): AsyncIterable<string>;
  /** The terminal of a person, for single keys; undefined if input or output is something else. */
  readonly terminal?: Terminal | undefined;
  /** Resolves at Ctrl-C, which then does not end goleash. */
  interrupted(): Promise<void>;
}

/** The exit status of every command. */
export const exit = { clean: 0, findings: 1, usage: 2, incomplete: 3 } as const;

export type ExitStatus = (typeof exit)[keyof typeof exit];

/** The process that this is. */
export function processHost(): Host {
  return {
    cwd: process.cwd(),
    env: process.env,
    isTerminal: process.stdout.isTTY === true,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    async input() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    lines: () => createInterface({ input: process.stdin }),
    terminal: processTerminal(),
    interrupted: () =>
      new Promise((resolve) => {
        const others = process.listeners('SIGINT');
        process.once('SIGINT', () => {
          for (const listener of others) process.on('SIGINT', listener);
          resolve();
        });
        // Without any listener in between, a signal that is on its way would be lost.
        for (const listener of others) process.off('SIGINT', listener);
      }),
  };
}

/** How users call goleash: the command lines that reports suggest start with it. */
export function commandName(env: Host['env']): string {
  return env['npm_command'] === 'exec' ? 'npx goleash' : 'goleash';
}
