// What a test shows of the responses that it gets, beyond what becomes of their bodies.

import { writtenName } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { argumentsOf, closest, enclosingFunction, type Node } from '../syntax/node.ts';
import { parameterAt, targetOf } from '../syntax/roles.ts';
import { commentsIn } from './comments.ts';
import { isReplyEmpty } from './http-empty-reply.ts';
import { promisesBody } from './http-response.ts';
import type { Duty, Leak } from './obligation.ts';
import { successAfter } from './success.ts';

/** Whether the call is that of a `go` or `defer` statement: its results are nobody's. */
export function runsBeside(call: Node): boolean {
  return call.parent?.kind === 'go_statement' || call.parent?.kind === 'defer_statement';
}

/** Whether a use of a response selects its body. */
export function selectsBody(use: Node): boolean {
  return /^\.Body\b/.test(use.tree.text.slice(use.end));
}

/** Whether a test shows that nothing is left open, or that it wants what is. */
export function isSettledInTest(
  code: Code,
  duty: Duty,
  obligation: Leak | { readonly kind: 'discarded' },
): boolean {
  const call = duty.acquisition;
  // A transport of the test's own has no connection.
  if (writtenName(call) === 'RoundTrip' && !promisesBody(code, call)) return true;
  if (obligation.kind === 'leaks')
    return isMeantInTest(code, duty, obligation.binding) || isReplyEmpty(code, duty, obligation.binding);
  return (!runsBeside(call) && !isTakenToSucceed(code, duty)) || isReplyEmpty(code, duty, undefined);
}

/** A test that reads the body, or speaks of its close in a comment, has settled what becomes of the connection. */
function isMeantInTest(code: Code, duty: Duty, response: Binding): boolean {
  const fn = enclosingFunction(duty.acquisition) ?? code.root;
  return (
    code.usesOf(response).some((use) => readsBody(code, use)) ||
    commentsIn(code, fn).some((comment) => /\bClose\b/.test(comment))
  );
}

/** Whether a use selects the body, or gives the response to a function of the package that does. */
function readsBody(code: Code, use: Node): boolean {
  const call = use.parent?.kind === 'argument_list' ? use.parent.parent : undefined;
  const callee = call?.kind === 'call_expression' ? code.calleeOf(call) : undefined;
  const body = callee && code.bodyOf(callee);
  const parameter = body && call && parameterAt(body.root, argumentsOf(call).indexOf(use));
  const binding = parameter && body.bindingOf(parameter);
  return (
    selectsBody(use) ||
    (body !== undefined && binding !== undefined && body.usesOf(binding).some(selectsBody))
  );
}

/** Tests often drop the response of a request that is meant to fail; one that must not fail is checked for that. */
function isTakenToSucceed(code: Code, duty: Duty): boolean {
  const error = targetOf(duty.acquisition, duty.error ?? -1);
  const statement = closest(duty.acquisition, 'short_var_declaration', 'assignment_statement');
  if (!error || statement?.parent === undefined) return false;
  return statement.field === 'initializer' || successAfter(code, statement, error) !== undefined;
}
