// All safe fixes of one file at once, as source.fixAll.

import type { Edit } from '../../analysis/index.ts';
import { type Finding, type Fix, fixPackage } from '../../analysis/index.ts';
import type { Snapshot } from '../snapshot.ts';
import { changesBetween } from '../text-diff.ts';

/** Whether any finding of the document has a fix that is applied without a look at it. */
export function hasSafeFix({ findings }: Snapshot): boolean {
  return findings.some((finding) => safeFixOf(finding) !== undefined);
}

/**
 * The edits that apply the safe fixes of the document until none is left. Text that no fix touches is in none of
 * them; no other file is edited.
 */
export function fixAllEdits({ file, config, analysed, findings }: Snapshot): readonly Edit[] {
  if (!analysed || findings.every((finding) => finding.fixes.length === 0)) return [];
  const select = (finding: Finding, fix: Fix): boolean =>
    finding.at.path === file.path && fix.id === safeFixOf(finding)?.id;
  const fixed = fixPackage(analysed.pkg, { config, library: analysed.library, select }).texts.get(file.path);
  if (fixed === undefined) return [];
  return changesBetween(file.text, fixed).map((change) => ({ path: file.path, ...change }));
}

/** The first safe fix that edits no file but the finding's own. */
function safeFixOf({ at, fixes }: Finding): Fix | undefined {
  return fixes.find((fix) => fix.safety === 'safe' && fix.edits.every((edit) => edit.path === at.path));
}
