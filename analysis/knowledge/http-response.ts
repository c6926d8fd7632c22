// Where a program receives an http.Response, and what the code does for its body.

import { findPath } from '../flow/paths.ts';
import { type Callee, writtenName } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import { declaredWith } from '../model/mentions.ts';
import type { GoPackage } from '../model/package.ts';
import type { Binding } from '../model/scope.ts';
import { deref, isNamed, type Type } from '../model/types.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  contains,
  descendants,
  enclosingFunction,
  mayBeCall,
  type Node,
  nodesOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isTarget, targetOf } from '../syntax/roles.ts';
import type { Meaning } from './custody.ts';
import { originsOf, sourcesOf } from './http-origin.ts';
import { type Duty, obligationOf } from './obligation.ts';
import { prints } from './success.ts';

const senders: ReadonlySet<string> = new Set([
  ...['Get', 'Head', 'Post', 'PostForm'].flatMap((name) => [`net/http.${name}`, `net/http.Client.${name}`]),
  'net/http.Client.Do',
  'net/http.Transport.RoundTrip',
  'net/http.RoundTripper.RoundTrip',
]);

/** How many functions that pass a response on to their caller are looked through. */
const maxDepth = 3;

/** The duty to close the body of the response that a call returns; undefined if it returns none, or not a new one. */
export function responseDuty(code: Code, call: Node, depth = 0): Duty | undefined {
  if (!maySend(writtenName(call), code.pkg)) return undefined;
  const callee = code.calleeOf(call);
  if (!callee) return undefined;
  const duty = { acquisition: call, meanings: bodyMeaning };
  if (senders.has(callee.name)) return { ...duty, result: 0, error: 1 };
  const results = callee.signature?.results ?? [];
  const result = results.findIndex(({ type }) => type.kind === 'pointer' && isResponse(type));
  if (
    result < 0 ||
    depth >= maxDepth ||
    !(isSenderMethod(code, callee) || passesOn(code, callee, result, depth))
  )
    return undefined;
  const error = results.findIndex(({ type }) => isNamed(type, '', 'error'));
  return error < 0 ? { ...duty, result } : { ...duty, result, error };
}

/**
 * Whether the response of a call has a body that is not nil: net/http's Client and Transport promise that, another
 * `http.RoundTripper` does not.
 */
export function promisesBody(code: Code, call: Node, depth = 0): boolean {
  const callee = code.calleeOf(call);
  if (!callee || depth > maxDepth) return false;
  if (callee.name === 'net/http.RoundTripper.RoundTrip') {
    const origins = callee.receiver ? originsOf(code, callee.receiver) : [];
    return origins.length > 0 && origins.every((origin) => isTransport(origin.code, origin.node));
  }
  if (senders.has(callee.name)) return true;
  const body = code.bodyOf(callee);
  const sent = body?.calls.filter((inner) => responseDuty(body, inner, depth + 1)) ?? [];
  return body !== undefined && sent.every((inner) => promisesBody(body, inner, depth + 1));
}

function isTransport(code: Code, node: Node): boolean {
  return (
    code.objectName(node) === 'net/http.DefaultTransport' ||
    isNamed(code.typeOf(node), 'net/http', 'Transport')
  );
}

const usual: ReadonlySet<string> = new Set(['Get', 'Head', 'Post', 'PostForm', 'Do', 'RoundTrip']);

/** Whether a function or method of that name may return a response, as the text of the package tells. */
function maySend(name: string, pkg: GoPackage): boolean {
  return usual.has(name) || declaredWith(pkg, 'Response').has(name);
}

/** A method of an interface of this package that sends a request, as that of http.Client does. */
function isSenderMethod(code: Code, { name, signature, receiver, declaration }: Callee): boolean {
  if (!receiver || declaration || !signature || !name.startsWith(`${code.pkg.importPath}.`)) return false;
  const takesRequest = signature.params.some(({ type }) => isNamed(type, 'net/http', 'Request'));
  return (
    takesRequest && signature.results.length === 2 && isNamed(signature.results[1]?.type as Type, '', 'error')
  );
}

