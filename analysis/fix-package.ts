// Applies fixes to a package until none is left to apply, in memory.

import { type AnalyzeOptions, analyze } from './analyze.ts';
import { applyEdits } from './edit/apply.ts';
import { finished } from './edit/finish.ts';
import { type Deferred, mergeFixes } from './edit/merge.ts';
import { importsLeftUnused } from './edit/unused-imports.ts';
import type { Edit, Finding, Fix } from './finding.ts';
import { usesOfImport } from './model/names-at.ts';
import { type GoPackage, withTexts } from './model/package.ts';
import type { ImportSpec } from './syntax/imports.ts';
import { type SourceFile, sourceFile } from './syntax/source-file.ts';

export interface FixOptions extends AnalyzeOptions {
  /** Whether to apply this fix; of a finding's fixes the first selected one is taken. */
  readonly select: (finding: Finding, fix: Fix) => boolean;
}

export interface FixedPackage {
  /** The package as it is after the fixes. */
  readonly pkg: GoPackage;
  /** The new text of each changed file, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** What was applied, in order; offsets are those of the round in which it was. */
  readonly applied: readonly { readonly finding: Finding; readonly fix: Fix }[];
  /** Selected fixes that could not be applied, and why. */
  readonly deferred: readonly Deferred[];
}

/** Analyses, merges and applies until no selected fix is left; each round must leave fewer than the one before. */
export function fixPackage(pkg: GoPackage, options: FixOptions): FixedPackage {
  const applied: { finding: Finding; fix: Fix }[] = [];
  const texts = new Map<string, string>();
  let current = pkg;
  let before = Number.POSITIVE_INFINITY;
  for (;;) {
    const selected = analyze(current, options).findings.flatMap((finding) => {
      const fix = finding.fixes.find((f) => options.select(finding, f));
      return fix ? [{ finding, fix }] : [];
    });
    if (selected.length === 0) return { pkg: current, texts, applied, deferred: [] };
    const merge = mergeFixes(selected.map((s) => s.fix));
    const isProgress = selected.length < before && merge.accepted.length > 0;
    if (!isProgress) {
      const deferred = selected.map(({ fix }) => ({
        fix,
        reason: 'applying it again would not remove the finding',
      }));
      return {
        pkg: current,
        texts,
        applied,
        deferred: merge.accepted.length > 0 ? deferred : merge.deferred,
      };
    }
    before = selected.length;
    for (const [path, edits] of merge.edits) {
      const file = current.files.find((f) => f.path === path);
      if (file) texts.set(path, withoutUnusedImports(file, applyEdits(file.text, inColumns(file, edits))));
    }
    applied.push(...selected.filter((s) => merge.accepted.includes(s.fix)));
    current = withTexts(current, texts);
  }
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
