// Whether something ends an HTTP request: a deadline of its context, or a caller who can cancel it.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed } from '../model/types.ts';
import { isExported } from '../syntax/names.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { declarationOf } from '../syntax/source-file.ts';
import { isTarget } from './http-cell.ts';
import { sourcesOf } from './http-origin.ts';

/** `bounded`: by a deadline. `unbounded`: by nothing. `unknown`: by whoever made it, out of sight. */
export type Bound = 'bounded' | 'unbounded' | 'unknown';

const maxDepth = 6;

/** What bounds the `*http.Request` that an expression denotes. */
export function requestBound(code: Code, expression: Node, depth = 0): Bound {
  const node = unparen(expression);
  if (depth > maxDepth) return 'unknown';
  switch (node.kind) {
    case 'identifier':
      return variableRequest(code, node, depth);
    case 'unary_expression': {
      const literal = child(node, 'operand');
      const isLiteral =
        operatorOf(node) === '&' &&
        literal?.kind === 'composite_literal' &&
        isNamed(code.typeOf(literal), 'net/http', 'Request');
      return isLiteral && !textOf(literal).includes('Cancel:') ? 'unbounded' : 'unknown';
    }
    case 'call_expression':
      return requestOfCall(code, node, depth);
    default:
      return 'unknown';
  }
}

function requestOfCall(code: Code, call: Node, depth: number): Bound {
  const [first] = argumentsOf(call);
  const callee = code.calleeOf(call);
  switch (callee?.name) {
    case 'net/http.NewRequest':
      return 'unbounded';
    case 'net/http.NewRequestWithContext':
    case 'net/http.Request.WithContext':
    case 'net/http.Request.Clone':
      return first ? contextBound(code, first, depth + 1) : 'unknown';
  }
  const body = callee && code.bodyOf(callee);
  const position = callee?.signature?.results.findIndex((r) => isNamed(r.type, 'net/http', 'Request')) ?? -1;
  if (!body || position < 0) return 'unknown';
  const returned = nodesOf(body.root.tree, 'return_statement')
    .filter((statement) => enclosingFunction(statement) === body.root)
    .map((statement) => statement.children[0]?.children[position]);
  // A result that a caller's context bounds is unknown here, and so is a bare return.
  return allOf(
    returned
      .filter((value) => value?.kind !== 'nil')
      .map((value) => (value ? requestBound(body, value, depth + 1) : 'unknown')),
  );
}

function variableRequest(code: Code, identifier: Node, depth: number): Bound {
  const binding = code.bindingOf(identifier);
  if (!binding?.declaredAt) return 'unknown';
  if (binding.scope === 'parameter') return parameterRequest(code, binding, depth);
  if (code.usesOf(binding).some(isBoundInPlace)) return 'unknown';
  const bounds = sourcesOf(code, binding)?.map((value) => requestOfSource(code, value, binding, depth));
  if (!bounds) return 'unknown';
  // `req = req.WithContext(ctx)` comes after the request is made, so it decides.
  const later = bounds.filter((b) => b.isDerived);
  return allOf((later.length > 0 ? later : bounds).map((b) => b.bound));
}

function requestOfSource(
  code: Code,
  value: Node,
  binding: Binding,
  depth: number,
): { bound: Bound; isDerived: boolean } {
  const call = unparen(value);
  const receiver = call.kind === 'call_expression' ? code.calleeOf(call)?.receiver : undefined;
  const isDerived = receiver !== undefined && code.bindingOf(unparen(receiver)) === binding;
  return { bound: requestBound(code, value, depth + 1), isDerived };
}

/** `req.Cancel = …`, `*req = …` */
function isBoundInPlace(use: Node): boolean {
  const parent = use.parent;
  if (parent?.kind === 'selector_expression')
    return textOf(child(parent, 'field') ?? parent) === 'Cancel' && isTarget(parent);
  return parent?.kind === 'unary_expression' && isTarget(parent);
}

/** A request that only unexported code of the package hands in is what that code made it. */
function parameterRequest(code: Code, parameter: Binding, depth: number): Bound {
  const fn = parameter.declaredAt && enclosingFunction(parameter.declaredAt);
  const name = fn && child(fn, 'name');
  if (!name || fn !== code.root || isExported(textOf(name))) return 'unknown';
  const names = (child(fn, 'parameters')?.children ?? []).flatMap((p) => childrenIn(p, 'name'));
  const position = names.indexOf(parameter.declaredAt as Node);
  const declaration = declarationOf(fn);
  const bounds: Bound[] = [];
  for (const caller of code.packageCode(textOf(name))) {
    for (const call of caller.calls) {
      if (caller.calleeOf(call)?.declaration?.declaration !== declaration) continue;
      const argument = argumentsOf(call)[position];
      bounds.push(argument ? requestBound(caller, argument, depth + 1) : 'unknown');
    }
  }
  return allOf(bounds);
}

/** What bounds a `context.Context`. That of a caller is `unknown`: bounding it is the caller's affair. */
export function contextBound(code: Code, expression: Node, depth = 0): Bound {
  const node = unparen(expression);
  if (depth > maxDepth) return 'unknown';
  if (node.kind === 'identifier') {
    const binding = code.bindingOf(node);
    if (binding?.scope !== 'local') return 'unknown';
    return allOf(sourcesOf(code, binding)?.map((value) => contextBound(code, value, depth + 1)) ?? []);
  }
  if (node.kind !== 'call_expression') return 'unknown';
  switch (code.calleeName(node)) {
    case 'context.Background':
    case 'context.TODO':
    case 'context.WithoutCancel':
      return 'unbounded';
    case 'context.WithTimeout':
    case 'context.WithDeadline':
    case 'context.WithTimeoutCause':
    case 'context.WithDeadlineCause':
      return 'bounded';
    case 'context.WithValue': {
      const [parent] = argumentsOf(node);
      return parent ? contextBound(code, parent, depth + 1) : 'unknown';
    }
    default:
      return 'unknown';
  }
}

function allOf(bounds: readonly Bound[]): Bound {
  const [first] = bounds;
  return first !== undefined && bounds.every((bound) => bound === first) ? first : 'unknown';
}
