// Git repositories for tests, which say nothing of who runs them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { tree } from './tree.ts';

/** Runs git in a folder; fails if git does. */
export function git(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** A repository with these files, all of them committed. */
export function repository(t: TestContext, files: Readonly<Record<string, string>>): string {
  const cwd = tree(t, files);
  git(cwd, 'init', '-q', '-b', 'main');
  for (const [key, value] of [
    ['user.name', 'A Tester'],
    ['user.email', 'tester@example.com'],
    ['commit.gpgsign', 'false'],
    ['core.autocrlf', 'false'],
  ] as const)
    git(cwd, 'config', key, value);
  git(cwd, 'add', '.');
  git(cwd, 'commit', '-q', '-m', 'start');
  return cwd;
}
