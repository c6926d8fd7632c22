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
