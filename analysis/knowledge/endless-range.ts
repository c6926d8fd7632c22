// Range loops that never run out: over a channel that the standard library promises not to close.

import type { Condition } from '../flow/flow.ts';
import type { Code } from '../model/code.ts';
import { isNamed } from '../model/types.ts';
import { child, type Node, textOf, unparen } from '../syntax/node.ts';
import { isTarget } from '../syntax/roles.ts';

/** Whether the condition says that a range over a ticker's or timer's channel has no next element: it always has. */
export function isEndOfEndless(code: Code, condition: Condition): boolean {
  if (condition.kind !== 'next' || condition.outcome) return false;
  const operand = child(condition.expression, 'right');
  return operand !== undefined && isNeverClosed(code, unparen(operand));
}

function isNeverClosed(code: Code, operand: Node): boolean {
  if (operand.kind === 'call_expression') return code.calleeName(operand) === 'time.Tick';
  if (operand.kind === 'identifier') return isOnlyValue(code, operand);
  const owner = operand.kind === 'selector_expression' ? child(operand, 'operand') : undefined;
  const field = child(operand, 'field');
  if (!owner || !field || textOf(field) !== 'C') return false;
  const type = code.typeOf(owner);
  return isNamed(type, 'time', 'Ticker') || isNamed(type, 'time', 'Timer');
}

/** Whether a local variable has no other value than such a channel. */
function isOnlyValue(code: Code, variable: Node): boolean {
  const binding = code.bindingOf(variable);
  const list = binding?.scope === 'local' ? binding.declaredAt?.parent : undefined;
  if (!binding || list?.parent?.kind !== 'short_var_declaration' || list.children.length !== 1) return false;
  if (code.usesOf(binding).filter(isTarget).length !== 1) return false;
  const value = child(list.parent, 'right')?.children[0];
  return value !== undefined && value.kind !== 'identifier' && isNeverClosed(code, unparen(value));
}
