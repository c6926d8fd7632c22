// The rung of the proof: goroutines that leaked before, in a test or in a call with made-up arguments, do not any more.

import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, PlannedPlace } from '../plan/plan.ts';
import { type Climb, foldersOf, textsWith } from './compiler.ts';
import { callsAt } from './driver.ts';
import { firstGuilty, withEarlier } from './guilty.ts';
import {
  type Call,
  driveTest,
  driveTestName,
  freshPrefix,
  type LeakTest,
  outputFolder,
  panicsIn,
  profileTest,
} from './leak-test.ts';
import {
  grown,
  isAt,
  type Leak,
  leaksOfDriver,
  leaksOfProfile,
  leftOf,
  type Places,
  placesOf,
} from './leaks.ts';
import { type Package, withImported } from './packages.ts';
import { buildFlags } from './toolchain.ts';

/** Where the profiles are written. */
export interface Laboratory {
  readonly climb: Climb;
  /** A private folder. */
  readonly folder: string;
}

/**
 * Looks for leaks before and after the tested changes. Those that hold reach `proof`, others get a note or are backed out.
 */
export async function climbProof(laboratory: Laboratory, tested: readonly Change[]): Promise<void> {
  const { climb } = laboratory;
  const { packages, workspace } = climb.bench;
  const left = () => climb.remaining().filter((change) => tested.includes(change));
  if (workspace.go.minor < 26) {
    const why = `not proved: the goroutine leak profile needs Go 1.26, and this is Go 1.${workspace.go.minor}`;
    for (const change of left()) climb.standing.note(change, why);
    return;
  }
  const folders = [...new Set(left().flatMap((change) => foldersOf(climb, change)))];
  for (const folder of folders) {
    const pkg = packages.get(folder);
    const own = () => left().filter((change) => foldersOf(climb, change).includes(folder));
    if (pkg?.alone) {
      for (const change of own())
        climb.standing.note(change, 'not exercised: its file is a program of its own');
    } else if (pkg) await proveIn(laboratory, pkg, own, left);
  }
}

async function proveIn(
  laboratory: Laboratory,
  pkg: Package,
  own: () => readonly Change[],
  left: () => readonly Change[],
): Promise<void> {
  const { climb } = laboratory;
  const { before, after } = await compare(laboratory, pkg, own, left);
  const unproved: Change[] = [];
  for (const change of own()) {
    const places = await placesOfLeaks(climb, change, before);
    if (before.some((leak) => isAt(places, leak))) conclude(climb, change, places, before, after, '');
    else unproved.push(change);
  }
  await drive(laboratory, pkg, unproved, left());
}

interface Compared {
  readonly before: readonly Leak[];
  /** One or two runs; none if the tests do not end as they did. */
  readonly after: readonly (readonly Leak[])[];
}

/** The leaks in the tests of a package. Changes with which there are new ones are backed out. */
async function compare(
  laboratory: Laboratory,
  pkg: Package,
  own: () => readonly Change[],
  left: () => readonly Change[],
): Promise<Compared> {
  const before = pkg.tests.length > 0 ? await leaksInTests(laboratory, pkg, []) : undefined;
  if (!before) return { before: [], after: [] };
  while (own().length > 0) {
    const first = await leaksInTests(laboratory, pkg, left());
    // Chance may have kept them from leaking, or made them.
    const second =
      before.length + (first?.length ?? 0) > 0 ? await leaksInTests(laboratory, pkg, left()) : first;
    if (!first || !second) break;
    const after = [first, second];
    if (grown([before], after).length === 0) return { before, after };
    const again = await leaksInTests(laboratory, pkg, []);
    const old = [before, again ?? before];
    const [leak] = grown(old, after);
    if (!leak || !(await backOutGuilty(laboratory, pkg, old, leak, left()))) return { before, after };
  }
  return { before, after: [] };
}

function conclude(
  { standing }: Climb,
  change: Change,
  places: Places,
  before: readonly Leak[],
  after: readonly (readonly Leak[])[],
  how: string,
): void {
  const leaked = before.filter((leak) => isAt(places, leak)).length;
  if (after.length === 0) {
    standing.note(change, 'not proved: with the fixes, the tests do not end as they did');
    return;
  }
  const remain = Math.max(...after.map((leaks) => leftOf(places, before, leaks)));
  standing.note(change, `${how}leaked ${leaked} goroutine${leaked === 1 ? '' : 's'} before, ${remain} after`);
  if (remain === 0) standing.reach(change, 'proof');
}

