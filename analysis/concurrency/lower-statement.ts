// Statements without statements inside them.

import { child, childrenIn, type Node, nodesOf, operatorOf, unparen } from '../syntax/node.ts';
import { isBlank } from '../syntax/roles.ts';
import type { Expr, Target } from './ir.ts';
import { lowerCall } from './lower-call.ts';
import { lowerExpression, lowerTarget } from './lower-expression.ts';
import { emit, type Lowering, nil, slotOf, temporary, unknownAt } from './lowering.ts';

/** Lowers one entry of a flow that is no condition and no communication of a `select`. */
export function lowerEntry(l: Lowering, node: Node): void {
  switch (node.kind) {
    case 'expression_statement':
      for (const expression of node.children) lowerStatementExpression(l, expression);
      return;
    case 'send_statement':
      lowerSend(l, node);
      return;
    case 'short_var_declaration':
    case 'assignment_statement':
      lowerAssignment(l, node);
      return;
    case 'inc_statement':
    case 'dec_statement':
      lowerStep(l, node);
      return;
    case 'var_declaration':
      for (const spec of nodesOf(node.tree, 'var_spec'))
        if (spec.start >= node.start && spec.end <= node.end) lowerVariables(l, spec);
      return;
    case 'go_statement':
    case 'defer_statement': {
      const call = node.children[0] && unparen(node.children[0]);
      if (call?.kind === 'call_expression')
        lowerCall(l, call, node.kind === 'go_statement' ? 'go' : 'defer', 0);
      return;
    }
    case 'return_statement':
    case 'empty_statement':
    case 'const_declaration':
    case 'type_declaration':
    case 'range_clause':
      return;
    default:
      l.values.set(unparen(node), held(l, node, lowerExpression(l, node)));
  }
}

function lowerStatementExpression(l: Lowering, expression: Node): void {
  const node = unparen(expression);
  if (node.kind === 'call_expression') lowerCall(l, node, 'call', 0);
  else if (node.kind === 'unary_expression' && operatorOf(node) === '<-') {
    const operand = child(node, 'operand');
    if (operand)
      emit(l, {
        kind: 'receive',
        at: node,
        channel: lowerExpression(l, operand),
        to: undefined,
        ok: undefined,
      });
  } else lowerExpression(l, node);
}

/** The value of an expression that is used later, when a variable in it may have changed. */
export function held(l: Lowering, at: Node, value: Expr): Expr {
  if (value.kind === 'constant' || value.kind === 'nil' || value.kind === 'function') return value;
  const slot = temporary(l);
  emit(l, { kind: 'assign', at, to: { kind: 'slot', slot }, value, declares: true });
  return { kind: 'slot', slot };
}

function lowerSend(l: Lowering, node: Node): void {
  const [channel, value] = [child(node, 'channel'), child(node, 'value')];
  if (!channel || !value) return;
  emit(l, { kind: 'send', at: node, channel: lowerExpression(l, channel), value: lowerExpression(l, value) });
}

function lowerStep(l: Lowering, node: Node): void {
  const operand = node.children[0];
  const to = operand && lowerTarget(l, operand);
  if (!to) return;
  const operator = node.kind === 'inc_statement' ? '+' : '-';
  const value: Expr = { kind: 'binary', operator, left: to, right: { kind: 'constant', value: 1n } };
  emit(l, { kind: 'assign', at: node, to, value, declares: false });
}

function lowerAssignment(l: Lowering, node: Node): void {
  const left = child(node, 'left')?.children ?? [];
  const right = child(node, 'right')?.children ?? [];
  const operator = node.kind === 'assignment_statement' ? operatorOf(node) : ':=';
  if (operator !== '=' && operator !== ':=') {
    const to = left[0] && lowerTarget(l, left[0]);
    const value = right[0] && lowerExpression(l, right[0]);
    if (to && value)
      emit(l, {
        kind: 'assign',
        at: node,
        to,
        value: { kind: 'binary', operator: operator.slice(0, -1), left: to, right: value },
        declares: false,
      });
    return;
  }
  const targets = left.map((target) => lowerTarget(l, target));
  const values = valuesFor(l, right, left.length);
  // In `a, b = b, a` all values are read before any is written.
  const read = left.length > 1 && right.length > 1 ? values.map((v) => held(l, node, v)) : values;
  left.forEach((target, i) => {
    const to = targets[i];
    const value = read[i] ?? unknownAt(target);
    if (to)
      emit(l, {
        kind: 'assign',
        at: node,
        to,
        value,
        declares: l.code.bindingOf(target)?.declaredAt === target,
      });
    else if (!isBlank(target)) emit(l, { kind: 'escape', at: node, values: [value] });
  });
}

/** The values for so many targets: one each, the results of a call, or a form with `ok`. */
export function valuesFor(l: Lowering, right: readonly Node[], count: number): readonly Expr[] {
  const only = right.length === 1 && count > 1 ? unparen(right[0] as Node) : undefined;
  if (!only) return right.map((value) => lowerExpression(l, value));
  if (only.kind === 'call_expression') return lowerCall(l, only, 'call', count);
  if (only.kind === 'unary_expression' && operatorOf(only) === '<-') {
    const operand = child(only, 'operand');
    const [to, ok] = [temporary(l), temporary(l)];
    if (operand) emit(l, { kind: 'receive', at: only, channel: lowerExpression(l, operand), to, ok });
    return [
      { kind: 'slot', slot: to },
      { kind: 'slot', slot: ok },
    ];
  }
  return [lowerExpression(l, only), unknownAt(only.parent ?? only)];
}

function lowerVariables(l: Lowering, spec: Node): void {
  const names = childrenIn(spec, 'name');
  const list = child(spec, 'value');
  const values = list ? valuesFor(l, list.children, names.length) : [];
  names.forEach((name, i) => {
    const binding = l.code.bindingOf(name);
    const slot = binding && slotOf(l, binding);
    if (slot === undefined) return;
    const to: Target = { kind: 'slot', slot };
    const shape = l.slots[slot]?.shape;
    const value = values[i];
    if (value) emit(l, { kind: 'assign', at: spec, to, value, declares: true });
    else if (shape?.kind === 'struct' || shape?.kind === 'primitive')
      emit(l, { kind: 'allocate', at: name, to: slot, shape, fields: [] });
    else emit(l, { kind: 'assign', at: spec, to, value: zeroValue(name, shape?.kind), declares: true });
  });
}

function zeroValue(at: Node, kind: string | undefined): Expr {
  switch (kind) {
    case 'nil':
      return nil;
    case 'number':
      return { kind: 'constant', value: 0n };
    case 'boolean':
      return { kind: 'constant', value: false };
    case 'string':
      return { kind: 'constant', value: '' };
    default:
      return unknownAt(at);
  }
}
