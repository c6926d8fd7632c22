// What analysis finds in a fixture and makes of it.

import {
  analyze,
  defaultConfig,
  type Finding,
  type Fix,
  fixPackage,
  type Library,
} from '../../analysis/index.ts';
import { type Fixture, fixturePackages, nameAt } from './fixture.ts';
import { assertNone } from './problems.ts';

export type Texts = ReadonlyMap<string, string>;

/** A finding without its offsets, which move when a file is edited. */
export interface Found {
  readonly finding: Finding;
  /** Of the top-level declaration that it is in. */
  readonly name: string;
  readonly key: string;
}

/**
 * All findings in a fixture, of every rule, with the text of some files replaced.
 * Throws if a rule crashed or a declaration does not parse.
 */
export function findingsIn(fixture: Fixture, library: Library, texts?: Texts): readonly Found[] {
  return fixturePackages(fixture, texts).flatMap((pkg) => {
    const { findings, crashes, broken } = analyze(pkg, { config: defaultConfig, library });
    assertNone(
      crashes.map((crash) => `${crash.path}: ${crash.ruleId}: ${crash.error}`),
      'a rule threw',
    );
    assertNone(
      broken.map(({ path, start }) => `${path}, offset ${start}`),
      'not valid Go',
    );
    return findings.map((finding): Found => {
      const file = pkg.files.find((f) => f.path === finding.at.path);
      const name = file ? nameAt(file, finding.at.start) : '';
      return { finding, name, key: `${finding.at.path} ${name}: ${finding.ruleId}: ${finding.message}` };
    });
  });
}

/** The texts that change when the selected fixes are applied until none is left. */
export function fixFixture(
  fixture: Fixture,
  library: Library,
  select: (finding: Finding, fix: Fix) => boolean,
  texts?: Texts,
): Texts {
  const changed = new Map<string, string>();
  for (const pkg of fixturePackages(fixture, texts)) {
    const fixed = fixPackage(pkg, { config: defaultConfig, library, select });
    for (const [path, text] of fixed.texts) changed.set(path, text);
  }
  return changed;
}

/** Selects one fix of one rule. */
export function only(ruleId: string, fixId: string): (finding: Finding, fix: Fix) => boolean {
  return (finding, fix) => finding.ruleId === ruleId && fix.id === fixId;
}

/** Selects the preferred fix of every finding, as `goleash fix --unsafe` does. */
export function preferred(finding: Finding, fix: Fix): boolean {
  return finding.fixes[0]?.id === fix.id;
}

/** Selects the preferred safe fix of every finding, as `goleash fix` does. */
export function preferredSafe(finding: Finding, fix: Fix): boolean {
  return finding.fixes.find((f) => f.safety === 'safe')?.id === fix.id;
}
