// Where a value comes from: the expressions behind variables, fields and parameters.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  enclosingFunction,
  type Node,
  nodesOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isTarget, ownType } from './http-cell.ts';

/**
 * The expressions that a local variable is assigned; of a call with several results, the call. Undefined if it
 * gets a value in another way.
 */
export function sourcesOf(code: Code, binding: Binding): readonly Node[] | undefined {
  const sources: Node[] = [];
  for (const use of code.usesOf(binding)) {
    const value = sourceAt(use);
    if (value === 'none') return undefined;
    if (value) sources.push(value);
  }
  return sources;
}

/** The value that an identifier is assigned where it stands; `none` if it is, but by no expression. */
function sourceAt(identifier: Node): Node | 'none' | undefined {
  const list = identifier.parent;
  const isLeft = list?.kind === 'expression_list' && list.field === 'left';
  if (!isLeft && identifier.field !== 'name') return undefined;
  const statement = isLeft ? list.parent : list;
  switch (statement?.kind) {
    case 'var_spec':
    case 'short_var_declaration':
    case 'assignment_statement': {
      const targets = statement.kind === 'var_spec' ? childrenIn(statement, 'name') : (list?.children ?? []);
      const values = child(statement, statement.kind === 'var_spec' ? 'value' : 'right')?.children;
      if (!values) return undefined;
      return (values.length === targets.length ? values[targets.indexOf(identifier)] : values[0]) ?? 'none';
    }
    default:
      return 'none';
  }
}

/** An expression in a declaration of `code`. */
export interface Origin {
  readonly code: Code;
  readonly node: Node;
}

const maxDepth = 5;

/**
 * The expressions that an expression can stand for: those that its variable, its field of the package's own structs or
 * its parameter of a literal called on the spot is given. What cannot be followed is its own origin.
 */
export function originsOf(code: Code, expression: Node, depth = 0): readonly Origin[] {
  const node = unparen(expression);
  const sources = depth > maxDepth ? [] : behind(code, node);
  if (sources.length === 0) return [{ code, node }];
  return sources.flatMap((source) => originsOf(source.code, source.node, depth + 1));
}

function behind(code: Code, node: Node): readonly Origin[] {
  if (node.kind === 'selector_expression') return valuesOfField(code, node);
  const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
  if (!binding?.declaredAt) return [];
  if (binding.scope === 'local')
    return (sourcesOf(code, binding) ?? []).map((source) => ({ code, node: source }));
  const argument = argumentOnTheSpot(binding.declaredAt);
  return argument ? [{ code, node: argument }] : [];
}

/** The argument of `func(l net.Listener) { … }(argument)`. */
function argumentOnTheSpot(parameter: Node): Node | undefined {
  const fn = enclosingFunction(parameter);
  const call = fn?.kind === 'func_literal' && fn.field === 'function' ? fn.parent : undefined;
  const names = (fn && child(fn, 'parameters')?.children.flatMap((p) => childrenIn(p, 'name'))) ?? [];
  return call && argumentsOf(call)[names.indexOf(parameter)];
}

function valuesOfField(code: Code, selector: Node): readonly Origin[] {
  const [operand, field] = [child(selector, 'operand'), child(selector, 'field')];
  const owner = operand && ownType(code, operand);
  if (owner === undefined || !field) return [];
  const name = textOf(field);
  return code.packageCode(name).flatMap((c) =>
    nodesOf(c.root.tree, 'selector_expression').flatMap((other): readonly Origin[] => {
      const isIt = isTarget(other) && textOf(child(other, 'field') ?? other) === name;
      if (!isIt || ownType(c, child(other, 'operand') as Node) !== owner) return [];
      const value = sourceAt(other);
      return value && value !== 'none' ? [{ code: c, node: value }] : [];
    }),
  );
}

/** The text with which a string expression begins, as far as it is constant: `http://localhost:` of a Sprintf. */
export function leadingText(code: Code, expression: Node): string {
  const node = unparen(expression);
  const value = code.constantOf(node);
  if (typeof value === 'string') return value;
  const left = node.kind === 'binary_expression' ? child(node, 'left') : undefined;
  if (left) return leadingText(code, left);
  const [format] =
    node.kind === 'call_expression' && code.calleeName(node) === 'fmt.Sprintf' ? argumentsOf(node) : [];
  return format ? (leadingText(code, format).split('%')[0] ?? '') : '';
}

/** Whether a URL or an address is seen to be of this machine. */
export function isToThisMachine(code: Code, address: Node): boolean {
  return originsOf(code, address).every((origin) => isLoopback(leadingText(origin.code, origin.node)));
}

/** Whether a URL or an address begins with the machine itself. */
export function isLoopback(address: string): boolean {
  return /^(?:https?:\/\/)?(?:localhost|127(?:\.\d+){3}|\[::1\])(?::|\/|$)/.test(address);
}
