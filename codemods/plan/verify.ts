// Between planning and writing: what looks at the patched code before anything is written. The analysis has seen it
// already (`fixPackage`), which is the rung that every change has reached when it comes here.

import type { Host } from '../host.ts';
import type { PackageChange } from '../work.ts';
import type { Change, LeftOut } from './plan.ts';
import { changesIn, filesIn, narrowed, type Planned, type Request } from './planning.ts';

/** The new text of each file that these changes edit, by absolute path, if only they are made. */
export type TextsOf = (fingerprints: ReadonlySet<string>) => Promise<ReadonlyMap<string, string>>;

/** What has come of a verification; each change is in one of the two lists. */
export interface Verdict {
  /** Those that hold, with how far they were checked. */
  readonly changes: readonly Change[];
  readonly left: readonly LeftOut[];
}

/** Checks changes on the code as they would leave it; the files on disk are as before. */
export type Verify = (changes: readonly Change[], textsOf: TextsOf) => Promise<Verdict>;

/** The plan without what does not hold. */
export async function verified(
  plan: Planned,
  verify: Verify | undefined,
  request: Request,
  host: Host,
): Promise<Planned> {
  const all = changesIn(plan);
  if (!verify || all.length === 0) return plan;
  const { changes, left } = await verify(all, async (fingerprints) => {
    const some = await narrowed(plan, ({ fingerprint }) => fingerprints.has(fingerprint), request, host);
    return new Map(filesIn(some).map(({ path, after }) => [path, after]));
  });
  const held = new Map(changes.map((change) => [change.fingerprint, change]));
  const rest = await narrowed(plan, ({ fingerprint }) => held.has(fingerprint), request, host);
  const withVerdict = (pkg: PackageChange): PackageChange => ({
    ...pkg,
    changes: pkg.changes.map((change) => {
      const verdict = held.get(change.fingerprint);
      return verdict ? { ...change, verified: verdict.verified } : change;
    }),
  });
  return { ...rest, packages: rest.packages.map(withVerdict), left: [...plan.left, ...left] };
}
