// The client with a Timeout that a package has for requests that otherwise go through http.DefaultClient.

import { type BuildTarget, isBuilt } from '../model/build-constraint.ts';
import type { Code } from '../model/code.ts';
import { child, childrenIn, type Node, nodesOf, textOf } from '../syntax/node.ts';
import { isTestFile, type SourceFile } from '../syntax/source-file.ts';
import { clientLiteral, defaultReferences, isPlainClient } from './http-client.ts';
import { fieldValue } from './http-made.ts';

/** The name of a package-level variable `x = &http.Client{Timeout: …}`, with no more to it, that code at `at` can use. */
export function sharedClient(code: Code, at: Node): string | undefined {
  for (const other of code.packageCode('Timeout')) {
    if (other.root.kind !== 'var_declaration' || !isBuiltWith(other.file, code.file)) continue;
    for (const spec of nodesOf(other.root.tree, 'var_spec')) {
      const [name, ...more] = childrenIn(spec, 'name');
      const value = child(spec, 'value')?.children[0];
      const literal = value?.kind === 'unary_expression' ? clientLiteral(other, value) : undefined;
      if (!name || more.length > 0 || !literal || !isPlainClient(literal) || !fieldValue(literal, 'Timeout'))
        continue;
      if (code.lookup(textOf(name), at)?.scope === 'package') return textOf(name);
    }
  }
  return undefined;
}

/** Whether the first file is there whenever the second is. */
function isBuiltWith(file: SourceFile, user: SourceFile): boolean {
  return file === user || (!isTestFile(file) && !isConstrained(file));
}

const unlikeTargets: readonly BuildTarget[] = [
  { os: 'windows', arch: '386', tags: [], cgo: false },
  { os: 'aix', arch: 'ppc64', tags: [], cgo: false },
];

function isConstrained(file: SourceFile): boolean {
  return (
    unlikeTargets.some((target) => !isBuilt(file, target)) || /^\/\/(?:go:build| \+build) /m.test(file.text)
  );
}

/**
 * Whether a file still uses its import of net/http, or has one use of it to lose, when all its requests go through a
 * client that another file declares.
 */
export function canLoseDefaults(code: Code): boolean {
  const alias = code.imports.find((spec) => spec.path === 'net/http')?.alias ?? 'http';
  let references = 0;
  for (const other of code.packageCode(alias === '.' ? '' : alias)) {
    if (other.file !== code.file) continue;
    const defaults = defaultReferences(other);
    references += defaults.length;
    const names = nodesOf(other.root.tree, 'selector_expression', 'qualified_type');
    if (names.some((node) => other.objectName(node)?.startsWith('net/http.') && !defaults.includes(node)))
      return true;
  }
  return references <= 1;
}
