// Where http.Clients are made, and whether something ends the requests that are sent with them.

import type { Code } from '../model/code.ts';
import { argumentsOf, child, type Node, nodesOf, operatorOf, textOf, unparen } from '../syntax/node.ts';
import { fieldValue, isHttp, type Made, madeIn } from './http-made.ts';
import { isToThisMachine, originsOf } from './http-origin.ts';
import { requestBound } from './http-request.ts';
import { fieldOfReceiver, type Use, usesOfField, usesOfValue } from './http-trace.ts';
import { defaultTransportBound, transportBound } from './http-transport.ts';
import { isTestSupport } from './test-support.ts';

/** The methods of a client that send a request of their own making, which has no context. */
export const senders: ReadonlySet<string> = new Set(['Get', 'Head', 'Post', 'PostForm']);

const members = [...senders, 'Do', 'Timeout', 'Transport'];

/** A request that nothing ends. */
export interface EndlessRequest {
  /** The call, or the method value. */
  readonly at: Node;
  readonly code: Code;
  /** To this machine, as far as can be seen. */
  readonly isLoopback: boolean;
}

/** The clients that a declaration makes without a Timeout and with a transport that does not bound them. */
export function clientsMadeIn(code: Code): readonly Made[] {
  return madeIn(code, 'Client', members, (literal) => {
    if (fieldValue(literal, 'Timeout')) return false;
    const transport = fieldValue(literal, 'Transport');
    return (transport ? transportBound(code, transport) : defaultTransportBound(code)) === 'unbounded';
  });
}

/** What becomes of a client that an expression denotes. */
export function clientUses(code: Code, expression: Node): readonly Use[] {
  return usesOfValue(code, expression, members);
}

/** What becomes of the field of a struct that holds, by value, the client that a call sends with. */
export function fieldClientAt(
  code: Code,
  call: Node,
): { readonly field: string; readonly uses: readonly Use[] } | undefined {
  const at = fieldOfReceiver(code, call, (type) => isHttp(type, 'Client'));
  return at && { field: `${at.type}.${at.field}`, uses: usesOfField(code, at, members) };
}

/**
 * The first request of those uses that nothing ends, in one declaration if `within` is given; undefined if there is
 * none or if the client gets a bound.
 */
export function endlessRequest(uses: readonly Use[], within?: Code): EndlessRequest | undefined {
  if (uses.some(isBoundedBy)) return undefined;
  const requests = uses.flatMap((use) =>
    within && use.code.root !== within.root ? [] : (requestOf(use) ?? []),
  );
  return requests.find((r) => !r.isLoopback) ?? requests[0];
}

function isBoundedBy(use: Use): boolean {
  if (use.kind !== 'set') return false;
  if (use.name === '*' || use.name === 'Timeout') return true;
  return use.name === 'Transport' && (!use.value || transportBound(use.code, use.value) !== 'unbounded');
}

function requestOf(use: Use): EndlessRequest | undefined {
  const { code } = use;
  if (use.kind === 'member') {
    return senders.has(use.name) ? { at: use.node, code, isLoopback: false } : undefined;
  }
  if (use.kind !== 'call' || isTestSupport(code)) return undefined;
  const [first] = argumentsOf(use.call);
  if (!first) return undefined;
  const isEndless = senders.has(use.name) || (use.name === 'Do' && requestBound(code, first) === 'unbounded');
  return isEndless
    ? { at: use.call, code, isLoopback: isSentToThisMachine(code, use.name, first) }
    : undefined;
}

function isSentToThisMachine(code: Code, sender: string, first: Node): boolean {
  if (sender !== 'Do') return isToThisMachine(code, first);
  return originsOf(code, first).every((origin) => {
    const url =
      origin.code.calleeName(origin.node) === 'net/http.NewRequest' ? argumentsOf(origin.node)[1] : undefined;
    return url !== undefined && isToThisMachine(origin.code, url);
  });
}

/** Whether a literal is `http.Client{}` or sets nothing but a Timeout. */
export function isPlainClient(literal: Node): boolean {
  return (child(literal, 'body')?.children ?? []).every(
    (e) => e.kind === 'keyed_element' && textOf(child(e, 'key') ?? e) === 'Timeout',
  );
}

/** The composite literal of `http.Client{…}` or `&http.Client{…}`. */
export function clientLiteral(code: Code, expression: Node): Node | undefined {
  const node = unparen(expression);
  const operand =
    node.kind === 'unary_expression' && operatorOf(node) === '&' ? child(node, 'operand') : node;
  const literal = operand && unparen(operand);
  return literal?.kind === 'composite_literal' && isHttp(code.typeOf(literal), 'Client')
    ? literal
    : undefined;
}

/** The places in a declaration that name http.DefaultClient or a function of net/http that sends with it. */
export function defaultReferences(code: Code): readonly Node[] {
  return nodesOf(code.root.tree, 'selector_expression', 'identifier').filter((node) => {
    const name = textOf(node.kind === 'identifier' ? node : (child(node, 'field') ?? node));
    return (name === 'DefaultClient' || senders.has(name)) && code.objectName(node) === `net/http.${name}`;
  });
}
