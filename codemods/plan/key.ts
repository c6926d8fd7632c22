// What names a change in a plan. Runs in the browser, too.

import type { Change } from './plan.ts';

/** A fingerprint names a finding in its package; with the fix and the file it names a change in its plan. */
export function keyOf({ fingerprint, fixId, at }: Pick<Change, 'fingerprint' | 'fixId' | 'at'>): string {
  return `${fingerprint} ${fixId} ${at.path}`;
}

/** The changes that have to be made before a change: those of its package that it names. */
export function neededBy(change: Change, changes: readonly Change[]): readonly Change[] {
  if (change.after.length === 0) return [];
  const folder = folderOf(change.at.path);
  return changes.filter(
    ({ fingerprint, at }) => change.after.includes(fingerprint) && folderOf(at.path) === folder,
  );
}

/** The folder of a file, which is its package; `.` for the folder of the plan. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}
