import type { Edit } from '../finding.ts';
import { type ImportSpec, importsOf } from '../syntax/imports.ts';
import { type SourceFile, treeOf } from '../syntax/source-file.ts';
import { finished } from './finish.ts';
import type { NamesAt } from './fix-builder.ts';
import { importDrafts } from './go-imports.ts';
import { nameOfImport } from './names.ts';
import { type Lines, lineDeletions } from './statements.ts';

/** A file and who uses its imports. */
export interface FileWithUses extends Pick<NamesAt, 'usesOfImport'> {
  readonly file: SourceFile;
}

/**
 * The edits of `after` that remove the imports which `before`, the file as it was before some fixes, used and
 * `after` does not. Each fix removes an import if it alone takes the last use away; several fixes together may
 * leave one behind, and Go compiles no file with an unused import.
 */
export function importsLeftUnused(before: FileWithUses, after: FileWithUses): readonly Edit[] {
  const gone = new Set(importsOf(after.file).filter((spec) => isLeftUnused(spec, before, after)));
  if (gone.size === 0) return [];
  const lines: Lines = { file: after.file, opened: new Set(), removed: [], carried: new Set() };
  const drafts = importDrafts(lines, [], gone);
  if (!drafts) return [];
  return finished(after.file, [...drafts, ...lineDeletions(after.file, lines.removed, drafts)]) ?? [];
}

function isLeftUnused(spec: ImportSpec, before: FileWithUses, after: FileWithUses): boolean {
  if (!isForUse(spec)) return false;
  const same = importsOf(before.file).find((s) => s.path === spec.path && s.alias === spec.alias);
  if (!same || isMentionedInBrokenCode(after.file, spec)) return false;
  return before.usesOfImport(same).length > 0 && after.usesOfImport(spec).length === 0;
}

/** Whether an import is there for its name, and can go when nothing uses the name. */
export function isForUse(spec: ImportSpec): boolean {
  return spec.alias !== '_' && spec.alias !== '.' && spec.path !== 'C';
}

/** Whether a declaration that does not parse may use the import. */
export function isMentionedInBrokenCode(file: SourceFile, spec: ImportSpec): boolean {
  return file.declarations.some((d) => d.text.includes(nameOfImport(spec)) && !treeOf(d));
}
