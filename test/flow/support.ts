// Go functions as flows, without a model: names are told apart by their text alone.

import { readFileSync } from 'node:fs';
import { buildFlow } from '../../analysis/flow/build.ts';
import type { Flow } from '../../analysis/flow/flow.ts';
import type { Name, Names } from '../../analysis/flow/terms.ts';
import { child, descendants, isFunction, type Node, textOf } from '../../analysis/syntax/node.ts';
import { loadParser, parse } from '../../analysis/syntax/parser.ts';

/** Makes `parse` work. */
export async function setUpParser(): Promise<void> {
  const read = (path: string) => readFileSync(new URL(`../../node_modules/${path}`, import.meta.url));
  await loadParser({
    engine: read('web-tree-sitter/web-tree-sitter.wasm'),
    grammar: read('tree-sitter-go/tree-sitter-go.wasm'),
  });
}

/** Whether a call is one that no test function returns from. */
export function neverReturns(call: Node): boolean {
  const callee = child(call, 'function');
  return callee !== undefined && /^(?:os\.Exit|log\.Fatal\w*|runtime\.Goexit)$/.test(textOf(callee));
}

/** The flow of a function with this body, or of the declaration if the text is one. */
export function flowOf(text: string): Flow {
  const tree = parse(text.startsWith('func') ? text : `func f() {\n${text}\n}`);
  if (!tree) throw new Error(`not valid Go: ${text}`);
  return buildFlow(tree.root, neverReturns);
}

/** The first node with this text that is more than a list of statements. */
export function nodeAt(flow: Flow, text: string): Node {
  for (const node of descendants(flow.fn)) {
    if (node.kind !== 'statement_list' && textOf(node) === text) return node;
  }
  throw new Error(`no node reads ${text}`);
}

/** All functions of a tree. */
export function functionsOf(root: Node): readonly Node[] {
  return [...descendants(root)].filter((node) => isFunction(node) && child(node, 'body'));
}

const packages = new Set(['context', 'errors', 'http', 'io', 'os', 'time', 'config']);
const builtins = new Set(['append', 'cap', 'len', 'make', 'new', 'panic', 'delete']);

/** Names that stand for a package, a builtin or, all others, for one variable each. */
export function namesByText(): Names & { variable(name: string): Name } {
  const known = new Map<string, Name>();
  const variable = (name: string): Name => {
    let binding = known.get(name);
    if (!binding) {
      binding = {
        kind: packages.has(name) ? 'package' : 'variable',
        scope: name.startsWith('global') ? 'package' : 'local',
      };
      known.set(name, binding);
    }
    return binding;
  };
  return {
    variable,
    bindingOf: (identifier) => (builtins.has(textOf(identifier)) ? undefined : variable(textOf(identifier))),
  };
}
