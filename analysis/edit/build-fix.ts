// Runs the body of a fix and makes its edits.

import type { Edit } from '../finding.ts';
import { type ImportSpec, importsOf } from '../syntax/imports.ts';
import type { Site, SourceFile } from '../syntax/source-file.ts';
import { builderOf, type Changes, emptyChanges, type FileChanges } from './builder.ts';
import { finished } from './finish.ts';
import type { FixBuilder, NamesAt } from './fix-builder.ts';
import { importDrafts } from './go-imports.ts';
import { mentionsPackage } from './go-text.ts';
import { spanOf } from './layout.ts';
import { addedElements } from './literals.ts';
import { fileScope, type NewName, nameOfImport } from './names.ts';
import { lineDeletions } from './statements.ts';
import { isForUse, isMentionedInBrokenCode } from './unused-imports.ts';

/** What merging must know of a fix besides its edits. */
export interface FixNeeds {
  /** Text that must survive: the imports whose names the fix writes. */
  readonly keeps: readonly Site[];
  /** Names that the fix declares. */
  readonly declares: readonly NewName[];
}

export interface BuiltFix {
  /** Sorted by path and start; they do not overlap. */
  readonly edits: readonly Edit[];
  readonly needs: FixNeeds;
}

export interface FixInput {
  /** The file of the finding. */
  readonly file: SourceFile;
  readonly names: NamesAt;
  /** Further files whose nodes the body may edit. */
  readonly otherFiles?: readonly SourceFile[];
}

/**
 * Runs `body` and makes the edits it asks for. Undefined if it returns false, or if they cannot be made: they
 * contradict each other, stand where no such thing can stand, or would leave text that does not parse.
 */
export function buildFix(input: FixInput, body: (edit: FixBuilder) => void | false): BuiltFix | undefined {
  const changes = emptyChanges(input.names, [input.file, ...(input.otherFiles ?? [])]);
  if (body(builderOf(changes)) === false || !changes.isPossible) return undefined;
  const edits: Edit[] = [];
  const keeps: Site[] = [];
  for (const one of changes.files) {
    const done = editsOf(one, changes);
    if (!done) return undefined;
    edits.push(...done);
    keeps.push(...keptImports(one));
  }
  edits.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start || a.end - b.end));
  return { edits, needs: { keeps, declares: changes.declares } };
}

function editsOf(one: FileChanges, { names, declares }: Changes): readonly Edit[] | undefined {
  const { file, lines, drafts, literals } = one;
  for (const [literal, added] of literals) {
    const elements = addedElements(file, literal, added);
    if (!elements) return undefined;
    drafts.push(...elements);
  }
  const used = one.wanted.filter((w) => one.texts.some((text) => mentionsPackage(text, w.name)));
  for (const { name, path } of used) declares.push({ name, scope: fileScope(file), importPath: path });
  const gone = new Set(importsOf(file).filter((spec) => losesItsUses(one, names, spec)));
  if (used.length > 0 || gone.size > 0) {
    const imports = importDrafts(lines, used, gone);
    if (!imports) return undefined;
    drafts.push(...imports);
  }
  return finished(file, [...drafts, ...lineDeletions(file, lines.removed, drafts)]);
}

/** Whether the changes take away the last uses of an import that is there to be used. */
function losesItsUses(one: FileChanges, names: NamesAt, spec: ImportSpec): boolean {
  if (!isForUse(spec)) return false;
  const { file, lines, drafts, texts } = one;
  const name = nameOfImport(spec);
  const removed = [...drafts.filter((d) => d.start < d.end), ...lines.removed];
  if (!removed.some((r) => file.text.slice(r.start, r.end).includes(name))) return false;
  if (texts.some((text) => mentionsPackage(text, name))) return false;
  if (isMentionedInBrokenCode(file, spec)) return false;
  const uses = names.usesOfImport(spec).map((use) => spanOf(file, use));
  return (
    uses.length > 0 && uses.every((use) => removed.some((r) => r.start <= use.start && use.end <= r.end))
  );
}

/** The imports that the new text relies on. */
function keptImports({ file, texts }: FileChanges): readonly Site[] {
  return importsOf(file)
    .filter((spec) => texts.some((text) => mentionsPackage(text, nameOfImport(spec))))
    .map((spec) => ({ path: file.path, ...spanOf(file, spec.node) }));
}
