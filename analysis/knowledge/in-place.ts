// Whether a function literal runs where it is written, before the function around it goes on.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { argumentsOf, child, childrenIn, enclosingFunction, type Node, textOf } from '../syntax/node.ts';
import { parameterAt, roleOf } from '../syntax/roles.ts';

/** Functions that call their function arguments while they run, and keep none of them. */
const callers: readonly RegExp[] = [
  /^(?:slices|maps|sort|strings|bytes|iter)\./,
  /^path\/filepath\.Walk(?:Dir)?$/,
  /^io\/fs\.WalkDir$/,
  /^go\/ast\.Inspect$/,
  /^sync\.Map\.Range$/,
  /^database\/sql\.Conn\.Raw$/,
  /^k8s\.io\/client-go\/util\/retry\.(?:OnError|RetryOnConflict)$/,
];

/** How far calls of functions that call functions are followed. */
const maxDepth = 4;

/**
 * Whether a literal runs only where it stands, or where the local variable that holds it is called: never in
 * another goroutine, by `defer`, or after the function around it has returned.
 */
export function runsInPlace(code: Code, literal: Node, depth = 0): boolean {
  if (roleOf(literal) !== 'value') return roleOf(literal) === 'called';
  if (depth > maxDepth) return false;
  const parent = literal.parent;
  switch (parent?.kind) {
    case 'argument_list':
      return isCalledByCallee(code, literal, parent, depth);
    case 'expression_list': {
      const binding = variableOf(code, literal, parent);
      return binding !== undefined && isOnlyCalled(code, binding, literal, depth);
    }
    default:
      return false;
  }
}

function isCalledByCallee(code: Code, literal: Node, list: Node, depth: number): boolean {
  const call = list.parent;
  const callee = call && code.calleeOf(call);
  if (!call || !callee || leavesFunction(call)) return false;
  if (callers.some((pattern) => pattern.test(callee.name))) return true;
  const body = code.bodyOf(callee);
  if (!body) return false;
  const name = parameterAt(body.root, argumentsOf(call).indexOf(literal));
  const parameter = name && body.bindingOf(name);
  return name !== undefined && parameter !== undefined && isOnlyCalled(body, parameter, name, depth + 1);
}

/** The local variable that is declared with this value. */
function variableOf(code: Code, value: Node, list: Node): Binding | undefined {
  const statement = list.parent;
  const position = list.children.indexOf(value);
  const name =
    statement?.kind === 'short_var_declaration'
      ? child(statement, 'left')?.children[position]
      : statement?.kind === 'var_spec'
        ? childrenIn(statement, 'name')[position]
        : undefined;
  const binding = name && code.bindingOf(name);
  return binding?.declaredAt === name && binding?.scope === 'local' ? binding : undefined;
}

/** Whether nothing happens to a function-valued variable but calls, none of them by `go` or `defer`. */
function isOnlyCalled(code: Code, binding: Binding, declared: Node, depth: number): boolean {
  const owner = enclosingFunction(binding.declaredAt ?? declared);
  return code.usesOf(binding).every((use) => {
    if (use === binding.declaredAt) return true;
    const call = use.parent;
    if (use.field !== 'function' || call?.kind !== 'call_expression') return isComparedWithNil(use);
    return !leavesFunction(call) && isInOwner(code, call, owner, depth);
  });
}

function isComparedWithNil(use: Node): boolean {
  return use.parent?.kind === 'binary_expression' && use.parent.children.some((c) => textOf(c) === 'nil');
}

function isInOwner(code: Code, at: Node, owner: Node | undefined, depth: number): boolean {
  const fn = enclosingFunction(at);
  if (fn === owner || !fn) return fn === owner;
  return (
    depth < maxDepth &&
    fn.kind === 'func_literal' &&
    runsInPlace(code, fn, depth + 1) &&
    isInOwner(code, fn, owner, depth + 1)
  );
}

/** Whether a call is that of a `go` or `defer` statement. */
function leavesFunction(call: Node): boolean {
  return call.parent?.kind === 'go_statement' || call.parent?.kind === 'defer_statement';
}
