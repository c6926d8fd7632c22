// The go command that builds a folder, and how it is run so that it writes nothing outside the private folder and its
// own caches.

import { join } from 'node:path';
import type { VerifyOptions } from './request.ts';
import type { Ran, Session } from './session.ts';

/** The go command for the modules that are built together. */
export interface Go {
  /** The folder that it runs in: the root of a module. */
  readonly folder: string;
  /** The minor version: 26 for Go 1.26. */
  readonly minor: number;
  readonly os: string;
  readonly arch: string;
  readonly cgo: boolean;
  /** The path of the go.work file that holds; undefined without one. */
  readonly work: string | undefined;
  /** With a limit in milliseconds in place of that of the options. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, timeout?: number): Promise<Ran>;
}

/** How to run the go command. */
export interface Surroundings {
  readonly session: Session;
  readonly options: VerifyOptions;
}

/** The go command for a module, given its root; or one clause that says why there is none. */
export async function goFor(folder: string, around: Surroundings): Promise<Go | { readonly why: string }> {
  // A newer Go that go.mod asks for is taken if it is there already, and never downloaded.
  const asked = await runIn(folder, 'go', ['env', '-json', ...wanted], { GOPROXY: 'off' }, around);
  if (asked.status !== 0) return { why: whyNot(asked) };
  const told = JSON.parse(asked.out) as Record<(typeof wanted)[number], string>;
  const flags = told.GOFLAGS.split(/\s+/).filter((flag) => flag !== '');
  if (flags.some((flag) => /^--?overlay\b/.test(flag))) return { why: 'GOFLAGS has an -overlay of its own' };
  const env = {
    GOTOOLCHAIN: 'local',
    // With -mod=mod the go command writes go.mod.
    GOFLAGS: flags.filter((flag) => !/^--?mod=mod$/.test(flag)).join(' '),
  };
  return {
    folder,
    minor: Number(/^go1\.(\d+)/.exec(told.GOVERSION)?.[1] ?? 99),
    os: told.GOOS,
    arch: told.GOARCH,
    cgo: told.CGO_ENABLED === '1',
    work: told.GOWORK === '' || told.GOWORK === 'off' ? undefined : told.GOWORK,
    run: (args, more, timeout) => {
      const limited = timeout === undefined ? around : { ...around, options: { ...around.options, timeout } };
      return runIn(folder, join(told.GOROOT, 'bin', 'go'), args, { ...env, ...more }, limited);
    },
  };
}

/** The same without its go.work file. */
export function withoutWork(go: Go): Go {
  return {
    ...go,
    work: undefined,
    run: (args, env, timeout) => go.run(args, { ...env, GOWORK: 'off' }, timeout),
  };
}

const wanted = ['GOVERSION', 'GOROOT', 'GOOS', 'GOARCH', 'CGO_ENABLED', 'GOFLAGS', 'GOWORK'] as const;

const tenMinutes = 600_000;

function runIn(
  cwd: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { session, options }: Surroundings,
): Promise<Ran> {
  const timeout = options.timeout ?? tenMinutes;
  return session.run(program, args, { cwd, env: { ...options.env, ...env }, timeout });
}

function whyNot({ failure, err }: Ran): string {
  if (failure !== undefined) return failure;
  const said = firstError(err) ?? 'go env fails';
  return said.includes('toolchain not available')
    ? 'go.mod asks for a newer Go than there is on this machine'
    : said;
}

/** What the go command says is wrong, in one line. */
export function firstError(err: string): string | undefined {
  const lines = err.split('\n').filter((line) => line !== '' && !line.startsWith('go: downloading'));
  return lines[0]?.replace(/^go: /, '');
}

/** The flags that every run shares which loads packages; git is not asked for the version of what is built. */
export function buildFlags({ tags, jobs }: VerifyOptions): readonly string[] {
  return [
    '-buildvcs=false',
    ...(tags && tags.length > 0 ? [`-tags=${tags.join(',')}`] : []),
    ...(jobs === undefined ? [] : [`-p=${jobs}`]),
  ];
}

/** Whether the race detector runs there, as far as the platform and cgo decide it. */
export function hasRaceDetector({ os, arch, cgo }: Pick<Go, 'os' | 'arch' | 'cgo'>): boolean {
  return cgo && (raceArchitectures[os] ?? []).includes(arch);
}

const raceArchitectures: Readonly<Record<string, readonly string[]>> = {
  linux: ['amd64', 'arm64', 'loong64', 'ppc64le', 'riscv64', 's390x'],
  darwin: ['amd64', 'arm64'],
  freebsd: ['amd64'],
  netbsd: ['amd64'],
  windows: ['amd64'],
};
