// Signs in a test that the reply to its request has no body: there is nothing to close then, the connection is free.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { argumentsOf, child, type Node, nodesOf, operatorOf, textOf } from '../syntax/node.ts';
import { isTarget } from '../syntax/roles.ts';
import { handlersIn, servedBy, writesNothing } from './http-handler.ts';
import { methodOf } from './http-method.ts';
import type { Duty } from './obligation.ts';

/**
 * Whether a test shows that a request is answered without a body, by what its server does, by the status that it
 * expects, or by asking a server out of sight for a change and looking at nothing but the status.
 */
export function isReplyEmpty(code: Code, duty: Duty, response: Binding | undefined): boolean {
  const uses = response ? usesOfReply(code, duty.acquisition, response) : [];
  const statuses = uses.flatMap((use) => expectedStatuses(code, use));
  if (statuses.some((status) => bodiless.has(status))) return true;
  const handlers = handlersIn(code);
  if (handlers.length === 0)
    // An error has a page that says so, whoever writes it.
    return (
      changes.has(methodOf(code, duty.acquisition) ?? '') &&
      uses.every(looksAtStatus) &&
      !statuses.some((status) => status >= 400n)
    );
  const served = servedBy(code, handlers);
  // Where other code can answer in a handler's place, a redirect or an error is likely its answer.
  if (served === 'not' || (served === 'around' && statuses.some((status) => status >= 300n))) return false;
  const follows = followsRedirects(code, duty.acquisition);
  return handlers.every((handler) => writesNothing(handler, follows));
}

/** 204 No Content and 304 Not Modified have no body by protocol. */
const bodiless: ReadonlySet<bigint> = new Set([204n, 304n]);

/** The methods whose reply is often a status and no more. */
const changes: ReadonlySet<string> = new Set(['PUT', 'DELETE', 'PATCH', 'POST']);

/** The places where the variable stands for this response: until it is given the next one. */
function usesOfReply(code: Code, call: Node, response: Binding): readonly Node[] {
  const later = code.usesOf(response).filter((use) => use.start > call.end);
  const next = later.findIndex(isTarget);
  return next < 0 ? later : later.slice(0, next);
}

/** The constants that the status of a response is compared with where it stands: by an operator or by an assertion. */
function expectedStatuses(code: Code, use: Node): readonly bigint[] {
  const selector = use.parent?.kind === 'selector_expression' ? use.parent : undefined;
  const around = selector?.parent;
  if (!selector || textOf(child(selector, 'field') ?? selector) !== 'StatusCode') return [];
  const beside =
    around?.kind === 'binary_expression' && /^[!=]=$/.test(operatorOf(around))
      ? around.children
      : around?.kind === 'argument_list'
        ? argumentsOf(around.parent as Node)
        : [];
  return beside.flatMap((node) => {
    const value = code.constantOf(node);
    return typeof value === 'bigint' ? [value] : [];
  });
}

const statusFields: ReadonlySet<string> = new Set([
  'StatusCode',
  'Status',
  'Header',
  'Proto',
  'ProtoMajor',
  'TLS',
]);

/** Whether a use of a response reads its status or a header, or asks whether there is one. */
function looksAtStatus(use: Node): boolean {
  const { parent } = use;
  if (parent?.kind === 'selector_expression')
    return statusFields.has(textOf(child(parent, 'field') ?? parent));
  return parent?.kind === 'binary_expression' && parent.children.some((c) => c.kind === 'nil');
}

/** A client that is told what to do about redirects may stop at one, and a transport always does. */
function followsRedirects(code: Code, call: Node): boolean {
  return (
    !code.calleeName(call).endsWith('.RoundTrip') &&
    !nodesOf(code.root.tree, 'field_identifier', 'identifier').some(
      (node) => textOf(node) === 'CheckRedirect',
    )
  );
}
