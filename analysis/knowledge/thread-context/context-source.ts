// Where a call can take a context from: what is at hand, or the function that would have to be given one.

import { libraryCall } from '../../callgraph/library-calls.ts';
import type { Code } from '../../model/code.ts';
import { isNamed } from '../../model/types.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  descendants,
  enclosingFunction,
  type Node,
  operatorOf,
  textOf,
} from '../../syntax/node.ts';
import { isBlank, roleOf, targetOf } from '../../syntax/roles.ts';
import { isMain } from '../entry-point.ts';
import { type GivenContext, givenContext } from './given-context.ts';
import { lifetimeField } from './lifetime-field.ts';
import { madeContext } from './made-context.ts';
import { nameOf } from './names.ts';
import { variableOf } from './variable.ts';

export type ContextSource =
  /** Go code that is a context there: `ctx`, `r.Context()`. `owner` is the function that has it. */
  | { readonly kind: 'at hand'; readonly text: string; readonly owner: Node }
  /** A parameter of a function around it, which must get a name first. */
  | { readonly kind: 'unnamed'; readonly fn: Node; readonly parameter: Node; readonly suffix: string }
  /** None, up to a function that its callers could give one. */
  | { readonly kind: 'missing'; readonly fn: Node }
  /** Nothing is above: the start of the program, or a test. */
  | { readonly kind: 'root'; readonly fn: Node }
  | { readonly kind: 'none'; readonly at: Node; readonly reason: string };

/** The nearest real context for a call of a function. */
export function contextSource(code: Code, at: Node, called: Node): ContextSource {
  if (code.isTest) return sourceInTest(code, at);
  let isSpawned = false;
  let inner = at;
  for (let fn = enclosingFunction(at); fn; fn = enclosingFunction(fn)) {
    const go = goBetween(inner, fn);
    if (go) isSpawned = true;
    const outlives = isSpawned && !isMain(code, fn) && !waitsAfter(code, fn, go ?? inner);
    const own = ownSource(code, fn, at, called, outlives);
    if (own) return own;
    if (fn.kind !== 'func_literal') return sourceOfDeclared(code, fn);
    if (isKept(code, fn) && !isMain(code, code.root)) return sourceOfKept(code, fn);
    inner = fn;
  }
  return { kind: 'none', at, reason: 'this runs when the package is initialised, where there is no context' };
}

/** What the function itself has: a parameter, a context that it makes, or the one of its receiver. */
function ownSource(
  code: Code,
  fn: Node,
  at: Node,
  called: Node,
  outlives: boolean,
): ContextSource | undefined {
  const given = givenContext(code, fn, at);
  if (given?.suffix === '') return sourceOf(given, fn, at);
  // What is made of the context of a request is nearer.
  const made = madeContext(code, fn, at, isMain(code, fn) ? 'any' : 'real');
  if (made && !(outlives && made.endsWithFunction)) return { kind: 'at hand', text: made.text, owner: fn };
  if (given?.isOfRequest && outlives)
    return { kind: 'none', at, reason: 'this goes on after the request, whose context is the only one here' };
  if (given) return sourceOf(given, fn, at);
  const field = fn.kind === 'method_declaration' ? lifetimeField(code, fn, at, called) : undefined;
  return field === undefined ? undefined : { kind: 'at hand', text: field, owner: fn };
}

function sourceOf(given: GivenContext, fn: Node, at: Node): ContextSource {
  switch (given.kind) {
    case 'named':
      return { kind: 'at hand', text: given.text, owner: fn };
    case 'unnamed':
      return { kind: 'unnamed', fn, parameter: given.parameter, suffix: given.suffix };
    case 'hidden':
      return { kind: 'none', at, reason: `${textOf(given.parameter)} is hidden by another variable here` };
  }
}

function sourceOfDeclared(code: Code, fn: Node): ContextSource {
  if (isMain(code, fn)) return { kind: 'root', fn };
  if (fn.kind === 'function_declaration' && nameOf(fn) === 'init')
    return { kind: 'none', at: fn, reason: 'init has no context, and nothing could end one that it made' };
  return { kind: 'missing', fn };
}

/** Nobody knows when a literal runs that is kept somewhere, unless that is a variable which is only called. */
function sourceOfKept(code: Code, literal: Node): ContextSource {
  if (!enclosingFunction(literal) && variableOf(code, literal)) return { kind: 'missing', fn: literal };
  return {
    kind: 'none',
    at: literal,
    reason: 'this function is kept, and may run when no context is there any more',
  };
}

/** In a test, any context does; without one, that of the test itself. */
function sourceInTest(code: Code, at: Node): ContextSource {
  let afterTest = false;
  let outermost: Node | undefined;
  for (let fn = enclosingFunction(at); fn; fn = enclosingFunction(fn)) {
    outermost = fn;
    const made = madeContext(code, fn, at, 'any');
    if (made) return { kind: 'at hand', text: made.text, owner: fn };
    const given = givenContext(code, fn, at);
    const isTests = given?.kind === 'named' && given.text.endsWith('.Context()') && isTesting(code, fn);
    if (given && given.kind !== 'hidden' && !(isTests && afterTest)) return sourceOf(given, fn, at);
    // When the functions that `Cleanup` was given run, the context of the test is done.
    if (isForCleanup(code, fn)) afterTest = true;
  }
  if (!outermost) return { kind: 'none', at, reason: 'this runs when the package is initialised' };
  return { kind: 'root', fn: outermost };
}

function isTesting(code: Code, fn: Node): boolean {
  return (child(fn, 'parameters')?.children ?? []).some((parameter) => {
    const name = childrenIn(parameter, 'name').find((n) => !isBlank(n));
    const type = name && code.typeOf(name);
    return type !== undefined && ['T', 'B', 'F', 'TB'].some((n) => isNamed(type, 'testing', n));
  });
}

function isForCleanup(code: Code, literal: Node): boolean {
  const call = literal.parent?.kind === 'argument_list' ? literal.parent.parent : undefined;
  return (
    call !== undefined &&
    libraryCall(code.calleeName(call), argumentsOf(call).indexOf(literal))?.runs === 'defer'
  );
}

/** The `go` statement between a node and its function. */
function goBetween(at: Node, fn: Node): Node | undefined {
  for (let up = at.parent; up && up !== fn; up = up.parent) if (up.kind === 'go_statement') return up;
  return undefined;
}

/** Whether a function, behind a statement, waits for something that a goroutine may do. */
function waitsAfter(code: Code, fn: Node, statement: Node): boolean {
  return [...descendants(fn)].some((node) => {
    if (node.start < statement.end || enclosingFunction(node) !== fn) return false;
    if (node.kind === 'select_statement') return true;
    if (node.kind === 'unary_expression') return operatorOf(node) === '<-';
    if (node.kind === 'call_expression') return /\.Wait$/.test(textOf(child(node, 'function') ?? node));
    const ranged = node.kind === 'range_clause' ? child(node, 'right') : undefined;
    return ranged !== undefined && code.underlyingOf(code.typeOf(ranged)).kind === 'chan';
  });
}

/** Whether a literal is put where it may be called from when the function around it is over. */
function isKept(code: Code, literal: Node): boolean {
  if (roleOf(literal) !== 'value' || literal.parent?.kind === 'argument_list') return false;
  const target = targetOf(literal, 0);
  const binding = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  return binding?.scope !== 'local';
}
