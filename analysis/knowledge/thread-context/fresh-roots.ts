// The new root contexts in a function that a context which it is given should take the place of.

import { libraryCall } from '../../callgraph/library-calls.ts';
import { isContext } from '../../model/calls.ts';
import type { Code } from '../../model/code.ts';
import {
  argumentsOf,
  calledOf,
  child,
  childrenIn,
  closest,
  contains,
  enclosingFunction,
  type Node,
  nodesOf,
  textOf,
} from '../../syntax/node.ts';
import { isTarget, roleOf, targetOf } from '../../syntax/roles.ts';
import { commentsAbove } from '../comments.ts';
import { isAfterEnd, isExplained } from '../detached-work.ts';
import { runsInPlace } from '../in-place.ts';
import { givenContext } from './given-context.ts';

/** A call of `context.Background` or `context.TODO`. */
export interface FreshRoot {
  readonly call: Node;
  /** The variable that it is the value of, alone in its declaration: `ctx` of `ctx := context.Background()`. */
  readonly variable:
    | { readonly name: string; readonly statement: Node; readonly declaredAt: Node }
    | undefined;
}

/** All new roots of a function, those in the literals in it included. */
export function rootsIn(code: Code, fn: Node): readonly FreshRoot[] {
  return code.calls
    .filter((call) => contains(fn, call) && isRoot(code, call))
    .map((call) => ({ call, variable: variableFor(code, call) }));
}

function isRoot(code: Code, call: Node): boolean {
  if (!/(?:Background|TODO)$/.test(textOf(calledOf(call) ?? call))) return false;
  return /^context\.(?:Background|TODO)$/.test(code.calleeName(call));
}

function variableFor(code: Code, call: Node): FreshRoot['variable'] {
  const target = targetOf(call, 0);
  const spec = target?.parent?.kind === 'var_spec' ? target.parent : undefined;
  const statement = spec ? spec.parent : target?.parent?.parent;
  if (target?.kind !== 'identifier' || !statement || call.parent?.children.length !== 1) return undefined;
  const type = spec && child(spec, 'type');
  if (type && !isContext(code.typeOfTypeNode(type))) return undefined;
  const isAlone = spec ? childrenIn(spec, 'name').length === 1 : statement.kind === 'short_var_declaration';
  const isListed = statement.parent?.kind === 'statement_list';
  if (!isAlone || !isListed || code.bindingOf(target)?.declaredAt !== target) return undefined;
  return { name: textOf(target), statement, declaredAt: target };
}

/**
 * Whether who asks for the function to take a context means this root too: it governs calls that the function makes,
 * and nothing says that they are to go on when the context is done. `focus` is the place that was asked about.
 */
export function isMeant(code: Code, fn: Node, root: FreshRoot, focus: Node): boolean {
  const { call } = root;
  if (closest(call, 'defer_statement') && !contains(closest(call, 'defer_statement') as Node, focus))
    return false;
  if (!runsWith(code, fn, call, focus) || isExcused(code, call)) return false;
  if (root.variable) return true;
  return isHandedOn(code, call);
}

/** Whether a node runs while the function does, or in a goroutine that it starts, and no nearer context is there. */
function runsWith(code: Code, fn: Node, at: Node, focus: Node): boolean {
  for (let inner = enclosingFunction(at); inner && inner !== fn; inner = enclosingFunction(inner)) {
    if (givenContext(code, inner, at)) return false;
    if (!contains(inner, focus) && !runsInPlace(code, inner) && !isStarted(code, inner)) return false;
  }
  return true;
}

/** Whether a literal is started as a goroutine, or must have run when the call that it is an argument of is over. */
function isStarted(code: Code, literal: Node): boolean {
  if (roleOf(literal) === 'spawned') return true;
  const call = literal.parent?.kind === 'argument_list' ? literal.parent.parent : undefined;
  if (!call) return false;
  const runs = libraryCall(code.calleeName(call), argumentsOf(call).indexOf(literal))?.runs;
  if (runs !== undefined) return runs === 'go' || runs === 'call' || runs === 'once';
  return /^(?:Try)?Go(?:[A-Z]|$)/.test(lastName(call)) || hasResults(code, literal);
}

/** Whether a literal gives values to variables around it that are read behind it: then it has run by then. */
function hasResults(code: Code, literal: Node): boolean {
  return nodesOf(literal.tree, 'identifier').some((target) => {
    if (!contains(literal, target) || !isTarget(target)) return false;
    const binding = code.bindingOf(target);
    const at = binding?.declaredAt;
    if (!binding || !at || contains(literal, at)) return false;
    return code.usesOf(binding).some((use) => use.start >= literal.end && !isTarget(use));
  });
}

/** A comment that says it is not finished excuses nothing, and `context.TODO()` says so itself. */
function isExcused(code: Code, call: Node): boolean {
  const isUnfinished =
    textOf(call).includes('TODO') || commentsAbove(code, call).some((c) => /TODO|FIXME|XXX/.test(c));
  return isAfterEnd(code, call) || (!isUnfinished && isExplained(code, call));
}

const tellsOnly = /^(?:log|debug|info|warn|error|trace|record)/i;

/** An argument of a call that works under it, as it is or through `context.WithTimeout` and its like. */
function isHandedOn(code: Code, root: Node): boolean {
  let at = root;
  for (;;) {
    const call = at.parent?.kind === 'argument_list' ? at.parent.parent : undefined;
    if (!call) break;
    const name = code.calleeName(call);
    if (name === 'context.WithoutCancel') return false;
    if (!/^context\.With/.test(name)) return !tellsOnly.test(lastName(call));
    at = call;
  }
  if (at === root) return false;
  const target = targetOf(at, 0);
  const binding = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  return binding?.scope === 'local';
}

function lastName(call: Node): string {
  const fn = calledOf(call);
  const field = fn && child(fn, 'field');
  return textOf(field ?? fn ?? call);
}
