// Applies fixes to a package and looks at what has become of it: a fix that leaves its finding or brings another one is
// backed out.

import { type Analysis, analyze } from './analyze.ts';
import type { Finding } from './finding.ts';
import { likenessOf, surroundingsOf } from './fingerprint.ts';
import { type AppliedFix, type FixOptions, fixInRounds, type Rounds } from './fix-rounds.ts';
import type { GoPackage } from './model/package.ts';

export interface FixedPackage extends Rounds {
  /** Selected fixes that were backed out. */
  readonly failed: readonly FailedFix[];
}

/** A fix that was applied and did not hold. */
export interface FailedFix extends AppliedFix {
  /** One clause without a full stop. */
  readonly reason: string;
}

/**
 * Applies selected fixes until none is left. The result has no finding in the whole package that was not there before:
 * what brings one is found by halving and left out, and another fix of that finding may take its place.
 */
export function fixPackage(pkg: GoPackage, options: FixOptions): FixedPackage {
  const failed: FailedFix[] = [];
  const isOut = (identity: string, fixId: string) =>
    failed.some((f) => f.identity === identity && f.fix.id === fixId);
  for (;;) {
    const fixed = fixInRounds(pkg, {
      ...options,
      select: (finding, fix, identity) => !isOut(identity, fix.id) && options.select(finding, fix, identity),
    });
    const flaw = flawOf(pkg, fixed, options);
    if (flaw === undefined) return { ...fixed, failed };
    failed.push(guiltyOf(pkg, fixed.applied, flaw, options));
  }
}

/** The last of the shortest row of fixes that does not hold. */
function guiltyOf(
  pkg: GoPackage,
  applied: readonly AppliedFix[],
  flaw: string,
  options: FixOptions,
): FailedFix {
  let holds = 0;
  let fails = applied.length;
  let reason = flaw;
  while (fails - holds > 1) {
    const middle = (holds + fails) >> 1;
    const first = applied.slice(0, middle);
    const fixed = fixInRounds(pkg, {
      ...options,
      select: (_, fix, identity) => first.some((f) => f.identity === identity && f.fix.id === fix.id),
    });
    const found = flawOf(pkg, fixed, options);
    if (found === undefined) holds = middle;
    else {
      fails = middle;
      reason = found;
    }
  }
  return { ...(applied[fails - 1] as AppliedFix), reason };
}

/** What is wrong with a package after fixes that was not before; undefined if nothing is. */
function flawOf(before: GoPackage, { pkg, applied }: Rounds, options: FixOptions): string | undefined {
  if (applied.length === 0) return undefined;
  const { config, library, rules, judges = rules } = options;
  // The whole package, whatever was asked for.
  const judge = (version: GoPackage) =>
    analyze(version, { config, library, ...(judges ? { rules: judges } : {}) });
  const [old, now] = [judge(before), judge(pkg)];
  if (now.broken.length > old.broken.length) return 'with it a declaration is not valid Go';
  const crash = now.crashes.find(({ ruleId, path }) => !hasCrash(old, ruleId, path));
  if (crash) return `with it ${crash.ruleId} fails because of an error in that rule`;
  const [added] = addedFindings(
    { pkg: before, findings: old.findings },
    { pkg, findings: now.findings },
    applied,
  );
  if (!added) return undefined;
  return isRepairedBy(applied, added, pkg)
    ? 'the finding is still there after it'
    : `with it there is another finding, ${added.ruleId}: ${added.message}`;
}

function hasCrash({ crashes }: Analysis, ruleId: string, path: string): boolean {
  return crashes.some((crash) => crash.ruleId === ruleId && crash.path === path);
}

function isRepairedBy(applied: readonly AppliedFix[], finding: Finding, pkg: GoPackage): boolean {
  const likeness = likenessOf(pkg, finding);
  return applied.some((fix) => likenessOf(fix.pkg, fix.finding) === likeness);
}

interface Version {
  readonly pkg: GoPackage;
  readonly findings: readonly Finding[];
}

/**
 * The findings of the later version that are more than those of the earlier one without the repaired ones. One whose code
 * a fix has changed has another likeness: it stands for one that has gone from the same declaration.
 */
function addedFindings(before: Version, after: Version, applied: readonly AppliedFix[]): readonly Finding[] {
  const expected = before.findings.map((finding) => ({
    likeness: likenessOf(before.pkg, finding),
    surroundings: surroundingsOf(before.pkg, finding),
  }));
  const take = (key: 'likeness' | 'surroundings', value: string): boolean => {
    const index = expected.findIndex((e) => e[key] === value);
    if (index >= 0) expected.splice(index, 1);
    return index >= 0;
  };
  for (const { pkg, finding } of applied) take('likeness', likenessOf(pkg, finding));
  return after.findings
    .filter((finding) => !take('likeness', likenessOf(after.pkg, finding)))
    .filter((finding) => !take('surroundings', surroundingsOf(after.pkg, finding)));
}
