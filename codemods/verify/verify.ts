// Checks changes with the go command before anything is written: whether they compile, whether the tests still pass,
// whether goroutines still leak. docs/verification.md says what each rung means.

import { dirname } from 'node:path/posix';
import type { Change } from '../plan/plan.ts';
import { climbCompiler } from './compiler.ts';
import { inOrder } from './guilty.ts';
import { overlayWriter } from './overlay.ts';
import { listPackages } from './packages.ts';
import { programsAmong } from './programs.ts';
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
 * on disk stay as they are. Rejects when goleash is stopped; bad code and a missing Go are no errors.
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
  const own = new Set<Change>(workspace.changes);
  const remaining = () => standing.remaining().filter((change) => own.has(change));
  const folders = [
    ...new Set(
      workspace.changes.flatMap(({ against }) =>
        against.map(({ path }) => dirname(`${request.root}/${path}`)),
      ),
    ),
  ];
  const listed = await listPackages(workspace, folders, true, options);
  if ('why' in listed) {
    for (const change of workspace.changes) standing.note(change, `not compiled: ${listed.why}`);
    return;
  }
  const packages = new Map([...listed, ...programsAmong(request.before.keys(), listed)]);
  const overlays = overlayWriter(session.folder, workspace.go.work);
  const bench = { workspace, packages, overlays, options };
  const climb = { request, bench, standing, remaining };
  const compiled = await climbCompiler(climb);
  if (!options.test && !options.prove) return;
  const tested = await climbTests(climb, compiled);
  if (options.prove) await climbProof({ climb, folder: session.folder }, tested);
}
