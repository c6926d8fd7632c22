// The part that a node plays in the syntax around it: a target of an assignment, a parameter, a called literal.

import { child, childrenIn, enclosingFunction, type Node, operatorOf, textOf, unparen } from './node.ts';

/** Whether an expression stands where a value is assigned to: left of `=` or `:=`. */
export function isTarget(at: Node): boolean {
  return (
    at.parent?.kind === 'expression_list' &&
    at.parent.field === 'left' &&
    at.parent.parent?.kind !== 'send_statement'
  );
}

/** What the `result`-th result of an expression is assigned or bound to, if it stands right of a `=` or `:=`. */
export function targetOf(expression: Node, result: number): Node | undefined {
  const list = expression.parent;
  const statement = list?.kind === 'expression_list' && list.field !== 'left' ? list.parent : undefined;
  if (!list || !statement) return undefined;
  const position = list.children.length === 1 ? result : list.children.indexOf(expression);
  switch (statement.kind) {
    case 'assignment_statement':
      return operatorOf(statement) === '=' ? child(statement, 'left')?.children[position] : undefined;
    case 'short_var_declaration':
      return child(statement, 'left')?.children[position];
    case 'var_spec':
      return childrenIn(statement, 'name')[position];
    default:
      return undefined;
  }
}

/** What a name is assigned where it stands left of `=` or `:=`, or is declared: of a call with several results, the call. */
export function assignedTo(name: Node): Node | undefined {
  const isSpec = name.parent?.kind === 'var_spec';
  const statement = isSpec ? name.parent : name.parent?.parent;
  const values = statement && (child(statement, 'right') ?? child(statement, 'value'))?.children;
  const names = isSpec && statement ? childrenIn(statement, 'name') : (name.parent?.children ?? []);
  return values?.length === 1 ? values[0] : values?.[names.indexOf(name)];
}

export function isBlank(target: Node): boolean {
  return target.kind === 'blank_identifier' || textOf(target) === '_';
}

export function isAddressTaken(use: Node): boolean {
  return use.parent?.kind === 'unary_expression' && operatorOf(use.parent) === '&';
}

/** How a function literal is used where it stands. */
export type LiteralRole = 'called' | 'deferred' | 'spawned' | 'value';

export function roleOf(literal: Node): LiteralRole {
  let at = literal;
  while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
  const call = at.parent;
  if (call?.kind !== 'call_expression' || child(call, 'function') !== at) return 'value';
  if (call.parent?.kind === 'go_statement') return 'spawned';
  return call.parent?.kind === 'defer_statement' ? 'deferred' : 'called';
}

/** The function literal right under `fn` that holds a node; undefined if the node is in `fn` itself. */
export function literalUnder(fn: Node, node: Node): Node | undefined {
  let literal: Node | undefined;
  for (let at = enclosingFunction(node); at && at !== fn; at = enclosingFunction(at)) literal = at;
  return literal;
}

/** The identifier that declares a function's parameter at a position; undefined if it has no name there. */
export function parameterAt(fn: Node, position: number): Node | undefined {
  let at = 0;
  for (const parameter of child(fn, 'parameters')?.children ?? []) {
    if (parameter.kind !== 'parameter_declaration') return undefined;
    const names = childrenIn(parameter, 'name');
    const count = Math.max(names.length, 1);
    if (position < at + count) return names[position - at];
    at += count;
  }
  return undefined;
}

/** Whether a function takes any number of arguments at a position. */
export function isVariadicAt(fn: Node, position: number): boolean {
  let at = 0;
  for (const parameter of child(fn, 'parameters')?.children ?? []) {
    if (parameter.kind !== 'parameter_declaration') return position >= at;
    at += Math.max(childrenIn(parameter, 'name').length, 1);
  }
  return false;
}

/** What a `select` evaluates of a case before it chooses one: the channel, and the value of a send. */
export function communicationOperands(clause: Node): readonly Node[] {
  const communication = child(clause, 'communication');
  if (!communication) return [];
  if (communication.kind === 'send_statement') return communication.children;
  const receive = child(communication, 'right');
  const operand = receive && child(unparen(receive), 'operand');
  return operand ? [operand] : [];
}
