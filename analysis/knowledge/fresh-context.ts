// Signs that a call is given a new context on purpose.

import { onlyTarget } from '../callgraph/call-graph.ts';
import { isContext } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed } from '../model/types.ts';
import {
  argumentsOf,
  child,
  closest,
  contains,
  descendants,
  type Node,
  operatorOf,
  textOf,
} from '../syntax/node.ts';
import { isBlank, isTarget, isVariadicAt, parameterAt, targetOf } from '../syntax/roles.ts';
import type { ContextInScope } from './context-in-scope.ts';
import { derivedFrom } from './loop-delay.ts';
import { comparisonWithNil, successAfter } from './success.ts';

const deepest = 4;

/** Whether the declaration gives other calls a context that is a variable of a package: it tells lifetimes apart. */
export function tellsLifetimesApart(code: Code): boolean {
  return code.calls.some((call) =>
    argumentsOf(call).some(
      (argument) => code.entityOf(argument)?.kind === 'variable' && isContext(code.typeOf(argument)),
    ),
  );
}

/** Whether a new context is for a call that completes what is done already, or that has nothing to wait for. */
export function isFreshOnPurpose(code: Code, root: Node, ctx: ContextInScope): boolean {
  const call = root.parent?.kind === 'argument_list' ? root.parent.parent : undefined;
  if (call?.kind !== 'call_expression') return false;
  return (isDropped(call) && completesEarlier(code, call, ctx)) || waitsForNothing(code, call, root);
}

/** Whether nothing becomes of the results of a call. */
function isDropped(call: Node): boolean {
  if (call.parent?.kind === 'expression_statement') return true;
  const statement = targetOf(call, 0) && closest(call, 'assignment_statement');
  return statement !== undefined && (child(statement, 'left')?.children ?? []).every(isBlank);
}

/**
 * Whether a call runs only once an earlier one, which was given the context in scope, has succeeded: in the branch of
 * `err == nil`, or behind the check of its error if both are calls of the same object's methods.
 */
function completesEarlier(code: Code, call: Node, ctx: ContextInScope): boolean {
  const contexts = derivedFrom(code, ctx.binding);
  const isGiven = (earlier: Node): boolean =>
    argumentsOf(earlier).some((a) => textOf(a) === ctx.text || contexts.has(code.bindingOf(a) as Binding));
  return code.calls.some((earlier) => {
    const statement = earlier.parent?.parent;
    const left = earlier.end < call.start && statement ? child(statement, 'left') : undefined;
    const error = left?.children.at(-1);
    if (!statement || !error || !isGiven(earlier)) return false;
    if (isInSuccess(code, call, error)) return true;
    const success = successAfter(code, statement, error);
    return (
      success?.kind === 'after' &&
      success.isCertain &&
      receiverOf(call) !== '' &&
      receiverOf(call) === receiverOf(earlier) &&
      contains(statement.parent as Node, call) &&
      success.statement.end <= call.start
    );
  });
}

/** Whether a node is in the branch of an `if` that asks whether an error is nil. */
function isInSuccess(code: Code, at: Node, error: Node): boolean {
  const binding = code.bindingOf(error);
  for (let up = at.parent; up; up = up.parent) {
    const condition = up.kind === 'if_statement' ? child(up, 'condition') : undefined;
    const block = child(up, 'consequence');
    if (!condition || !block || !contains(block, at)) continue;
    const asks = [...descendants(condition)].some((part) => {
      const left =
        part.kind === 'binary_expression' && operatorOf(part) === '==' ? child(part, 'left') : undefined;
      return left && code.bindingOf(left) === binding && comparisonWithNil(part, error) === '==';
    });
    if (asks && binding !== undefined) return true;
  }
  return false;
}

function receiverOf(call: Node): string {
  const fn = child(call, 'function');
  const operand = fn?.kind === 'selector_expression' ? child(fn, 'operand') : undefined;
  return operand ? textOf(operand) : '';
}

/** Whether a call that yields nothing reaches a function of the package that never waits on its context. */
function waitsForNothing(code: Code, call: Node, root: Node): boolean {
  if (call.parent?.kind !== 'expression_statement') return false;
  const target = onlyTarget(code, call);
  if (!target || child(target.node, 'result')) return false;
  return ignoresEnd(target.code, target.node, argumentsOf(call).indexOf(root), 0);
}

/** Whether a function only takes values from the context that is its parameter, or hands it to what does. */
function ignoresEnd(code: Code, fn: Node, position: number, depth: number): boolean {
  if (isVariadicAt(fn, position)) return false;
  const parameter = parameterAt(fn, position);
  if (!parameter || isBlank(parameter)) return true;
  const binding = code.bindingOf(parameter);
  return binding !== undefined && depth <= deepest && isOnlyForValues(code, binding, depth);
}

/** Whether a context, and what is made of it, is asked for values and handed to calls, and never for its end. */
function isOnlyForValues(code: Code, context: Binding, depth: number): boolean {
  const contexts = new Set([context]);
  for (const binding of contexts) {
    for (const use of code.usesOf(binding)) {
      if (use === binding.declaredAt || isTarget(use)) continue;
      const { parent } = use;
      if (parent?.kind === 'selector_expression') {
        if (textOf(child(parent, 'field') ?? parent) !== 'Value') return false;
        continue;
      }
      const call = parent?.kind === 'argument_list' ? parent.parent : undefined;
      if (call?.kind !== 'call_expression') return false;
      const made = contextMadeBy(code, call);
      if (made === 'lost' || !isHarmless(code, call, argumentsOf(call).indexOf(use), depth)) return false;
      if (made) contexts.add(made);
    }
  }
  return true;
}

/** The variable that gets the context which a call returns, if it returns one. */
function contextMadeBy(code: Code, call: Node): Binding | 'lost' | undefined {
  const results = code.calleeOf(call)?.signature?.results ?? [];
  const position = results.findIndex(({ type }) => isContext(type));
  if (position < 0) return undefined;
  const target = targetOf(call, position);
  return (target && code.bindingOf(target)) ?? 'lost';
}

/** Whether a call cannot fail for its context, and so does nothing with it that takes time. */
function isHarmless(code: Code, call: Node, position: number, depth: number): boolean {
  const callee = code.calleeOf(call);
  const results = callee?.signature?.results;
  if (!callee || !results || call.parent?.kind === 'go_statement') return false;
  if (results.some(({ type }) => isNamed(type, '', 'error') || type.kind === 'chan')) return false;
  const body = code.bodyOf(callee);
  return !body || ignoresEnd(body, body.root, position, depth + 1);
}