/** Where a change says that goroutines leak: its own place if one does there, or else also the steps that lead to it. */
async function placesOfLeaks(climb: Climb, change: Change, leaks: readonly Leak[]): Promise<Places> {
  const own = await placesOnDisk(climb, change, [change.at]);
  if (leaks.some((leak) => isAt(own, leak))) return own;
  return placesOnDisk(climb, change, [change.at, ...change.related]);
}

/**
 * Places of a change in the files as they are on disk. Those of a change that is made after others are in a text that has
 * these in it: they are where the same line of text is.
 */
async function placesOnDisk(climb: Climb, change: Change, planned: readonly PlannedPlace[]): Promise<Places> {
  const { request } = climb;
  const places = placesOf(request.root, planned);
  if (change.after.length === 0) return places;
  const earlier = withEarlier([change], climb.remaining()).filter((other) => other !== change);
  const texts = await request.textsOf(earlier.map(({ fingerprint }) => fingerprint));
  return new Map(
    [...places].map(([path, lines]) => {
      const old = (request.before.get(path) ?? '').split('\n');
      const now = (texts.get(path) ?? request.before.get(path) ?? '').split('\n');
      const wanted = new Set([...lines].map((line) => now[line - 1]?.trim()).filter((text) => text !== ''));
      return [path, new Set(old.flatMap((text, i) => (wanted.has(text.trim()) ? [i + 1] : [])))];
    }),
  );
}

