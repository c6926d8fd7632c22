// The fixtures of a rule as they lie on disk: fixtures/<rule-id>/, possibly with packages in folders below it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path/posix';
import { globSync } from 'tinyglobby';
import {
  type GoModule,
  type GoPackage,
  goPackages,
  type Library,
  parseGoMod,
  type SourceFile,
  sourceFile,
} from '../../analysis/index.ts';
import { moduleLibrary } from '../../analysis/node/packages.ts';
import { target } from './go.ts';
import { parseGolden } from './golden.ts';
import { library } from './runtime.ts';

/** One Go file of a fixture. Paths count from the root of the repository. */
export interface FixtureFile {
  readonly path: string;
  readonly text: string;
  /** By fix id, the text after every fix of that id in the file's package is applied. */
  readonly golden: ReadonlyMap<string, string>;
}

export interface Fixture {
  readonly ruleId: string;
  readonly files: readonly FixtureFile[];
}

/** A function of a fixture whose name says that the rule is known to err there. */
export interface KnownGap {
  readonly kind: 'missed' | 'false alarm';
  readonly name: string;
  /** The function's comment, without its slashes. */
  readonly comment: string;
}

/** The rule ids that have a folder under fixtures/; those of refactorings and recipes are none of them. */
export function fixtureIds(): readonly string[] {
  return readdirSync('fixtures', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['refactorings', 'repos'].includes(entry.name))
    .map((entry) => entry.name)
    .sort();
}

export function readFixture(ruleId: string): Fixture {
  return { ruleId, files: readFiles(`fixtures/${ruleId}/**/*.go`) };
}

/** A single folder below fixtures/, whatever it is for. */
export function readFolder(folder: string): Fixture {
  return { ruleId: folder.slice('fixtures/'.length), files: readFiles(`${folder}/*.go`) };
}

function readFiles(pattern: string): readonly FixtureFile[] {
  return globSync(pattern)
    .sort()
    .map((path): FixtureFile => {
      const goldenPath = `${path}.golden`;
      const golden = parseGolden(existsSync(goldenPath) ? readFileSync(goldenPath, 'utf8') : '');
      return { path, text: readFileSync(path, 'utf8'), golden };
    });
}

/** The module of all fixtures. */
function fixtureModule(): GoModule | undefined {
  return parseGoMod(readFileSync('fixtures/go.mod', 'utf8'), 'fixtures');
}

/** What fixtures can import: the standard library, and the modules under test/modules. */
export async function fixtureLibrary(): Promise<Library> {
  return moduleLibrary(await library(), fixtureModule(), target);
}

/** The packages of a fixture, with the text of some files replaced. */
export function fixturePackages(
  fixture: Fixture,
  texts: ReadonlyMap<string, string> = new Map(),
): readonly GoPackage[] {
  const module = fixtureModule();
  const sources = fixture.files.map((file) => sourceFile(file.path, texts.get(file.path) ?? file.text));
  const directories = [...new Set(sources.map((file) => dirname(file.path)))];
  return directories.flatMap((path) =>
    goPackages({ path, files: sources.filter((file) => dirname(file.path) === path), module }, target),
  );
}

/** The name of the top-level function, or of the first variable, that holds the offset; `''` outside of any. */
export function nameAt(file: SourceFile, offset: number): string {
  const index = file.declarations.findIndex(
    (d, i) => offset >= (file.starts[i] ?? 0) && offset < (file.starts[i] ?? 0) + d.text.length,
  );
  return file.declarations[index]?.names[0] ?? '';
}

/** The functions of a fixture called `FN_…` (a defect that is missed) and `FP_…` (a finding that is wrong). */
export function knownGaps(fixture: Fixture): readonly KnownGap[] {
  return fixture.files.flatMap(({ path, text }) => {
    const file = sourceFile(path, text);
    return file.declarations.flatMap((declaration, i): KnownGap[] => {
      const name = declaration.names[0] ?? '';
      const kind = name.startsWith('FN_') ? 'missed' : name.startsWith('FP_') ? 'false alarm' : undefined;
      if (declaration.kind !== 'func' || !kind) return [];
      return [{ kind, name, comment: commentAbove(text, file.starts[i] ?? 0) }];
    });
  });
}

/** The `//` lines right above an offset, joined to one. */
function commentAbove(text: string, offset: number): string {
  const lines: string[] = [];
  for (const line of text.slice(0, offset).split('\n').slice(0, -1).reverse()) {
    if (!line.startsWith('//')) break;
    lines.unshift(line.replace(/^\/\/ ?/, '').trim());
  }
  return lines.join(' ');
}
