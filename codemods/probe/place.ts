// The package that a probe is for.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isBuilt, type SourceFile, sourceFile } from '../../analysis/index.ts';
import { findGoModule, readGoFile } from '../../analysis/node/files.ts';
import { packagePlaces } from '../../analysis/node/packages.ts';
import { hostTarget } from '../../analysis/node/target.ts';
import { isEditable } from '../discover.ts';
import type { Host } from '../host.ts';
import { reasonOf, UsageError } from '../problem.ts';
import { type Target, targetsOf } from '../targets.ts';
import { shownPath } from '../terminal.ts';
import { isProbeName } from './file.ts';
import { goleakModule } from './leak-check.ts';

export interface Place {
  readonly target: Target;
  /** Absolute, with `/` separators. */
  readonly directory: string;
  /** How messages name it. */
  readonly shown: string;
  /** The Go files of the folder but those of probes. */
  readonly files: readonly SourceFile[];
  /** All names that its packages declare, and possibly more. */
  readonly names: ReadonlySet<string>;
}

/** Reads the folder that is named, or that a named file is in. Throws a UsageError if no probe can be added there. */
export function placeOf(arg: string | undefined, host: Host): Place {
  if (arg?.endsWith('...')) throw new UsageError(`${arg}: a probe is for one package: name its folder`);
  const [target] = targetsOf(arg === undefined ? [] : [arg], host.cwd) as [Target];
  const directory = target.kind === 'file' ? dirname(target.path) : target.path;
  const shown = shownPath(directory, host.cwd);
  if (!isEditable(directory, host.cwd))
    throw new UsageError(`${shown} is not your own code: no probe is added there`);
  const files = namesIn(directory, shown).flatMap((name) => {
    const path = `${directory}/${name}`;
    const read = readGoFile(path);
    return 'text' in read ? [sourceFile(path, read.text)] : [];
  });
  if (files.length === 0) throw new UsageError(`${shown} has no Go files: name the folder of a package`);
  const names = new Set(files.flatMap(({ declarations }) => declarations.flatMap((d) => d.names)));
  return { target, directory, shown, files, names };
}

function namesIn(directory: string, shown: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.go') && !/^[_.]/.test(name) && !isProbeName(name))
      .sort();
  } catch (error) {
    throw new UsageError(`${shown}: ${reasonOf(error)}`);
  }
}

/** Throws a UsageError if a folder is not that of a program: there, what runs at its start can be added. */
export function needMain({ shown, files }: Place, id: string, tag: string | undefined, host: Host): void {
  const own = hostTarget({ env: host.env, platform: process.platform, arch: process.arch });
  const target = tag === undefined ? own : { ...own, tags: [...own.tags, tag] };
  const built = files.filter((file) => !isTest(file) && isBuilt(file, target));
  if (built.some(({ packageName }) => packageName === 'main')) return;
  const [other] = built;
  const what = other
    ? `is package ${other.packageName}`
    : `has no Go files for ${target.os}/${target.arch} that are not tests`;
  throw new UsageError(`${shown} ${what}: ${id} runs in a program, so name the folder of a package main`);
}

/** The clause of the package that the tests of a folder are for, else of those tests; throws a UsageError without tests. */
export function testedPackage({ shown, files }: Place): string {
  const tests = files.filter(isTest);
  if (tests.length === 0)
    throw new UsageError(`${shown} has no tests, so that nothing could leave a goroutine behind`);
  const internal = tests.find(({ packageName }) => !packageName.endsWith('_test'));
  const tested = files.find((file) => !isTest(file) && !file.generated && file.packageName !== 'main');
  return (internal ?? tested ?? files.find((file) => !isTest(file)) ?? tests[0])?.packageName ?? 'main';
}

function isTest({ path }: SourceFile): boolean {
  return basename(path).endsWith('_test.go');
}

/** Whether tests of a folder can import goleak without a change of go.mod and go.sum. */
export function hasGoleak(directory: string): boolean {
  const module = findGoModule(directory, new Map());
  if (!module || 'broken' in module) return false;
  const folder = packagePlaces(module).find(goleakModule);
  // Versions before 1.1 cannot pass over what ran before the tests.
  if (folder === undefined || !textOf(`${folder}/options.go`).includes('func IgnoreCurrent(')) return false;
  const at = module.directory;
  const isVendored = existsSync(`${at}/vendor/modules.txt`);
  if (isVendored) return textOf(`${at}/vendor/modules.txt`).includes(`\n${goleakModule}\n`);
  const mod = textOf(`${at}/go.mod`);
  const isReplaced = new RegExp(`${goleakModule}(?:\\s+\\S+)?\\s+=>\\s+[./]`).test(mod);
  // Without its checksum, as where only go.mod files were needed so far, go asks for `go mod tidy`.
  return isReplaced || new RegExp(`^${goleakModule} v[^\\s/]+ h1:`, 'm').test(textOf(`${at}/go.sum`));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
