// The published form of goleash. `npm test` builds it before it runs a test that imports this file.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

if (!existsSync('dist/goleash.js'))
  throw new Error('dist/ is missing: run the tests with npm test, or npm run build first');

/** The absolute path of the bundled command. */
export const builtCommand = resolve('dist/goleash.js');
