// Modules that probes are added to.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program that does nothing. */
export const main = 'package main\n\nfunc main() {}\n';
const library = 'package store\n\nfunc Open() {}\n';
const tests = 'package store\n\nimport "testing"\n\nfunc TestOpen(t *testing.T) { Open() }\n';
/** A test file with a TestMain of this body. */
export const testMain = (body: string) =>
  `package store\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) {\n${body}}\n`;
/** A module with a program and a package with a test. */
export const files = {
  'go.mod': 'module m\n\ngo 1.21\n',
  'cmd/x/main.go': main,
  'store/store.go': library,
  'store/store_test.go': tests,
};
/** The leak check of that package. */
export const leakFile = 'store/goleash_probe_leak_check_test.go';

/** All files below a folder with their texts. */
export function texts(cwd: string): Readonly<Record<string, string>> {
  const names = readdirSync(cwd, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1))
    .filter((name) => !name.startsWith('.git/'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(cwd, name), 'utf8')]));
}
