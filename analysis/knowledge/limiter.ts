// What may keep the number of goroutines that do something small: a semaphore, a lock, a queue, a rate limiter. What is
// not understood and sounds like one counts as one.

import { partsOf } from '../flow/graph.ts';
import { isContext } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import {
  calledOf,
  child,
  contains,
  descendants,
  enclosingFunction,
  isFunction,
  mayBeCall,
  type Node,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';

/** How far calls of functions of the package are followed. */
const deepest = 3;

/** Whether evaluating an entry of a flow may wait for others to get done, as far as that is not `except`. */
export function mayLimit(code: Code, fn: Node, entry: Node, except?: Node): boolean {
  for (const node of partsOf(code.flowOf(fn), entry)) {
    if (node !== except && waits(code, node, except, 0)) return true;
  }
  return false;
}

/** Whether anything in a block, outside the function literals in it, may wait for others to get done, but for `except`. */
export function holdsLimiter(code: Code, block: Node, except: (node: Node) => boolean): boolean {
  return own(block).some((node) => !except(node) && waits(code, node, undefined, 0));
}

/** A node and what is under it, without the bodies of function literals. */
function own(node: Node): readonly Node[] {
  return [node, ...(isFunction(node) ? [] : node.children.flatMap(own))];
}

/** `before`: what a lock matters for; a lock that is let go before that is none. */
function waits(code: Code, node: Node, before: Node | undefined, depth: number): boolean {
  switch (node.kind) {
    case 'send_statement':
      // What is sent is computed first.
      return before === undefined || !contains(node, before);
    case 'unary_expression':
      return operatorOf(node) === '<-' && !isDone(code, child(node, 'operand'));
    case 'range_clause': {
      const over = child(node, 'right');
      return over !== undefined && code.underlyingOf(code.typeOf(over)).kind === 'chan';
    }
    default:
      return mayBeCall(node) && limits(code, node, before, depth);
  }
}

/** `ctx.Done()`, or a channel that only tells that it is over. */
function isDone(code: Code, channel: Node | undefined): boolean {
  const node = channel && unparen(channel);
  const fn = node?.kind === 'call_expression' ? child(node, 'function') : undefined;
  const operand = fn?.kind === 'selector_expression' ? child(fn, 'operand') : undefined;
  return operand !== undefined && /\.Done$/.test(textOf(fn as Node)) && isContext(code.typeOf(operand));
}

const waitingCalls =
  /^(?:sync\.(?:WaitGroup|Cond)\.Wait|sync\.Once\.Do|time\.Sleep|golang\.org\/x\/sync\/(?:errgroup\.Group\.(?:Wait|SetLimit|TryGo)|singleflight\.Group\.\w+|semaphore\.\w+\.\w+)|golang\.org\/x\/time\/rate\.\w+\.\w+)$/;

/** Names of what gives out a limited number of something. */
const limitingName =
  /acquire|limit|throttl|semaphore|permit|^(?:try)?(?:take|borrow|reserve|wait\w*|sleep\w*)$|enqueue|schedul|submit|backoff|checkout/i;
const limitingOwner = /limit|throttl|semaphore|^sem$|token|pool|gate|permit|slot|queue|worker|ticket/i;

function limits(code: Code, call: Node, before: Node | undefined, depth: number): boolean {
  const callee = code.calleeOf(call);
  const name = callee?.name ?? '';
  if (name.startsWith('builtin.')) return false;
  if (/^sync\.(?:RW)?Mutex\.Lock$/.test(name)) return !isUnlocked(code, call, before);
  if (waitingCalls.test(name)) return true;
  if (soundsLimiting(call, name)) return true;
  const body = callee && code.bodyOf(callee);
  return (
    body !== undefined &&
    depth < deepest &&
    body.root !== code.root &&
    own(child(body.root, 'body') ?? body.root).some((node) => waits(body, node, undefined, depth + 1))
  );
}

/** Whether a call is named, or is a method of something named, as what gives out a limited number of something. */
export function soundsLimiting(call: Node, callee: string): boolean {
  const fn = calledOf(call);
  const plain = fn && unparen(fn);
  const operand = plain?.kind === 'selector_expression' ? child(plain, 'operand') : undefined;
  const last = operand ? child(plain as Node, 'field') : plain;
  if (last && limitingName.test(textOf(last))) return true;
  return (
    operand !== undefined && (limitingOwner.test(lastName(operand)) || limitingOwner.test(typeName(callee)))
  );
}

/** Whether a lock is let go again before it matters: before `before`, or anywhere in the function that takes it. */
function isUnlocked(code: Code, lock: Node, before: Node | undefined): boolean {
  const fn = enclosingFunction(lock);
  const lockText = textOf(calledOf(lock) ?? lock);
  const unlock = lockText.replace(/Lock$/, 'Unlock');
  return code.calls.some(
    (call) =>
      call.start > lock.start &&
      (before ? call.end <= before.start && call.parent?.kind !== 'defer_statement' : true) &&
      enclosingFunction(call) === fn &&
      textOf(calledOf(call) ?? call) === unlock,
  );
}

function lastName(node: Node): string {
  const plain = unparen(node);
  const named = plain.kind === 'selector_expression' ? (child(plain, 'field') ?? plain) : plain;
  return named.kind === 'call_expression' ? lastName(calledOf(named) ?? named) : textOf(named);
}

/** `Group` of `golang.org/x/sync/errgroup.Group.Wait`. */
function typeName(callee: string): string {
  const parts = callee.slice(callee.lastIndexOf('/') + 1).split('.');
  return parts.length > 2 ? (parts[1] ?? '') : '';
}

/**
 * Whether a block counts how many goroutines there are: a condition compares what changes from turn to turn, or asks
 * for something that only one can have.
 */
export function countsGoroutines(code: Code, block: Node): boolean {
  return own(block).some((node) => {
    const condition = node.kind === 'if_statement' ? child(node, 'condition') : undefined;
    return condition !== undefined && [...descendants(condition)].some((part) => isCount(code, part, block));
  });
}

function isCount(code: Code, node: Node, block: Node): boolean {
  if (node.kind === 'call_expression') return /CompareAndSwap|^Try(?:Lock|Acquire|Go)/.test(lastName(node));
  if (node.kind !== 'binary_expression' || !/^(?:[<>]=?|[!=]=)$/.test(operatorOf(node))) return false;
  const isEquality = /^[!=]=$/.test(operatorOf(node));
  return [...descendants(node)].some((part) => {
    if (
      part.kind === 'call_expression' &&
      !isEquality &&
      /^(?:Load|Add)|Len|Count|Active|Running|Flight/.test(lastName(part))
    )
      return true;
    const binding = part.kind === 'identifier' ? code.bindingOf(part) : undefined;
    return binding?.kind === 'variable' && isNumber(code, part, node) && changesIn(code, part, block);
  });
}

/** Whether what an identifier stands for is compared as a number: itself, or its length. */
function isNumber(code: Code, identifier: Node, comparison: Node): boolean {
  const { parent } = identifier;
  const call = parent?.kind === 'argument_list' ? parent.parent : undefined;
  if (call && code.calleeName(call) === 'builtin.len') return true;
  const type = code.underlyingOf(code.typeOf(identifier));
  const isInner = parent === comparison || parent?.kind === 'binary_expression';
  return isInner && type.kind === 'basic' && /^u?int/.test(type.name);
}

/** Whether a variable gets a new value in a block, other than as its own loop variable. */
function changesIn(code: Code, identifier: Node, block: Node): boolean {
  const binding = code.bindingOf(identifier);
  return (
    binding !== undefined &&
    code
      .usesOf(binding)
      .some(
        (use) =>
          use !== binding.declaredAt &&
          use.start >= block.start &&
          use.end <= block.end &&
          (use.parent?.kind === 'inc_statement' ||
            use.parent?.kind === 'dec_statement' ||
            (use.parent?.parent?.kind === 'assignment_statement' && use.parent.field === 'left') ||
            (use.parent?.kind === 'index_expression' && use.parent.parent?.field === 'left')),
      )
  );
}
