// Makes a refactoring at a place of a package.

import type { Config } from './config.ts';
import { buildFix } from './edit/build-fix.ts';
import type { Fix, Obstacle } from './finding.ts';
import { type Code, type CodeContext, codeOf } from './model/code.ts';
import { namesAt } from './model/names-at.ts';
import type { GoPackage, Library } from './model/package.ts';
import { worldOf } from './model/package-index.ts';
import type { Refactoring } from './refactorings/refactoring.ts';
import type { Node } from './syntax/node.ts';
import type { Site, SourceFile } from './syntax/source-file.ts';

export interface RefactorOptions {
  readonly config: Config;
  readonly library: Library;
  /** Why a file of the package must not be edited; undefined if it may be. Generated files never are. */
  readonly lockedBy?: (path: string) => string | undefined;
}

export type Refactored =
  | { readonly kind: 'fix'; readonly fix: Fix; readonly summary: string }
  /** Nothing is to be edited. */
  | { readonly kind: 'obstacles'; readonly obstacles: readonly Obstacle[] };

/** Whether a refactoring may have something to do at a place. What it would be is not looked at. */
export function mayRefactor(
  pkg: GoPackage,
  refactoring: Refactoring,
  at: Site,
  options: RefactorOptions,
): boolean {
  const place = placeIn(pkg, at, options);
  return place !== undefined && refactoring.offers(place.code, place.node);
}

/**
 * The edits of a refactoring that is asked for at a place, in all files that it concerns, or what stands in the way. The
 * place stands for the function that starts in it, if there is one, and else for what its start is in. Undefined if
 * there is nothing which the refactoring could change.
 */
export function refactor(
  pkg: GoPackage,
  refactoring: Refactoring,
  at: Site,
  options: RefactorOptions,
): Refactored | undefined {
  const place = placeIn(pkg, at, options);
  if (!place) return undefined;
  const { file, code, node, context } = place;
  const { lockedBy = () => undefined } = options;
  const proposal = refactoring.at(code, node);
  if (!proposal || proposal.kind === 'obstacles') return proposal;
  const stop = (reason: string, path = file.path): Refactored => {
    const where = path === file.path ? at : { path, start: 0, end: 0 };
    return { kind: 'obstacles', obstacles: [{ at: where, reason }] };
  };
  const built = buildFix(
    { file, names: namesAt(code, file, context), otherFiles: others(pkg, file) },
    proposal.edit,
  );
  if (!built || built.edits.length === 0) return stop('the edits that this takes cannot be made here');
  for (const path of new Set(built.edits.map((edit) => edit.path))) {
    const reason = isGenerated(pkg, path) ? 'it is generated' : lockedBy(path);
    if (reason !== undefined) return stop(`this file cannot be edited: ${reason}`, path);
  }
  const { id, title } = refactoring;
  return { kind: 'fix', fix: { id, title, safety: 'review', edits: built.edits }, summary: proposal.summary };
}

/** The node that a place stands for, and all around it. */
function placeIn(pkg: GoPackage, at: Site, { config, library }: RefactorOptions) {
  const file = pkg.files.find(({ path }) => path === at.path);
  const index = file?.starts.findLastIndex((start) => start <= at.start) ?? -1;
  const declaration = file?.declarations[index];
  if (!file || !declaration) return undefined;
  const offset = file.starts[index] ?? 0;
  const context: CodeContext = { pkg, world: worldOf(pkg, library), config, codes: new Map() };
  const code = codeOf(file, declaration, context);
  const node = code && (functionIn(code, at, offset) ?? nodeAt(code.root, at.start - offset));
  return node && { file, code, node, context };
}

function others({ files }: GoPackage, file: SourceFile): readonly SourceFile[] {
  return files.filter((other) => other !== file);
}

function isGenerated({ files }: GoPackage, path: string): boolean {
  return files.some((file) => file.path === path && file.generated);
}

/** The first function that starts in a stretch of the file. */
function functionIn(code: Code, { start, end }: Site, offset: number): Node | undefined {
  return code.functions.find((fn) => start <= fn.start + offset && fn.start + offset < end);
}

/** The innermost node that holds an offset of its declaration; undefined if the offset is behind the declaration. */
function nodeAt(root: Node, offset: number): Node | undefined {
  if (offset < root.start || offset > root.end) return undefined;
  const inner = root.children.find((child) => child.start <= offset && offset < child.end);
  return inner ? nodeAt(inner, offset) : root;
}
