// How the goroutines of a loop are counted in a WaitGroup, where a pool can count its workers instead.

import type { Code } from '../model/code.ts';
import { argumentsOf, child, contains, type Node, textOf } from '../syntax/node.ts';
import { turnsOf } from './few-at-a-time.ts';
import { countingGroup } from './goroutine-join.ts';
import type { Loop, Spawn } from './spawning-loop.ts';
import { type Group, type GroupCall, groupCalls, isOwn, isSameGroup } from './wait-group.ts';

/** The group, with the statements that count a goroutine and take it off; all undefined if none is counted. */
export interface Counting {
  readonly group: Group | undefined;
  readonly counted: Node | undefined;
  readonly done: Node | undefined;
}

/** How goroutines are counted; undefined if that is neither one by one nor all at once before the loop. */
export function countingOf(
  code: Code,
  spawn: Spawn,
  loop: Loop,
  start: Node,
  literal: Node,
): Counting | undefined {
  const group = countingGroup(code, spawn);
  const dones = groupCalls(code, literal, 'Done').filter((call) => !group || isSameGroup(call.group, group));
  if (!group || spawn.by === 'sync.WaitGroup')
    return dones.length === 0 ? { group, counted: undefined, done: undefined } : undefined;
  const isKnown = group.root.scope === 'package' || code.lookup(group.root.name, loop.at) === group.root;
  const [done] = dones;
  const takenOff = done && dones.length === 1 ? takenOffBy(done, literal) : undefined;
  const adds = groupCalls(code, code.root, 'Add').filter((add) => isSameGroup(add.group, group));
  const counted = countedOneByOne(code, adds, loop, start) ?? countedBefore(code, adds, loop, start);
  return isKnown && takenOff && counted ? { group, counted, done: takenOff } : undefined;
}

/** The statement of a `Done` that runs however the literal ends: deferred, or the last one. */
function takenOffBy({ call }: GroupCall, literal: Node): Node | undefined {
  const statement = call.parent;
  const list = child(literal, 'body')?.children[0];
  if (!statement || statement.parent !== list || !isOwn(call, literal)) return undefined;
  return statement.kind === 'defer_statement' || list?.children.at(-1) === statement ? statement : undefined;
}

/** `wg.Add(1)` beside the statement that starts the goroutine. */
function countedOneByOne(code: Code, adds: readonly GroupCall[], loop: Loop, start: Node): Node | undefined {
  const [add, ...more] = adds.filter(({ call }) => contains(loop.at, call));
  const [count] = add ? argumentsOf(add.call) : [];
  const isOne = count !== undefined && code.constantOf(count) === 1n;
  return add && more.length === 0 && isOne && add.call.parent?.parent === start.parent
    ? add.call.parent
    : undefined;
}

/** `wg.Add(len(xs))` before a loop over xs that starts a goroutine in each turn. */
function countedBefore(
  code: Code,
  adds: readonly GroupCall[],
  { at, body }: Loop,
  start: Node,
): Node | undefined {
  const [add, ...more] = adds.filter(({ call }) => call.parent?.parent === at.parent && call.end < at.start);
  const [count] = add ? argumentsOf(add.call) : [];
  const isInside = adds.some(({ call }) => contains(at, call));
  const isAll =
    count !== undefined && textOf(count) === turnsOf(code, { at }) && start.parent?.parent === body;
  return add && more.length === 0 && isAll && !isInside ? add.call.parent : undefined;
}
