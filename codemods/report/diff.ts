// One unified patch in git's own form. The sole owner of `diff`.

import { formatPatch, parsePatch, structuredPatch } from 'diff';

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
