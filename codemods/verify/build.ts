// Builds and vets packages with some texts in the place of those on disk. Nothing is written but the go command's cache.

import { availableParallelism, devNull } from 'node:os';
import type { Bench } from './bench.ts';
import { type Complaint, compilerComplaints, type Naming, vetComplaints } from './complaints.ts';
import { type Overlay, withOriginals } from './overlay.ts';
import { chunks, importers, type Package } from './packages.ts';
import type { Ran } from './session.ts';
import { buildFlags } from './toolchain.ts';

/** The commands whose complaints are of interest. */
export type Command = 'build' | 'vet';

/** What the go command complains about in each of the packages with these texts, by folder; no entry for none. */
export async function build(
  bench: Bench,
  packages: readonly Package[],
  texts: ReadonlyMap<string, string>,
  commands: readonly Command[] = ['build', 'vet'],
): Promise<Complaints> {
  const overlay = bench.overlays.overlay(texts);
  const compiled = commands.includes('build') ? packages.filter(({ files }) => files.length > 0) : [];
  const make = () => together(compiled, (some) => goBuild(bench, some, overlay));
  const check = (some: readonly Package[]) =>
    together(commands.includes('vet') ? some : [], (part) => goVet(bench, part, overlay));
  // Both at once cost more work in all, as each compiles what it needs.
  if ((bench.options.jobs ?? availableParallelism()) >= 4) {
    const [built, vetted] = await Promise.all([make(), check(packages)]);
    return new Map([...vetted, ...built]);
  }
  const built = await make();
  const failing = packages.filter(({ folder }) => built.has(folder));
  const out = new Set([...failing, ...importers(failing, bench.packages, true)]);
  const vetted = await check(packages.filter((pkg) => !out.has(pkg)));
  return new Map([...vetted, ...built]);
}

type Complaints = ReadonlyMap<string, readonly Complaint[]>;
type Check = (packages: readonly Package[]) => Promise<readonly Complaint[]>;

/** Checks packages together, and each file that is a program for itself. */
async function together(packages: readonly Package[], check: Check): Promise<Complaints> {
  const result = new Map(
    await separately(
      packages.filter(({ alone }) => !alone),
      check,
    ),
  );
  for (const pkg of packages.filter(({ alone }) => alone)) {
    for (const [path, said] of await separately([pkg], check)) result.set(path, said);
  }
  return result;
}

/**
 * Checks the packages together. Where something is missing, the go command builds nothing at all: those that miss it are
 * set aside. Where it complains about something that none of them is, each is checked for itself, to see who needs it.
 */
async function separately(packages: readonly Package[], check: Check): Promise<Complaints> {
  const [only] = packages;
  if (!only) return new Map();
  const complaints = await check(packages);
  if (packages.length === 1) return new Map(complaints.length > 0 ? [[only.folder, complaints]] : []);
  if (complaints.some(({ kind }) => kind === 'unfinished'))
    return new Map(packages.map(({ folder }) => [folder, complaints]));
  const blamed = byFolder(complaints);
  const clean = packages.filter(({ folder }) => !blamed.has(folder));
  const asked = new Set(packages.map(({ folder }) => folder));
  const own = new Map([...blamed].filter(([folder]) => asked.has(folder)));
  const isMissing = complaints.some(({ kind }) => kind === 'load');
  if (!isMissing && own.size === blamed.size) return own;
  if (own.size > 0 && isMissing) return new Map([...own, ...(await separately(clean, check))]);
  const result = new Map(own);
  for (const pkg of clean)
    for (const [folder, said] of await separately([pkg], check)) result.set(folder, said);
  return result;
}

function byFolder(complaints: readonly Complaint[]): Complaints {
  const result = new Map<string, Complaint[]>();
  for (const complaint of complaints) {
    const list = result.get(complaint.folder) ?? [];
    list.push(complaint);
    result.set(complaint.folder, list);
  }
  return result;
}

async function goBuild(bench: Bench, packages: readonly Package[], overlay: Overlay) {
  const complaints: Complaint[] = [];
  for (const some of chunks(packages.map(({ path }) => path))) {
    // The null device is known to the go command: it links no programs for it.
    const ran = await run(bench, [
      'build',
      '-o',
      devNullOfGo,
      ...overlay.flags,
      ...buildFlags(bench.options),
      ...some,
    ]);
    if (ran.status !== 0) complaints.push(...saidBy('build', ran, bench, overlay));
  }
  return complaints;
}

const devNullOfGo = process.platform === 'win32' ? 'NUL' : devNull;

async function goVet(bench: Bench, packages: readonly Package[], overlay: Overlay) {
  const complaints: Complaint[] = [];
  for (const some of chunks(packages.map(({ path }) => path))) {
    const ran = await run(bench, ['vet', '-json', ...overlay.flags, ...buildFlags(bench.options), ...some]);
    complaints.push(...saidBy('vet', ran, bench, overlay));
  }
  return complaints;
}

function run({ workspace: { go } }: Bench, args: readonly string[]): Promise<Ran> {
  return go.run(args);
}

/** Some versions of Go write what go vet finds to standard output, others to standard error. */
function saidBy(
  by: Command,
  { status, out, err, failure }: Ran,
  bench: Bench,
  overlay: Overlay,
): readonly Complaint[] {
  const { folder } = bench.workspace.go;
  const paths = new Map([...bench.packages.values()].map((pkg) => [pkg.path, pkg.folder]));
  const naming: Naming = { folder, folderOf: (path) => paths.get(path) };
  const said = withOriginals(`${out}\n${err}`, overlay, folder);
  const read = by === 'build' ? compilerComplaints : vetComplaints;
  const complaints = failure === undefined ? read(said, naming) : [];
  if (complaints.length > 0 || status === 0) return complaints.map((one) => shortened(one, folder));
  const text = failure ?? said.trim();
  const kind = failure === undefined ? 'load' : 'unfinished';
  return [{ by, kind, folder: '', key: text, at: undefined, text }];
}

/** With the path of the file from the folder where the go command ran, as it shows others. */
function shortened(complaint: Complaint, folder: string): Complaint {
  return { ...complaint, text: complaint.text.replaceAll(`${folder}/`, '') };
}
