// What becomes of one value, such as an http.Client: followed through variables, fields, parameters and results of
// its package until it is used or goes out of sight. Order and branches are not looked at.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { deref, show, type Type } from '../model/types.ts';
import { isExported } from '../syntax/names.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  closest,
  enclosingFunction,
  type Node,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { parameterAt } from '../syntax/roles.ts';
import { declarationOf } from '../syntax/source-file.ts';
import {
  type Cell,
  isSameCell,
  isTarget,
  type OwnField,
  ownType,
  type Place,
  placesOf,
} from './http-cell.ts';

/** One thing that happens to the value. `node` is in a declaration of `code`. */
export type Use =
  /** `value.name(…)` */
  | { readonly kind: 'call'; readonly name: string; readonly call: Node; readonly code: Code }
  /**
   * `value.name = node`, or `&value.name`, which lets others set it; `value` is undefined then. `*value = …` sets
   * `*`.
   */
  | {
      readonly kind: 'set';
      readonly name: string;
      readonly value: Node | undefined;
      readonly node: Node;
      readonly code: Code;
    }
  /** `value.name` without a call: a field that is read or a method value. */
  | { readonly kind: 'member'; readonly name: string; readonly node: Node; readonly code: Code }
  /** The variable or field that holds the value is given another one. */
  | { readonly kind: 'replaced'; readonly node: Node; readonly code: Code }
  /**
   * Somebody unseen gets it. `to` is what is known of him: the name of a function, the type whose field holds it,
   * or `''`.
   */
  | { readonly kind: 'away'; readonly to: string; readonly node: Node; readonly code: Code };

/** More cells than this and the rest is out of sight. */
const maxCells = 40;

interface Walk {
  readonly uses: Use[];
  readonly seen: Set<Node>;
  readonly cells: Cell[];
}

/**
 * Everything that happens to the value of an expression. `promoted` names the members that matter if the value is
 * embedded in a struct.
 */
export function usesOfValue(code: Code, expression: Node, promoted: readonly string[]): readonly Use[] {
  return trace(promoted, (walk) => follow(walk, code, expression));
}

/** Everything that happens to the value of a variable; `name` is the identifier that declares it. */
export function usesOfVariable(code: Code, name: Node, promoted: readonly string[]): readonly Use[] {
  return trace(promoted, (walk) => assign(walk, code, name));
}

/** Everything that happens to a field of a struct. Literals that give it a value replace it. */
export function usesOfField(code: Code, field: OwnField, promoted: readonly string[]): readonly Use[] {
  return trace(promoted, (walk) => enter(walk, { kind: 'field', code, ...field }));
}

/**
 * The field that holds the receiver of a method call by value: `x.field.method()`, or `x.method()` through an
 * embedded field. Undefined if code outside of the package can set the field.
 */
export function fieldOfReceiver(
  code: Code,
  call: Node,
  isHeld: (type: Type) => boolean,
): OwnField | undefined {
  const receiver = code.calleeOf(call)?.receiver;
  if (!receiver) return undefined;
  const selector = unparen(receiver);
  const isField = selector.kind === 'selector_expression' && isHeld(code.typeOf(selector));
  const owner = (isField && child(selector, 'operand')) || receiver;
  const type = ownType(code, owner);
  const under = code.underlyingOf(deref(code.typeOf(owner)));
  if (type === undefined || under.kind !== 'struct') return undefined;
  const name = isField ? textOf(child(selector, 'field') ?? selector) : undefined;
  const field = under.fields.find(
    (f) => isHeld(f.type) && (name === undefined ? f.embedded : f.name === name),
  );
  if (!field || (isExported(field.name) && isExported(type) && code.pkg.name !== 'main')) return undefined;
  return { type, field: field.name };
}

function trace(promoted: readonly string[], start: (walk: Walk) => void): readonly Use[] {
  const walk: Walk = { uses: [], seen: new Set(), cells: [] };
  start(walk);
  for (let i = 0; i < walk.cells.length; i++) {
    const cell = walk.cells[i] as Cell;
    if (i >= maxCells) away(walk, cell.code, cell.code.root);
    else for (const place of placesOf(cell, promoted)) visit(walk, cell, place);
  }
  return walk.uses;
}

function visit(walk: Walk, cell: Cell, { kind, node, code }: Place): void {
  switch (kind) {
    case 'value':
      return follow(walk, code, node);
    case 'perhaps': {
      // Of what may be another value, only what could bound this one counts.
      const at = withoutIndirection(node);
      const use = at.field === 'operand' && at.parent ? memberUse(code, at.parent) : undefined;
      if (use?.kind === 'set') walk.uses.push(use);
      return;
    }
    case 'member':
      walk.uses.push(memberUse(code, node));
      return;
    case 'results':
      return receive(walk, code, node, cell.kind === 'result' ? cell.index : 0);
    case 'replaced':
      walk.uses.push({ kind, node, code });
      return;
    case 'away':
      return away(walk, code, node);
  }
}

function enter(walk: Walk, cell: Cell): void {
  if (!walk.cells.some((known) => isSameCell(known, cell))) walk.cells.push(cell);
}

function away(walk: Walk, code: Code, node: Node, to = ''): void {
  walk.uses.push({ kind: 'away', to, node, code });
}

/** The value of `expression` goes where its surroundings put it. */
function follow(walk: Walk, code: Code, expression: Node): void {
  const node = withoutIndirection(expression);
  if (walk.seen.has(node)) return;
  walk.seen.add(node);
  const parent = node.parent;
  switch (parent?.kind) {
    case 'selector_expression':
      if (node.field === 'operand') walk.uses.push(memberUse(code, parent));
      return;
    case 'expression_list':
      return followInList(walk, code, node, parent);
    case 'literal_element':
      return followInLiteral(walk, code, node, parent);
    case 'argument_list':
      return followArgument(walk, code, node, parent);
    case 'binary_expression':
    case 'expression_statement':
      return;
    default:
      away(walk, code, node);
  }
}

