// The places of a package before and after an edit, and which of them are the same.

import { applyEdits } from './edit/apply.ts';
import type { Edit } from './finding.ts';
import { type Node, nodesOf, textOf } from './syntax/node.ts';
import { type Declaration, declarationOf, type SourceFile } from './syntax/source-file.ts';

/** Which places of two versions of a package are one. */
export interface Places {
  /** The declarations of the version before in which something is edited. */
  readonly edited: ReadonlySet<Declaration>;
  /** What a declaration of the later version was before; undefined for one that is new. */
  before(declaration: Declaration): Declaration | undefined;
  isSame(old: Node, now: Node): boolean;
}

/** The new text of each file that is edited, by path. */
export function textsWith(files: readonly SourceFile[], edits: readonly Edit[]): ReadonlyMap<string, string> {
  const paths = new Set(edits.map((edit) => edit.path));
  return new Map(
    files
      .filter(({ path }) => paths.has(path))
      .map((file) => [
        file.path,
        applyEdits(
          file.text,
          edits.filter((edit) => edit.path === file.path),
        ),
      ]),
  );
}

/** `after` are the files of `before`, in their order, with the edits made. */
export function placesOf(
  before: readonly SourceFile[],
  after: readonly SourceFile[],
  edits: readonly Edit[],
): Places {
  const origins = new Map<Declaration, Declaration>();
  const changes = new Map<Declaration, readonly Edit[]>();
  before.forEach((file, i) => {
    const now = after[i];
    if (file === now || !now) return;
    const own = edits.filter((edit) => edit.path === file.path);
    for (const [old, its] of changed(file, now, own)) {
      changes.set(old.declaration, old.edits);
      if (its) origins.set(its, old.declaration);
    }
  });
  const known = new Set(before.flatMap((file) => file.declarations));
  return {
    edited: new Set(changes.keys()),
    before: (declaration) => (known.has(declaration) ? declaration : origins.get(declaration)),
    isSame(old, now) {
      if (old === now) return true;
      const declaration = declarationOf(old);
      if (origins.get(declarationOf(now)) !== declaration || old.kind !== now.kind) return false;
      const own = changes.get(declaration) ?? [];
      if (movedTo(old.start, own).includes(now.start)) return true;
      return isRewritten(old, own) && isWritten(now, own) && isAlike(old, now);
    },
  };
}

/** A declaration that is edited, with its edits in offsets of its own. */
interface Edited {
  readonly declaration: Declaration;
  readonly edits: readonly Edit[];
}

/** The edited declarations of a file, imports apart, and what has become of each. */
function changed(
  before: SourceFile,
  after: SourceFile,
  edits: readonly Edit[],
): readonly (readonly [Edited, Declaration | undefined])[] {
  const now = new Map(after.declarations.map((d, i) => [after.starts[i] ?? 0, d]));
  return before.declarations.flatMap((declaration, i) => {
    if (declaration.kind === 'import' || after.declarations.includes(declaration)) return [];
    const start = before.starts[i] ?? 0;
    const end = start + declaration.text.length;
    const own = edits
      .filter((edit) => edit.start >= start && edit.end <= end)
      .map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    const its = movedTo(start, edits).flatMap((at) => now.get(at) ?? []);
    return [[{ declaration, edits: own }, its.find(({ kind }) => kind === declaration.kind)] as const];
  });
}

/** Where edits move an offset to: what is put in at it can come to stand before it or after. */
function movedTo(offset: number, edits: readonly Edit[]): readonly number[] {
  const shift = (passed: (edit: Edit) => boolean): number =>
    edits
      .filter(passed)
      .reduce((sum, { start, end, newText }) => sum + newText.length - (end - start), offset);
  return [
    shift((edit) => edit.end < offset || (edit.end === offset && edit.start < offset)),
    shift((edit) => edit.end <= offset),
  ];
}

function isRewritten({ start }: Node, edits: readonly Edit[]): boolean {
  return edits.some((edit) => edit.start <= start && start < edit.end);
}

/** Whether a node stands in new text. */
function isWritten(now: Node, edits: readonly Edit[]): boolean {
  return edits.some((edit) => {
    const start = Math.min(...movedTo(edit.start, edits));
    return start <= now.start && now.start < start + edit.newText.length;
  });
}

/** Whether two nodes have one text, and as many like them stand before them. */
function isAlike(old: Node, now: Node): boolean {
  return textOf(old) === textOf(now) && ordinalOf(old) === ordinalOf(now);
}

function ordinalOf(node: Node): number {
  const text = textOf(node);
  return nodesOf(node.tree, node.kind).filter((n) => n.start < node.start && textOf(n) === text).length;
}
