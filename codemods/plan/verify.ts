// Between planning and writing: changes are taken up the ladder of verification on the code as they would leave it. The
// analysis has seen that already (`fixPackage`), which is the rung that every change has reached when it comes here.

import type { Host } from '../host.ts';
import type { Verification, VerifyOptions } from '../verify/request.ts';
import { verify } from '../verify/verify.ts';
import type { PackageChange } from '../work.ts';
import type { LeftOut } from './plan.ts';
import { changesIn, filesIn, narrowed, type Planned, type Request } from './planning.ts';

/** The options that say how far up the ladder changes are taken, as commander gives them. */
export interface LadderOptions {
  /** False to leave the go command out. */
  readonly compile?: boolean;
  readonly test?: boolean;
  readonly prove?: boolean;
  /** In seconds, of one run of the go command. */
  readonly timeout?: number;
}

/** The plan without what does not hold, and with how far the rest was checked. Nothing on disk changes. */
export async function verified(
  plan: Planned,
  options: LadderOptions,
  request: Request,
  host: Host,
): Promise<Planned> {
  const all = changesIn(plan);
  const wanted = options.compile !== false || options.test || options.prove;
  if (!wanted || all.length === 0) return plan;
  const verification = await verify({
    root: withSlashes(request.selection.base),
    changes: all,
    before: new Map(filesIn(plan).map(({ path, before }) => [path, before])),
    textsOf: async (fingerprints) => {
      const wanted = new Set(fingerprints);
      const some = await narrowed(plan, ({ fingerprint }) => wanted.has(fingerprint), request, host);
      return new Map(filesIn(some).map(({ path, after }) => [path, after]));
    },
    options: ladderOf(options, request, host),
  });
  return withVerdicts(plan, verification, request, host);
}

function ladderOf(
  { test, prove, timeout }: LadderOptions,
  { jobs, tags }: Request,
  host: Host,
): VerifyOptions {
  return {
    env: host.env,
    ...(test ? { test } : {}),
    ...(prove ? { prove } : {}),
    ...(tags ? { tags } : {}),
    ...(jobs === undefined ? {} : { jobs }),
    ...(timeout === undefined ? {} : { timeout: timeout * 1000 }),
    ...(host.isTerminal ? { onProgress: ({ doing }) => host.err(`goleash: ${doing}\n`) } : {}),
  };
}

async function withVerdicts(
  plan: Planned,
  { verified, failed }: Verification,
  request: Request,
  host: Host,
): Promise<Planned> {
  const guilty = new Map(failed.map((failure) => [failure.fingerprint, failure]));
  const rest = await narrowed(plan, ({ fingerprint }) => !guilty.has(fingerprint), request, host);
  const withVerdict = (pkg: PackageChange): PackageChange => ({
    ...pkg,
    changes: pkg.changes.map((change) => ({
      ...change,
      verified: verified.get(change.fingerprint) ?? change.verified,
    })),
  });
  const left = changesIn(plan).flatMap((change): readonly LeftOut[] => {
    const failure = guilty.get(change.fingerprint);
    if (!failure) return [];
    const { fingerprint, ruleId, fixId, at } = change;
    const output = failure.output === '' ? {} : { output: failure.output };
    return [{ fingerprint, ruleId, fixId, at, why: 'failed', reason: failure.reason, ...output }];
  });
  return { ...rest, packages: rest.packages.map(withVerdict), left: [...plan.left, ...left] };
}

function withSlashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
