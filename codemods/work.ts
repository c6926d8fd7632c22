// What is done with the folders of a run, one at a time, on this thread or another: read, analyse, fix. Everything that
// comes out is plain data without the text of files, but for those that a fix changes.

import {
  type Analysis,
  type AnalyzeOptions,
  rules as allRules,
  analyze,
  type BuildTarget,
  type Config,
  effortOf,
  type FixedPackage,
  type GoModule,
  type GoPackage,
  goPackages,
  isRelevant,
  type Library,
  type Repairs,
  type SourceFile,
  sourceFile,
  withRepairs,
} from '../analysis/index.ts';
import { findGoModule, type GoModuleCache, readGoFile } from '../analysis/node/files.ts';
import { fingerprintsOf } from '../analysis/node/fingerprint.ts';
import { moduleLibrary } from '../analysis/node/packages.ts';
import type { DirectoryTask } from './discover.ts';
import type { FileChange } from './journal/journal.ts';
import { type Locate, type LocatedFinding, locateFinding, locator } from './located.ts';
import { changesOf, leftOut } from './plan/changes.ts';
import type { Change, LeftOut } from './plan/plan.ts';
import { type FixSelection, fixSelected, type Missing } from './plan/selection.ts';
import type { Problem } from './problem.ts';
import { noStats, type Stats, sumOfStats } from './stats.ts';

/** What to do in every folder; plain data. */
export interface Job {
  readonly target: BuildTarget;
  /** The ids of the only rules to run; absent for all that the configuration leaves on. */
  readonly rules?: readonly string[];
  /** Present for recipes: only findings that have one of these fixes count, and only these fixes. */
  readonly repairs?: Repairs;
  /** Present to fix, absent to check. */
  readonly fix?: FixSelection;
  /** A text that stands for that of a file on disk. */
  readonly buffer?: { readonly path: string; readonly text: string };
}

/** What a thread keeps from folder to folder. */
export interface Runtime {
  /** The standard library. */
  readonly std: Library;
  readonly modules: GoModuleCache;
  /** What the code of a module can import, by the folder of its go.mod. */
  readonly libraries: Map<string, Library>;
}

export function newRuntime(std: Library): Runtime {
  return { std, modules: new Map(), libraries: new Map() };
}

export interface DirectoryResult {
  /** With what tells it from another part of the same folder: absolute, with the first file. */
  readonly place: string;
  /** The findings; after fixing, those that are left. */
  readonly findings: readonly LocatedFinding[];
  readonly problems: readonly Problem[];
  readonly stats: Stats;
  readonly changes: readonly PackageChange[];
  /** Selected fixes that were not applied. */
  readonly left: readonly LeftOut[];
  /** Wanted changes that were not made. */
  readonly missing: readonly Missing[];
}

/** The texts that the fixes of one package change. */
export interface PackageChange {
  readonly files: readonly FileChange[];
  /** In the order in which they were made. */
  readonly changes: readonly Change[];
}

/** Analyses, and fixes if the job says so, the files of one folder. Does not throw. */
export function workOn(task: DirectoryTask, job: Job, runtime: Runtime): DirectoryResult {
  const problems: Problem[] = [];
  try {
    return workOnPackages(task, job, runtime, problems);
  } catch (error) {
    const message = `not analysed because of an error in goleash: ${firstLine(error)}`;
    problems.push(...task.report.map((name) => ({ path: `${task.directory}/${name}`, message })));
    return nothingOf(task, problems);
  }
}

/** The result for a folder of which nothing is known. */
export function nothingOf(task: DirectoryTask, problems: readonly Problem[]): DirectoryResult {
  return {
    place: placeOf(task),
    findings: [],
    problems,
    stats: { ...noStats, files: task.report.length },
    changes: [],
    left: [],
    missing: [],
  };
}

function placeOf({ directory, report }: DirectoryTask): string {
  return `${directory}/${report[0] ?? ''}`;
}

function workOnPackages(
  task: DirectoryTask,
  job: Job,
  runtime: Runtime,
  problems: Problem[],
): DirectoryResult {
  const start = performance.now();
  const files = readAll(task, task.report, job, (problem) => problems.push(problem));
  const relevant = new Set([...files].filter(([, text]) => isRelevant(text)).map(([path]) => path));
  const characters = [...files.values()].reduce((sum, text) => sum + text.length, 0);
  const stats = { ...noStats, files: task.report.length, characters, reading: secondsSince(start) };
  if (relevant.size === 0) return { ...nothingOf(task, problems), stats };

  const { sources, packages, library } = packagesOf(task, files, job, runtime, problems);
  problems.push(...withoutPackage(sources, relevant));
  const read = performance.now();
  const results = packages
    .filter((pkg) => pkg.files.some((file) => relevant.has(file.path)))
    .map((pkg) =>
      workOnPackage(pkg, { task, job, library, sources, relevant, reported: new Set(files.keys()) }),
    );
  return {
    place: placeOf(task),
    findings: results.flatMap((result) => result.findings),
    problems: [...problems, ...results.flatMap((result) => result.problems)],
    stats: results
      .map((result) => result.stats)
      .reduce(sumOfStats, {
        ...stats,
        relevantFiles: relevant.size,
        reading: (read - start) / 1000,
        analysing: secondsSince(read),
      }),
    changes: results.flatMap((result) => result.change ?? []),
    left: results.flatMap((result) => result.left),
    missing: results.flatMap((result) => result.missing),
  };
}

interface Folder {
  /** All Go files. */
  readonly sources: readonly SourceFile[];
  readonly packages: readonly GoPackage[];
  /** What they can import. */
  readonly library: Library;
}

