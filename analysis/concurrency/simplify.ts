// Takes out of a behaviour what nobody can tell from nothing: values that are never read, and branches whose two
// ways are the same.

import type { Block, Ending, Expr, Operation, Slot } from './ir.ts';
import { liveBehind, reachedFrom, readBy, slotsIn, successors } from './liveness.ts';

/** The blocks that can be reached, in the same order, without dead values and empty ways. */
export function simplify(
  blocks: readonly Block[],
  entry: number,
  alwaysLive: ReadonlySet<Slot>,
): { readonly blocks: readonly Block[]; readonly entry: number } {
  let now = blocks;
  let start = entry;
  for (let round = 0; round < 6; round++) {
    const live = liveBehind(now, alwaysLive);
    const shorter = now.map((block, i) => ({ ...block, operations: useful(block, live[i] ?? new Set()) }));
    const target = shorter.map((_, i) => follow(shorter, i));
    start = target[start] ?? start;
    const next = shorter.map((block) => ({
      ...block,
      ending: retarget(block.ending, (n) => target[n] ?? n),
    }));
    const isSame = next.every((block, i) => {
      const before = now[i] as Block;
      return block.operations.length === before.operations.length && sameTargets(block.ending, before.ending);
    });
    now = next;
    if (isSame) break;
  }
  return withoutUnreached(now, start);
}

function withoutUnreached(blocks: readonly Block[], entry: number): ReturnType<typeof simplify> {
  const kept = [...reachedFrom(blocks, [entry])].sort((a, b) => a - b);
  const target: number[] = [];
  kept.forEach((block, i) => {
    target[block] = i;
  });
  return {
    blocks: kept.map((i) => {
      const block = blocks[i] as Block;
      return { ...block, ending: retarget(block.ending, (n) => target[n] ?? n) };
    }),
    entry: target[entry] as number,
  };
}

function sameTargets(a: Ending, b: Ending): boolean {
  if (a.kind !== b.kind) return false;
  const [first, second] = [successors(a), successors(b)];
  return first.length === second.length && first.every((next, i) => next === second[i]);
}

/** The block that is reached through blocks that only lead on. */
function follow(blocks: readonly Block[], from: number): number {
  let at = from;
  for (let steps = 0; steps < blocks.length; steps++) {
    const block = blocks[at] as Block;
    if (block.operations.length > 0 || block.ending.kind !== 'jump') return at;
    at = block.ending.next;
  }
  return from;
}

/** The ending with other blocks in the place of those that it leads to. */
export function retarget(ending: Ending, to: (next: number) => number): Ending {
  switch (ending.kind) {
    case 'jump':
      return { ...ending, next: to(ending.next) };
    case 'branch': {
      const [yes, no] = [to(ending.yes), to(ending.no)];
      return yes === no ? { kind: 'jump', at: ending.at, next: yes } : { ...ending, yes, no };
    }
    case 'choice': {
      const next = [...new Set(ending.next.map(to))];
      return next.length === 1
        ? { kind: 'jump', at: ending.at, next: next[0] as number }
        : { ...ending, next };
    }
    case 'next':
      return { ...ending, more: to(ending.more), done: to(ending.done) };
    case 'select':
      return {
        ...ending,
        cases: ending.cases.map((c) => ({ ...c, next: to(c.next) })),
        otherwise: ending.otherwise === undefined ? undefined : to(ending.otherwise),
      };
    default:
      return ending;
  }
}

/** The operations of a block whose effect somebody can see; `live` is what is read behind it. */
function useful(block: Block, live: ReadonlySet<Slot>): readonly Operation[] {
  const needed = new Set(live);
  const kept: Operation[] = [];
  for (let i = block.operations.length - 1; i >= 0; i--) {
    const operation = block.operations[i] as Operation;
    if (isDead(operation, needed)) continue;
    kept.unshift(operation);
    for (const expr of readBy(operation)) for (const slot of slotsIn(expr)) needed.add(slot);
  }
  return kept;
}

function isDead(operation: Operation, needed: ReadonlySet<Slot>): boolean {
  switch (operation.kind) {
    case 'assign':
      return operation.to.kind === 'slot' && !needed.has(operation.to.slot);
    case 'make-channel':
    case 'allocate':
    case 'list':
      return !needed.has(operation.to);
    case 'escape':
      return operation.values.every((value) => carriesNothing(value));
    default:
      return false;
  }
}

function carriesNothing(value: Expr): boolean {
  return (
    value.kind === 'constant' || value.kind === 'nil' || value.kind === 'unknown' || value.kind === 'binary'
  );
}
