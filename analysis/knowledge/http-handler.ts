// The handlers that a test gives to its server, and whether they reply with nothing but a status and headers.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed } from '../model/types.ts';
import {
  argumentsOf,
  child,
  contains,
  descendants,
  type Node,
  nodesOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { parameterAt } from '../syntax/roles.ts';
import { fieldValue, isHttp } from './http-made.ts';
import { sourcesOf } from './http-origin.ts';

/** A function with the parameters of an `http.HandlerFunc`. */
export interface Handler {
  /** Where it is written or named in the code that was looked at. */
  readonly at: Node;
  readonly code: Code;
  readonly fn: Node;
}

const deepest = 4;

/** The handlers that a declaration writes down or names, if they are functions of its package. */
export function handlersIn(code: Code): readonly Handler[] {
  const { tree } = code.root;
  const literals = nodesOf(tree, 'func_literal').filter((fn) => takesWriter(code, fn));
  const named = nodesOf(tree, 'identifier', 'selector_expression').flatMap(
    (at) => namedHandler(code, at) ?? [],
  );
  const served = nodesOf(tree, 'composite_literal').flatMap((at) => handlingValue(code, at) ?? []);
  return [...literals.map((fn) => ({ at: fn, code, fn })), ...named, ...served];
}

function takesWriter(code: Code, fn: Node): boolean {
  const [first] = child(fn, 'parameters')?.children ?? [];
  const type = first && child(first, 'type');
  return type !== undefined && isNamed(code.typeOfTypeNode(type), 'net/http', 'ResponseWriter');
}

/** A function or a method that stands as a value. */
function namedHandler(code: Code, at: Node): Handler | undefined {
  if (at.field === 'function' || at.field === 'name') return undefined;
  const member = at.kind === 'selector_expression' ? code.memberOf(at) : undefined;
  const entity = code.entityOf(at) ?? (member?.kind === 'method' ? member.entity : undefined);
  return entity?.kind === 'function' ? asHandler(code, at, entity) : undefined;
}

/** A value of a type of the package that has a method `ServeHTTP`. */
function handlingValue(code: Code, at: Node): Handler | undefined {
  const member = code.memberOfType(code.typeOf(at), 'ServeHTTP');
  return member?.kind === 'method' && member.entity ? asHandler(code, at, member.entity) : undefined;
}

function asHandler(
  code: Code,
  at: Node,
  declaration: NonNullable<Parameters<Code['bodyOf']>[0]['declaration']>,
): Handler | undefined {
  const body = code.bodyOf({ declaration });
  return body && takesWriter(body, body.root) ? { at, code: body, fn: body.root } : undefined;
}

/**
 * How the handlers reply to the requests that a declaration has served: `directly`, through code `around` them that
 * may answer in their place, or `not` all of them.
 */
export type Served = 'directly' | 'around' | 'not';

export function servedBy(code: Code, handlers: readonly Handler[]): Served {
  const served = [
    ...code.calls.flatMap((call) => servedByCall(code, call) ?? []),
    ...nodesOf(code.root.tree, 'composite_literal').flatMap((literal) =>
      isHttp(code.typeOf(literal), 'Server') ? (fieldValue(literal, 'Handler') ?? []) : [],
    ),
  ];
  return worst(served.map((handler) => comesFrom(code, handler, handlers, 0)));
}

const order: readonly Served[] = ['directly', 'around', 'not'];

function worst(ways: readonly Served[]): Served {
  return order.findLast((way) => ways.includes(way)) ?? 'directly';
}

const servers: ReadonlyMap<string, number> = new Map([
  ...['NewServer', 'NewTLSServer', 'NewUnstartedServer'].map((n): [string, number] => [
    `net/http/httptest.${n}`,
    0,
  ]),
  ...['Handle', 'HandleFunc', 'ServeMux.Handle', 'ServeMux.HandleFunc', 'Serve', 'ListenAndServe'].map(
    (n): [string, number] => [`net/http.${n}`, 1],
  ),
]);

function servedByCall(code: Code, call: Node): Node | undefined {
  const position = servers.get(code.calleeName(call));
  return position === undefined ? undefined : argumentsOf(call)[position];
}

/** How an expression for a handler is made of the given ones, through local variables and functions around them. */
function comesFrom(code: Code, expression: Node, handlers: readonly Handler[], depth: number): Served {
  const node = unparen(expression);
  if (node.kind === 'nil' || isMux(code, node) || handlers.some(({ at }) => at === node)) return 'directly';
  const inner = partOf(code, node);
  if (inner) return comesFrom(code, inner, handlers, depth);
  if (handlers.some(({ at }) => contains(node, at))) return 'around';
  if (depth > deepest) return 'not';
  const ways = [...descendants(node)].map((part): Served => {
    const binding = part.kind === 'identifier' ? code.bindingOf(part) : undefined;
    if (binding?.scope !== 'local' || goesElsewhere(code, binding)) return 'not';
    const sources = sourcesOf(code, binding) ?? [];
    const way = worst(sources.map((source) => comesFrom(code, source, handlers, depth + 1)));
    return sources.length === 0 ? 'not' : part === node || way === 'not' ? way : 'around';
  });
  return order.find((way) => ways.includes(way)) ?? 'not';
}

/** What a conversion or a literal's address is taken of: it is the same handler. */
function partOf(code: Code, node: Node): Node | undefined {
  if (node.kind === 'unary_expression') return child(node, 'operand');
  const isConversion =
    node.kind === 'type_conversion_expression' ||
    (node.kind === 'call_expression' &&
      code.objectName(child(node, 'function') ?? node) === 'net/http.HandlerFunc');
  return isConversion ? (child(node, 'operand') ?? argumentsOf(node)[0]) : undefined;
}

/** What a mux handles is registered by calls of its own. */
function isMux(code: Code, node: Node): boolean {
  return code.calleeName(node) === 'net/http.NewServeMux' || /^&(?:http\.)?ServeMux\{\}$/.test(textOf(node));
}

/** Whether a variable that holds a mux is given to a function that may register handlers out of sight. */
function goesElsewhere(code: Code, binding: Binding): boolean {
  if (!isNamed(code.typeOfBinding(binding), 'net/http', 'ServeMux')) return false;
  return code.usesOf(binding).some((use) => {
    const call = use.parent?.kind === 'argument_list' ? use.parent.parent : undefined;
    return call !== undefined && !code.calleeName(call).startsWith('net/http');
  });
}

/**
 * Whether a handler replies with a status and headers at most. `follows`: whoever sends the request follows
 * redirects, whose short bodies are then closed.
 */
export function writesNothing({ code, fn }: Handler, follows: boolean): boolean {
  return !endsAbruptly(code, fn) && !framesBody(fn) && isUnwritten(code, parameterAt(fn, 0), follows, 0);
}

/** What is sent then depends on who recovers. */
function endsAbruptly(code: Code, fn: Node): boolean {
  return code.calls.some((call) => contains(fn, call) && code.calleeName(call) === 'builtin.panic');
}

/** Whether a handler names headers that make an empty reply one that has to be read. */
function framesBody(fn: Node): boolean {
  return nodesOf(fn.tree, 'interpreted_string_literal').some(
    (text) =>
      contains(fn, text) && /^"(?:content-length|transfer-encoding|trailer|upgrade)/i.test(textOf(text)),
  );
}

function isUnwritten(code: Code, writer: Node | undefined, follows: boolean, depth: number): boolean {
  const binding = writer && code.bindingOf(writer);
  if (!binding) return true;
  return code.usesOf(binding).every((use) => use === writer || isEmptyUse(code, use, follows, depth));
}

function isEmptyUse(code: Code, use: Node, follows: boolean, depth: number): boolean {
  const { parent } = use;
  if (parent?.kind === 'selector_expression') {
    const call = parent.field === 'function' ? parent.parent : undefined;
    const name = textOf(child(parent, 'field') ?? parent);
    if (name === 'Header' || name === 'WriteHeader') return call?.kind === 'call_expression';
    return name === 'Write' && call !== undefined && isEmpty(argumentsOf(call)[0]);
  }
  const call = parent?.kind === 'argument_list' ? parent.parent : undefined;
  const callee = call && code.calleeOf(call);
  if (!call || !callee) return false;
  if (callee.name === 'net/http.SetCookie') return true;
  if (callee.name === 'net/http.Redirect') return follows;
  const body = code.bodyOf(callee);
  if (!body || depth >= deepest || endsAbruptly(body, body.root)) return false;
  const parameter = parameterAt(body.root, argumentsOf(call).indexOf(use));
  return isUnwritten(body, parameter, follows, depth + 1);
}

function isEmpty(written: Node | undefined): boolean {
  return written !== undefined && /^(?:nil|\[\]byte(?:\{\}|\(""\)|\(nil\)))$/.test(textOf(written));
}
