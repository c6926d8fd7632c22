// Which variables of a declaration its function literals and loops over functions share, and how: by reference, or by
// the value that they had when the literal was evaluated, where nothing can tell the difference.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { closest, contains, isFunction, type Node, nodesOf } from '../syntax/node.ts';
import { isAddressTaken, isTarget } from '../syntax/roles.ts';
import { ownerOf } from './loop-functions.ts';

/** A local variable or parameter, told by the identifier (or clause of a type switch) that declares it. */
export interface Variable {
  readonly binding: Binding;
  readonly owner: Node;
  /** A function literal inside its function uses it. */
  captured: boolean;
  /** It gets a value again after its declaration, or its address is taken. */
  changed: boolean;
}

const remembered = new WeakMap<Code, ReadonlyMap<Node, Variable>>();

/** The local variables of a declaration by the node that declares them. */
export function variablesOf(code: Code): ReadonlyMap<Node, Variable> {
  const known = remembered.get(code);
  if (known) return known;
  const variables = new Map<Node, Variable>();
  const changedByLoop = new Set<Node>();
  for (const use of nodesOf(code.root.tree, 'identifier')) {
    const binding = code.bindingOf(use);
    const at = binding?.declaredAt;
    if (binding?.kind !== 'variable' || !at) continue;
    const owner = isFunction(at) ? at : ownerOf(code, at);
    if (!owner) continue;
    const variable = variables.get(at) ?? { binding, owner, captured: false, changed: false };
    variables.set(at, variable);
    const user = ownerOf(code, use);
    if (user !== owner && contains(owner, use)) variable.captured = true;
    const isChange = use !== at && (isTarget(use) || isStepped(use));
    if (isChange || isAddressTaken(use)) variable.changed = true;
    if (isChange && user !== owner && user && !isFunction(user)) changedByLoop.add(at);
  }
  for (const [at, variable] of variables) {
    // Since Go 1.22 each iteration has its own.
    if (isLoopVariable(at) && code.goAtLeast('1.22') && !changedByLoop.has(at)) variable.changed = false;
  }
  remembered.set(code, variables);
  return variables;
}

function isStepped(use: Node): boolean {
  return use.parent?.kind === 'inc_statement' || use.parent?.kind === 'dec_statement';
}

function isLoopVariable(at: Node): boolean {
  const clause = closest(at.parent, 'for_clause', 'range_clause', 'block');
  return clause?.kind === 'for_clause' || clause?.kind === 'range_clause';
}
