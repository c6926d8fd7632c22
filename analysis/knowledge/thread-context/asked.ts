// Which function a place in code is about, for who asks to give that function a context.

import type { Located } from '../../callgraph/search.ts';
import type { Code } from '../../model/code.ts';
import { isFunction, type Node } from '../../syntax/node.ts';
import { variableOf } from './variable.ts';

/**
 * The innermost function around a place that has a name to be called by: a declaration, or a literal that is the only
 * value of a variable. Any other literal can use what the function around it is given. Undefined outside of functions.
 */
export function askedAt(code: Code, at: Node): Located | undefined {
  for (let node: Node | undefined = at; node; node = node.parent) {
    if (!isFunction(node)) continue;
    if (node.kind !== 'func_literal' || variableOf(code, node)) return { code, node };
  }
  return undefined;
}
