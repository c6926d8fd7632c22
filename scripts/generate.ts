// Writes every generated file, or with --check says which of them are not up to date.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generatedParts, staleFiles } from './generated-files.ts';

const check = process.argv.includes('--check');
const outdated: string[] = [];

for (const part of generatedParts) {
  for (const [path, text] of await part()) {
    if (read(path) === text) continue;
    outdated.push(path);
    if (check) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
for (const path of staleFiles()) {
  outdated.push(path);
  if (!check) rmSync(path);
}

for (const path of outdated) console.log(check ? `not up to date: ${path}` : `wrote ${path}`);
if (check && outdated.length > 0) {
  console.error('Run: npm run generate');
  process.exit(1);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
