// npm run bench [-- folder...]: prints what goleash costs beside ast-grep in the same run, what its index of a whole
// tree costs, and what a keystroke costs. It asserts nothing: ratios within one run mean something, seconds on a shared machine do not.

import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { benchEditor } from './editor.ts';
import { benchIndexing, benchReindexing } from './indexing.ts';
import { benchScan, defaultTrees } from './scan.ts';

execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts']);
console.log(`Node ${process.version}, ${cpus().length} cores`);

const named = process.argv.slice(2);
const trees = named.length > 0 ? named : defaultTrees();
if (trees.length === 0)
  console.log('\nNo Go distribution here: name a folder with Go code to measure a scan.');
for (const tree of trees) await benchScan(tree);
for (const tree of trees) benchIndexing(tree);
await benchReindexing();
await benchEditor();
