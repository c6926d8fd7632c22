// Code that runs in tests only, whether or not its file ends in `_test.go`.

import type { Code } from '../model/code.ts';
import type { GoPackage } from '../model/package.ts';

const testPackages =
  /^(?:testing|net\/http\/httptest|github\.com\/onsi\/.*|github\.com\/stretchr\/testify\/.*)$/;

/** Folders that hold tests, their helpers and the programs that they start, by the layout that Go projects share. */
const testFolders: ReadonlySet<string> = new Set([
  ...['test', 'tests', 'testing', 'e2e', 'integration', 'testdata', 'testutil', 'testutils'],
]);

/**
 * Whether the code is part of a test: it is in a test file or a folder of tests, or it imports what only tests use.
 * What leaks or hangs there ends with the test run.
 */
export function isTestSupport(code: Code): boolean {
  return (
    code.isTest ||
    isInTestFolder(code.pkg) ||
    testPackages.test(code.pkg.importPath) ||
    code.imports.some((spec) => testPackages.test(spec.path))
  );
}

/** Folders outside the module say nothing: a whole module can be checked out below one called `test`. */
function isInTestFolder({ directory, module }: GoPackage): boolean {
  if (!module || !directory.startsWith(`${module.directory}/`)) return false;
  return directory
    .slice(module.directory.length + 1)
    .split('/')
    .some((folder) => testFolders.has(folder));
}
