// Files that are built for other platforms: the go command compiles for these too, though nothing can run here.

import { join } from 'node:path/posix';
import { type BuildTarget, isBuilt, sourceFile } from '../../analysis/index.ts';
import type { Change } from '../plan/plan.ts';
import { openBench } from './bench.ts';
import { climbCompiler } from './compiler.ts';
import { folderOf, whyNotBuilt } from './packages.ts';
import type { VerifyRequest } from './request.ts';
import type { Standing } from './standing.ts';
import type { Go } from './toolchain.ts';
import type { Workspace } from './workspaces.ts';

export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** In the order in which they are tried: those that most people have come first. */
const platforms: readonly Platform[] = [
  ...['linux', 'windows', 'darwin', 'freebsd', 'openbsd', 'netbsd'].map((os) => ({ os, arch: 'amd64' })),
  { os: 'linux', arch: 'arm64' },
  { os: 'darwin', arch: 'arm64' },
  { os: 'linux', arch: '386' },
  { os: 'js', arch: 'wasm' },
  { os: 'solaris', arch: 'amd64' },
  { os: 'aix', arch: 'ppc64' },
  { os: 'plan9', arch: 'amd64' },
];

/** A platform for which all of the texts are built with these tags; undefined if none of those that are tried is. */
export function platformFor(
  texts: ReadonlyMap<string, string>,
  tags: readonly string[],
): Platform | undefined {
  const files = [...texts].map(([path, text]) => sourceFile(path, text));
  return platforms.find((platform) => {
    const target: BuildTarget = { ...platform, tags, cgo: false };
    return files.every((file) => isBuilt(file, target));
  });
}

/**
 * Builds and vets the changes that only another platform builds, together with the others in the same packages. Those that
 * hold get a note, as no test can be run.
 */
export async function climbElsewhere(
  platform: Platform,
  changes: readonly Change[],
  workspace: Workspace,
  request: VerifyRequest,
  standing: Standing,
  folder: string,
): Promise<void> {
  const there = { ...workspace, go: goOn(platform, workspace.go) };
  const folders = new Set(changes.flatMap((change) => foldersIn(request, change)));
  const bench = await openBench(there, [...folders], request, folder);
  const fail = (change: Change, why: string) => standing.note(change, `not compiled: ${why}`);
  if ('why' in bench) {
    for (const change of changes) fail(change, bench.why);
    return;
  }
  const isHere = (change: Change) =>
    foldersIn(request, change).every((path) => folders.has(path)) &&
    change.against.every(
      ({ path }) =>
        whyNotBuilt(join(request.root, path), bench.packages.get(folderOf(request.root, path)), there) ===
        undefined,
    );
  const own = new Set(workspace.changes.filter(isHere));
  const remaining = () => standing.remaining().filter((change) => own.has(change));
  const compiled = await climbCompiler({ request, bench, standing, remaining });
  for (const change of standing.remaining().filter((one) => changes.includes(one))) {
    if (compiled.includes(change))
      standing.note(change, `compiled for ${there.go.os}/${there.go.arch}, where no test can be run`);
    else if (!own.has(change))
      fail(change, `this file is not built on ${there.go.os}/${there.go.arch} either`);
  }
}

function goOn({ os, arch }: Platform, go: Go): Go {
  const env = { GOOS: os, GOARCH: arch, CGO_ENABLED: '0' };
  return {
    ...go,
    os,
    arch,
    cgo: false,
    run: (args, more, timeout) => go.run(args, { ...env, ...more }, timeout),
  };
}

function foldersIn({ root }: VerifyRequest, { against }: Change): readonly string[] {
  return against.map(({ path }) => folderOf(root, path));
}
