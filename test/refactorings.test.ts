// The driver of the fixtures of refactorings. Each mark is a place that one is asked for at: the file that comes of it
// is a golden section, or each place that it stops at is wanted. UPDATE=1 rewrites the golden files.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { refactorings } from '../analysis/index.ts';
import type { Fixture, FixtureFile } from './support/fixture.ts';
import { formatGolden } from './support/golden.ts';
import { assertNone } from './support/problems.ts';
import { type Outcome, outcomesOf, readRefactoringCases } from './support/refactoring-fixture.ts';
import { library as loadLibrary } from './support/runtime.ts';
import { compareWants, marksOf, wantsOf } from './support/want.ts';

const library = await loadLibrary();
const update = process.env['UPDATE'] === '1';

for (const { id } of refactorings) {
  const cases = readRefactoringCases(id);
  test(`${id} has an example, and every case asks for something`, () => {
    const example = cases.find(({ ruleId }) => ruleId === `refactorings/${id}`);
    assert.ok(example?.files.some(({ path, golden }) => path.endsWith('/example.go') && golden.size === 1));
    const silent = cases.filter(({ files }) => files.every(({ text }) => marksOf(text).size === 0));
    assertNone(silent.map(({ ruleId }) => ruleId));
  });
  for (const fixture of cases) {
    describe(fixture.ruleId, () => {
      const outcomes = outcomesOf(id, fixture, library);

      test('it stops where it is wanted to', () => {
        const problems = fixture.files.flatMap(({ path, text }) => {
          const stops = outcomes.flatMap(({ label, obstacles }) =>
            obstacles
              .filter(({ at }) => at.path === path)
              .map(({ at, reason }) => ({ at, ruleId: label, message: reason })),
          );
          return compareWants(path, text, wantsOf(path, text, ''), stops);
        });
        assertNone(problems);
      });

      test('golden files', () => {
        for (const file of fixture.files) checkGolden(file, outcomes);
      });

      test('asked for again, it says that it is done', () => {
        const changed = outcomes.filter(({ texts }) => texts.size > 0);
        assertNone(changed.flatMap((outcome) => again(id, fixture, outcome)));
      });
    });
  }
}

function checkGolden(file: FixtureFile, outcomes: readonly Outcome[]): void {
  const sections = new Map<string, string>();
  for (const { label, texts } of outcomes) {
    const text = texts.get(file.path);
    if (text !== undefined) sections.set(label, text);
  }
  if (!update) {
    const hint = `${file.path}.golden: run UPDATE=1 npm test -- refactorings`;
    assert.deepEqual([...file.golden.keys()], [...sections.keys()], hint);
    for (const [label, text] of sections)
      assert.equal(text, file.golden.get(label), `${file.path}.golden, ${label}`);
  } else if (sections.size > 0) {
    writeFileSync(`${file.path}.golden`, formatGolden(sections));
  } else {
    rmSync(`${file.path}.golden`, { force: true });
  }
}

/** What is wrong with the second time. */
function again(id: string, fixture: Fixture, { label, texts }: Outcome): readonly string[] {
  const second = outcomesOf(id, fixture, library, texts).find((outcome) => outcome.label === label);
  const reasons = second?.obstacles.map(({ reason }) => reason) ?? [];
  const isDone = reasons.length === 1 && / has a context already: /.test(reasons[0] ?? '');
  return isDone ? [] : [`${label}: ${reasons.join('; ') || 'it changes something again'}`];
}
