// The rung of the tests: those of what is edited and of what imports it pass as they did before.

import type { Change } from '../plan/plan.ts';
import { type Climb, foldersOf, textsWith } from './compiler.ts';
import { firstGuilty, withEarlier } from './guilty.ts';
import { importers, type Package, withImported } from './packages.ts';
import { excerptOf, type TestResult, testResults } from './test-output.ts';
import { buildFlags, hasRaceDetector } from './toolchain.ts';

/**
 * Tests the compiled changes; those that hold reach `tests`, others get a note or are backed out. Returns those against
 * which no test speaks.
 */
export async function climbTests(climb: Climb, compiled: readonly Change[]): Promise<readonly Change[]> {
  const left = () => climb.remaining().filter((change) => compiled.includes(change));
  const before = baseline(climb);
  const unclear = new Map<Package, string>();
  const settled = new Set<Package>();
  for (;;) {
    const packages = testedBy(climb, left()).filter((pkg) => !unclear.has(pkg) && !settled.has(pkg));
    if (packages.length === 0) break;
    const now = await runTests(climb, packages, left(), false);
    let guilty: Change | undefined;
    for (const pkg of packages) {
      const regression = await regressionOf(climb, pkg, now, before, left());
      if ('unclear' in regression) unclear.set(pkg, regression.unclear);
      else if (regression.failed.size === 0) settled.add(pkg);
      else {
        guilty = await backOutGuilty(climb, pkg, regression, left());
        if (!guilty) unclear.set(pkg, unsteady);
        break;
      }
    }
    // The tests that held may have held because of what is gone now.
    if (guilty) settled.clear();
  }
  return left().filter((change) => conclude(climb, change, unclear));
}

const unsteady = 'tests inconclusive: they do not give the same result twice';

function conclude(climb: Climb, change: Change, unclear: ReadonlyMap<Package, string>): boolean {
  const packages = testedBy(climb, [change]);
  const why = packages.flatMap((pkg) => unclear.get(pkg) ?? [])[0];
  if (why !== undefined) climb.standing.note(change, why);
  else if (packages.length > 0) climb.standing.reach(change, 'tests');
  else climb.standing.note(change, 'not tested: neither its package nor one that imports it has tests');
  return why === undefined;
}

/** The packages with tests that changes edit, and those that import one of these and more than its tests is edited. */
function testedBy(climb: Climb, changes: readonly Change[]): readonly Package[] {
  const { packages } = climb.bench;
  const foldersWith = (some: readonly Change[]) =>
    new Set(some.flatMap((change) => foldersOf(climb, change)));
  const packagesWith = (some: readonly Change[]) =>
    [...foldersWith(some)].flatMap((folder) => packages.get(folder) ?? []);
  const visible = changes.filter(({ against }) => against.some(({ path }) => !path.endsWith('_test.go')));
  const all = new Set([...packagesWith(changes), ...importers(packagesWith(visible), packages, false)]);
  return [...all].filter(({ tests }) => tests.length > 0);
}

type Results = ReadonlyMap<string, TestResult> | { readonly unfinished: string };

/** Runs the tests with these changes. `again`: even if Go remembers how they came out. */
async function runTests(
  climb: Climb,
  packages: readonly Package[],
  changes: readonly Change[],
  again: boolean,
): Promise<Results> {
  const { request, bench } = climb;
  const { go } = bench.workspace;
  const race = hasRaceDetector(go);
  const count = packages.length === 1 ? packages[0]?.path : `${packages.length} packages of ${go.folder}`;
  const what = changes.length > 0 ? '' : ' as it was before';
  request.options.onProgress?.({
    rung: 'tests',
    doing: `testing ${count}${what}${race ? ' with -race' : ''}`,
  });
  const texts = changes.length > 0 ? await textsWith(climb, changes) : new Map<string, string>();
  const timeout = request.options.timeout ?? perPackage;
  const args = [
    'test',
    '-json',
    // It was vetted.
    '-vet=off',
    `-timeout=${timeout}ms`,
    ...(race ? ['-race'] : []),
    ...(again ? ['-count=1'] : []),
    ...bench.overlays.overlay(texts).flags,
    ...buildFlags(request.options),
    ...packages.map(({ path }) => path),
  ];
  const { out, failure } = await go.run(args, {}, timeout * (packages.length + 1));
  return failure === undefined ? testResults(out) : { unfinished: `not tested: ${failure}` };
}

const perPackage = 600_000;

const noTests: TestResult = { failed: new Set(), passed: 0, output: new Map() };

function resultOf(results: Results, { path }: Package): TestResult {
  return 'unfinished' in results
    ? noTests
    : ((results as ReadonlyMap<string, TestResult>).get(path) ?? noTests);
}

type Baseline = (pkg: Package, times: 1 | 2) => Promise<readonly Results[]>;

/** The results of a package without any change, found out when they are asked for. */
function baseline(climb: Climb): Baseline {
  const known = new Map<Package, Results[]>();
  return async (pkg, times) => {
    const results = known.get(pkg) ?? [];
    known.set(pkg, results);
    while (results.length < times) results.push(await runTests(climb, [pkg], [], results.length > 0));
    return results;
  };
}

interface Regression {
  /** Tests that passed before and fail now, each time. */
  readonly failed: ReadonlySet<string>;
  readonly output: string;
}

async function regressionOf(
  climb: Climb,
  pkg: Package,
  now: Results,
  before: Baseline,
  changes: readonly Change[],
): Promise<Regression | { readonly unclear: string }> {
  if ('unfinished' in now) return { unclear: now.unfinished as string };
  const { failed } = resultOf(now, pkg);
  if (failed.size === 0) return { failed, output: '' };
  const old = await before(pkg, 2);
  const again = await runTests(climb, [pkg], changes, true);
  const unfinished = [...old, again].find((results) => 'unfinished' in results);
  if (unfinished && 'unfinished' in unfinished) return { unclear: unfinished.unfinished as string };
  const [first, second] = old.map((results) => resultOf(results, pkg).failed);
  const repeated = resultOf(again, pkg);
  const isNew = (test: string) => !first?.has(test) && !second?.has(test) && repeated.failed.has(test);
  const real = new Set([...failed].filter(isNew));
  // The package fails if any of its tests does.
  if (real.size > 1) real.delete('');
  if (real.size > 0) return { failed: real, output: excerptOf(repeated, real) };
  return same(first, second) && same(failed, repeated.failed)
    ? { failed: real, output: '' }
    : { unclear: unsteady };
}

function same(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  return a?.size === b?.size && [...(a ?? [])].every((test) => b?.has(test));
}

/** Backs out the first change with which a test of the package fails that did not. */
async function backOutGuilty(
  climb: Climb,
  pkg: Package,
  { failed, output }: Regression,
  changes: readonly Change[],
): Promise<Change | undefined> {
  const folders = new Set(withImported(pkg, climb.bench.packages).map(({ folder }) => folder));
  const touching = changes.filter((change) => foldersOf(climb, change).some((folder) => folders.has(folder)));
  const suspects = withEarlier(touching, climb.remaining());
  const guilty = await firstGuilty(suspects, async (some) => {
    const now = resultOf(await runTests(climb, [pkg], some, false), pkg);
    return ![...failed].some((test) => now.failed.has(test));
  });
  if (!guilty) return undefined;
  const names = [...failed].filter((name) => name !== '').sort();
  const what = names[0] ?? `the tests of ${pkg.path}`;
  climb.standing.backOut(guilty, {
    rung: 'tests',
    reason: `${what} passed before and fails with it`,
    output,
  });
  return guilty;
}
