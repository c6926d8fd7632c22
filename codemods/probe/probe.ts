// What a probe is: a Go file of its own beside the code, made from its options. Nothing else of the package changes, but
// for a TestMain that is there already, and what is taken out leaves no trace.

import { InvalidArgumentError } from 'commander';

/** The options of all probes, as commander gives them; each probe takes some of them. */
export interface ProbeOptions {
  /** A duration of Go with one unit: `10s`. */
  readonly interval?: string;
  /** `USR1`, `USR2` or `QUIT`. */
  readonly signal?: string;
  /** 0 for any that is free. */
  readonly port?: number;
  readonly contention?: boolean;
  /** A duration, as `interval`. */
  readonly grace?: string;
}

export type OptionName = keyof ProbeOptions;

export interface Probe {
  readonly id: string;
  /** What it does, without a full stop. */
  readonly summary: string;
  /** The options that it takes, with what holds if they are not given; undefined for one that is off. */
  readonly options: Readonly<ProbeOptions>;
  /** Whether it is compiled into tests alone. */
  readonly inTests: boolean;
  /** A build constraint that it needs. */
  readonly constraint?: string;
  /** The Go text after the package clause. */
  source(options: Required<ProbeOptions>, file: GoFile): string;
  /** What a person can do now, given the options. */
  hint(options: Required<ProbeOptions>): string;
}

/** The Go file that a probe is written into. */
export interface GoFile {
  /** The import declaration for these packages of the standard library, and for others by their paths. */
  imports(...paths: readonly string[]): string;
  /** The name of an imported package in this file, by its path: another one where the package has it for itself. */
  name(path: string): string;
}

/** A file of a package that declares these names. */
export function goFile(taken: ReadonlySet<string>): GoFile {
  const base = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const name = (path: string) => (taken.has(base(path)) ? `goleash${base(path)}` : base(path));
  const spec = (path: string) => (name(path) === base(path) ? `"${path}"` : `${name(path)} "${path}"`);
  const group = (paths: readonly string[]) => paths.map((path) => `\t${spec(path)}\n`).join('');
  return {
    name,
    imports(...paths) {
      const isStandard = (path: string) => !path.split('/')[0]?.includes('.');
      const sorted = [...paths].sort();
      const groups = [sorted.filter(isStandard), sorted.filter((path) => !isStandard(path))];
      return `import (\n${groups
        .filter(({ length }) => length > 0)
        .map(group)
        .join('\n')})\n`;
    },
  };
}

const units: Readonly<Record<string, string>> = {
  ms: 'time.Millisecond',
  s: 'time.Second',
  m: 'time.Minute',
  h: 'time.Hour',
};

const duration = /^([1-9]\d{0,5})(ms|s|m|h)$/;

/** Checks a duration of the command line. */
export function durationOf(value: string): string {
  if (!duration.test(value))
    throw new InvalidArgumentError('It must be a duration such as 500ms, 10s or 1m.');
  return value;
}

/** Checks a port of the command line. */
export function portOf(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535)
    throw new InvalidArgumentError('It must be a port: a whole number up to 65535, 0 for any that is free.');
  return Number(value);
}

/** Checks a build tag of the command line. */
export function tagOf(value: string): string {
  if (!/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(value))
    throw new InvalidArgumentError('It must be one build tag, such as debug.');
  return value;
}

/** A duration as a Go expression: `10 * time.Second`. */
export function goDuration(value: string, { name }: GoFile): string {
  const [, count = '', unit = ''] = duration.exec(value) ?? [];
  const one = (units[unit] ?? '').replace('time', name('time'));
  return count === '1' ? one : `${count} * ${one}`;
}
