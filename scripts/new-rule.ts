// npm run new-rule <id>: writes a rule that works and its fixtures, for the author to change, and registers it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { newRule } from './new-rule-files.ts';

const [id] = process.argv.slice(2);
if (!id || !/^[a-z]+(?:-[a-z0-9]+)+$/.test(id)) {
  console.error(
    'usage: npm run new-rule <id>   the id names the defect, in words joined by hyphens: lost-cancel',
  );
  process.exit(2);
}
if (existsSync(`analysis/rules/${id}.ts`)) {
  console.error(`there is a rule ${id} already: analysis/rules/${id}.ts`);
  process.exit(2);
}

for (const [path, text] of newRule(id)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${path}`);
}
execFileSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts'], { stdio: 'inherit' });
console.log(`
Next: change analysis/rules/${id}.ts and fixtures/${id}/example.go, then

  UPDATE=1 npm test -- rules    rewrites the golden files; read what changed
  npm run generate              rewrites the rule's page and the README table
  npm run check                 everything that must pass`);
