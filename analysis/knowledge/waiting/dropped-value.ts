// Whether nobody can tell that a goroutine gives up sending a value when a context ends.

import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import {
  argumentsOf,
  child,
  closest,
  enclosingFunction,
  type Node,
  operatorOf,
  textOf,
} from '../../syntax/node.ts';
import { roleOf, targetOf } from '../../syntax/roles.ts';
import { cancelledAtReturn, cancelOf, type EndSignal } from './end-signal.ts';

/**
 * Whether the goroutine `fn` of the function that has the context gives up a send only when that function has returned,
 * or has given up receiving: the context is cancelled when the function returns, which alone receives from the channel,
 * and the value needs no closing.
 */
export function isDroppedWithContext(code: Code, fn: Node, send: Node, context: EndSignal): boolean {
  const { owner, binding } = context;
  const channel = send.kind === 'send_statement' ? child(send, 'channel') : undefined;
  const values = channel?.kind === 'identifier' ? code.bindingOf(channel) : undefined;
  if (values?.scope !== 'local' || context.text !== binding.name || roleOf(fn) !== 'spawned') return false;
  const isOwned =
    enclosingFunction(fn) === owner && values.declaredAt && enclosingFunction(values.declaredAt) === owner;
  if (!isOwned || !cancelledAtReturn(code, binding, owner, fn) || mayNeedClosing(code, values)) return false;
  const isLast = endsWithFunctionOnly(code, binding);
  return code.usesOf(values).every((use) => {
    if (use === values.declaredAt || (use.parent?.kind === 'send_statement' && use.field === 'channel'))
      return true;
    const isReceived = use.parent?.kind === 'unary_expression' && operatorOf(use.parent) === '<-';
    if (!isReceived || enclosingFunction(use) !== owner) return false;
    return isLast || isBesideEnd(use, `<-${binding.name}.Done()`);
  });
}

function mayNeedClosing(code: Code, channel: Binding): boolean {
  const type = code.typeOfBinding(channel);
  const elem = type.kind === 'chan' ? code.underlyingOf(type.elem) : type;
  return (
    type.kind !== 'chan' || elem.kind === 'unknown' || code.memberOfType(type.elem, 'Close') !== undefined
  );
}

/** `context.WithCancel(context.Background())` with a cancel function that is deferred and no more. */
function endsWithFunctionOnly(code: Code, context: Binding): boolean {
  const cancel = cancelOf(code, context);
  const maker = cancel?.declaredAt && closest(cancel.declaredAt, 'short_var_declaration');
  const call = maker && child(maker, 'right')?.children[0];
  const [parent] = call ? argumentsOf(call) : [];
  if (!cancel || !call || !parent || code.calleeName(call) !== 'context.WithCancel') return false;
  const isRoot =
    parent.kind === 'call_expression' && /^context\.(?:Background|TODO)$/.test(code.calleeName(parent));
  return isRoot && targetOf(call, 0) === context.declaredAt && code.usesOf(cancel).length === 2;
}

/** Whether a receive is a case of a `select` that ends with the context, too. */
function isBesideEnd(use: Node, end: string): boolean {
  const clause = closest(use, 'communication_case', 'block');
  const select = clause?.kind === 'communication_case' ? clause.parent : undefined;
  return (select?.children ?? []).some((other) => {
    const communication = child(other, 'communication');
    return communication !== undefined && textOf(communication) === end;
  });
}
