// The one driver of all fixtures. Each folder of fixtures/ asserts every finding of every rule in its files, and
// for each fix the whole file that comes out. UPDATE=1 rewrites the golden files, never a `// want`.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { rules, sourceFile } from '../analysis/index.ts';
import { type Found, findingsIn, fixFixture, only, preferred, type Texts } from './support/fix-fixture.ts';
import {
  type Fixture,
  type FixtureFile,
  fixtureIds,
  fixtureLibrary,
  knownGaps,
  readFixture,
} from './support/fixture.ts';
import { formatGolden } from './support/golden.ts';
import { assertNone } from './support/problems.ts';
import { compareWants, wantsOf } from './support/want.ts';

const library = await fixtureLibrary();
const update = process.env['UPDATE'] === '1';

for (const ruleId of fixtureIds()) {
  describe(ruleId, () => {
    const fixture = readFixture(ruleId);
    const fixIds = Object.keys(rules.find((rule) => rule.id === ruleId)?.fixes ?? {});
    // Computed inside the tests, so that a rule that throws fails them one by one.
    const found = once(() => findingsIn(fixture, library));
    const own = () => found().filter((f) => f.finding.ruleId === ruleId);
    const fixed = once(
      () => new Map(fixIds.map((id) => [id, fixFixture(fixture, library, only(ruleId, id))])),
    );

    test('every finding is wanted and every want is found', () => {
      const problems = fixture.files.flatMap(({ path, text }) => {
        const findings = found()
          .filter((f) => f.finding.at.path === path)
          .map((f) => f.finding);
        return compareWants(path, text, wantsOf(path, text, ruleId), findings);
      });
      assertNone(problems);
    });

    test('names of functions tell the verdict', () => {
      assertNone(verdictProblems(fixture, own()));
    });

    test('the example shows the defect', () => {
      assert.ok(
        rules.some((rule) => rule.id === ruleId),
        `fixtures/${ruleId} has no rule of that name`,
      );
      const example = `fixtures/${ruleId}/example.go`;
      assert.ok(
        own().some((f) => f.finding.at.path === example),
        `${example} has no finding of ${ruleId}`,
      );
    });

    test('golden files', () => {
      for (const file of fixture.files) checkGolden(file, fixed());
    });

    for (const id of fixIds) {
      test(`${id} repairs, brings nothing new and is done once`, () => {
        const texts = fixed().get(id) ?? new Map();
        assert.ok(texts.size > 0, 'no fixture has a finding with this fix');
        const left = found().filter((f) => !(f.finding.ruleId === ruleId && offers(f, id)));
        assertRepaired(fixture, texts, left);
        assertStable(fixture, texts, only(ruleId, id));
      });
    }

    test('the preferred fixes of all rules together repair, bring nothing new and are done once', () => {
      const texts = fixFixture(fixture, library, preferred);
      const left = found().filter((f) => f.finding.fixes.length === 0);
      assertRepaired(fixture, texts, left);
      assertStable(fixture, texts, preferred);
    });
  });
}

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}

function offers({ finding }: Found, fixId: string): boolean {
  return finding.fixes.some((fix) => fix.id === fixId);
}

function verdictProblems(fixture: Fixture, own: readonly Found[]): string[] {
  const problems: string[] = [];
  for (const { finding, name } of own) {
    // Go itself chooses the name of main.
    if (name !== 'main' && !name.endsWith('Bad') && !name.startsWith('FP_')) {
      problems.push(
        `${finding.at.path}: ${name || 'a declaration'} has a finding, so its name must end in Bad`,
      );
    }
  }
  for (const { path, text } of fixture.files) {
    for (const { kind, names } of sourceFile(path, text).declarations) {
      const name = names[0] ?? '';
      if (kind !== 'func' && kind !== 'var') continue;
      if (!name.endsWith('Bad') && !name.startsWith('FP_')) continue;
      const hit = own.some((f) => f.finding.at.path === path && f.name === name);
      if (hit === name.startsWith('FN_')) {
        problems.push(
          `${path}: ${name} has ${hit ? 'a finding: it is no FN_ any more' : 'no finding: call it FN_…Bad'}`,
        );
      }
    }
  }
  for (const { name, comment } of knownGaps(fixture)) {
    if (comment === '')
      problems.push(`${fixture.ruleId}: ${name} needs a comment that says why the rule errs`);
  }
  return problems;
}

/** Compares a file's golden with its fixed texts, or rewrites it. */
function checkGolden(file: FixtureFile, fixed: ReadonlyMap<string, Texts>): void {
  const sections = new Map<string, string>();
  for (const [id, texts] of fixed) {
    const text = texts.get(file.path);
    if (text !== undefined) sections.set(id, text);
  }
  if (!update) {
    assert.deepEqual(
      [...file.golden.keys()],
      [...sections.keys()],
      `${file.path}.golden: run UPDATE=1 npm test -- rules`,
    );
    for (const [id, text] of sections) assert.equal(text, file.golden.get(id), `${file.path}.golden, ${id}`);
  } else if (sections.size > 0) {
    writeFileSync(`${file.path}.golden`, formatGolden(sections));
  } else {
    rmSync(`${file.path}.golden`, { force: true });
  }
}

/** After the fix, nothing may be found but what could not be fixed before. */
function assertRepaired(fixture: Fixture, texts: Texts, left: readonly Found[]): void {
  const expected = left.map((f) => f.key);
  const problems = findingsIn(fixture, library, texts).filter(({ key }) => {
    const index = expected.indexOf(key);
    if (index >= 0) expected.splice(index, 1);
    return index < 0;
  });
  assertNone(
    problems.map((f) => f.key),
    'found in the fixed files',
  );
}

function assertStable(fixture: Fixture, texts: Texts, select: Parameters<typeof fixFixture>[2]): void {
  const again = fixFixture(fixture, library, select, texts);
  assertNone([...again.keys()], 'a second run changes files again');
}
