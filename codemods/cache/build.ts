// Which goleash this is: what another one has found counts for nothing.

import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../../analysis/node/rule-page.ts';

/**
 * Names the program that a module belongs to, by its version and by the sizes and times of its files. Undefined for one
 * that is run from its sources, which change from run to run.
 */
export function buildOf(moduleUrl: string): string | undefined {
  if (moduleUrl.endsWith('.ts')) return undefined;
  const folder = dirname(fileURLToPath(moduleUrl));
  const files = readdirSync(folder)
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    });
  return [version, ...files].join('\n');
}
