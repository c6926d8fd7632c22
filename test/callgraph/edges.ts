// The edges of a package as text, for tests.

import assert from 'node:assert/strict';
import { edgesOf } from '../../analysis/callgraph/call-graph.ts';
import { defaultConfig } from '../../analysis/index.ts';
import { type Code, codeOf } from '../../analysis/model/code.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { child, type Node, textOf } from '../../analysis/syntax/node.ts';
import { packagesOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

/** `f: call g() -> g` for every edge of one of the packages; `?` where a set of targets may be larger. */
export async function edges(
  files: Readonly<Record<string, string>> | string,
  which = 0,
): Promise<readonly string[]> {
  const pkg = packagesOf(typeof files === 'string' ? { 'a.go': files } : files)[which];
  assert.ok(pkg);
  const context = { pkg, world: worldOf(pkg, await library()), config: defaultConfig, codes: new Map() };
  const codes = pkg.files.flatMap((file) =>
    file.declarations.flatMap((d) => (d.kind === 'func' ? (codeOf(file, d, context) ?? []) : [])),
  );
  return codes.flatMap((code) =>
    code.functions.flatMap((fn) => edgesOf(code, fn).map((e) => line(code, fn, e))),
  );
}

function line(code: Code, fn: Node, { site, runs, targets }: ReturnType<typeof edgesOf>[number]): string {
  const functions = targets.functions.map((f) => nameOf(f.node)).sort();
  const all = [...functions, ...targets.outside, ...(targets.complete ? [] : ['?'])].join(' ');
  assert.ok(code.functions.includes(fn));
  return `${nameOf(fn)}: ${runs} ${textOf(site).replace(/\s+/g, ' ')} -> ${all}`;
}

function nameOf(fn: Node): string {
  const name = child(fn, 'name');
  const receiver = child(fn, 'receiver')?.children[0];
  const type = receiver && child(receiver, 'type');
  if (!name) return 'literal';
  return type ? `${textOf(type).replace(/^\*/, '')}.${textOf(name)}` : textOf(name);
}

/** The edges of the function `f` alone. */
export async function ofF(text: string, more = ''): Promise<readonly string[]> {
  const found = await edges(`package p\n\n${more}\n\nfunc f() {\n${text}\n}\n`);
  return found.filter((edge) => edge.startsWith('f: ')).map((edge) => edge.slice(3));
}
