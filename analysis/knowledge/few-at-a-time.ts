// Whether the goroutines of a loop may run a few at a time: whether none of them needs another one, or the loop itself,
// to go on before it can come to its end.

import { writesTo } from '../callgraph/cells.ts';
import { newSearch } from '../callgraph/search.ts';
import { findPath } from '../flow/paths.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import {
  argumentsOf,
  calledOf,
  child,
  childOfKind,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { roleOf } from '../syntax/roles.ts';
import { type Exchange, exchangesOf } from './goroutine-exchange.ts';
import { joinOf } from './goroutine-join.ts';
import type { Loop, Spawn } from './spawning-loop.ts';

/**
 * `freely`: whatever the function does meanwhile. `if served`: they send to a channel from which the function receives
 * after the loop, so the loop must not wait for them. `no`: they need each other, or it is not visible that they do not.
 */
export type FewAtATime = 'freely' | 'if served' | 'no';

export function fewAtATime(code: Code, spawn: Spawn, loop: Loop): FewAtATime {
  if (spawn.runs.length === 0 || holdsLockAt(code, loop, spawn.at)) return 'no';
  const isJoined = joinOf(code, spawn, loop) !== undefined;
  const ways = exchangesOf(code, spawn).map((exchange) => wayOf(code, spawn, loop, exchange, isJoined));
  return ways.includes('no') ? 'no' : ways.includes('if served') ? 'if served' : 'freely';
}

function wayOf(code: Code, spawn: Spawn, loop: Loop, exchange: Exchange, isJoined: boolean): FewAtATime {
  const { kind, owner } = exchange;
  switch (kind) {
    case 'lock':
      // A caller may hold it that went on before, and now waits.
      return isJoined || typeof owner === 'object' ? 'freely' : 'no';
    case 'send':
      if (typeof owner === 'object') return sentWhere(code, spawn, loop, owner);
      // As long as the function waits for its goroutines, somebody else receives.
      return isJoined ? 'freely' : 'no';
    default:
      return 'no';
  }
}

/** Whether the function receives, after a loop, from a channel that the goroutines of the loop send to. */
export function receivesAfter(code: Code, spawn: Spawn, loop: Loop): boolean {
  const fn = enclosingFunction(loop.at);
  return exchangesOf(code, spawn).some(
    ({ kind, owner }) =>
      kind === 'send' &&
      typeof owner === 'object' &&
      code
        .usesOf(owner)
        .some((use) => isReceived(use) && enclosingFunction(use) === fn && isServedAfter(loop, use)),
  );
}

/** What becomes of what the goroutines send to a variable of the function that starts them. */
function sentWhere(code: Code, spawn: Spawn, loop: Loop, channel: Binding): FewAtATime {
  if (hasRoom(code, spawn, loop, channel)) return 'freely';
  const fn = enclosingFunction(loop.at);
  const receives = code.usesOf(channel).filter((use) => isReceived(use) && !contains(spawn.at, use));
  const isBeside = receives.some((use) => {
    const around = enclosingFunction(use);
    const isSpawned =
      around !== undefined && roleOf(around) === 'spawned' && enclosingFunction(around) === fn;
    return (
      isSpawned && around.end < loop.at.start && use.parent?.kind === 'range_clause' && isDrained(use.parent)
    );
  });
  if (isBeside) return 'freely';
  const after = receives.filter((use) => enclosingFunction(use) === fn && use.start > loop.at.end);
  return after.length > 0 && after.every((use) => isServedAfter(loop, use)) ? 'if served' : 'no';
}

function isReceived(use: Node): boolean {
  const isOperand = use.parent?.kind === 'unary_expression' && operatorOf(use.parent) === '<-';
  return isOperand || (use.parent?.kind === 'range_clause' && use.field === 'right');
}

/** Whether nothing leaves a range loop before its channel is closed. */
function isDrained(clause: Node): boolean {
  const loop = clause.parent as Node;
  return ![...descendants(loop)].some((node) => /^(?:return|break|goto)_statement$/.test(node.kind));
}

