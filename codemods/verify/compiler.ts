// The rung of the compiler: all changes of a workspace are built and vetted at once. Where that fails, the guilty ones are
// found package by package.

import { join } from 'node:path/posix';
import type { Change } from '../plan/plan.ts';
import type { Bench } from './bench.ts';
import { build, type Command } from './build.ts';
import { type Complaint, newComplaints } from './complaints.ts';
import { firstGuilty, withEarlier } from './guilty.ts';
import { changesSurface, folderOf, importers, type Package, whyNotBuilt, withImported } from './packages.ts';
import type { VerifyRequest } from './request.ts';
import type { Standing } from './standing.ts';

/** The changes of one workspace on their way up the ladder. */
export interface Climb {
  readonly request: VerifyRequest;
  readonly bench: Bench;
  readonly standing: Standing;
  /** Those of the changes that have not failed. */
  remaining(): readonly Change[];
}

/** The texts with only these changes in them, and what they need. */
export function textsWith({ request, remaining }: Climb, changes: readonly Change[]) {
  const all = withEarlier(changes, remaining());
  return request.textsOf(all.map(({ fingerprint }) => fingerprint));
}

/** The folders of the packages that a change edits. */
export function foldersOf(climb: Climb, change: Change): readonly string[] {
  return [...new Set(change.against.map(({ path }) => packageFolder(climb, path)))];
}

/** The folder of the package of a file, by which it is known; `path` is relative to the root. */
function packageFolder({ request, bench }: Climb, path: string): string {
  const file = join(request.root, path);
  return bench.packages.has(file) ? file : folderOf(request.root, path);
}

/** Builds and vets; the changes that hold, which it returns, reach `compiler`, others get a note or are backed out. */
export async function climbCompiler(climb: Climb): Promise<readonly Change[]> {
  const before = baseline(climb);
  /** Packages about which nothing can be said, with the reason. */
  const excluded = new Map<string, string>();
  const packages = await affected(climb);
  for (;;) {
    const checked = packages.filter(({ folder }) => !excluded.has(folder));
    tell(climb, checked);
    const now = await build(climb.bench, checked, await textsWith(climb, climb.remaining()));
    const failing = await comparedWith(before, now, packages, excluded);
    const roots = withoutFailingImports(failing, climb);
    // What is built from a package that does not build was not vetted.
    if (
      roots.length === 0 &&
      packages.filter(({ folder }) => !excluded.has(folder)).length === checked.length
    )
      break;
    for (const pkg of roots) {
      const why = await backOutGuilty(climb, pkg, before, now.get(pkg.folder) ?? []);
      if (why !== undefined) excluded.set(pkg.folder, why);
    }
  }
  return climb.remaining().filter((change) => {
    const why = whyNotCompiled(change, climb, excluded);
    if (why === undefined) climb.standing.reach(change, 'compiler');
    else climb.standing.note(change, `not compiled: ${why}`);
    return why === undefined;
  });
}

function tell({ request, bench: { workspace } }: Climb, packages: readonly Package[]): void {
  if (packages.length === 0) return;
  const count = packages.length === 1 ? 'one package' : `${packages.length} packages`;
  request.options.onProgress?.({
    rung: 'compiler',
    doing: `building and vetting ${count} of ${workspace.go.folder}`,
  });
}

/** The packages that are edited, and if what others see of them may have changed, all that are built from them. */
async function affected(climb: Climb): Promise<readonly Package[]> {
  const { request, bench, remaining } = climb;
  const built = remaining().filter((change) => whyNotBuiltHere(change, climb) === undefined);
  const edited = new Set(built.flatMap((change) => foldersOf(climb, change)));
  const packages = [...edited].flatMap((folder) => bench.packages.get(folder) ?? []);
  const texts = await textsWith(climb, remaining());
  const visible = [...texts].filter(([path, text]) =>
    changesSurface(path, request.before.get(path) ?? '', text),
  );
  const changed = packages.filter(({ folder }) => visible.some(([path]) => folderOf('/', path) === folder));
  return [...new Set([...packages, ...importers(changed, bench.packages, true)])].filter(
    ({ files, tests }) => files.length + tests.length > 0,
  );
}

/** What the go command says about a package as it is on disk, found out when it is asked for. */
type Baseline = (packages: readonly Package[]) => Promise<ReadonlyMap<string, readonly Complaint[]>>;

function baseline({ bench }: Climb): Baseline {
  const known = new Map<string, readonly Complaint[]>();
  return async (packages) => {
    const unknown = packages.filter(({ folder }) => !known.has(folder));
    if (unknown.length > 0) {
      const said = await build(bench, unknown, new Map());
      for (const { folder } of unknown) known.set(folder, said.get(folder) ?? []);
    }
    return known;
  };
}

