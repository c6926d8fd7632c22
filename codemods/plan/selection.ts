// Which fixes of a package are applied: those that a person asks for by rule, or exactly those of a plan.

import {
  type Finding,
  type Fix,
  type FixedPackage,
  type FixOptions,
  fixPackage,
  type GoPackage,
} from '../../analysis/index.ts';
import { fingerprintOf } from '../../analysis/node/fingerprint.ts';
import { lockedBy } from '../write.ts';
import { plannedEdits, shownEdits } from './changes.ts';
import type { Change } from './plan.ts';

/** Which fixes to apply; plain data. */
export interface FixSelection {
  /** Also those that a person must look at. */
  readonly unsafe: boolean;
  /** The only fix ids to apply. */
  readonly ids?: readonly string[];
  /** Whether the files are to be written, which read-only ones cannot be. */
  readonly write: boolean;
  /** The folder that paths in changes are relative to. */
  readonly base: string;
  /** The only changes to make. */
  readonly wanted?: Wanted;
}

/** Changes that were made before and are to be made again. */
export interface Wanted {
  /** By folder. */
  readonly changes: ReadonlyMap<string, readonly WantedChange[]>;
  /** Whether a change is made only if it comes out as it did before, upon all that it came after. */
  readonly exact: boolean;
}

export type WantedChange = Pick<Change, 'fingerprint' | 'fixId' | 'edits' | 'after'>;

/** A wanted change that was not made. */
export interface Missing {
  readonly fingerprint: string;
  readonly fixId: string;
  readonly why: 'gone' | 'not offered' | 'other edits' | 'builds on';
}

/** What becomes of a package. */
export interface Selected {
  readonly fixed: FixedPackage;
  readonly missing: readonly Missing[];
  /** Files that a selected fix would have changed and that may not be written, with the reason. */
  readonly locked: ReadonlyMap<string, string>;
}

/** Applies the selected fixes. Only files in `reported` are edited: neither ignored and excluded ones nor those not named. */
export function fixSelected(
  pkg: GoPackage,
  options: Omit<FixOptions, 'select'>,
  selection: FixSelection,
  reported: ReadonlySet<string>,
): Selected {
  const locked = new Map<string, string>();
  const may = (fix: Fix) => mayEdit(fix, selection, reported, locked);
  const { wanted } = selection;
  if (wanted) {
    const changes = wanted.changes.get(pkg.directory) ?? [];
    return {
      ...fixWanted(pkg, options, { changes, exact: wanted.exact, base: selection.base, may }),
      locked,
    };
  }
  const select = (_: Finding, fix: Fix): boolean =>
    (fix.safety === 'safe' || selection.unsafe) && (selection.ids?.includes(fix.id) ?? true) && may(fix);
  return { fixed: fixPackage(pkg, { ...options, select }), missing: [], locked };
}

function mayEdit(
  { edits }: Fix,
  { write }: FixSelection,
  reported: ReadonlySet<string>,
  locked: Map<string, string>,
): boolean {
  const paths = [...new Set(edits.map((edit) => edit.path))];
  if (!paths.every((path) => reported.has(path))) return false;
  const reasons = write ? paths.map((path) => [path, lockedBy(path)] as const) : [];
  for (const [path, reason] of reasons) if (reason !== undefined) locked.set(path, reason);
  return reasons.every(([, reason]) => reason === undefined);
}

interface Wish {
  readonly changes: readonly WantedChange[];
  readonly exact: boolean;
  readonly base: string;
  readonly may: (fix: Fix) => boolean;
}

/** Makes wanted changes; without those that come out differently, until all that are made are as they were. */
function fixWanted(
  pkg: GoPackage,
  options: Omit<FixOptions, 'select'>,
  wish: Wish,
): Omit<Selected, 'locked'> {
  const refused: Missing[] = [];
  const seen = new Set<string>();
  const isIn = (list: readonly Pick<Change, 'fingerprint' | 'fixId'>[], fingerprint: string, fixId: string) =>
    list.some((one) => one.fingerprint === fingerprint && one.fixId === fixId);
  for (;;) {
    const left = wish.changes.filter(({ fingerprint, fixId }) => !isIn(refused, fingerprint, fixId));
    const select = (_: Finding, fix: Fix, identity: string): boolean => {
      const fingerprint = fingerprintOf(identity);
      seen.add(fingerprint);
      return isIn(left, fingerprint, fix.id) && wish.may(fix);
    };
    const fixed = fixPackage(pkg, { ...options, select });
    const wrong = wish.exact ? wrongAmong(fixed, left, wish.base) : [];
    if (wrong.length > 0) {
      refused.push(...wrong);
      continue;
    }
    const done = fixed.applied.map(({ identity, fix }) => ({
      fingerprint: fingerprintOf(identity),
      fixId: fix.id,
    }));
    const missing = left
      .filter(({ fingerprint, fixId }) => !isIn(done, fingerprint, fixId))
      .map(
        ({ fingerprint, fixId }): Missing => ({
          fingerprint,
          fixId,
          why: seen.has(fingerprint) ? 'not offered' : 'gone',
        }),
      );
    return { fixed, missing: [...refused, ...missing] };
  }
}

/** The changes of the first round that has any which are not what was planned. */
function wrongAmong(
  { applied }: FixedPackage,
  planned: readonly WantedChange[],
  base: string,
): readonly Missing[] {
  const done = new Set(applied.map(({ identity }) => fingerprintOf(identity)));
  const wrong = applied.flatMap(({ identity, fix, pkg, round }) => {
    const fingerprint = fingerprintOf(identity);
    const plan = planned.find((change) => change.fingerprint === fingerprint && change.fixId === fix.id);
    const why: Missing['why'] | undefined =
      plan && shownEdits(plan.edits) !== shownEdits(plannedEdits(fix, pkg, base))
        ? 'other edits'
        : plan?.after.some((name) => !done.has(name))
          ? 'builds on'
          : undefined;
    return why ? [{ round, missing: { fingerprint, fixId: fix.id, why } }] : [];
  });
  const first = Math.min(...wrong.map(({ round }) => round));
  return wrong.filter(({ round }) => round === first).map(({ missing }) => missing);
}
