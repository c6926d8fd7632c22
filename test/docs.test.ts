// What the documents promise that a machine can check.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { globSync } from 'tinyglobby';
import { assertNone } from './support/problems.ts';

const documents = globSync(['*.md', 'docs/**/*.md', 'editors/**/*.md', 'bench/**/*.md'], {
  ignore: ['**/node_modules/**'],
}).sort();

test('links between documents lead somewhere', () => {
  assert.ok(documents.length > 5);
  const broken = documents.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((link) => !existsSync(join(dirname(path), link)))
      .map((link) => `${path}: ${link}`),
  );
  assertNone(broken);
});

test('commands in the documents are scripts of package.json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const unknown = documents.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/npm run ([a-z:-]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !(name in scripts))
      .map((name) => `${path}: npm run ${name}`),
  );
  assertNone(unknown);
});

test('the test command of the README is what .ci/run runs', () => {
  assert.match(readFileSync('README.md', 'utf8'), /^npm ci && npm test$/m);
  const ci = readFileSync('.ci/run', 'utf8');
  assert.ok(ci.includes('npm ci') && ci.includes('npm test'));
});
