// Every function of some packages of the Go distribution, if there is one.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { buildFlow } from '../../analysis/flow/build.ts';
import { searchPath } from '../../analysis/flow/paths.ts';
import { checkFlow } from '../../analysis/flow/print.ts';
import { sourceFile, treeOf } from '../../analysis/syntax/source-file.ts';
import { follow } from './follow.ts';
import { run } from './interpreter.ts';
import { functionsOf, namesByText, neverReturns, setUpParser } from './support.ts';

before(setUpParser);

const goroot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout?.trim();
const skip = goroot ? false : 'Go is not installed, so there are no sources to try';

for (const path of ['net/http', 'os', 'database/sql', 'encoding/json', 'runtime']) {
  test(`the functions of ${path} have sound flows`, { skip }, () => {
    const folder = join(goroot ?? '', 'src', path);
    const functions = readdirSync(folder)
      .filter((name) => name.endsWith('.go'))
      .flatMap((name) => sourceFile(name, readFileSync(join(folder, name), 'utf8')).declarations)
      .flatMap((declaration) => {
        const tree = declaration.kind === 'func' ? treeOf(declaration) : undefined;
        return tree ? functionsOf(tree.root) : [];
      });
    assert.ok(functions.length > 100);
    for (const fn of functions) {
      const flow = buildFlow(fn, neverReturns);
      assert.deepEqual(checkFlow(flow), []);
      // Three executions: conditions that all hold, that all fail, and that alternate.
      for (const holds of [() => true, () => false, (n: number) => n % 2 === 0]) {
        let n = 0;
        follow(
          flow,
          run(fn, { condition: () => holds(n++), choice: (count) => n++ % count }, neverReturns, 200),
        );
      }
      searchPath(flow, { from: fn, names: namesByText(), stops: () => false, exits: [] });
    }
  });
}