/** The packages with new complaints. Those that did not build before are put among the excluded. */
async function comparedWith(
  before: Baseline,
  now: ReadonlyMap<string, readonly Complaint[]>,
  packages: readonly Package[],
  excluded: Map<string, string>,
): Promise<readonly Package[]> {
  const complaining = packages.filter(({ folder }) => now.has(folder));
  const known = await before(complaining);
  return complaining.filter(({ folder }) => {
    const old = known.get(folder) ?? [];
    const unfinished = now.get(folder)?.find(({ kind }) => kind === 'unfinished');
    const broken = old.find(({ kind }) => kind !== 'vet');
    if (unfinished) excluded.set(folder, unfinished.text);
    else if (broken) excluded.set(folder, `it did not build before (${brief(broken.text)})`);
    return !unfinished && !broken && newComplaints(old, now.get(folder) ?? []).length > 0;
  });
}

/** What a package is built from is repaired first; it may be all that it needs. */
function withoutFailingImports(failing: readonly Package[], { bench }: Climb): readonly Package[] {
  const roots = failing.filter((pkg) =>
    withImported(pkg, bench.packages).every((imported) => imported === pkg || !failing.includes(imported)),
  );
  return roots.length > 0 ? roots : failing.slice(0, 1);
}

/** Backs out at least one change with which the package does not build, or returns why there is none. */
async function backOutGuilty(
  climb: Climb,
  pkg: Package,
  before: Baseline,
  now: readonly Complaint[],
): Promise<string | undefined> {
  const { bench, remaining, standing, request } = climb;
  const folders = new Set(withImported(pkg, bench.packages).map(({ folder }) => folder));
  const touching = remaining().filter((change) =>
    foldersOf(climb, change).some((folder) => folders.has(folder)),
  );
  const suspects = withEarlier(touching, remaining());
  const old = (await before([pkg])).get(pkg.folder) ?? [];
  request.options.onProgress?.({ rung: 'compiler', doing: `finding out which fix breaks ${pkg.path}` });
  // What the compiler finds by itself needs no vet, and what vet finds needs no program.
  const fresh = newComplaints(old, now);
  const commands: readonly Command[] = fresh.some(({ by }) => by === 'build') ? ['build'] : ['vet'];
  let said: readonly Complaint[] = [];
  const holds = async (some: readonly Change[]) => {
    const result = await build(bench, [pkg], await textsWith(climb, some), commands);
    const found = newComplaints(old, result.get(pkg.folder) ?? []);
    if (found.length > 0) said = found;
    return found.length === 0;
  };
  const find = async (some: readonly Change[]) => {
    const guilty = (await holds(some)) ? undefined : await firstGuilty(some, holds);
    if (guilty) standing.backOut(guilty, failureOf(said));
    return guilty;
  };
  let isFound = false;
  // One that fails by itself is found at once, and where the complaints are is a good guess.
  for (const near of nearest(climb, fresh, suspects)) {
    if (remaining().includes(near) && (await find(withEarlier([near], suspects)))) isFound = true;
  }
  return isFound || (await find(suspects)) ? undefined : 'the go command does not say the same twice';
}

/** The changes with edits next to the first complaints; of equals, the later one. */
function nearest(
  { request }: Climb,
  complaints: readonly Complaint[],
  changes: readonly Change[],
): ReadonlySet<Change> {
  const found = new Set<Change>();
  for (const { at } of complaints.slice(0, shownComplaints)) {
    const text = request.before.get(at?.path ?? '') ?? '';
    const distance = ({ edits }: Change) =>
      Math.min(
        ...edits
          .filter(({ path }) => join(request.root, path) === at?.path)
          .map(({ start }) => Math.abs(text.slice(0, start).split('\n').length - (at?.line ?? 0))),
      );
    const least = Math.min(...changes.map(distance));
    const near = changes.findLast((change) => distance(change) === least);
    if (near && least < Number.POSITIVE_INFINITY) found.add(near);
  }
  return found;
}

/** Enough to see what is wrong; what follows is mostly the same again. */
const shownComplaints = 5;

function failureOf(said: readonly Complaint[]) {
  const isVet = said.every(({ kind }) => kind === 'vet');
  return {
    rung: 'compiler' as const,
    reason: isVet ? 'go vet finds something that it did not find before' : 'it does not compile',
    output: said
      .slice(0, shownComplaints)
      .map(({ text }) => text)
      .join('\n'),
  };
}

function whyNotCompiled(
  change: Change,
  climb: Climb,
  excluded: ReadonlyMap<string, string>,
): string | undefined {
  const why = whyNotBuiltHere(change, climb);
  return why ?? foldersOf(climb, change).flatMap((folder) => excluded.get(folder) ?? [])[0];
}

function whyNotBuiltHere({ against }: Change, climb: Climb): string | undefined {
  for (const { path } of against) {
    const pkg = climb.bench.packages.get(packageFolder(climb, path));
    const why = whyNotBuilt(join(climb.request.root, path), pkg, climb.bench.workspace);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** The first line, without what the go command suggests. */
function brief(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/; to add it:$/, '');
}
