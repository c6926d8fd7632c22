// How many goroutines of an errgroup.Group may run at once.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { child, type Node, textOf, unparen } from '../syntax/node.ts';

/** The variable that holds the group of a call of `Go`, if the function declares it and only calls its methods. */
export function ownGroup(code: Code, call: Node): Binding | undefined {
  const receiver = code.calleeOf(call)?.receiver;
  const named = receiver && unparen(receiver);
  const binding = named?.kind === 'identifier' ? code.bindingOf(named) : undefined;
  if (binding?.scope !== 'local') return undefined;
  const isOwn = code
    .usesOf(binding)
    .every((use) => use === binding.declaredAt || methodOf(use) !== undefined);
  return isOwn ? binding : undefined;
}

/** The method that is called on a use of a variable. */
function methodOf(use: Node): string | undefined {
  const selector =
    use.parent?.kind === 'selector_expression' && use.field === 'operand' ? use.parent : undefined;
  const field = selector && child(selector, 'field');
  return selector?.field === 'function' && field ? textOf(field) : undefined;
}

/** Whether `SetLimit` is called on the group of a call of `Go`; `unknown` if others have the group. */
export function groupLimit(code: Code, call: Node): 'none' | 'set' | 'unknown' {
  const group = ownGroup(code, call);
  if (!group) return 'unknown';
  return code.usesOf(group).some((use) => methodOf(use) === 'SetLimit') ? 'set' : 'none';
}
