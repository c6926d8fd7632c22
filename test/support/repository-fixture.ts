// The repositories of recipes: fixtures/repos/<id>/before and after are modules, and safe.diff beside them is what the
// recipe changes without --unsafe.

import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';

export interface RepositoryFixture {
  /** The texts of all files, by paths from the root of the module, sorted. */
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

export function readRepository(id: string): RepositoryFixture {
  return { before: readTree(`fixtures/repos/${id}/before`), after: readTree(`fixtures/repos/${id}/after`) };
}

/** All files below a folder, by the rest of their paths, sorted. */
export function readTree(folder: string): ReadonlyMap<string, string> {
  const paths = globSync('**/*', { cwd: folder, dot: true, ignore: ['.git/**'] }).sort();
  return new Map(paths.map((path) => [path, readFileSync(`${folder}/${path}`, 'utf8')]));
}
