// Whether an http.RoundTripper gives up on a server that does not answer.

import type { Code } from '../model/code.ts';
import { isNamed } from '../model/types.ts';
import { child, contains, type Node, nodesOf, operatorOf, textOf, unparen } from '../syntax/node.ts';
import { isTarget } from './http-cell.ts';
import { fieldValue, isPositional } from './http-made.ts';
import { sourcesOf } from './http-origin.ts';
import type { Bound } from './http-request.ts';
import { type Use, usesOfValue } from './http-trace.ts';

const dialers = ['DialContext', 'Dial', 'DialTLSContext', 'DialTLS'] as const;
const harmless: ReadonlySet<string> = new Set([
  'net/http.Client',
  'golang.org/x/net/http2.ConfigureTransport',
  'golang.org/x/net/http2.ConfigureTransports',
]);

/** What bounds the wait for a response's header; a transport that is not net/http's own is unknown. */
export function transportBound(code: Code, expression: Node, depth = 0): Bound {
  const node = unparen(expression);
  if (depth > 6) return 'unknown';
  switch (node.kind) {
    case 'nil':
      return defaultTransportBound(code);
    case 'unary_expression': {
      const operand = child(node, 'operand');
      return operatorOf(node) === '&' && operand ? transportBound(code, operand, depth + 1) : 'unknown';
    }
    case 'composite_literal':
      return isNamed(code.typeOf(node), 'net/http', 'Transport')
        ? later(code, node, literalBound(code, node))
        : 'unknown';
    case 'type_assertion_expression': {
      const operand = child(node, 'operand');
      return operand ? transportBound(code, operand, depth + 1) : 'unknown';
    }
    case 'call_expression': {
      const callee = code.calleeOf(node);
      if (callee?.name === 'builtin.new')
        return isNamed(code.typeOf(node), 'net/http', 'Transport')
          ? later(code, node, 'unbounded')
          : 'unknown';
      if (callee?.name !== 'net/http.Transport.Clone' || !callee.receiver) return 'unknown';
      return later(code, node, transportBound(code, callee.receiver, depth + 1));
    }
    default:
      return namedTransport(code, node, depth);
  }
}

function namedTransport(code: Code, node: Node, depth: number): Bound {
  const object = code.objectName(node);
  if (object === 'net/http.DefaultTransport') return defaultTransportBound(code);
  if (object?.startsWith(`${code.pkg.importPath}.`)) {
    const name = object.slice(code.pkg.importPath.length + 1);
    for (const other of code.packageCode(name)) {
      for (const spec of nodesOf(other.root.tree, 'var_spec')) {
        const [only, ...more] = spec.children.filter((c) => c.field === 'name');
        const value = child(spec, 'value')?.children[0];
        if (only && more.length === 0 && textOf(only) === name && other.root.kind === 'var_declaration') {
          return value ? transportBound(other, value, depth + 1) : 'unknown';
        }
      }
    }
    return 'unknown';
  }
  const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
  if (binding?.scope !== 'local') return 'unknown';
  const bounds = sourcesOf(code, binding)?.map((value) => transportBound(code, value, depth + 1)) ?? [];
  return bounds.length > 0 && bounds.every((bound) => bound === 'unbounded')
    ? 'unbounded'
    : bounds.includes('bounded')
      ? 'bounded'
      : 'unknown';
}

function literalBound(code: Code, literal: Node): Bound {
  if (isPositional(literal)) return 'unknown';
  const timeout = fieldValue(literal, 'ResponseHeaderTimeout');
  if (timeout && code.constantOf(timeout) !== 0n) return 'bounded';
  const bounds = dialers.map((dialer) => dialBound(code, fieldValue(literal, dialer)));
  return bounds.every((bound) => bound === 'unbounded') ? 'unbounded' : 'unknown';
}

/** Whether the connections that a dial function makes can have deadlines of their own. */
function dialBound(code: Code, dial: Node | undefined): Bound {
  if (!dial || dial.kind === 'nil') return 'unbounded';
  const node = unparen(dial);
  // `(&net.Dialer{Timeout: d}).DialContext` bounds the connecting alone.
  const operand = node.kind === 'selector_expression' ? child(node, 'operand') : undefined;
  if (operand && isNamed(code.typeOf(operand), 'net', 'Dialer')) return 'unbounded';
  if (node.kind !== 'func_literal' || /Deadline|unix|pipe/i.test(textOf(node))) return 'unknown';
  const dials = code.calls.some(
    (call) => contains(node, call) && /^net\.(?:Dialer\.)?Dial/.test(code.calleeName(call)),
  );
  return dials ? 'unbounded' : 'unknown';
}

/** The bound of a transport, with what is done to it after it was made. */
function later(code: Code, made: Node, bound: Bound): Bound {
  if (bound === 'bounded') return bound;
  const uses = usesOfValue(code, made, []);
  if (uses.some((use) => use.kind === 'set' && use.name === 'ResponseHeaderTimeout')) return 'bounded';
  return uses.every(keepsUnbounded) ? bound : 'unknown';
}

function keepsUnbounded(use: Use): boolean {
  switch (use.kind) {
    case 'away':
      return harmless.has(use.to);
    case 'set':
      return use.name !== '*' && !use.name.startsWith('Dial');
    case 'call':
      return use.name !== 'RegisterProtocol';
    case 'member':
    case 'replaced':
      return true;
  }
}

/** Unbounded, unless the package changes it or puts another in its place. */
export function defaultTransportBound(code: Code): Bound {
  return isChanged(code, 'DefaultTransport', /^ResponseHeaderTimeout$|^Dial/) ? 'unknown' : 'unbounded';
}

/** The same of http.DefaultClient. */
export function defaultClientBound(code: Code): Bound {
  return isChanged(code, 'DefaultClient', /^(?:Timeout|Transport)$/)
    ? 'unknown'
    : defaultTransportBound(code);
}

/** Whether the package assigns to a variable of net/http or to one of those of its fields. */
function isChanged(code: Code, name: string, fields: RegExp): boolean {
  return code.packageCode(name).some((other) =>
    nodesOf(other.root.tree, 'selector_expression', 'identifier').some((node) => {
      if (!textOf(node).endsWith(name) || other.objectName(node) !== `net/http.${name}`) return false;
      let at: Node = node;
      while (
        at.parent &&
        /^(?:parenthesized_expression|type_assertion_expression|unary_expression)$/.test(at.parent.kind)
      )
        at = at.parent;
      if (isTarget(at)) return true;
      const field =
        at.parent?.kind === 'selector_expression' && at.field === 'operand'
          ? child(at.parent, 'field')
          : undefined;
      if (field && at.parent && fields.test(textOf(field)) && isTarget(at.parent)) return true;
      // `tr := http.DefaultTransport.(*http.Transport)` is another name for it.
      if (at.kind !== 'type_assertion_expression') return false;
      return usesOfValue(other, at, []).some((use) => use.kind === 'set' && fields.test(use.name));
    }),
  );
}
