// Range loops that never run out: over a channel that the standard library promises not to close.

import type { Condition } from '../flow/flow.ts';
import { child, type Node, textOf, unparen } from '../syntax/node.ts';
import type { Code } from './code.ts';
import { isNamed } from './types.ts';

/** Whether the condition says that a range over a ticker's or timer's channel has no next element: it always has. */
export function isEndOfEndless(code: Code, condition: Condition): boolean {
  if (condition.kind !== 'next' || condition.outcome) return false;
  const operand = child(condition.expression, 'right');
  return operand !== undefined && isNeverClosed(code, unparen(operand));
}

function isNeverClosed(code: Code, operand: Node): boolean {
  if (operand.kind === 'call_expression') return code.calleeName(operand) === 'time.Tick';
  const owner = operand.kind === 'selector_expression' ? child(operand, 'operand') : undefined;
  const field = child(operand, 'field');
  if (!owner || !field || textOf(field) !== 'C') return false;
  const type = code.typeOf(owner);
  return isNamed(type, 'time', 'Ticker') || isNamed(type, 'time', 'Timer');
}
