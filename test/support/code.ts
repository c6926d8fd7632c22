// Declarations of a Go package as rules see them, for tests of the model.

import assert from 'node:assert/strict';
import { defaultConfig, type Library, sourceFile } from '../../analysis/index.ts';
import { type Code, codeOf } from '../../analysis/model/code.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { child, type Node, textOf } from '../../analysis/syntax/node.ts';
import { packageOf } from './go.ts';
import { library } from './runtime.ts';

/** The code of the last declaration of a file, which can import the packages whose texts are given by import path. */
export async function lastCode(text: string, packages: Readonly<Record<string, string>> = {}): Promise<Code> {
  const std = await library();
  const known: Library = {
    ...std,
    files: (path) =>
      packages[path] === undefined ? std.files(path) : [sourceFile(`${path}/file.go`, packages[path])],
  };
  const pkg = packageOf(text);
  const file = pkg.files[0];
  const declaration = file?.declarations.at(-1);
  assert.ok(file && declaration);
  const context = { pkg, world: worldOf(pkg, known), config: defaultConfig, codes: new Map() };
  const code = codeOf(file, declaration, context);
  assert.ok(code, 'the last declaration parses');
  return code;
}

/** The first call whose function is written so. */
export function callOf(code: Code, fn: string): Node {
  const call = code.calls.find((c) => textOf(child(c, 'function') ?? c) === fn);
  assert.ok(call, `there is a call of ${fn}`);
  return call;
}
