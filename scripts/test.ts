// Runs the tests: `npm test` all of them, `npm test -- rules edit` the files whose path contains one of the words.
// Node 20 takes no glob and finds no .ts in a folder, so the files are listed here.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';

const words = process.argv.slice(2);
const all = globSync('test/**/*.test.ts').sort();
const files = words.length === 0 ? all : all.filter((file) => words.some((word) => file.includes(word)));

if (files.length === 0) {
  console.error(words.length === 0 ? 'no test files under test/' : `no test file matches ${words.join(' ')}`);
  process.exit(1);
}

const needsBuild = files.some((file) => readFileSync(file, 'utf8').includes('support/built.ts'));
const built = needsBuild ? node('scripts/build.ts') : 0;
const passed = node('--test', '--test-concurrency=2', '--test-reporter=spec', ...files);
process.exit(passed || built);

/** Runs Node on TypeScript; returns its exit status. */
function node(...args: readonly string[]): number {
  return spawnSync(process.execPath, ['--import', 'tsx', ...args], { stdio: 'inherit' }).status ?? 1;
}