function memberUse(code: Code, selector: Node): Use {
  const name = textOf(child(selector, 'field') ?? selector);
  let at = selector;
  while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
  const { parent } = at;
  if (at.field === 'function' && parent?.kind === 'call_expression')
    return { kind: 'call', name, call: parent, code };
  if (isTarget(at)) return { kind: 'set', name, value: assignedTo(at), node: selector, code };
  const isAddress = parent?.kind === 'unary_expression' && operatorOf(parent) === '&';
  if (isAddress) return { kind: 'set', name, value: undefined, node: selector, code };
  return { kind: 'member', name, node: selector, code };
}

function followInList(walk: Walk, code: Code, node: Node, list: Node): void {
  if (isTarget(node)) {
    walk.uses.push({ kind: 'set', name: '*', value: assignedTo(node), node, code });
    return;
  }
  const statement = list.parent;
  const index = list.children.indexOf(node);
  if (statement?.kind === 'return_statement') {
    const fn = enclosingFunction(node);
    if (!fn || fn.kind === 'func_literal') away(walk, code, node);
    else enter(walk, { kind: 'result', code, of: declarationOf(fn), fn, index });
    return;
  }
  const target = targetsOf(statement)[index];
  if (target) assign(walk, code, target);
  else away(walk, code, node);
}

function targetsOf(statement: Node | undefined): readonly Node[] {
  switch (statement?.kind) {
    case 'short_var_declaration':
    case 'assignment_statement':
      return child(statement, 'left')?.children ?? [];
    case 'var_spec':
      return childrenIn(statement, 'name');
    default:
      return [];
  }
}

function assign(walk: Walk, code: Code, to: Node): void {
  const target = unparen(to);
  const name = textOf(target);
  if (name === '_') return;
  if (target.kind === 'identifier') {
    const binding = code.bindingOf(target);
    const isPackageLevel = binding?.scope === 'package' || enclosingFunction(target) === undefined;
    if (isPackageLevel) enter(walk, { kind: 'package', code, name });
    else if (binding) enterLocal(walk, code, binding);
    else away(walk, code, target);
    return;
  }
  const object = code.objectName(target);
  const operand = target.kind === 'selector_expression' ? child(target, 'operand') : undefined;
  const field = operand && child(target, 'field');
  const type = operand && !object && ownType(code, operand);
  if (type && field) enter(walk, { kind: 'field', code, type, field: textOf(field) });
  else away(walk, code, target, object ?? (operand && nameOfType(code, operand)));
}

/** The name of the type of an expression, `''` if it has none that is known. */
function nameOfType(code: Code, expression: Node): string {
  const type = deref(code.typeOf(expression));
  return type.kind === 'named' ? show(type) : '';
}

function enterLocal(walk: Walk, code: Code, binding: Binding): void {
  enter(walk, { kind: 'local', code, binding });
  const list = closest(binding.declaredAt, 'parameter_list');
  const fn = list?.field === 'result' ? list.parent : undefined;
  if (!list || !fn) return;
  if (fn.kind === 'func_literal') return away(walk, code, list);
  const names = list.children.flatMap((p) => childrenIn(p, 'name'));
  const index = names.indexOf(binding.declaredAt as Node);
  enter(walk, { kind: 'result', code, of: declarationOf(fn), fn, index });
}

/** `T{field: value}` */
function followInLiteral(walk: Walk, code: Code, node: Node, element: Node): void {
  const keyed = element.parent;
  const key = keyed?.kind === 'keyed_element' ? child(keyed, 'key')?.children[0] : undefined;
  const literal = keyed?.parent?.parent;
  if (!key || element.field !== 'value' || literal?.kind !== 'composite_literal')
    return away(walk, code, node);
  const type = ownType(code, literal);
  if (type === undefined) away(walk, code, node, nameOfType(code, literal));
  else enter(walk, { kind: 'field', code, type, field: textOf(key) });
}

function followArgument(walk: Walk, code: Code, node: Node, list: Node): void {
  const call = list.parent;
  const callee = call && code.calleeOf(call);
  if (!callee) return away(walk, code, node);
  const body = code.bodyOf(callee);
  const parameter = body && parameterAt(body.root, argumentsOf(call).indexOf(node));
  const binding = parameter && body.bindingOf(parameter);
  if (binding) enter(walk, { kind: 'local', code: body, binding });
  else if (!parameter || textOf(parameter) !== '_') away(walk, code, node, callee.name);
}

/** One of several results of a call. */
function receive(walk: Walk, code: Code, call: Node, index: number): void {
  const statement = call.parent?.kind === 'expression_list' ? call.parent.parent : undefined;
  const target = targetsOf(statement)[index];
  if (target) assign(walk, code, target);
  else if (statement) away(walk, code, call);
}

/** The widest expression around `node` that only adds parentheses, `&` or `*`. */
function withoutIndirection(node: Node): Node {
  let at = node;
  for (let up = at.parent; up; up = up.parent) {
    const isPointer = up.kind === 'unary_expression' && /^[&*]$/.test(operatorOf(up));
    if (!isPointer && up.kind !== 'parenthesized_expression') break;
    at = up;
  }
  return at;
}

function assignedTo(target: Node): Node | undefined {
  const left = target.parent?.children ?? [];
  const right = (target.parent?.parent && child(target.parent.parent, 'right'))?.children ?? [];
  return right.length === left.length ? right[left.indexOf(target)] : undefined;
}
