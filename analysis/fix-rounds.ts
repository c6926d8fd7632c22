// Applies fixes to a package, round after round, until none is left to apply, in memory.

import { type AnalyzeOptions, analyze } from './analyze.ts';
import { applyEdits } from './edit/apply.ts';
import { finished } from './edit/finish.ts';
import { mergeFixes } from './edit/merge.ts';
import { importsLeftUnused } from './edit/unused-imports.ts';
import type { Edit, Finding, Fix } from './finding.ts';
import { identityOf, likenessOf } from './fingerprint.ts';
import { usesOfImport } from './model/names-at.ts';
import { type GoPackage, withTexts } from './model/package.ts';
import { type Repairs, withRepairs } from './recipes/recipe.ts';
import type { Rule } from './rules/rule.ts';
import type { ImportSpec } from './syntax/imports.ts';
import { type SourceFile, sourceFile } from './syntax/source-file.ts';

export interface FixOptions extends AnalyzeOptions {
  /** Whether to apply this fix; of a finding's fixes the first selected one is taken. `identity` names the finding. */
  readonly select: (finding: Finding, fix: Fix, identity: string) => boolean;
  /** Narrows the fixes of findings and puts them in order; absent for all, in the order of their rules. */
  readonly repairs?: Repairs | undefined;
  /** The rules that look at what fixes have made; by default those that find what to fix. */
  readonly judges?: readonly Rule[];
}

/** A fix of a finding, and what it was made for. */
export interface Candidate {
  readonly finding: Finding;
  /** Names the finding, the same in all rounds. */
  readonly identity: string;
  readonly fix: Fix;
  /** The package that the offsets are of. */
  readonly pkg: GoPackage;
}

export interface AppliedFix extends Candidate {
  /** Counts from 0: fixes of one round are made for the same text. */
  readonly round: number;
}

/** A selected fix that could not be applied. */
export interface DeferredFix extends Candidate {
  /** One clause without a full stop. */
  readonly reason: string;
  /** The fix that stands in the way. */
  readonly rival?: Fix;
}

export interface Rounds {
  /** The package as it is after the fixes. */
  readonly pkg: GoPackage;
  /** The new text of each changed file, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** What was applied, in order. */
  readonly applied: readonly AppliedFix[];
  readonly deferred: readonly DeferredFix[];
}

/** Analyses, merges and applies until no selected fix is left; each round must leave fewer than the one before. */
export function fixInRounds(pkg: GoPackage, options: FixOptions): Rounds {
  const applied: AppliedFix[] = [];
  const texts = new Map<string, string>();
  const numbers = numbering();
  let current = pkg;
  let before = Number.POSITIVE_INFINITY;
  for (let round = 0; ; round++) {
    const { findings } = analyze(current, options);
    const names = numbers.next(findings.map((finding) => likenessOf(current, finding)));
    const selected = findings.flatMap((finding, i): Candidate[] => {
      const identity = names[i] ?? '';
      const { fixes } = options.repairs ? withRepairs(finding, options.repairs) : finding;
      const fix = fixes.find((f) => options.select(finding, f, identity));
      return fix ? [{ finding, identity, fix, pkg: current }] : [];
    });
    if (selected.length === 0) return { pkg: current, texts, applied, deferred: [] };
    const merge = mergeFixes(selected.map((s) => s.fix));
    if (selected.length >= before || merge.accepted.length === 0) {
      const deferred = selected.map((s) => ({ ...s, ...reasonFor(s, merge) }));
      return { pkg: current, texts, applied, deferred };
    }
    before = selected.length;
    for (const [path, edits] of merge.edits) {
      const file = current.files.find((f) => f.path === path);
      if (file) texts.set(path, withoutUnusedImports(file, applyEdits(file.text, inColumns(file, edits))));
    }
    const accepted = merge.accepted.flatMap((fix) => selected.find((s) => s.fix === fix) ?? []);
    applied.push(...accepted.map((candidate) => ({ ...candidate, round })));
    numbers.drop(accepted.map(({ identity }) => identity));
    current = withTexts(current, texts);
  }
}

function reasonFor({ fix }: Candidate, { accepted, deferred }: ReturnType<typeof mergeFixes>) {
  const collision = deferred.find((d) => d.fix === fix);
  if (accepted.length > 0 || !collision) return { reason: 'applying it again would not remove the finding' };
  return { reason: `it collides with the fix “${collision.rival.title}”`, rival: collision.rival };
}

/**
 * Names findings over several rounds. Of findings that are alike, those that are left keep their numbers when one is
 * repaired; the first round has the names that `identitiesOf` gives.
 */
function numbering() {
  let left = new Map<string, number[]>();
  const made = new Map<string, number>();
  let given = new Map<string, { readonly likeness: string; readonly number: number }>();
  return {
    next(likenesses: readonly string[]): readonly string[] {
      given = new Map();
      return likenesses.map((likeness) => {
        const number = left.get(likeness)?.shift() ?? made.get(likeness) ?? 0;
        made.set(likeness, Math.max(made.get(likeness) ?? 0, number + 1));
        const identity = identityOf(likeness, number);
        given.set(identity, { likeness, number });
        return identity;
      });
    },
    drop(identities: readonly string[]): void {
      for (const identity of identities) given.delete(identity);
      left = new Map();
      for (const { likeness, number } of given.values())
        left.set(likeness, [...(left.get(likeness) ?? []), number]);
    },
  };
}

/** Fixes of neighbouring lines have each lined up the columns as if the other line stayed as it is. */
function inColumns(file: SourceFile, edits: readonly Edit[]): readonly Edit[] {
  return finished(file, edits) ?? edits;
}

/** Several fixes together may take the last uses of an import away that none of them takes alone. */
function withoutUnusedImports(before: SourceFile, text: string): string {
  const after = sourceFile(before.path, text, before);
  const withUses = (file: SourceFile) => ({
    file,
    usesOfImport: (spec: ImportSpec) => usesOfImport(file, spec),
  });
  return applyEdits(text, importsLeftUnused(withUses(before), withUses(after)));
}
