// Changes by hand, for tests of what comes after planning.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { applyEdits } from '../../analysis/index.ts';
import type { Change } from '../../codemods/plan/plan.ts';
import type { VerifyOptions, VerifyRequest } from '../../codemods/verify/request.ts';

export interface Replacement {
  readonly path: string;
  readonly old: string;
  readonly new: string;
  /** The line of what is found; that of the edit if it is absent. */
  readonly line?: number;
  readonly after?: readonly string[];
}

/** A change with one edit: the only place of `old` in the file becomes `new`. Its fingerprint is its name. */
export function change(root: string, name: string, replacement: Replacement): Change {
  const { path, old, after = [] } = replacement;
  const text = readFileSync(`${root}/${path}`, 'utf8');
  const start = text.indexOf(old);
  if (start < 0 || text.indexOf(old, start + 1) >= 0) throw new Error(`${path} has not one ${old}`);
  const line = replacement.line ?? text.slice(0, start).split('\n').length;
  return {
    fingerprint: name,
    ruleId: 'lost-cancel',
    fixId: 'defer-cancel',
    title: 'Do it',
    safety: 'safe',
    severity: 'warning',
    confidence: 'proved',
    message: 'it is wrong',
    at: { path, line, column: 1, endLine: line, endColumn: 1 },
    related: [],
    edits: [{ path, start, end: start + old.length, removed: old, inserted: replacement.new }],
    against: [{ path, sha256: createHash('sha256').update(text).digest('hex') }],
    diff: '',
    after,
    verified: { rung: 'model', notes: [] },
    decision: 'open',
  };
}

/** What `verify` is asked for these changes of the files on disk. */
export function verification(
  root: string,
  changes: readonly Change[],
  options: Partial<VerifyOptions> & Pick<VerifyOptions, 'env'>,
): VerifyRequest {
  const paths = [...new Set(changes.flatMap(({ against }) => against.map(({ path }) => path)))];
  const before = new Map(paths.map((path) => [`${root}/${path}`, readFileSync(`${root}/${path}`, 'utf8')]));
  const textsOf = async (fingerprints: readonly string[]) => {
    const edits = changes
      .filter(({ fingerprint }) => fingerprints.includes(fingerprint))
      .flatMap((one) => one.edits);
    return new Map(
      [...before].map(([path, text]) => [
        path,
        applyEdits(
          text,
          edits
            .filter((edit) => `${root}/${edit.path}` === path)
            .map(({ start, end, inserted }) => ({ path, start, end, newText: inserted })),
        ),
      ]),
    );
  };
  return { root, changes, before, textsOf, options };
}
