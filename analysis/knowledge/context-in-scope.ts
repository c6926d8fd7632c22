// The context.Context that code at some place ought to pass on.

import { isContext } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed } from '../model/types.ts';
import {
  child,
  childrenIn,
  contains,
  enclosingFunction,
  type Node,
  nodesOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { roleOf } from '../syntax/roles.ts';
import { runsInPlace } from './in-place.ts';

/** A context that is in scope somewhere, and lives at least as long as the work there should. */
export interface ContextInScope {
  /** As Go code at that place: `ctx`, `r.Context()`. */
  readonly text: string;
  /** The variable that is the context, or the request that has it. */
  readonly binding: Binding;
  /** The function that the context was given to, or that derived it. */
  readonly owner: Node;
  /**
   * `chain`: the place runs while the owner runs. `shared`: it is in a function literal that may outlive the owner,
   * but itself uses the context.
   */
  readonly reach: 'chain' | 'shared';
}

/**
 * The context of the nearest function around `at` that has one, if the code at `at` runs as a part of that function
 * or has taken its context along. Undefined under `go` and `defer`, whose work is meant to go on.
 */
export function contextInScope(code: Code, at: Node): ContextInScope | undefined {
  let reach: ContextInScope['reach'] = 'chain';
  let inner: Node | undefined;
  for (let fn = enclosingFunction(at); fn; fn = enclosingFunction(fn)) {
    if (!inner && leavesBefore(at, fn)) return undefined;
    const found = contextOf(code, fn, at);
    if (found)
      return reach === 'chain' || usesIn(code, found.binding, inner as Node, at)
        ? { ...found, owner: fn, reach }
        : undefined;
    if (fn.kind !== 'func_literal' || roleOf(fn) === 'deferred') return undefined;
    if (!runsInPlace(code, fn)) {
      if (reach === 'shared') return undefined;
      reach = 'shared';
    }
    inner = fn;
  }
  return undefined;
}

/** Whether a `go` or `defer` statement stands between a node and its function. */
function leavesBefore(at: Node, fn: Node): boolean {
  for (let up = at.parent; up && up !== fn; up = up.parent) {
    if (up.kind === 'go_statement' || up.kind === 'defer_statement') return true;
  }
  return false;
}

function usesIn(code: Code, binding: Binding, literal: Node, at: Node): boolean {
  return code.usesOf(binding).some((use) => contains(literal, use) && !contains(at, use));
}

type Found = Pick<ContextInScope, 'text' | 'binding'>;

/** The context of one function: a parameter, else what it derived from a request, else the request's own. */
function contextOf(code: Code, fn: Node, at: Node): Found | undefined {
  const parameters = (child(fn, 'parameters')?.children ?? []).flatMap((p) => childrenIn(p, 'name'));
  let request: Found | undefined;
  for (const parameter of parameters) {
    const binding = code.lookup(textOf(parameter), at);
    const declared = code.bindingOf(parameter);
    const own = declared && isContext(code.typeOfBinding(declared));
    if (own && binding && isContext(code.typeOfBinding(binding))) return { text: binding.name, binding };
    if (binding && binding === declared && isNamed(code.typeOfBinding(binding), 'net/http', 'Request'))
      request ??= { text: `${binding.name}.Context()`, binding };
  }
  return derivedContext(code, fn, at) ?? request;
}

/** The last local variable of the function that holds a context derived from a request or from a signal. */
function derivedContext(code: Code, fn: Node, at: Node): Found | undefined {
  let last: Found | undefined;
  for (const statement of nodesOf(fn.tree, 'short_var_declaration')) {
    if (statement.end > at.start || enclosingFunction(statement) !== fn) continue;
    const name = child(statement, 'left')?.children[0];
    const binding = name?.kind === 'identifier' ? code.bindingOf(name) : undefined;
    if (!binding || code.lookup(binding.name, at) !== binding || !isContext(code.typeOfBinding(binding)))
      continue;
    const value = child(statement, 'right')?.children[0];
    if (value && isDerived(code, value, 0)) last = { text: binding.name, binding };
  }
  return last;
}

function isDerived(code: Code, value: Node, depth: number): boolean {
  const node = unparen(value);
  if (node.kind === 'identifier') {
    const declaration = code.bindingOf(node)?.declaredAt?.parent?.parent;
    const source =
      declaration?.kind === 'short_var_declaration' ? child(declaration, 'right')?.children[0] : undefined;
    return source !== undefined && depth < 5 && isDerived(code, source, depth + 1);
  }
  if (node.kind !== 'call_expression') return false;
  const name = code.calleeName(node);
  if (name === 'net/http.Request.Context' || name === 'os/signal.NotifyContext') return true;
  const parent = child(node, 'arguments')?.children[0];
  return (
    /^context\.With(?!outCancel)/.test(name) && parent !== undefined && isDerived(code, parent, depth + 1)
  );
}
