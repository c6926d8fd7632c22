// One run that makes changes in memory: all that are asked for, or some of them once more. Nothing is written here.

import { dirname } from 'node:path';
import type { Repairs } from '../../analysis/index.ts';
import type { Host } from '../host.ts';
import type { FileChange } from '../journal/journal.ts';
import { type Outcome, run } from '../run.ts';
import { absolute, type Target } from '../targets.ts';
import type { DirectoryResult, Job, PackageChange } from '../work.ts';
import type { Change, LeftOut } from './plan.ts';
import type { FixSelection, Missing, WantedChange } from './selection.ts';

/** What to change. */
export interface Request {
  readonly targets: readonly Target[];
  readonly rules: readonly string[] | undefined;
  /** Of recipes; absent without. */
  readonly repairs?: Repairs | undefined;
  readonly selection: FixSelection;
  readonly jobs: number | undefined;
  readonly config: string | undefined;
  /** Build tags; absent for those of the environment. */
  readonly tags?: readonly string[] | undefined;
}

/** What a run has come to; all lists are in an order that does not depend on threads. */
export interface Planned {
  /** What is left after the changes, and what went wrong. */
  readonly outcome: Outcome;
  readonly packages: readonly PackageChange[];
  readonly left: readonly LeftOut[];
  readonly missing: readonly Missing[];
}

export async function planned(request: Request, host: Host): Promise<Planned> {
  const results: DirectoryResult[] = [];
  const { targets, rules, repairs, selection, jobs, config, tags } = request;
  const job: Omit<Job, 'target'> = {
    ...(rules ? { rules } : {}),
    ...(repairs ? { repairs } : {}),
    fix: selection,
  };
  const onResult = (result: DirectoryResult) => results.push(result);
  const outcome = await run({ targets, job, jobs, config, tags, onResult }, host);
  results.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  return {
    outcome,
    packages: results.flatMap(({ changes }) => changes),
    left: results.flatMap(({ left }) => left),
    missing: results.flatMap(({ missing }) => missing),
  };
}

export function changesIn({ packages }: Pick<Planned, 'packages'>): readonly Change[] {
  return packages.flatMap(({ changes }) => changes);
}

export function filesIn({ packages }: Pick<Planned, 'packages'>): readonly FileChange[] {
  return packages.flatMap(({ files }) => files);
}

/** How changes of a plan are made once more. */
export interface Remake {
  readonly changes: readonly Change[];
  /** Whether a change counts only if it comes out as it did before, upon all that it came after. */
  readonly exact: boolean;
  /** Whether the files are to be written, which read-only ones cannot be. */
  readonly write: boolean;
}

/** Makes exactly these changes, on the files as they are now. */
export function remade(
  { changes, exact, write }: Remake,
  request: Pick<Request, 'rules' | 'repairs' | 'jobs' | 'config' | 'tags'> & { readonly base: string },
  host: Host,
): Promise<Planned> {
  const { base } = request;
  const byFolder = new Map<string, WantedChange[]>();
  const paths = new Set<string>();
  for (const change of changes) {
    const files = [change.at, ...change.edits].map(({ path }) => absolute(path, base));
    for (const path of files) paths.add(path);
    const folder = dirname(files[0] as string);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), change]);
  }
  const selection: FixSelection = { unsafe: true, write, base, wanted: { changes: byFolder, exact } };
  const targets = [...paths].sort().map((path): Target => ({ kind: 'file', path }));
  return planned({ ...request, targets, selection }, host);
}

/**
 * The same plan with only some of its changes. Packages that keep all of theirs are not analysed again. If `exact`, a change
 * that comes out differently without those that are left out is left out as well.
 */
export async function narrowed(
  whole: Planned,
  isKept: (change: Change) => boolean,
  request: Request,
  host: Host,
  exact = true,
): Promise<Planned> {
  const kept = whole.packages.filter(({ changes }) => changes.every(isKept));
  const partial = whole.packages.filter((pkg) => !kept.includes(pkg));
  const changes = changesIn({ packages: partial }).filter(isKept);
  if (changes.length === 0) return { ...whole, packages: kept };
  const { base, write } = request.selection;
  const again = await remade({ changes, exact, write }, { ...request, base }, host);
  return { ...whole, packages: inOrderOf(whole, [...kept, ...again.packages]), missing: again.missing };
}

function inOrderOf(whole: Planned, packages: readonly PackageChange[]): readonly PackageChange[] {
  const order = new Map(changesIn(whole).map((change, i) => [keyOf(change), i]));
  const placeOf = ({ changes }: PackageChange) => Math.min(...changes.map((c) => order.get(keyOf(c)) ?? 0));
  return [...packages].sort((a, b) => placeOf(a) - placeOf(b));
}

function keyOf({ fingerprint, fixId, at }: Change): string {
  return `${fingerprint} ${fixId} ${at.path}`;
}
