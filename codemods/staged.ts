// The files of a repository as its index has them, in a folder of their own, which is removed when it is no longer needed.

import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isBelow, writeIndex } from './git-changes.ts';
import type { Host } from './host.ts';
import type { LocatedFinding } from './located.ts';
import type { Region } from './positions.ts';
import { UsageError } from './problem.ts';
import type { Outcome } from './run.ts';
import { absolute } from './targets.ts';

export interface StagedTree {
  /** The host of a run in that folder: its current folder is the one that stands for the user's. */
  readonly host: Host;
  /** The path that stands for one of the repository. Throws a UsageError for one outside of it. */
  inside(path: string): string;
  /** What was found there, with the paths of the repository. */
  outside(outcome: Outcome): Outcome;
  remove(): void;
}

/** Writes the index of the repository with that root to a folder. `config` is a configuration file to take along. */
export async function stagedTree(root: string, config: string | undefined, host: Host): Promise<StagedTree> {
  const folder = absolute(mkdtempSync(join(realpathSync(tmpdir()), 'goleash-index-')), '/');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Ctrl-C ends the process wherever it is.
  process.once('exit', remove);
  const inside = (path: string) => {
    if (isBelow(path, root)) return folder + path.slice(root.length);
    throw new UsageError(`${path} is not in the repository ${root}, whose index --staged checks`);
  };
  const done = () => {
    process.off('exit', remove);
    remove();
  };
  try {
    // So that the folder is a root for .gitignore and .goleash.yaml as well.
    mkdirSync(join(folder, '.git'));
    await writeIndex(root, folder);
    if (config !== undefined && isBelow(config, root)) {
      mkdirSync(dirname(inside(config)), { recursive: true });
      copyFileSync(config, inside(config));
    }
    const cwd = inside(host.cwd);
    mkdirSync(cwd, { recursive: true });
    const back = (path: string) => (isBelow(path, folder) ? root + path.slice(folder.length) : path);
    return {
      host: { ...host, cwd },
      inside,
      outside: (outcome) => relocated(outcome, back),
      remove: done,
    };
  } catch (error) {
    done();
    throw error;
  }
}

function relocated(outcome: Outcome, back: (path: string) => string): Outcome {
  const at = (region: Region): Region => ({ ...region, path: back(region.path) });
  const finding = (found: LocatedFinding): LocatedFinding => ({
    ...found,
    at: at(found.at),
    related: found.related.map((note) => ({ ...note, at: at(note.at) })),
    fixes: found.fixes.map((fix) => ({
      ...fix,
      edits: fix.edits.map((edit) => ({ ...edit, at: at(edit.at) })),
    })),
  });
  return {
    ...outcome,
    findings: outcome.findings.map(finding),
    problems: outcome.problems.map((problem) => ({ ...problem, path: back(problem.path) })),
  };
}
