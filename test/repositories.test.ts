// Recipes, end to end: fixtures/repos/<id>/before is a module, and the recipe makes of it exactly what after is.

import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { recipes } from '../analysis/index.ts';
import { goleash } from './codemods/command.ts';
import { go, unformatted, whyNoGo } from './support/go-command.ts';
import { assertNone } from './support/problems.ts';
import { readRepository, readTree } from './support/repository-fixture.ts';

const ids = recipes.map(({ id }) => id);
const noGo = whyNoGo();
const update = process.env['UPDATE'] === '1';

/** A copy of a repository that lies as deep as the original, so that what its go.mod replaces is there. */
function copyOf(id: string, t: TestContext): string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'goleash-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const cwd = join(root, 'fixtures', 'repos', id, 'before');
  cpSync(`fixtures/repos/${id}/before`, cwd, { recursive: true });
  mkdirSync(join(root, 'test'));
  symlinkSync(resolve('test/modules'), join(root, 'test', 'modules'));
  return cwd;
}

/** Writes what the recipe makes of the repository, for a person to read. */
async function writeGolden(id: string, cwd: string): Promise<void> {
  const folder = `fixtures/repos/${id}`;
  writeFileSync(`${folder}/safe.diff`, (await goleash(['fix', '--recipe', id, '--diff', '-q'], { cwd })).out);
  await goleash(['fix', '--recipe', id, '--unsafe', '-q'], { cwd });
  rmSync(`${folder}/after`, { recursive: true, force: true });
  cpSync(cwd, `${folder}/after`, { recursive: true });
}

test('every recipe has its repository and every repository its recipe', () => {
  assert.deepEqual(readdirSync('fixtures/repos').sort(), [...ids].sort());
});

for (const id of ids) {
  test(`${id} makes of the repository what a reviewer has seen, and a second run changes nothing`, async (t) => {
    const cwd = copyOf(id, t);
    if (update) await writeGolden(id, copyOf(id, t));
    const { before, after } = readRepository(id);
    const safe = await goleash(['fix', '--recipe', id, '--diff', '-q'], { cwd });
    assert.equal(safe.out, readFileSync(`fixtures/repos/${id}/safe.diff`, 'utf8'), 'without --unsafe');
    assert.deepEqual(readTree(cwd), before, 'a patch writes nothing');
    const first = await goleash(['fix', '--recipe', id, '--unsafe', '-q'], { cwd });
    assert.equal(first.err, '');
    assert.deepEqual(readTree(cwd), after);
    const second = await goleash(['fix', '--recipe', id, '--unsafe'], { cwd });
    assert.deepEqual(readTree(cwd), after, 'second run');
    assert.equal(second.status, 0, 'nothing that the recipe can repair is left');
  });

  test(`Go builds and vets what ${id} has made`, { skip: noGo ?? false }, () => {
    const cwd = `fixtures/repos/${id}/after`;
    assert.deepEqual(go(['build', './...'], cwd), { status: 0, output: '' });
    assert.deepEqual(go(['vet', './...'], cwd), { status: 0, output: '' });
    const files = [...readTree(cwd).keys()].filter((path) => path.endsWith('.go'));
    assertNone(unformatted(files.map((path) => join(cwd, path))), 'gofmt would change');
  });
}