/** The packages of a folder, with the texts of the files to report on. */
export function packagesOf(
  task: DirectoryTask,
  files: ReadonlyMap<string, string>,
  job: Pick<Job, 'buffer' | 'target'>,
  runtime: Runtime,
  problems: Problem[],
): Folder {
  // What of the others cannot be read is missing from the analysis, as is any package that is not there.
  const context = readAll(task, task.context, job, () => {});
  const sources = [...files, ...context].map(([path, text]) => sourceFile(path, text));
  const module = moduleOf(task.directory, runtime, problems);
  const library = libraryOf(module, job.target, runtime);
  return {
    sources,
    packages: goPackages({ path: task.directory, files: sources, module }, job.target),
    library,
  };
}

interface PackageWork {
  readonly task: DirectoryTask;
  readonly job: Job;
  readonly library: Library;
  /** All Go files of the folder. */
  readonly sources: readonly SourceFile[];
  /** The files that rules can say something about. */
  readonly relevant: ReadonlySet<string>;
  /** All files to report on. */
  readonly reported: ReadonlySet<string>;
}

function workOnPackage(before: GoPackage, work: PackageWork) {
  const { rules, repairs, fix } = work.job;
  const running = rules ?? (repairs && Object.keys(repairs));
  const config = rules ? withRules(work.task.config, rules) : work.task.config;
  const options: AnalyzeOptions = {
    config,
    library: work.library,
    only: work.relevant,
    ...(running ? { rules: allRules.filter((rule) => running.includes(rule.id)) } : {}),
  };
  const selected =
    fix && work.task.editable
      ? fixSelected(before, { ...options, repairs, judges: allRules }, fix, work.reported)
      : undefined;
  const fixed = selected?.fixed;
  const pkg = fixed?.pkg ?? before;
  const analysis = analyze(pkg, options);
  const texts = new Map([...work.sources, ...pkg.files].map((file) => [file.path, file.text]));
  const locate = locator(texts);
  const fingerprints = fingerprintsOf(pkg, analysis.findings);
  return {
    findings: analysis.findings.flatMap((found, i) => {
      const offered = repairs ? withRepairs(found, repairs) : found;
      const finding = work.task.editable ? offered : { ...offered, fixes: [] };
      if (repairs && finding.fixes.length === 0) return [];
      return [locateFinding(finding, fingerprints[i] ?? '', texts, locate)];
    }),
    stats: { ...noStats, packages: 1, ...effortOf(pkg), suppressed: analysis.suppressed },
    problems: [
      ...problemsOf(analysis, locate),
      ...[...(selected?.locked ?? [])].map(([path, reason]) => ({ path, message: `not fixed: ${reason}` })),
    ],
    change: fixed && fixed.texts.size > 0 ? changeOf(before, fixed, fix?.base ?? '') : undefined,
    left: fixed ? leftOut(fixed, fix?.base ?? '') : [],
    missing: selected?.missing ?? [],
  };
}

function problemsOf({ crashes, broken }: Analysis, locate: Locate): readonly Problem[] {
  return [
    ...crashes.map(({ ruleId, path, error }) => ({
      path,
      message: `not checked for ${ruleId} because of an error in that rule: ${firstLine(error)}`,
    })),
    ...broken.map((site) => ({
      path: site.path,
      line: locate(site).start.line,
      message: 'not checked: this declaration is not valid Go',
    })),
  ];
}

/** Rules that are asked for by name run, whatever the configuration says. */
function withRules(config: Config, names: readonly string[]): Config {
  const isOn = ([id, severity]: [string, unknown]) => severity !== 'off' || !names.includes(id);
  return { ...config, rules: Object.fromEntries(Object.entries(config.rules).filter(isOn)) };
}

function changeOf(before: GoPackage, fixed: FixedPackage, base: string): PackageChange {
  const old = new Map(before.files.map((file) => [file.path, file.text]));
  return {
    files: [...fixed.texts].map(([path, after]) => ({ path, before: old.get(path) ?? '', after })),
    changes: changesOf(fixed, base),
  };
}

/** The texts of some files of a folder, by path. */
export function readAll(
  task: DirectoryTask,
  names: readonly string[],
  job: Pick<Job, 'buffer' | 'target'>,
  onProblem: (problem: Problem) => void,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const name of names) {
    const path = `${task.directory}/${name}`;
    const read = job.buffer?.path === path ? job.buffer : readGoFile(path);
    if ('text' in read) texts.set(path, read.text);
    else onProblem({ path, message: `skipped: ${read.skipped}` });
  }
  return texts;
}

/** A half-typed file without a package clause belongs to no package. */
function withoutPackage(sources: readonly SourceFile[], relevant: ReadonlySet<string>): Problem[] {
  return sources
    .filter((file) => file.packageName === '' && relevant.has(file.path))
    .map(({ path }) => ({ path, message: 'skipped: has no package clause' }));
}

function moduleOf(directory: string, { modules }: Runtime, problems: Problem[]): GoModule | undefined {
  const found = findGoModule(directory, modules);
  if (!found || !('broken' in found)) return found;
  const [, path, message] = /^(.*go\.mod): (.*)$/s.exec(found.broken) ?? ['', directory, found.broken];
  problems.push({ path: path ?? directory, message: `${message}; the code below it is analysed without it` });
  return undefined;
}

/** What the code of a module can import. Without a module that is the standard library. */
function libraryOf(module: GoModule | undefined, target: BuildTarget, { std, libraries }: Runtime): Library {
  if (!module) return std;
  const library = libraries.get(module.directory) ?? moduleLibrary(std, module, target);
  libraries.set(module.directory, library);
  return library;
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
