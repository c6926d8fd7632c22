// Which sync.WaitGroup a call is about: two calls are about the same one if they reach it from the same variable by
// the same way.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { show } from '../model/types.ts';
import {
  child,
  contains,
  enclosingFunction,
  type Node,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isTarget, parameterAt, roleOf, targetOf } from '../syntax/roles.ts';

/** A WaitGroup by the variable it is reached from and the way from there: `s` and `.conns.wg`. */
export interface Group {
  readonly root: Binding;
  readonly path: string;
}

/** A call of a method of a WaitGroup. */
export interface GroupCall {
  readonly call: Node;
  readonly group: Group;
}

export type Method = 'Add' | 'Done' | 'Wait';

/** The calls of a method in a node, function literals included, in source order. `wg.Add(-1)` is a `Done`. */
export function groupCalls(code: Code, within: Node, method: Method): readonly GroupCall[] {
  return code.calls.flatMap((call) => {
    if (!contains(within, call) || methodOf(code, call) !== method) return [];
    const group = groupOf(code, call);
    return group ? [{ call, group }] : [];
  });
}

function methodOf(code: Code, call: Node): Method | undefined {
  switch (code.calleeName(call)) {
    case 'sync.WaitGroup.Add': {
      const [count] = child(call, 'arguments')?.children ?? [];
      const value = count && code.constantOf(count);
      return typeof value === 'bigint' && value < 0n ? 'Done' : 'Add';
    }
    case 'sync.WaitGroup.Done':
      return 'Done';
    case 'sync.WaitGroup.Wait':
      return 'Wait';
    default:
      return undefined;
  }
}

/** Whether a call is made by the function itself: in its own statements, or in a literal that it defers. */
export function isOwn(call: Node, fn: Node): boolean {
  const around = enclosingFunction(call);
  if (around === fn || !around) return around === fn;
  return roleOf(around) === 'deferred' && enclosingFunction(around) === fn;
}

/** The WaitGroup that a method is called on. */
export function groupOf(code: Code, call: Node): Group | undefined {
  const receiver = code.calleeOf(call)?.receiver;
  return receiver && pathOf(code, receiver);
}

/** `s.conns.wg`, `(&wg)`, `*wg`, or a variable that was given one of these; undefined for what is computed. */
function pathOf(code: Code, expression: Node, depth = 0): Group | undefined {
  const node = unparen(expression);
  if (depth > 4) return undefined;
  if (node.kind === 'unary_expression') {
    const operand = child(node, 'operand');
    return operand && /^[&*]$/.test(operatorOf(node)) ? pathOf(code, operand, depth) : undefined;
  }
  if (node.kind === 'identifier') {
    const root = code.bindingOf(node);
    if (root?.kind !== 'variable') return undefined;
    const original = pointedTo(code, root);
    return original ? pathOf(code, original, depth + 1) : { root, path: '' };
  }
  const operand = node.kind === 'selector_expression' ? child(node, 'operand') : undefined;
  const field = child(node, 'field');
  const base = operand && pathOf(code, operand, depth);
  return base && field && { root: base.root, path: `${base.path}.${textOf(field)}` };
}

/** In `wg := &s.wg`, what the variable points to, if it never points to anything else. */
function pointedTo(code: Code, binding: Binding): Node | undefined {
  const at = binding.scope === 'local' ? binding.declaredAt : undefined;
  const list = at?.parent;
  const statement = list?.parent;
  if (!at || statement?.kind !== 'short_var_declaration') return undefined;
  if (code.usesOf(binding).filter(isTarget).length !== 1) return undefined;
  const values = child(statement, 'right')?.children ?? [];
  const value = values[list?.children.indexOf(at) ?? -1];
  if (!value || targetOf(value, 0) !== at) return undefined;
  const isAddress = value.kind === 'unary_expression' && operatorOf(value) === '&';
  return isAddress && child(value, 'operand')?.kind !== 'composite_literal' ? value : undefined;
}

/** A call of a function that has a body: its code may be another declaration's. */
export interface Called {
  readonly call: Node;
  /** What a method is called on. */
  readonly receiver: Node | undefined;
  /** The function literal or declaration. */
  readonly fn: Node;
  readonly body: Code;
}

/**
 * A group that a function uses, in terms of its caller, whose code is `code`; undefined if the function made it
 * itself, or has a copy of it.
 */
export function seenByCaller(
  code: Code,
  group: Group,
  { call, receiver, fn, body }: Called,
): Group | undefined {
  const { declaredAt: at, scope } = group.root;
  if (!at || !contains(fn, at)) return scope === 'package' || body === code ? group : undefined;
  if (body.typeOfBinding(group.root).kind !== 'pointer') return undefined;
  const given = at.parent?.parent?.field === 'receiver' ? receiver : argumentFor(at, fn, call);
  const base = given && pathOf(code, given);
  return base && { root: base.root, path: base.path + group.path };
}

function argumentFor(parameter: Node, fn: Node, call: Node): Node | undefined {
  const args = child(call, 'arguments')?.children ?? [];
  return args.find((_, i) => parameterAt(fn, i) === parameter);
}

export function isSameGroup(a: Group, b: Group): boolean {
  if (a.path !== b.path) return false;
  const arePackageLevel = a.root.scope === 'package' && b.root.scope === 'package';
  return a.root === b.root || (arePackageLevel && a.root.name === b.root.name);
}

/** `s.conns.wg`, as Go writes it where the root variable is in scope. */
export function nameOf(group: Group): string {
  return group.root.name + group.path;
}

/**
 * Something that names a field of a type the same for all its values: `example.com/m.server.wg`; undefined for a
 * variable that is the WaitGroup itself.
 */
export function fieldOf(code: Code, call: Node): string | undefined {
  const receiver = code.calleeOf(call)?.receiver;
  const selector = receiver && unparen(receiver);
  if (selector?.kind !== 'selector_expression') return undefined;
  const operand = child(selector, 'operand');
  const type = operand ? show(code.typeOf(operand)).replace(/^\*/, '') : '?';
  return type === '?' ? undefined : `${type}.${textOf(child(selector, 'field') as Node)}`;
}
