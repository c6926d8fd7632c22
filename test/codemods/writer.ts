// A process of its own that writes all files of a folder again and again, until a signal ends it between two runs.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../codemods/journal/journal.ts';
import { Busy } from '../../codemods/journal/lock.ts';

const [root = '', name = ''] = process.argv.slice(2);
const paths = ['d0', 'd1', 'd2'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.go') && !file.startsWith('.'))
    .map((file) => join(root, folder, file)),
);
process.on('SIGINT', () => process.exit(0));

let version = 0;
function again(): void {
  const after = `${name}${version++} ${process.pid}`;
  try {
    const files = paths.map((path) => ({ path, before: readFileSync(path, 'utf8'), after }));
    // All are tied: where another process was faster, none is written.
    writeWhole(files, [paths], root, () => {});
  } catch (error) {
    if (!(error instanceof Busy) && !/changed while|nothing was written/.test(String(error))) throw error;
  }
  if (version === 1) process.stdout.write('begun\n');
  setImmediate(again);
}
again();
