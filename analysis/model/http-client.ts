// Where http.Clients are made, and whether something ends the requests that are sent with them.

import { importsOf } from '../syntax/imports.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import type { Code } from './code.ts';
import { isLoopback, leadingText, requestBound } from './http-request.ts';
import { fieldOfReceiver, type Use, usesOfField, usesOfValue, usesOfVariable } from './http-trace.ts';
import { defaultTransportBound, fieldValue, isPositional, transportBound } from './http-transport.ts';
import { isNamed, type Type } from './types.ts';

/** The methods of a client that send a request of their own making, which has no context. */
export const senders: ReadonlySet<string> = new Set(['Get', 'Head', 'Post', 'PostForm']);

const members = [...senders, 'Do', 'Timeout', 'Transport'];

/** A client without a Timeout and what becomes of it. */
export interface MadeClient {
  /** The literal, the call of `new`, or the name of the variable whose zero value it is. */
  readonly at: Node;
  readonly form: 'literal' | 'new' | 'zero';
  readonly uses: readonly Use[];
}

/** A request that nothing ends. */
export interface EndlessRequest {
  /** The call, or the method value. */
  readonly at: Node;
  readonly code: Code;
  /** To this machine, as far as can be seen. */
  readonly isLoopback: boolean;
}

/** Whether the type is `http.Client` itself, not a pointer to it. */
function isClient(type: Type): boolean {
  return type.kind === 'named' && isNamed(type, 'net/http', 'Client');
}

/** The clients that a declaration makes without a Timeout and with a transport that does not bound them. */
export function clientsMadeIn(code: Code): readonly MadeClient[] {
  const { tree } = code.root;
  const literals = nodesOf(tree, 'composite_literal')
    .filter((literal) => isClient(code.typeOf(literal)) && isEndlessLiteral(code, literal))
    .map((at): MadeClient => ({ at, form: 'literal', uses: usesOfValue(code, at, members) }));
  const news = code.calls
    .filter((call) => code.calleeName(call) === 'builtin.new' && isNewClient(code, call))
    .map((at): MadeClient => ({ at, form: 'new', uses: usesOfValue(code, at, members) }));
  const zeros = nodesOf(tree, 'var_spec')
    .filter(
      (spec) =>
        !child(spec, 'value') &&
        child(spec, 'type') &&
        isClient(code.typeOfTypeNode(child(spec, 'type') as Node)),
    )
    .flatMap((spec) => childrenIn(spec, 'name'))
    .map((at): MadeClient => ({ at, form: 'zero', uses: usesOfVariable(code, at, members) }))
    .filter(({ uses }) => !uses.some((use) => use.kind === 'replaced'));
  return [...literals, ...news, ...zeros];
}

function isNewClient(code: Code, call: Node): boolean {
  const [type] = argumentsOf(call);
  return type !== undefined && isClient(code.typeOfTypeNode(type));
}

function isEndlessLiteral(code: Code, literal: Node): boolean {
  if (isPositional(literal) || fieldValue(literal, 'Timeout')) return false;
  const transport = fieldValue(literal, 'Transport');
  return (transport ? transportBound(code, transport) : defaultTransportBound(code)) === 'unbounded';
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
  const at = fieldOfReceiver(code, call, isClient);
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
  if (senders.has(use.name)) return { at: use.call, code, isLoopback: isLoopback(leadingText(code, first)) };
  return use.name === 'Do' && requestBound(code, first) === 'unbounded'
    ? { at: use.call, code, isLoopback: false }
    : undefined;
}

const testPackages =
  /^(?:testing|net\/http\/httptest|github\.com\/onsi\/.*|github\.com\/stretchr\/testify\/.*)$/;

/** Whether the code is part of a test: the time limit of the test run ends what hangs there. */
export function isTestSupport(code: Code): boolean {
  if (code.isTest || testPackages.test(code.pkg.importPath)) return true;
  return importsOf(code.file).some((spec) => testPackages.test(spec.path));
}

/** What of a response is there before its body. */
const heads: ReadonlySet<string> = new Set([
  'Status',
  'StatusCode',
  'Header',
  'ContentLength',
  'Proto',
  'TLS',
  'Cookies',
  'Location',
]);
const wholeReaders: ReadonlySet<string> = new Set(['io.ReadAll', 'io/ioutil.ReadAll']);

/**
 * Whether the function that sends the request reads the whole response, or nothing of it, so that a limit on the
 * whole exchange cannot cut a stream that it goes on reading.
 */
export function isReadAtOnce(code: Code, call: Node): boolean {
  const statement = call.parent?.kind === 'expression_list' ? call.parent.parent : undefined;
  const target =
    statement?.kind === 'short_var_declaration' ? child(statement, 'left')?.children[0] : undefined;
  const fn = enclosingFunction(call);
  if (!target || !fn || /event-stream|stream|websocket|upgrade/i.test(textOf(fn))) return false;
  const binding = code.bindingOf(target);
  if (!binding) return target.kind === 'blank_identifier' || textOf(target) === '_';
  return code.usesOf(binding).every((use) => use === target || isHarmlessRead(code, use));
}

function isHarmlessRead(code: Code, response: Node): boolean {
  const selector = response.parent;
  if (selector?.kind === 'binary_expression') return true;
  if (selector?.kind !== 'selector_expression') return false;
  const field = textOf(child(selector, 'field') ?? selector);
  if (field !== 'Body') return heads.has(field);
  const parent = selector.parent;
  if (parent?.kind === 'selector_expression') return textOf(child(parent, 'field') ?? parent) === 'Close';
  const call = isArgument(selector) ? parent?.parent : undefined;
  if (!call) return false;
  const name = code.calleeName(call);
  if (wholeReaders.has(name)) return true;
  if (name === 'io.Copy') return code.objectName(argumentsOf(call)[0] as Node) === 'io.Discard';
  const chained = call.parent?.kind === 'selector_expression' ? child(call.parent, 'field') : undefined;
  return name === 'encoding/json.NewDecoder' && chained !== undefined && textOf(chained) === 'Decode';
}

function isArgument(node: Node): boolean {
  return node.parent?.kind === 'argument_list';
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
  return literal?.kind === 'composite_literal' && isClient(code.typeOf(literal)) ? literal : undefined;
}

/** The places in a declaration that name http.DefaultClient or a function of net/http that sends with it. */
export function defaultReferences(code: Code): readonly Node[] {
  return nodesOf(code.root.tree, 'selector_expression', 'identifier').filter((node) => {
    const name = textOf(node.kind === 'identifier' ? node : (child(node, 'field') ?? node));
    return (name === 'DefaultClient' || senders.has(name)) && code.objectName(node) === `net/http.${name}`;
  });
}

/** The declaration of a zero variable, and the text that makes its value a literal with the given field. */
export function initialised(
  name: Node,
  field: string,
): { readonly node: Node; readonly text: string } | undefined {
  const spec = name.parent;
  const type = spec && child(spec, 'type');
  if (!spec || !type || childrenIn(spec, 'name').length > 1) return undefined;
  const literal = `${textOf(type)}{${field}}`;
  const isShort = spec.parent?.kind === 'var_declaration' && enclosingFunction(spec) !== undefined;
  return isShort
    ? { node: spec.parent, text: `${textOf(name)} := ${literal}` }
    : { node: spec, text: `${textOf(name)} = ${literal}` };
}
