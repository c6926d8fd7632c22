// One unified patch in git's own form, and what is in one. The sole owner of `diff`.

import { diffWordsWithSpace, formatPatch, parsePatch, type StructuredPatch, structuredPatch } from 'diff';

/** A file before and after; `path` is relative to where the patch will be applied, with `/` separators. */
export interface ChangedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The patch of one file, `''` if it does not change. Line endings and a missing last newline are kept. */
export function filePatch({ path, before, after }: ChangedFile): string {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 3 });
  if (hunks.length === 0) return '';
  const [oldFileName, newFileName] = [`a/${path}`, `b/${path}`];
  return formatPatch({ isGit: true, oldFileName, newFileName, oldHeader: '', newHeader: '', hunks });
}

/** Lines of a file, both included; they count from 1. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The lines that a patch of git without context adds or changes, by the new name of their file. Where it only removes
 * lines, those on both sides count: code that was left out has no line of its own.
 */
export function changedLines(patch: string): ReadonlyMap<string, readonly LineRange[]> {
  return new Map(
    parsePatch(patch).flatMap(({ newFileName, hunks }) => {
      if (newFileName === undefined || !newFileName.startsWith('b/')) return [];
      const ranges = hunks.map(({ newStart, newLines }) =>
        newLines === 0
          ? { start: newStart - 1, end: newStart }
          : { start: newStart, end: newStart + newLines - 1 },
      );
      return [[newFileName.slice('b/'.length), ranges] as const];
    }),
  );
}

/** The files of a patch with their hunks; undefined if it is none. */
export function filesOfPatch(patch: string): readonly StructuredPatch[] | undefined {
  try {
    return parsePatch(patch);
  } catch {
    return undefined;
  }
}

/** A piece of text, and whether the other side does not have it. */
export interface Part {
  readonly text: string;
  readonly changed: boolean;
}

/** What two lines have in common, word by word: the parts of each. */
export function wordParts(before: string, after: string): { readonly old: Part[]; readonly new: Part[] } {
  const parts = diffWordsWithSpace(before, after);
  const side = (left: 'added' | 'removed') =>
    parts
      .filter((part) => !part[left])
      .map(({ value, added, removed }) => ({ text: value, changed: added || removed }));
  return { old: side('added'), new: side('removed') };
}
