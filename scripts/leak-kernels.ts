// The leak kernels of the Go distribution: small programs that lose goroutines, each under a name that its program
// takes as an argument, and the leak profile that they print.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SourceFile, sourceFile } from '../analysis/index.ts';
import { goroutinesIn } from '../codemods/verify/goroutine-dump.ts';

/** The minor version of Go on this machine; undefined without one. */
function goVersion(): number | undefined {
  try {
    const text = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
    const minor = /^go1\.(\d+)/.exec(text)?.[1];
    return minor === undefined ? undefined : Number(minor);
  } catch {
    return undefined;
  }
}

/** Why there are no kernels on this machine; undefined if there are. */
export function whyNoKernels(): string | undefined {
  const version = goVersion();
  if (version !== undefined && version >= 26) return undefined;
  const have = version === undefined ? 'no Go' : `Go 1.${version}`;
  return `the kernels come with Go 1.26, and this machine has ${have}`;
}

/** Where Go has them: a folder for each program. */
export function kernelSources(): string {
  const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  return join(root, 'src', 'runtime', 'testdata', 'testgoroutineleakprofile');
}

export interface Kernel {
  readonly name: string;
  /** The folder of its program and its file, relative to the root of them all; `''` is the root. */
  readonly folder: string;
  readonly file: string;
  /** The declarations of the file that it can reach by the names that they mention: their texts and their lines. */
  readonly texts: readonly string[];
  readonly lines: readonly (readonly [first: number, last: number])[];
}

/** The kernels in a folder and those below it, in order of their names. */
export function kernelsIn(root: string): readonly Kernel[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return ['', ...folders.map((entry) => entry.name)]
    .flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.go'))
        .flatMap((name) => kernelsOf(folder, name, readFileSync(join(root, folder, name), 'utf8'))),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The kernels that a file registers: `register("Name", function)`. */
export function kernelsOf(folder: string, name: string, text: string): readonly Kernel[] {
  const file = sourceFile(name, text);
  return [...text.matchAll(/\bregister\("(\w+)", (\w+)\)/g)].map(([, kernel = '', root = '']): Kernel => {
    const reached = reachedFrom(root, file);
    return {
      name: kernel,
      folder,
      file: join(folder, name),
      texts: reached.map((i) => file.declarations[i]?.text ?? ''),
      lines: reached.map((i) => linesOf(file, i)),
    };
  });
}

/** The indices of the declarations that a function mentions, by way of others too. Methods go by their name alone. */
function reachedFrom(root: string, file: SourceFile): readonly number[] {
  const found = new Set<number>();
  const names = new Set([root]);
  for (const name of names) {
    file.declarations.forEach((declaration, i) => {
      if (found.has(i) || !declaration.names.includes(name)) return;
      found.add(i);
      for (const [word] of declaration.text.matchAll(/\w+/g)) names.add(word);
    });
  }
  return [...found].sort((a, b) => a - b);
}

function linesOf(file: SourceFile, i: number): readonly [number, number] {
  const start = file.starts[i] ?? 0;
  const lineOf = (offset: number): number => file.text.slice(0, offset).split('\n').length;
  return [lineOf(start), lineOf(start + (file.declarations[i]?.text.length ?? 0))];
}

/** The leaked goroutines of a profile, as `function [what it waits for]`: the function that was started. */
export function leaksIn(profile: string): readonly string[] {
  return goroutinesIn(profile)
    .filter(({ leaked }) => leaked)
    .map(({ state, frames }) => `${frames.at(-1)?.name.replace(/^main\./, '') ?? '?'} [${state}]`);
}
