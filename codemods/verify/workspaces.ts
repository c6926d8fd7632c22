// Which changes are built together: those of one module, or of all modules of a go.work file.

import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import type { Change } from '../plan/plan.ts';
import { type Go, goFor, type Surroundings, withoutWork } from './toolchain.ts';

export interface Workspace {
  readonly go: Go;
  /** The roots of its modules. */
  readonly modules: readonly string[];
  readonly changes: readonly Change[];
}

export interface Workspaces {
  readonly found: readonly Workspace[];
  /** The changes that cannot be built, with the reason as a clause. */
  readonly without: ReadonlyMap<Change, string>;
}

/** Distributes the changes, whose paths are relative to `root`. */
export async function workspacesOf(
  root: string,
  changes: readonly Change[],
  around: Surroundings,
): Promise<Workspaces> {
  const without = new Map<Change, string>();
  const known = new Map<string, Promise<Home>>();
  const found = new Map<string, { go: Go; modules: readonly string[]; changes: Change[] }>();
  for (const change of changes) {
    const modules = new Set(change.against.map(({ path }) => moduleRoot(dirname(join(root, path)))));
    const [module] = modules;
    if (module === undefined) {
      without.set(change, 'there is no go.mod');
      continue;
    }
    const home = known.get(module) ?? homeOf(module, around);
    known.set(module, home);
    const answer = await home;
    if ('why' in answer) without.set(change, answer.why);
    else if ([...modules].some((other) => other === undefined || !answer.modules.includes(other))) {
      without.set(change, 'it edits files of modules that are not built together');
    } else {
      const key = answer.modules.join('\n');
      const workspace = found.get(key) ?? { ...answer, changes: [] };
      workspace.changes.push(change);
      found.set(key, workspace);
    }
  }
  return { found: [...found.values()], without };
}

type Home = { readonly go: Go; readonly modules: readonly string[] } | { readonly why: string };

async function homeOf(module: string, around: Surroundings): Promise<Home> {
  const go = await goFor(module, around);
  if ('why' in go) return go;
  if (go.work === undefined) return { go, modules: [module] };
  const { status, out } = await go.run(['list', '-m', '-f', '{{.Dir}}']);
  const modules = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('\\', '/'));
  // A module that go.work does not use is built without it.
  return status === 0 && modules.includes(module)
    ? { go, modules }
    : { go: withoutWork(go), modules: [module] };
}

/** The folder of the nearest go.mod file. */
function moduleRoot(folder: string): string | undefined {
  const path = join(folder, 'go.mod');
  if (existsSync(path) && statSync(path).isFile()) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : moduleRoot(above);
}
