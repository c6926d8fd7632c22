// Runs goleash inside the test's own process.

import { runCommand } from '../../codemods/main.ts';

export interface Ran {
  readonly status: number | undefined;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  readonly cwd: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
}

/** Runs one command line, for example `goleash(['check', '.'], { cwd })`. */
export async function goleash(args: readonly string[], around: Around): Promise<Ran> {
  const written = { out: '', err: '' };
  const host = {
    cwd: around.cwd,
    env: { GOOS: 'linux', GOARCH: 'amd64', ...around.env },
    isTerminal: around.isTerminal ?? false,
    out: (text: string) => {
      written.out += text;
    },
    err: (text: string) => {
      written.err += text;
    },
    input: async () => Buffer.from(around.input ?? ''),
    lines: async function* () {
      yield* String(around.input ?? '').match(/[^\n]+/g) ?? [];
    },
    interrupted: () => new Promise<void>(() => {}),
  };
  const status = await runCommand(args, host, { lsp: async () => {} });
  return { status, ...written };
}

/** The findings of `--format jsonl`. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A file with one `lost-cancel`, at line 9, which has a safe fix. */
export function lostCancel(packageName = 'p'): string {
  return `package ${packageName}

import (
	"context"
	"time"
)

func Use() {
	ctx, _ := context.WithTimeout(context.Background(), time.Minute)
	<-ctx.Done()
}
`;
}

/** A file with one `leaked-sender`, at line 16, whose witness has a send that is received and one that is not. */
export const leakedSender = `package p

func leak(stop bool) {
	c := make(chan int)
	go produce(c)
	<-c
	if stop {
		return
	}
	<-c
}

func produce(c chan int) {
	c <- 1
	println("sent")
	c <- 2
}
`;

/** Two calls, at lines 6 and 10, whose fixes want one client: with `--unsafe` the second fix uses that of the first. */
export const twoGets = `package m

import "net/http"

func First(url string) (*http.Response, error) {
	return http.Get(url)
}

func Second(url string) (*http.Response, error) {
	return http.Get(url)
}
`;
