// Expressions to pure ones: what has an effect becomes an operation before them.

import { elementValue } from '../callgraph/cells.ts';
import { isConversion } from '../callgraph/targets.ts';
import type { Field } from '../model/types.ts';
import { child, childOfKind, type Node, operatorOf, textOf, unparen } from '../syntax/node.ts';
import { capturesOf } from './captures.ts';
import type { Expr, Operation, Shape, Target } from './ir.ts';
import { lowerCall } from './lower-call.ts';
import {
  emit,
  endBlock,
  type Lowering,
  newBlock,
  nil,
  slotOf,
  someAt,
  startBlock,
  temporary,
  unknownAt,
} from './lowering.ts';
import { shapeOf, unknownShape } from './shapes.ts';

/** The value of an expression; of a call with several results, the first. */
export function lowerExpression(l: Lowering, expression: Node): Expr {
  const node = unparen(expression);
  const known = l.values.get(node);
  if (known) return known;
  switch (node.kind) {
    case 'identifier':
      return lowerIdentifier(l, node);
    case 'selector_expression':
      return lowerSelector(l, node);
    case 'call_expression':
    case 'type_conversion_expression':
      return lowerCallLike(l, node);
    case 'func_literal':
      return { kind: 'closure', literal: node, captures: capturesOf(l, node) };
    case 'unary_expression':
      return lowerUnary(l, node);
    case 'binary_expression':
      return lowerBinary(l, node);
    case 'composite_literal':
    case 'literal_value':
      return lowerLiteral(l, node);
    case 'index_expression':
      return lowerIndex(l, node);
    case 'type_assertion_expression':
    case 'slice_expression':
    case 'type_instantiation_expression':
    case 'variadic_argument':
      return lowerInner(l, node);
    case 'true':
    case 'false':
      return { kind: 'constant', value: node.kind === 'true' };
    case 'nil':
      return nil;
    default:
      return constantExpr(l, node) ?? unknownAt(node);
  }
}

function constantExpr(l: Lowering, node: Node): Expr | undefined {
  const value = l.code.constantOf(node);
  return value === undefined ? undefined : { kind: 'constant', value };
}

function lowerIdentifier(l: Lowering, node: Node): Expr {
  const binding = l.code.bindingOf(node);
  if (binding?.kind === 'variable') {
    const slot = slotOf(l, binding);
    if (slot !== undefined) return { kind: 'slot', slot };
    if (binding.scope !== 'package') return unknownAt(node);
    return globalExpr(l, node, binding.name, shapeOf(l.code.typeOf(node), l.code));
  }
  if (binding?.kind === 'function') return functionExpr(l, node);
  return constantExpr(l, node) ?? unknownAt(node);
}

/** A package-level variable. One that holds an error is made with the package and stays what it is: it is not nil. */
function globalExpr(l: Lowering, node: Node, name: string, shape: Shape): Expr {
  const type = l.code.typeOf(node);
  const isError = type.kind === 'named' && type.pkg === '' && type.name === 'error';
  const spec = l.code.entityOf(node)?.node;
  const isMade =
    isError && (spec?.kind !== 'var_spec' || child(spec, 'value') !== undefined || isOutside(l, node));
  return { kind: 'global', name, shape, isNil: isMade ? false : undefined };
}

/** In the library, declarations stand without what they are made with. */
function isOutside(l: Lowering, node: Node): boolean {
  return l.code.entityOf(node)?.importPath !== l.code.pkg.importPath;
}

/** A constant or variable of another package. */
function outsideValue(l: Lowering, node: Node): Expr {
  const name = l.code.objectName(node) ?? '';
  return constantExpr(l, node) ?? globalExpr(l, node, name, unknownShape);
}

function functionExpr(l: Lowering, node: Node): Expr {
  const name = l.code.objectName(node);
  return name === undefined ? unknownAt(node) : { kind: 'function', name };
}