/** Runs the tests of a package with these changes, and returns what they have leaked; undefined if they do not end. */
async function leaksInTests(
  laboratory: Laboratory,
  pkg: Package,
  changes: readonly Change[],
): Promise<readonly Leak[] | undefined> {
  const { request } = laboratory.climb;
  const what = changes.length > 0 ? 'with the fixes' : 'as it was before';
  request.options.onProgress?.({
    rung: 'proof',
    doing: `looking for leaks in the tests of ${pkg.path} ${what}`,
  });
  const texts = await packageTexts(laboratory.climb, pkg, changes);
  const hasTestMain = [...texts].some(
    ([path, text]) => /_test\.go$/.test(path) && /^func TestMain\(/m.test(text),
  );
  const test = leakTest(pkg, texts, 'profile');
  const written = await runWith(laboratory, pkg, changes, profileTest(test, hasTestMain), test, []);
  return written.length === 0 ? undefined : written.flatMap(({ text }) => leaksOfProfile(text));
}

function leakTest(pkg: Package, texts: ReadonlyMap<string, string>, name: string): LeakTest {
  return { package: pkg.name, prefix: freshPrefix([...texts.values(), ...pkg.tests]), name };
}

/** The texts of all files of a package, by path. */
async function packageTexts(climb: Climb, pkg: Package, changes: readonly Change[]) {
  const texts = new Map<string, string>();
  for (const name of [...pkg.files, ...pkg.tests]) {
    const path = `${pkg.folder}/${name}`;
    try {
      texts.set(path, climb.request.before.get(path) ?? readFileSync(path, 'utf8'));
    } catch {
      // A file that cannot be read has no names to collide with: the package does not build either.
    }
  }
  if (changes.length === 0) return texts;
  for (const [path, text] of await textsWith(climb, changes)) if (texts.has(path)) texts.set(path, text);
  return texts;
}

interface Written {
  readonly name: string;
  readonly text: string;
}

/** Runs the tests of a package with a generated file among them, and returns what that has written. */
async function runWith(
  { climb, folder }: Laboratory,
  pkg: Package,
  changes: readonly Change[],
  source: string,
  { prefix }: LeakTest,
  flags: readonly string[],
): Promise<readonly Written[]> {
  const { bench, request } = climb;
  const { go } = bench.workspace;
  const texts = new Map(changes.length > 0 ? await textsWith(climb, changes) : []);
  texts.set(`${pkg.folder}/zz_${prefix}_test.go`, source);
  const output = mkdtempSync(join(folder, 'leaks-'));
  const timeout = request.options.timeout ?? 600_000;
  const overlay = bench.overlays.overlay(texts);
  const experiment = [
    request.options.env['GOEXPERIMENT'] ?? '',
    ...(go.minor === 26 ? ['goroutineleakprofile'] : []),
  ];
  const env = {
    [outputFolder]: output,
    GOEXPERIMENT: experiment.filter((name) => name !== '').join(','),
    // Bubbles need the timers of Go 1.23, whatever go.mod says.
    ...(flags.length > 0 ? { GODEBUG: 'asynctimerchan=0' } : {}),
  };
  const args = ['test', '-vet=off', '-count=1', `-timeout=${timeout}ms`, ...flags, ...overlay.flags];
  await go.run([...args, ...buildFlags(request.options), pkg.path], env, 2 * timeout);
  return readdirSync(output)
    .filter((name) => !name.endsWith('.new'))
    .map((name) => ({ name, text: readFileSync(join(output, name), 'utf8') }));
}

/** Backs out the first change with which there are more goroutines of an origin than before. */
async function backOutGuilty(
  laboratory: Laboratory,
  pkg: Package,
  before: readonly (readonly Leak[])[],
  leak: Leak,
  changes: readonly Change[],
): Promise<boolean> {
  const { climb } = laboratory;
  const folders = new Set(withImported(pkg, climb.bench.packages).map(({ folder }) => folder));
  const touching = changes.filter((change) => foldersOf(climb, change).some((folder) => folders.has(folder)));
  const suspects = withEarlier(touching, climb.remaining());
  const guilty = await firstGuilty(suspects, async (some) => {
    const now = await leaksInTests(laboratory, pkg, some);
    return !grown(before, [now ?? []]).some(({ origin }) => origin === leak.origin);
  });
  if (!guilty) return false;
  const { state, frames, created } = leak.goroutine;
  const stack = [...frames, ...(created ? [{ ...created, name: `created by ${created.name}` }] : [])];
  climb.standing.backOut(guilty, {
    rung: 'proof',
    reason: 'goroutines leak with it that did not before',
    output: [`${state}:`, ...stack.map(({ name, file, line }) => `${name} ${file}:${line}`)].join('\n'),
  });
  return true;
}

/** Calls the functions of changes that no test has shown to leak. */
async function drive(
  laboratory: Laboratory,
  pkg: Package,
  changes: readonly Change[],
  all: readonly Change[],
): Promise<void> {
  const { climb } = laboratory;
  const { request, standing } = climb;
  const texts = await packageTexts(climb, pkg, []);
  const code = new Map([...texts].filter(([path]) => !path.endsWith('_test.go')));
  const test = leakTest(pkg, texts, 'drive');
  const drives = new Map<string, readonly Call[]>();
  const driven: Change[] = [];
  for (const change of changes) {
    if (change.at.path.endsWith('_test.go')) {
      standing.note(change, 'not exercised: no test leaks a goroutine there');
      continue;
    }
    const path = `${request.root}/${change.at.path}`;
    const [line = change.at.line] = (await placesOnDisk(climb, change, [change.at])).get(path) ?? [];
    const calls = callsAt(path, line, code, test.prefix);
    if ('why' in calls) {
      standing.note(change, `not exercised: no test leaks a goroutine there, and ${calls.why}`);
      continue;
    }
    drives.set(String(driven.length), calls);
    driven.push(change);
  }
  if (driven.length === 0) return;
  request.options.onProgress?.({ rung: 'proof', doing: `calling functions of ${pkg.path}` });
  const source = driveTest(test, drives);
  const flags = ['-run', `^${driveTestName(test.prefix)}$`];
  const [before, after] = [
    await runWith(laboratory, pkg, [], source, test, flags),
    await runWith(laboratory, pkg, all, source, test, flags),
  ];
  for (const [i, change] of driven.entries()) {
    const of = (written: readonly Written[]) => written.find(({ name }) => name === String(i));
    const leaks = leaksOfDriver(of(before)?.text ?? '');
    const places = await placesOfLeaks(climb, change, leaks);
    if (!leaks.some((leak) => isAt(places, leak)))
      standing.note(
        change,
        'not exercised: neither a test nor a call with made-up arguments leaks a goroutine there',
      );
    else if (!of(after)) standing.note(change, 'not proved: its function cannot be called as before');
    else if (panicsIn(of(after)?.text ?? '') > panicsIn(of(before)?.text ?? ''))
      standing.note(
        change,
        'not proved: called with made-up arguments, its function panics where it did not',
      );
    else
      conclude(
        climb,
        change,
        places,
        leaks,
        [leaksOfDriver(of(after)?.text ?? '')],
        'called with made-up arguments, it ',
      );
  }
}
