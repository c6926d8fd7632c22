// One unified patch in git's own form. The sole owner of `diff`.

import { formatPatch, structuredPatch } from 'diff';

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