function lowerSelector(l: Lowering, node: Node): Expr {
  const entity = l.code.entityOf(node);
  if (l.code.objectName(node) !== undefined)
    return entity?.kind === 'function' ? functionExpr(l, node) : outsideValue(l, node);
  const operand = child(node, 'operand');
  const member = l.code.memberOf(node);
  if (!operand) return unknownAt(node);
  const base = lowerExpression(l, operand);
  // Of a type that is not visible, too, the same field is the same value.
  if (!member)
    return { kind: 'field', of: base, name: textOf(child(node, 'field') ?? node), shape: unknownShape };
  const of = through(l, base, member.through);
  if (member.kind === 'field')
    return { kind: 'field', of, name: member.name, shape: shapeOf(member.type, l.code) };
  const name = `${member.owner ?? '?'}.${member.name}`;
  return { kind: 'method', receiver: of, name, dynamic: member.entity === undefined };
}

/** The value at the end of a chain of embedded fields. */
export function through(l: Lowering, base: Expr, fields: readonly Field[]): Expr {
  return fields.reduce<Expr>(
    (of, field) => ({ kind: 'field', of, name: field.name, shape: shapeOf(field.type, l.code) }),
    base,
  );
}

function lowerCallLike(l: Lowering, call: Node): Expr {
  if (isConversion(l.code, call)) {
    const operand = child(call, 'operand') ?? child(call, 'arguments')?.children[0];
    return constantExpr(l, call) ?? (operand ? lowerExpression(l, operand) : unknownAt(call));
  }
  const [first] = lowerCall(l, call, 'call', 1);
  return first ?? unknownAt(call);
}

function lowerUnary(l: Lowering, node: Node): Expr {
  const operand = child(node, 'operand');
  if (!operand) return unknownAt(node);
  switch (operatorOf(node)) {
    case '<-': {
      const channel = lowerExpression(l, operand);
      const to = temporary(l);
      emit(l, { kind: 'receive', at: node, channel, to, ok: undefined });
      return { kind: 'slot', slot: to };
    }
    case '&':
      return lowerAddress(l, unparen(operand));
    case '*':
      return { kind: 'dereference', of: lowerExpression(l, operand) };
    case '!':
      return { kind: 'not', of: lowerExpression(l, operand) };
    default:
      lowerExpression(l, operand);
      return constantExpr(l, node) ?? unknownAt(node);
  }
}

/** `&x`: memory of its own is its own address; another variable is shared by reference. */
function lowerAddress(l: Lowering, operand: Node): Expr {
  const value = lowerExpression(l, operand);
  if (value.kind === 'slot' && l.slots[value.slot]?.shared) return { kind: 'reference', slot: value.slot };
  return isMemory(shapeOf(l.code.typeOf(operand), l.code)) ? value : someAt(operand);
}

function isMemory(shape: Shape): boolean {
  return shape.kind === 'struct' || shape.kind === 'primitive';
}

function lowerBinary(l: Lowering, node: Node): Expr {
  const constant = constantExpr(l, node);
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  if (constant || !left || !right) return constant ?? unknownAt(node);
  const operator = operatorOf(node);
  const first = lowerExpression(l, left);
  if (operator === '&&' || operator === '||') return lowerConnective(l, node, operator, first, right);
  return { kind: 'binary', operator, left: first, right: lowerExpression(l, right) };
}

/** The right side of a connective is evaluated only if the left one does not decide: in a block of its own. */
function lowerConnective(l: Lowering, node: Node, operator: string, left: Expr, right: Node): Expr {
  const before = { block: l.block, operations: l.operations };
  const inner = newBlock(l);
  startBlock(l, inner);
  const value = lowerExpression(l, right);
  if (l.block === inner && !l.operations.some(isNoticed)) {
    l.block = before.block;
    l.operations = [...before.operations, ...l.operations];
    l.nextBlock = inner;
    return { kind: 'binary', operator, left, right: value };
  }
  const result: Target = { kind: 'slot', slot: temporary(l) };
  const behind = newBlock(l);
  emit(l, { kind: 'assign', at: node, to: result, value, declares: true });
  endBlock(l, { kind: 'jump', at: right, next: behind });
  before.operations.push({ kind: 'assign', at: node, to: result, value: left, declares: true });
  const [yes, no] = operator === '&&' ? [inner, behind] : [behind, inner];
  l.blocks[before.block] = {
    operations: before.operations,
    ending: { kind: 'branch', at: unparen(child(node, 'left') ?? node), condition: result, yes, no },
  };
  startBlock(l, behind);
  return result;
}

