// npm run fuzz:fixes -- DIR... [--pairs N] [--seed N]: random sets of the fixes that goleash offers in the code below some
// folders, applied in memory. Whatever the set, each changed file parses if it did before, has all of its comments, and a
// second run with the same set changes nothing. Prints what does not hold, with the seed that shows it; exit status 1 then.

import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import {
  type AnalyzeOptions,
  analyze,
  defaultConfig,
  fixPackage,
  type GoPackage,
  type SourceFile,
} from '../analysis/index.ts';
import { settingsFinder } from '../analysis/node/config.ts';
import { loadRuntime } from '../analysis/node/runtime.ts';
import { treeOf } from '../analysis/syntax/source-file.ts';
import { discover } from '../codemods/discover.ts';
import { targetsOf } from '../codemods/targets.ts';
import { newRuntime, packagesOf, readAll } from '../codemods/work.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const wanted = Number(values.pairs);
const first = Number(values.seed);
if (positionals.length === 0) {
  console.error('usage: npm run fuzz:fixes -- DIR... [--pairs N] [--seed N]');
  process.exit(2);
}

/** A package in which there is something to fix. */
interface Sample {
  readonly pkg: GoPackage;
  readonly options: AnalyzeOptions;
}

const target = { os: 'linux', arch: 'amd64', tags: [], cgo: true };

async function samplesIn(folders: readonly string[]): Promise<readonly Sample[]> {
  const runtime = newRuntime(await loadRuntime());
  const tasks = discover(targetsOf(folders, process.cwd()), {
    findSettings: settingsFinder(undefined),
    onProblem: () => {},
    onExcluded: () => {},
    show: (path) => path,
    cwd: process.cwd(),
  });
  const samples: Sample[] = [];
  for await (const task of tasks) {
    const files = readAll(task, task.report, { target }, () => {});
    const { packages, library } = packagesOf(task, files, { target }, runtime, []);
    const options = { config: defaultConfig, library };
    for (const pkg of packages)
      if (analyze(pkg, options).findings.some(({ fixes }) => fixes.length > 0))
        samples.push({ pkg, options });
  }
  return samples;
}

/**
 * Whether a seed takes a fix. Even seeds decide by the kind of fix, so that there is nothing left to do afterwards; odd ones
 * about each by itself, and what is done may bring up others.
 */
function takes(seed: number, identity: string, fixId: string): boolean {
  const subject = seed % 2 === 0 ? fixId : `${identity} ${fixId}`;
  return (createHash('sha256').update(`${seed} ${subject}`).digest()[0] as number) % 2 === 0;
}

/** What is wrong with a package after the fixes that a seed takes, and how many files they change. */
function tryOut(
  { pkg, options }: Sample,
  seed: number,
): { readonly files: number; readonly wrong: readonly string[] } {
  const select = (_: unknown, fix: { readonly id: string }, identity: string): boolean =>
    takes(seed, identity, fix.id);
  const fixed = fixPackage(pkg, { ...options, select });
  const wrong: string[] = [];
  for (const file of pkg.files) {
    const now = fixed.pkg.files.find(({ path }) => path === file.path);
    if (!now || now.text === file.text) continue;
    if (brokenIn(now) > brokenIn(file)) wrong.push(`${file.path} no longer parses`);
    for (const comment of lostComments(file, now)) wrong.push(`${file.path} has lost ${comment}`);
  }
  const again =
    seed % 2 === 0 ? fixPackage(fixed.pkg, { ...options, select }).texts : new Map<string, string>();
  for (const path of again.keys()) wrong.push(`${path} changes again`);
  return { files: fixed.texts.size, wrong };
}

function brokenIn({ declarations }: SourceFile): number {
  return declarations.filter((declaration) => !treeOf(declaration)).length;
}

function lostComments(before: SourceFile, after: SourceFile): readonly string[] {
  const left = new Map<string, number>();
  for (const comment of commentsOf(after)) left.set(comment, (left.get(comment) ?? 0) + 1);
  return commentsOf(before).filter((comment) => {
    const n = left.get(comment) ?? 0;
    left.set(comment, n - 1);
    return n === 0;
  });
}

/** The texts of comments without the indentation of their lines. */
function commentsOf({ text, comments }: SourceFile): readonly string[] {
  const found: string[] = [];
  for (let i = 0; i < comments.length; i += 2)
    found.push(
      text
        .slice(comments[i], comments[i + 1])
        .replace(/\s*\n\s*/g, '\n')
        .trim(),
    );
  return found;
}

const samples = await samplesIn(positionals);
console.log(`${samples.length} packages with something to fix`);
let pairs = 0;
let wrong = 0;
for (let seed = first; samples.length > 0 && pairs < wanted; seed++) {
  const sample = samples[(seed >> 1) % samples.length] as Sample;
  const result = tryOut(sample, seed);
  pairs += result.files;
  for (const what of result.wrong) console.log(`seed ${seed}: ${what}`);
  wrong += result.wrong.length;
  if (seed - first > 20 * wanted) break;
}
console.log(`${pairs} pairs of a file and a set of fixes; ${wrong} wrong`);
if (wrong > 0) process.exitCode = 1;
