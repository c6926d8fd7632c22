// What is needed to build packages of a workspace.

import { type OverlayWriter, overlayWriter } from './overlay.ts';
import { listPackages, type Packages } from './packages.ts';
import { programsAmong } from './programs.ts';
import type { VerifyOptions, VerifyRequest } from './request.ts';
import type { Workspace } from './workspaces.ts';

export interface Bench {
  readonly workspace: Workspace;
  readonly packages: Packages;
  readonly overlays: OverlayWriter;
  readonly options: VerifyOptions;
}

/** Makes one for changes in these folders, with copies of files in a private folder; or says why there is none. */
export async function openBench(
  workspace: Workspace,
  folders: readonly string[],
  { before, options }: VerifyRequest,
  folder: string,
): Promise<Bench | { readonly why: string }> {
  const listed = await listPackages(workspace, folders, true, options);
  if ('why' in listed) return listed as { readonly why: string };
  const packages = new Map([...listed, ...programsAmong(before.keys(), listed)]);
  return { workspace, packages, overlays: overlayWriter(folder, workspace.go.work), options };
}