/** Whether anybody can tell that an operation was performed. */
function isNoticed({ kind }: Operation): boolean {
  return kind === 'send' || kind === 'receive' || kind === 'call' || kind === 'doubt';
}

/** An element. Whoever has a map can come by what something is stored under. */
function lowerIndex(l: Lowering, node: Node, isStored = false): Expr {
  const [operand, index] = [child(node, 'operand'), child(node, 'index')];
  if (!operand || !index) return unknownAt(node);
  // A generic function with its type argument.
  if (l.code.entityOf(operand)?.kind === 'function') return lowerExpression(l, operand);
  const of = lowerExpression(l, operand);
  const at = lowerExpression(l, index);
  if (isList(l, operand)) return { kind: 'element', of, index: at };
  if (isStored) emit(l, { kind: 'escape', at: node, values: [at] });
  return unknownAt(node);
}

function isList(l: Lowering, operand: Node): boolean {
  const { kind } = l.code.underlyingOf(l.code.typeOf(operand));
  return kind === 'slice' || kind === 'array';
}

function lowerInner(l: Lowering, node: Node): Expr {
  const operand = child(node, 'operand') ?? child(node, 'type') ?? node.children[0];
  if (!operand) return unknownAt(node);
  const value = lowerExpression(l, operand);
  if (node.kind !== 'slice_expression') return value;
  const bounds = node.children.filter((c) => c !== operand);
  for (const bound of bounds) lowerExpression(l, bound);
  // Part of a list has another length.
  return bounds.length > 0 ? unknownAt(node) : value;
}

function lowerLiteral(l: Lowering, node: Node): Expr {
  const body = node.kind === 'literal_value' ? node : childOfKind(node, 'literal_value');
  if (!body) return unknownAt(node);
  const type = l.code.typeOfLiteral(body);
  const under = l.code.underlyingOf(type);
  const values = body.children.map((element) => {
    const key = element.kind === 'keyed_element' ? child(element, 'key') : undefined;
    // What an element of a map is stored under is evaluated; the name of a field is not.
    const place = key && under.kind !== 'struct' ? lowerExpression(l, key.children[0] ?? key) : undefined;
    return { name: key && textOf(key), place, value: valueOfElement(l, element) };
  });
  const to = temporary(l);
  switch (under.kind) {
    case 'struct': {
      const fields = values.map(({ name, value }, i) => ({
        name: name ?? under.fields[i]?.name ?? '',
        value,
      }));
      const shape = shapeOf(type, l.code);
      if (shape.kind === 'unknown') emit(l, { kind: 'escape', at: node, values: fields.map((f) => f.value) });
      emit(l, { kind: 'allocate', at: node, to, shape, fields });
      return shape.kind === 'unknown' ? someAt(node) : { kind: 'slot', slot: to };
    }
    case 'slice':
    case 'array':
      if (values.some((v) => v.name !== undefined)) break;
      emit(l, {
        kind: 'list',
        at: node,
        to,
        items: values.map((v) => v.value),
        length: undefined,
        element: shapeOf(under.elem, l.code),
      });
      return { kind: 'slot', slot: to };
  }
  emit(l, {
    kind: 'escape',
    at: node,
    values: values.flatMap((v) => (v.place ? [v.place, v.value] : [v.value])),
  });
  return someAt(node);
}

function valueOfElement(l: Lowering, element: Node): Expr {
  const value = elementValue(element);
  return value ? lowerExpression(l, value) : unknownAt(element);
}

/** Where an assignment to the expression goes; undefined for the blank identifier and where nothing can follow. */
export function lowerTarget(l: Lowering, expression: Node): Target | undefined {
  const node = unparen(expression);
  if (node.kind === 'blank_identifier' || textOf(node) === '_') return undefined;
  const value = node.kind === 'index_expression' ? lowerIndex(l, node, true) : lowerExpression(l, node);
  switch (value.kind) {
    case 'slot':
    case 'global':
    case 'field':
    case 'element':
    case 'dereference':
      return value;
    default:
      return undefined;
  }
}