/** Whether a function of the package returns a response that it received and whose body it leaves open. */
function passesOn(code: Code, callee: Callee, result: number, depth: number): boolean {
  const body = code.bodyOf(callee);
  if (
    !body ||
    /Body\.Close\(|defer .*\.Close\(|\.Body = |\b(?:ReadAll|Copy)\([^()]*\.Body\)/.test(textOf(body.root))
  )
    return false;
  const returns = nodesOf(body.root.tree, 'return_statement').filter(
    (r) => enclosingFunction(r) === body.root,
  );
  const values = returns.flatMap((statement) => statement.children[0]?.children ?? []).map(unparen);
  const named = resultName(body.root, result);
  return [...values, ...(named ? [named] : [])].some((value) => {
    if (mayBeCall(value)) return responseDuty(body, value, depth + 1)?.result === result;
    const binding = value.kind === 'identifier' ? body.bindingOf(value) : undefined;
    const isOwn = binding?.declaredAt !== undefined && (binding.scope === 'local' || value === named);
    return (
      isOwn && (sourcesOf(body, binding)?.some((source) => leavesOpen(body, source, depth + 1)) ?? false)
    );
  });
}

function resultName(fn: Node, position: number): Node | undefined {
  const result = child(fn, 'result');
  return result?.kind === 'parameter_list'
    ? result.children.flatMap((p) => childrenIn(p, 'name'))[position]
    : undefined;
}

function leavesOpen(code: Code, source: Node, depth: number): boolean {
  const call = unparen(source);
  const duty = mayBeCall(call) ? responseDuty(code, call, depth) : undefined;
  return duty !== undefined && obligationOf(code, duty).kind !== 'released';
}

function isResponse(type: Type): boolean {
  return isNamed(type, 'net/http', 'Response');
}

/** What it means for a response's body that the response, the body or a reader made of it stands at some place. */
function bodyMeaning(expression: Node, code: Code): Meaning | undefined {
  const { parent } = expression;
  const type = code.typeOf(expression);
  if (parent?.kind === 'argument_list') return meaningAsArgument(expression, parent, code);
  // Who asks whether there is a body closes it if there is; the flow does not know that there always is one.
  if (parent?.kind === 'binary_expression' && isCloser(type)) return 'hand-over';
  if (parent?.kind !== 'selector_expression') return undefined;
  const name = textOf(child(parent, 'field') ?? parent);
  const isCalled = parent.field === 'function' && parent.parent?.kind === 'call_expression';
  if (isResponse(type)) {
    if (name === 'Body') return { part: parent };
    // Then the connection belongs to whoever goes on with it.
    if (name === 'StatusCode' && isComparedWith101(code, parent)) return 'hand-over';
    // Who takes the request out of a response wants nothing else of it: it is no answer of a server.
    if (name === 'Request' && parent.parent?.kind !== 'selector_expression') return 'hand-over';
    // Response.Write closes the body.
    return name === 'Write' && isCalled
      ? 'release'
      : isCalled || fieldsOfResponse.has(name)
        ? 'keep'
        : undefined;
  }
  if (isCloser(type))
    return name === 'Close' ? (isCalled ? 'release' : 'hand-over') : isCalled ? 'keep' : undefined;
  return isReader(type, code) && isCalled ? 'keep' : undefined;
}

function isComparedWith101(code: Code, status: Node): boolean {
  const parent = status.parent;
  return parent?.kind === 'binary_expression' && parent.children.some((c) => code.constantOf(c) === 101n);
}

const fieldsOfResponse: ReadonlySet<string> = new Set([
  ...[
    'Status',
    'StatusCode',
    'Proto',
    'ProtoMajor',
    'ProtoMinor',
    'Header',
    'ContentLength',
    'TransferEncoding',
  ],
  ...['Close', 'Uncompressed', 'Trailer', 'Request', 'TLS'],
]);

function isCloser(type: Type): boolean {
  return ['ReadCloser', 'Closer', 'ReadWriteCloser'].some((name) => isNamed(type, 'io', name));
}

/** Whether a type is that of a reader of the standard library, which leaves what it reads from open. */
function isReader(type: Type, code: Code): boolean {
  const base = deref(type);
  return base.kind === 'named' && (isNamed(base, 'io', 'Reader') || isStandard(base.pkg, code));
}

function isStandard(importPath: string, code: Code): boolean {
  const [first = ''] = importPath.split('/');
  const own = (code.pkg.module?.path ?? code.pkg.importPath).split('/')[0];
  return first !== '' && !first.includes('.') && (first !== own || code.pkg.module?.path === 'std');
}

/**
 * Whether the body of a response is read to its end, or to an error of reading, on every path that does not close it:
 * that frees the connection as `Close` does. A copy ends early if its destination fails.
 */
export function readToEnd(code: Code, duty: Duty): 'always' | 'unless writing fails' | 'no' {
  const leaksUnless = (isRead: (call: Node, code: Code) => boolean): boolean => {
    const meanings = (expression: Node, at: Code): Meaning | undefined => {
      const call = expression.parent?.kind === 'argument_list' ? expression.parent.parent : undefined;
      const isLast = call !== undefined && argumentsOf(call).at(-1) === expression;
      return isLast && isRead(call, at) ? 'release' : bodyMeaning(expression, at);
    };
    return obligationOf(code, { ...duty, meanings }).kind === 'leaks';
  };
  if (!leaksUnless((call, at) => isReadAll(call, at) || (isCopy(call, at) && takesAll(call, at))))
    return 'always';
  return leaksUnless((call, at) => isReadAll(call, at) || isCopy(call, at)) ? 'no' : 'unless writing fails';
}

function isReadAll(call: Node, code: Code): boolean {
  return /^(?:io|io\/ioutil)\.ReadAll$/.test(code.calleeName(call));
}

function isCopy(call: Node, code: Code): boolean {
  return code.calleeName(call) === 'io.Copy';
}

/** Whether the destination of a copy cannot fail: it is `io.Discard` or memory. */
function takesAll(copy: Node, code: Code): boolean {
  const [to] = argumentsOf(copy);
  if (!to) return false;
  const type = code.typeOf(to);
  const isMemory = isNamed(type, 'bytes', 'Buffer') || isNamed(type, 'strings', 'Builder');
  return isMemory || /^(?:io|io\/ioutil)\.Discard$/.test(code.objectName(to) ?? '');
}

/** Functions of other modules that read from a reader to its end and return nothing that reads on. */
const outsiders =
  /^(?:golang\.org\/x\/net\/html\.Parse|github\.com\/PuerkitoBio\/goquery\.NewDocumentFromReader)$/;

function meaningAsArgument(expression: Node, list: Node, code: Code): Meaning | undefined {
  const call = list.parent;
  const callee = call?.kind === 'call_expression' ? code.calleeOf(call) : undefined;
  if (!call || !callee) return undefined;
  const { name, signature } = callee;
  if (outsiders.test(name)) return 'keep';
  const importPath = name.slice(0, name.indexOf('.', name.lastIndexOf('/') + 1));
  if (importPath === code.pkg.importPath) return undefined;
  // DumpResponse with the body reads and closes it, and leaves a copy in memory.
  if (name === 'net/http/httputil.DumpResponse')
    return argumentsOf(call)[1]?.kind === 'true' ? 'release' : 'keep';
  if (/^(?:fmt|log|log\/slog|testing)$/.test(importPath)) return 'keep';
  if (!signature || !isStandard(importPath, code) || importPath === 'net/http' || code.bodyOf(callee))
    return undefined;
  const position = Math.min(argumentsOf(call).indexOf(expression), signature.params.length - 1);
  const parameter = signature.params[position]?.type;
  const takesReader =
    parameter &&
    (isNamed(parameter, 'io', 'Reader') ||
      (isNamed(parameter, 'io', 'ReadCloser') && name === 'io.NopCloser'));
  if (!takesReader) return undefined;
  const [result] = signature.results;
  return result && mayHold(result.type) ? { part: call } : 'keep';
}

/** Whether a value of the type can hold the reader it was made from. */
function mayHold(type: Type): boolean {
  const base = deref(type);
  return base.kind === 'named' ? base.pkg !== '' : base.kind === 'interface' || base.kind === 'unknown';
}

/** `defer resp.Body.Close()` at a place where the request may have failed. */
export interface EarlyClose {
  readonly at: Node;
  readonly response: Binding;
  /** The identifier that got the error. */
  readonly error: Node;
}

/** The deferred close of a response that a path with an error, and so without a response, comes to. */
export function closedBeforeCheck(code: Code, duty: Duty): EarlyClose | undefined {
  const target = targetOf(duty.acquisition, duty.result);
  const error = targetOf(duty.acquisition, duty.error ?? -1);
  const [response, failure] = [target && code.bindingOf(target), error && code.bindingOf(error)];
  const fn = enclosingFunction(duty.acquisition);
  if (!error || !response || !failure || !fn) return undefined;
  const path = findPath(code.flowOf(fn), {
    from: duty.acquisition,
    names: code,
    stops: (entry) => isGivenAway(code, entry, textOf(error)) || isAssigned(code, entry, [response, failure]),
    to: (entry) => closesAtReturn(code, entry) === response,
    given: [
      { variable: response, is: 'nil' },
      { variable: failure, is: 'not-nil' },
    ],
    exits: [],
  });
  return path && { at: path.end, response, error };
}

/** The variable whose body an entry `defer resp.Body.Close()` closes. */
function closesAtReturn(code: Code, entry: Node): Binding | undefined {
  const selector =
    entry.kind === 'defer_statement' && entry.children[0] ? child(entry.children[0], 'function') : undefined;
  if (!selector || !/^[\w]+\.Body\.Close$/.test(textOf(selector))) return undefined;
  const [response] = [...descendants(selector)].filter((node) => node.kind === 'identifier');
  return response && code.bindingOf(response);
}

/** Whether an entry gives the error to a function that may end the path. */
function isGivenAway(code: Code, entry: Node, error: string): boolean {
  return [...descendants(entry)].some(
    (node) =>
      node.kind === 'call_expression' &&
      !/^(?:errors|os)\./.test(code.calleeName(node)) &&
      !prints(code, node) &&
      argumentsOf(node).some((a) => textOf(a) === error),
  );
}

/** Whether an entry gives one of the variables another value. */
function isAssigned(code: Code, entry: Node, variables: readonly Binding[]): boolean {
  return variables.some((v) => code.usesOf(v).some((use) => contains(entry, use) && isTarget(use)));
}
