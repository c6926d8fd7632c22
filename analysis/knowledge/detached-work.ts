// Signs that work is cut off from a context on purpose: it cleans up after the context, or it outlives it.

import { placeOf, reachableFrom } from '../flow/graph.ts';
import { isContext } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import { isNamed } from '../model/types.ts';
import {
  child,
  closest,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
} from '../syntax/node.ts';
import { commentsAbove } from './comments.ts';

const cleanup =
  /^(?:shut_?down|close|stop|clean|flush|rollback|abort|release|unlock|revoke|terminate|tear_?down|destroy|dispose|drain|finali[sz]e|deregister|unregister|detach|disconnect|kill|undo|restore|reset)/i;

/** Whether a function's name, without its package, says that it ends or cleans up something. */
export function isCleanupName(name: string): boolean {
  return cleanup.test(name);
}

/** Whether work at `at` is to go on although the context that is in scope may be done. */
export function isDetachedWork(code: Code, at: Node): boolean {
  return isAfterFailure(code, at) || isInCleanup(at) || isExplained(code, at) || isAfterDone(code, at);
}

/** Whether something was just seen to fail or to end where control comes to `at`. */
export function isAfterEnd(code: Code, at: Node): boolean {
  return isAfterFailure(code, at) || isAfterDone(code, at);
}

/** In the branch of an `if` or `case` that is taken after an error, a signal or the end of a context. */
function isAfterFailure(code: Code, at: Node): boolean {
  for (let up = at.parent; up; up = up.parent) {
    if (up.kind === 'communication_case' && isStopSignal(child(up, 'communication'))) return true;
    const condition = up.kind === 'if_statement' ? child(up, 'condition') : undefined;
    const consequence = child(up, 'consequence');
    if (condition && consequence && contains(consequence, at) && saysFailed(code, condition)) return true;
  }
  return false;
}

function isStopSignal(communication: Node | undefined): boolean {
  const from = communication && child(communication, 'right');
  return (
    from !== undefined &&
    /(?:\.Done\(\)|stop|done|quit|shut|exit|clos|sig|term|kill)\w*$/i.test(
      textOf(from).replace(/\(\)$/, '()'),
    )
  );
}

function saysFailed(code: Code, condition: Node): boolean {
  for (const node of descendants(condition)) {
    if (node.kind === 'call_expression') {
      const name = code.calleeName(node);
      if (
        name === 'errors.Is' ||
        name === 'errors.As' ||
        name === 'context.Context.Err' ||
        name === 'context.Cause'
      )
        return true;
    }
    if (
      node.kind !== 'binary_expression' ||
      operatorOf(node) !== '!=' ||
      !node.children.some((c) => c.kind === 'nil')
    )
      continue;
    const value = child(node, 'left');
    const type = value && code.typeOf(value);
    if (type && (isNamed(type, '', 'error') || (type.kind === 'unknown' && /err/i.test(textOf(value)))))
      return true;
  }
  return false;
}

/** In a function whose own name is that of a cleanup. */
function isInCleanup(at: Node): boolean {
  const declaration = closest(at, 'function_declaration', 'method_declaration');
  const name = declaration && child(declaration, 'name');
  return name !== undefined && isCleanupName(textOf(name));
}

const explanation =
  /\b(?:ctx|contexts?|cancel\w*|background|detach\w*|outliv\w*|deadline|time-?outs?|independent\w*|synchronous\w*)\b/i;

/** A comment right above the line speaks of contexts. */
export function isExplained(code: Code, at: Node): boolean {
  return commentsAbove(code, at).some((comment) => explanation.test(comment));
}

/** Where control can come after a receive from the `Done` channel of a context. */
function isAfterDone(code: Code, at: Node): boolean {
  const receives = nodesOf(at.tree, 'unary_expression').filter(
    (node) => operatorOf(node) === '<-' && isDoneChannel(code, child(node, 'operand')),
  );
  return receives.some((receive) => {
    const fn = enclosingFunction(receive);
    if (!fn || !contains(fn, at)) return false;
    const flow = code.flowOf(fn);
    const [from, to] = [placeOf(flow, receive), placeOf(flow, at)];
    if (!from || !to) return false;
    return (from.block === to.block && from.index < to.index) || reachableFrom(from.block).has(to.block);
  });
}

function isDoneChannel(code: Code, channel: Node | undefined): boolean {
  if (channel?.kind !== 'call_expression') return false;
  const fn = child(channel, 'function');
  const operand = fn?.kind === 'selector_expression' ? child(fn, 'operand') : undefined;
  return (
    operand !== undefined &&
    textOf(child(fn as Node, 'field') as Node) === 'Done' &&
    isContext(code.typeOf(operand))
  );
}
