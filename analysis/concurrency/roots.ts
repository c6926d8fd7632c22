// The functions that are worth exploring: those that start goroutines or make what they wait for, and those that call
// a function that starts some.

import type { Code } from '../model/code.ts';
import { child, type Node, nodesOf, textOf } from '../syntax/node.ts';

/** Words without one of which nothing in a function can start a goroutine or make it wait. */
const words = ['go', 'Go', 'chan', 'Lock', 'RLock', 'Wait', 'AfterFunc', 'Do'];

/** The declarations of the package to explore. */
export function rootCodes(code: Code): readonly Code[] {
  const found = new Set<Code>();
  for (const word of words) for (const other of code.packageCode(word)) found.add(other);
  const starters = new Set([...found].filter(startsGoroutines).flatMap((c) => nameOf(c.root)));
  for (const name of starters) for (const other of code.packageCode(name)) found.add(other);
  // What a test does to other code, on paths that its data excludes, says little about that code.
  return [...found].filter((c) => c.functions.length > 0 && !isForTests(c));
}

function startsGoroutines(code: Code): boolean {
  return nodesOf(code.root.tree, 'go_statement').length > 0;
}

function nameOf(fn: Node): readonly string[] {
  const name = child(fn, 'name');
  return name ? [textOf(name)] : [];
}

function isForTests(code: Code): boolean {
  return code.isTest || code.imports.some(({ path }) => /^testing$|\/ginkgo(?:\/v2)?$/.test(path));
}
