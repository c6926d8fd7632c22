// Opens the file that a change is about in the editor of the person.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Host } from '../host.ts';
import type { Change } from '../plan/plan.ts';
import { printable } from '../terminal.ts';

/**
 * Opens the file of a change at its place and waits until the editor is closed. What a plan writes was checked, so the
 * change itself is not edited. Returns what the person should know.
 */
export function openInEditor({ at, against }: Change, { cwd, env }: Pick<Host, 'cwd' | 'env'>): string {
  const path = resolve(cwd, at.path);
  if (!existsSync(path))
    return `${at.path} does not exist here: review in the folder where the plan was made.`;
  const editor = env['VISUAL'] || env['EDITOR'] || 'vi';
  // As git does: the variable may hold arguments, so the shell reads it.
  const run = spawnSync('sh', ['-c', `${editor} "$@"`, editor, ...placeFor(editor, path, at.line)], {
    cwd,
    env,
    stdio: 'inherit',
  });
  if (run.error || run.status !== 0)
    return `${printable(editor)} did not open ${at.path}: set VISUAL or EDITOR to your editor.`;
  const planned = against.find((file) => file.path === at.path)?.sha256;
  if (planned === undefined || planned === hashOf(path)) return '';
  return `${at.path} is not what the plan was made against: make the plan again to go on with it.`;
}

/** The arguments with which an editor opens a file at a line. */
export function placeFor(editor: string, path: string, line: number): readonly string[] {
  const name = basename(editor.trim().split(/\s+/)[0] ?? '').replace(/\.(?:exe|cmd)$/, '');
  if (/^(?:code|code-insiders|codium|cursor|windsurf)$/.test(name))
    return ['--wait', '--goto', `${path}:${line}`];
  if (/^(?:hx|helix|subl|zed)$/.test(name)) return [`${path}:${line}`];
  return [`+${line}`, path];
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
