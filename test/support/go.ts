// Go packages out of strings, for tests.

import {
  type BuildTarget,
  type GoModule,
  type GoPackage,
  goPackages,
  sourceFile,
} from '../../analysis/index.ts';

/** What tests build for, whatever machine they run on. */
export const target: BuildTarget = { os: 'linux', arch: 'amd64', tags: [], cgo: true };

/** A module `example.com/m` whose directory is `m`. */
function moduleOf(goVersion = '1.26'): GoModule {
  return { path: 'example.com/m', directory: 'm', goVersion };
}

/** The packages of the directory `m`, made of files by name. */
export function packagesOf(
  files: Readonly<Record<string, string>>,
  goVersion?: string,
): readonly GoPackage[] {
  const sources = Object.entries(files).map(([name, text]) => sourceFile(`m/${name}`, text));
  return goPackages({ path: 'm', files: sources, module: moduleOf(goVersion) }, target);
}

/** The package of one file, `m/a.go`. */
export function packageOf(text: string, goVersion?: string): GoPackage {
  const [pkg] = packagesOf({ 'a.go': text }, goVersion);
  if (!pkg) throw new Error('the text has no package clause');
  return pkg;
}

/** 1-based. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
