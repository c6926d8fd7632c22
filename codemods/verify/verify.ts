// Checks changes with the go command before anything is written: whether they compile, whether the tests still pass,
// whether goroutines still leak. docs/verification.md says what each rung means.

import { dirname, join } from 'node:path/posix';
import type { Change } from '../plan/plan.ts';
import { type Bench, openBench } from './bench.ts';
import { climbCompiler } from './compiler.ts';
import { inOrder } from './guilty.ts';
import { folderOf, whyNotBuilt } from './packages.ts';
import { climbElsewhere, type Platform, platformFor } from './platforms.ts';
import { climbProof } from './proof.ts';
import type { Verification, VerifyRequest } from './request.ts';
import { openSession } from './session.ts';
import { newStanding, type Standing } from './standing.ts';
import { climbTests } from './tests.ts';
import type { Surroundings } from './toolchain.ts';
import { type Workspace, workspacesOf } from './workspaces.ts';

/**
 * Takes changes as far up the ladder as is possible and asked for. Of those that do not hold, only the guilty ones and
 * what needs them are among the failed; every other change is verified, with what stood in the way of more. The files
 * on disk stay as they are. Rejects when goleash is stopped or the temporary folder cannot be written; bad code and a
 * missing Go are no errors.
 */
export async function verify(request: VerifyRequest): Promise<Verification> {
  const changes = inOrder(request.changes);
  const standing = newStanding(changes);
  if (changes.length === 0) return standing.result();
  const session = openSession();
  try {
    const around = { session, options: request.options };
    const { found, without } = await workspacesOf(request.root, changes, around);
    for (const [change, why] of without) standing.note(change, `not compiled: ${why}`);
    for (const workspace of found) await climbAll(workspace, request, standing, around);
  } finally {
    session.close();
  }
  return standing.result();
}

async function climbAll(
  workspace: Workspace,
  request: VerifyRequest,
  standing: Standing,
  { session, options }: Surroundings,
): Promise<void> {
  const { root } = request;
  const folders = workspace.changes.flatMap(({ against }) => against.map(({ path }) => folderOf(root, path)));
  const bench = await openBench(workspace, [...new Set(folders)], request, session.folder);
  if ('why' in bench) {
    for (const change of workspace.changes) standing.note(change, `not compiled: ${bench.why}`);
    return;
  }
  const elsewhere = builtElsewhere(workspace, bench, request);
  for (const [platform, changes] of elsewhere)
    await climbElsewhere(platform, changes, workspace, request, standing, session.folder);
  const own = new Set(workspace.changes.filter((change) => ![...elsewhere.values()].flat().includes(change)));
  const remaining = () => standing.remaining().filter((change) => own.has(change));
  const climb = { request, bench, standing, remaining };
  const compiled = await climbCompiler(climb);
  if (!options.test && !options.prove) return;
  const tested = await climbTests(climb, compiled);
  if (options.prove) await climbProof({ climb, folder: session.folder }, tested);
}

/** The changes of files that are not built on this platform, by one on which they are. */
function builtElsewhere(
  workspace: Workspace,
  { packages }: Bench,
  { root, before, options }: VerifyRequest,
): ReadonlyMap<Platform, readonly Change[]> {
  const found = new Map<Platform, Change[]>();
  for (const change of workspace.changes) {
    const paths = change.against.map(({ path }) => join(root, path));
    const isLeftOut = (path: string) =>
      !packages.has(path) && whyNotBuilt(path, packages.get(dirname(path)), workspace) !== undefined;
    if (!paths.some(isLeftOut)) continue;
    const texts = new Map(paths.map((path) => [path, before.get(path) ?? '']));
    const platform = platformFor(texts, options.tags ?? []);
    const isOther = platform?.os !== workspace.go.os || platform.arch !== workspace.go.arch;
    if (platform && isOther) found.set(platform, [...(found.get(platform) ?? []), change]);
  }
  return found;
}
