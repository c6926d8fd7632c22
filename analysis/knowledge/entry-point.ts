import type { Code } from '../model/code.ts';
import { child, type Node, textOf } from '../syntax/node.ts';

/** Whether a function is `main` of a program: when it returns, the process ends. */
export function isMain(code: Code, fn: Node): boolean {
  const name = fn.kind === 'function_declaration' ? child(fn, 'name') : undefined;
  return code.pkg.name === 'main' && name !== undefined && textOf(name) === 'main';
}