/** Whether control cannot go past a receive that follows a loop in the same list, nor leave what repeats it. */
function isServedAfter(loop: Loop, receive: Node): boolean {
  const list = listedAt(loop.at)?.parent;
  const siblings = list?.children ?? [];
  const first = siblings.findIndex((s) => contains(s, loop.at));
  const last = siblings.findIndex((s) => contains(s, receive));
  if (first < 0 || last <= first) return false;
  const between = siblings.slice(first + 1, last + 1);
  return !between.some((s) =>
    [...descendants(s)].some(
      (node) =>
        /^(?:return|break|goto|select)_statement$/.test(node.kind) &&
        enclosingFunction(node) === enclosingFunction(receive),
    ),
  );
}

function listedAt(node: Node): Node | undefined {
  let at: Node | undefined = node;
  while (at && at.parent?.kind !== 'statement_list') at = at.parent;
  return at;
}

/** Whether a channel has room for what all goroutines send: as many values as the loop has turns, one from each. */
function hasRoom(code: Code, spawn: Spawn, loop: Loop, channel: Binding): boolean {
  const { writes } = writesTo(code, { kind: 'local', code, binding: channel }, newSearch());
  const made = writes.filter((w) => w.how === 'whole').map((w) => unparen(w.value));
  const room =
    made.length === 1 && made[0] && code.calleeName(made[0]) === 'builtin.make'
      ? argumentsOf(made[0])[1]
      : undefined;
  const [only] = spawn.runs;
  if (!room || !only || only.code !== code || textOf(room) !== turnsOf(code, loop)) return false;
  const sends = nodesOf(code.root.tree, 'send_statement').filter((send) => {
    const to = child(send, 'channel');
    return to?.kind === 'identifier' && code.bindingOf(to) === channel;
  });
  return sends.every(
    (send) => enclosingFunction(send) === only.node && !isFollowedByOne(code, only.node, send, sends),
  );
}

function isFollowedByOne(code: Code, fn: Node, send: Node, sends: readonly Node[]): boolean {
  const to = (entry: Node) => sends.some((other) => other === entry || contains(entry, other));
  return (
    findPath(code.flowOf(fn), { from: send, names: code, exits: [], stops: () => false, to }) !== undefined
  );
}

/** How often a loop goes round, as Go writes it: `len(xs)`. */
export function turnsOf(code: Code, loop: Pick<Loop, 'at'>): string {
  const range = childOfKind(loop.at, 'range_clause');
  const over = range && child(range, 'right');
  if (over)
    return code.underlyingOf(code.typeOf(over)).kind === 'basic' ? textOf(over) : `len(${textOf(over)})`;
  const clause = childOfKind(loop.at, 'for_clause');
  const condition = clause && child(clause, 'condition');
  const limit = condition && operatorOf(condition) === '<' ? child(condition, 'right') : undefined;
  return limit ? textOf(limit) : '';
}

/** Whether the function may hold a lock when it starts a goroutine. */
function holdsLockAt(code: Code, loop: Loop, at: Node): boolean {
  const fns = new Set([loop.fn, enclosingFunction(loop.at)]);
  return code.calls.some((lock) => {
    const fn = enclosingFunction(lock);
    if (!fn || !fns.has(fn) || !/^sync\.(?:RW)?Mutex\.R?Lock$/.test(code.calleeName(lock))) return false;
    const unlock = textOf(calledOf(lock) ?? lock).replace(/(R?)Lock$/, '$1Unlock');
    const isUnlock = (entry: Node) =>
      entry.kind !== 'defer_statement' &&
      [...descendants(entry)].some(
        (node) => node.kind === 'call_expression' && textOf(calledOf(node) ?? node) === unlock,
      );
    const place = fn === enclosingFunction(at) ? at : loop.at;
    const to = (entry: Node) => contains(entry, place) || contains(place, entry);
    return (
      findPath(code.flowOf(fn), { from: lock, names: code, exits: [], stops: isUnlock, to }) !== undefined
    );
  });
}
