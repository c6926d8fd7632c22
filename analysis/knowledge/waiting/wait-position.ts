// Where a send or receive stands in its statement, and what is evaluated before it.

import type { Code } from '../../model/code.ts';
import { child, contains, descendants, type Node, operatorOf, unparen } from '../../syntax/node.ts';

/** The statement of a list that a node is evaluated with, once and unconditionally. */
export function listedStatement(at: Node): Node | undefined {
  for (let up = at; up.parent; up = up.parent) {
    const { kind, parent } = up;
    if (/_case$|^(?:for_statement|for_clause|range_clause|labeled_statement)$/.test(kind) || isSkippable(up))
      return undefined;
    if (parent.kind === 'statement_list') return up;
    // An `else if` has no place before it.
    if (kind === 'if_statement') return undefined;
  }
  return undefined;
}

/** Whether an operand is evaluated only if the one before it says so. */
function isSkippable(operand: Node): boolean {
  const { parent, field } = operand;
  return (
    parent?.kind === 'binary_expression' && field === 'right' && /^(?:&&|\|\|)$/.test(operatorOf(parent))
  );
}

/** Whether a statement can stand as it is between `case` and `:` for the wait in it. */
export function isCommunication(wait: Node, statement: Node): boolean {
  if (statement === wait) return true;
  if (statement.kind === 'expression_statement') return isOnly(wait, statement.children[0]);
  if (statement.kind !== 'assignment_statement' || operatorOf(statement) !== '=') return false;
  // Where a value goes is found out before it is received, but in a case only after that.
  const isSimple = (target: Node): boolean =>
    /^(?:identifier|blank_identifier)$/.test(target.kind) ||
    (target.kind === 'selector_expression' && isSimple(child(target, 'operand') ?? target));
  const [left, right] = [child(statement, 'left')?.children ?? [], child(statement, 'right')?.children ?? []];
  return right.length === 1 && isOnly(wait, right[0]) && left.every(isSimple);
}

function isOnly(wait: Node, expression: Node | undefined): boolean {
  return expression !== undefined && unparen(expression) === wait;
}

/** `v := <-in`, `v, ok := <-in` */
export function isDeclaring(wait: Node, statement: Node): boolean {
  const right = statement.kind === 'short_var_declaration' ? (child(statement, 'right')?.children ?? []) : [];
  return right.length === 1 && isOnly(wait, right[0]);
}

/** Whether something is called or received in a statement before a receive in it. */
export function isAfterEffects(code: Code, wait: Node, statement: Node): boolean {
  return [...descendants(statement)].some((node) => {
    if (node.start >= wait.start || contains(node, wait)) return false;
    if (node.kind === 'unary_expression') return operatorOf(node) === '<-';
    return node.kind === 'call_expression' && code.calls.includes(node);
  });
}

/** Whether a use of a channel closes it. */
export function isClosedAt(code: Code, use: Node): boolean {
  const call = use.parent?.kind === 'argument_list' ? use.parent.parent : undefined;
  return call?.kind === 'call_expression' && code.calleeName(call) === 'builtin.close';
}
