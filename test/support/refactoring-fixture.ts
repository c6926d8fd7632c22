// The fixtures of a refactoring: fixtures/refactorings/<id>/ and each folder below it is a case, a package of its own.
// `// refactor: label` marks a place that it is asked for at, a golden section of that name is the file afterwards, and
// `// want label:`reason`` is a place that it stops at.

import { dirname } from 'node:path/posix';
import { globSync } from 'tinyglobby';
import {
  applyEdits,
  defaultConfig,
  type Library,
  type Obstacle,
  refactor,
  refactorings,
} from '../../analysis/index.ts';
import { type Fixture, fixturePackages, readFolder } from './fixture.ts';
import { marksOf } from './want.ts';

export function readRefactoringCases(id: string): readonly Fixture[] {
  const paths = globSync(`fixtures/refactorings/${id}/**/*.go`);
  return [...new Set(paths.map((path) => dirname(path)))].sort().map((folder) => readFolder(folder));
}

/** What comes of a refactoring that is asked for at a mark. */
export interface Outcome {
  readonly label: string;
  /** The path of the file with the mark. */
  readonly path: string;
  /** The new text of each changed file, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly obstacles: readonly Obstacle[];
}

/** Asks for the refactoring at each mark of a case, each time in the case as it is. */
export function outcomesOf(
  id: string,
  fixture: Fixture,
  library: Library,
  replaced: ReadonlyMap<string, string> = new Map(),
): readonly Outcome[] {
  const refactoring = refactorings.find((known) => known.id === id);
  if (!refactoring) throw new Error(`there is no refactoring ${id}`);
  return fixturePackages(fixture, replaced).flatMap((pkg) =>
    pkg.files.flatMap(({ path, text }) =>
      [...marksOf(text)].map(([label, place]): Outcome => {
        const result = refactor(pkg, refactoring, { path, ...place }, { config: defaultConfig, library });
        if (!result) throw new Error(`${path}: ${id} has nothing to do at ${label}`);
        if (result.kind === 'obstacles')
          return { label, path, texts: new Map(), obstacles: result.obstacles };
        const changed = pkg.files.flatMap((file): [string, string][] => {
          const edits = result.fix.edits.filter((edit) => edit.path === file.path);
          return edits.length > 0 ? [[file.path, applyEdits(file.text, edits)]] : [];
        });
        return { label, path, texts: new Map(changed), obstacles: [] };
      }),
    ),
  );
}
