// Git repositories for tests, without the settings of whoever runs them.

import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { tree } from './tree.ts';

export interface Repository {
  readonly cwd: string;
  /** Runs git; throws if it fails. */
  git(...args: string[]): string;
  /** Writes files, or removes those without a text. */
  write(files: Readonly<Record<string, string | undefined>>): void;
}

/** A repository whose branch `main` has one commit with these files. */
export function repository(t: TestContext, files: Readonly<Record<string, string>>): Repository {
  const made = at(tree(t, files));
  made.git('init', '-q', '-b', 'main');
  made.git('add', '--all');
  made.git('commit', '-q', '-m', 'first');
  return made;
}

/** What is at a path, as a repository. */
export function at(cwd: string): Repository {
  const settings = ['user.name=a', 'user.email=a@example.org', 'commit.gpgSign=false'];
  return {
    cwd,
    git: (...args) =>
      execFileSync('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
        cwd,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        if (text === undefined) rmSync(join(cwd, name));
        else writeFileSync(join(cwd, name), text);
      }
    },
  };
}
