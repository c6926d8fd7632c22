// Which method the request has that a call sends.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed } from '../model/types.ts';
import {
  argumentsOf,
  child,
  closest,
  contains,
  enclosingFunction,
  type Node,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isTarget, parameterAt } from '../syntax/roles.ts';
import { fieldValue } from './http-made.ts';
import { sourcesOf } from './http-origin.ts';

/** The call that a function of the package is looked at for: its arguments are the values of the parameters. */
interface Frame {
  readonly code: Code;
  readonly call: Node;
  readonly outer: Frame | undefined;
}

const deepest = 4;

/** By name: of functions and methods of net/http that make their own request. */
const senders: ReadonlyMap<string, string> = new Map([
  ['Get', 'GET'],
  ['Head', 'HEAD'],
  ['Post', 'POST'],
  ['PostForm', 'POST'],
]);

/** Where the method stands among the arguments of what makes a request. */
const makers: ReadonlyMap<string, number> = new Map([
  ['net/http.NewRequest', 0],
  ['net/http.NewRequestWithContext', 1],
  ['net/http/httptest.NewRequest', 0],
  ['net/http/httptest.NewRequestWithContext', 1],
]);

/** The method of the request that a call sends, directly or in a function of the package; undefined if not seen. */
export function methodOf(code: Code, call: Node): string | undefined {
  return sentBy(code, call, undefined);
}

/** The response to a HEAD request has no body: closing it is good manners. */
export function isHead(code: Code, call: Node): boolean {
  return methodOf(code, call) === 'HEAD';
}

function sentBy(code: Code, call: Node, frame: Frame | undefined): string | undefined {
  const own = ownMethod(code, call);
  if (own) return own;
  const request = argumentsOf(call).find((a) => isNamed(code.typeOf(a), 'net/http', 'Request'));
  return request ? methodOfRequest(code, request, call, frame) : methodInBody(code, call, frame);
}

function ownMethod(code: Code, call: Node): string | undefined {
  const [, name] = /^net\/http\.(?:Client\.)?(\w+)$/.exec(code.calleeName(call)) ?? [];
  return name === undefined ? undefined : senders.get(name);
}

/** The method of the `*http.Request` that an expression denotes where `at` runs. */
function methodOfRequest(
  code: Code,
  expression: Node,
  at: Node,
  frame: Frame | undefined,
): string | undefined {
  const node = unparen(expression);
  switch (node.kind) {
    case 'identifier':
      return methodOfVariable(code, node, at, frame);
    case 'call_expression':
      return methodMadeBy(code, node, frame);
    case 'unary_expression': {
      const literal = child(node, 'operand');
      if (operatorOf(node) !== '&' || literal?.kind !== 'composite_literal') return undefined;
      const method = fieldValue(literal, 'Method');
      return method ? constantIn(code, method, frame) : 'GET';
    }
    default:
      return undefined;
  }
}

function methodOfVariable(code: Code, node: Node, at: Node, frame: Frame | undefined): string | undefined {
  const binding = code.bindingOf(node);
  if (!binding?.declaredAt || code.usesOf(binding).some(isMethodSet)) return undefined;
  if (binding.scope === 'parameter') {
    const argument = argumentFor(binding, frame);
    return frame && argument ? methodOfRequest(frame.code, argument, frame.call, frame.outer) : undefined;
  }
  const source = valueAt(code, binding, at);
  return source && methodOfRequest(code, source, source, frame);
}

/** `req.Method = …` */
function isMethodSet(use: Node): boolean {
  const selector = use.parent?.kind === 'selector_expression' ? use.parent : undefined;
  return (
    selector !== undefined && textOf(child(selector, 'field') ?? selector) === 'Method' && isTarget(selector)
  );
}

/** What a local variable was last given before `at`, if that happens whenever `at` is reached. */
function valueAt(code: Code, binding: Binding, at: Node): Node | undefined {
  const sources = sourcesOf(code, binding) ?? [];
  if (sources.length < 2) return sources[0];
  const last = sources.filter((source) => source.end <= at.start).at(-1);
  const list =
    last && closest(last, 'short_var_declaration', 'assignment_statement', 'var_declaration')?.parent;
  const isAlways = list?.kind === 'statement_list' && contains(list, at);
  return isAlways && enclosingFunction(last as Node) === enclosingFunction(at) ? last : undefined;
}

function methodMadeBy(code: Code, call: Node, frame: Frame | undefined): string | undefined {
  const callee = code.calleeOf(call);
  const position = makers.get(callee?.name ?? '');
  if (position !== undefined) {
    const method = argumentsOf(call)[position];
    return method && constantIn(code, method, frame);
  }
  if (/^net\/http\.Request\.(?:WithContext|Clone)$/.test(callee?.name ?? '') && callee?.receiver)
    return methodOfRequest(code, callee.receiver, call, frame);
  if (callee && code.bodyOf(callee)) return methodInBody(code, call, frame);
  // A function that is not visible and is given the name of a method makes a request with it.
  return argumentsOf(call)
    .map((a) => code.constantOf(a))
    .find(
      (value) => typeof value === 'string' && /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(value),
    ) as string | undefined;
}

/** The method of all requests that the called function of the package makes. */
function methodInBody(code: Code, call: Node, frame: Frame | undefined): string | undefined {
  const callee = code.calleeOf(call);
  const body = callee && code.bodyOf(callee);
  if (!body || depthOf(frame) >= deepest) return undefined;
  const inner: Frame = { code, call, outer: frame };
  const methods = body.calls.flatMap((made) => {
    const own = ownMethod(body, made);
    if (own) return [own];
    return makesRequest(body, made) ? [methodMadeBy(body, made, inner)] : [];
  });
  const [first] = methods;
  return methods.every((method) => method === first) ? first : undefined;
}

/** Whether a call is one of net/http or of the package that returns a new request. */
function makesRequest(code: Code, call: Node): boolean {
  const callee = code.calleeOf(call);
  if (!callee || makers.has(callee.name)) return callee !== undefined;
  const results = callee.signature?.results ?? [];
  return (
    results.some(({ type }) => isNamed(type, 'net/http', 'Request')) && code.bodyOf(callee) !== undefined
  );
}

function depthOf(frame: Frame | undefined): number {
  return frame ? 1 + depthOf(frame.outer) : 0;
}

/** The value of a string constant, or of the constant argument that a parameter stands for. */
function constantIn(code: Code, expression: Node, frame: Frame | undefined): string | undefined {
  const value = code.constantOf(expression);
  // An empty method means GET.
  if (typeof value === 'string') return value || 'GET';
  const binding = expression.kind === 'identifier' ? code.bindingOf(expression) : undefined;
  const argument = binding?.scope === 'parameter' ? argumentFor(binding, frame) : undefined;
  return frame && argument ? constantIn(frame.code, argument, frame.outer) : undefined;
}

/** What a call passes for a parameter of the function that it calls. */
function argumentFor(parameter: Binding, frame: Frame | undefined): Node | undefined {
  const fn = parameter.declaredAt && enclosingFunction(parameter.declaredAt);
  if (!fn || !frame || fn.kind === 'func_literal') return undefined;
  return argumentsOf(frame.call).find((_, i) => parameterAt(fn, i) === parameter.declaredAt);
}
