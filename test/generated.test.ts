import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { generatedParts, staleFiles } from '../scripts/generated-files.ts';

test('generated files are up to date: npm run generate', async () => {
  for (const part of generatedParts) {
    for (const [path, text] of await part()) {
      assert.ok(existsSync(path), `${path} is missing`);
      assert.equal(readFileSync(path, 'utf8'), text, path);
    }
  }
  assert.deepEqual(staleFiles(), []);
});
