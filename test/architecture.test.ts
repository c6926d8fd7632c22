// Holds the code to docs/architecture.md. A failure names the edge that offends.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { ruleIds } from '../scripts/generated-files.ts';
import {
  holds,
  importsIn,
  importTable,
  moduleOf,
  owns,
  sources,
  withoutComments,
} from './support/architecture.ts';
import { fixtureIds } from './support/fixture.ts';
import { assertNone } from './support/problems.ts';

const table = importTable(readFileSync('docs/architecture.md', 'utf8'));
const files = sources();
const imports = [...files].flatMap(([path, text]) => importsIn(path, text));
const product = (path: string) => /^(?:analysis|bin|codemods|server)\//.test(path);

test('the table of docs/architecture.md is read and has a row for every file', () => {
  assert.ok(table.length > 5, 'no table');
  assert.ok(files.size > 20 && imports.length > 50, 'no code');
  assertNone([...files.keys()].filter((path) => !moduleOf(table, path)));
  assertNone(
    table.flatMap(({ paths }) =>
      paths.filter((path) => ![...files.keys()].some((file) => holds(path, file))),
    ),
  );
});

test('a file imports only what its row allows', () => {
  const offending = imports.filter(({ from, to }) => {
    const own = moduleOf(table, from);
    if (!files.has(to) || !own?.module.mayImport) return false;
    const same = own.path.endsWith('/*') ? from === to : own.module.paths.some((path) => holds(path, to));
    return !same && !own.module.mayImport.some((path) => holds(path, to));
  });
  assertNone(offending.map(({ from, to }) => `${from} imports ${to}`));
});

test('each package has one owner', () => {
  const packages = imports.filter(({ from, isPackage }) => product(from) && isPackage);
  const offending = packages.filter(({ from, to }) => {
    const module = moduleOf(table, from)?.module;
    return !module || !owns(module, to);
  });
  assertNone(offending.map(({ from, to }) => `${from} imports ${to}`));
  const claims = table.flatMap((module) => module.owns);
  assertNone(
    claims.filter((claim, index) => claims.indexOf(claim) !== index),
    'owned twice',
  );
  assertNone(
    claims.filter((claim) => !packages.some(({ to }) => to === claim)),
    'owned and not used',
  );
});

test('analysis reads no disk, clock, process or chance', () => {
  const pure = [...files].filter(
    ([path]) => path.startsWith('analysis/') && !path.startsWith('analysis/node/'),
  );
  const impure =
    /['"]node:|\bnew Date\b|\bDate\.|\bprocess\.|\bperformance\.|\bMath\.random\b|\bset(?:Timeout|Interval)\b|\bconsole\./;
  assertNone(
    pure.flatMap(
      ([path, text]) => impure.exec(withoutComments(text))?.map((found) => `${path}: ${found}`) ?? [],
    ),
  );
});

test('every rule has its fixtures and every fixture its rule', () => {
  assert.deepEqual(fixtureIds(), ruleIds());
});

test('files are short and their names say what is in them', () => {
  const written = [...files].filter(([path]) => !path.endsWith('.generated.ts'));
  assertNone(
    written
      .filter(([, text]) => text.split('\n').length > 401)
      .map(([path]) => `${path} is longer than 400 lines`),
  );
  assertNone(
    [...files.keys()].filter((path) => /utils?|helpers?|managers?|misc|common/i.test(basename(path))),
  );
});

test('the changelog has the version of package.json', () => {
  const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
  assert.match(
    readFileSync('CHANGELOG.md', 'utf8'),
    new RegExp(`^## ${version.replaceAll('.', '\\.')}`, 'm'),
  );
});
