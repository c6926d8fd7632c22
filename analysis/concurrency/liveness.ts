// Which slots of a function can still be read at a place: backwards data flow over its behaviour.

import type { Behaviour, Block, Ending, Expr, Operation, Slot } from './ir.ts';

const places = new WeakMap<Behaviour, Map<number, ReadonlySet<Slot>>>();
const behind = new WeakMap<Behaviour, readonly ReadonlySet<Slot>[]>();

/** The slots that can be read from the operation `index` of a block on; the ending is the one after the last. */
export function liveSlots(behaviour: Behaviour, block: number, index: number): ReadonlySet<Slot> {
  const known = places.get(behaviour) ?? new Map<number, ReadonlySet<Slot>>();
  places.set(behaviour, known);
  const key = block * 4096 + index;
  let live = known.get(key);
  if (!live) {
    const always = slotsOfMemory(behaviour);
    const after = behind.get(behaviour) ?? liveBehind(behaviour.blocks, always);
    behind.set(behaviour, after);
    live = before(behaviour.blocks[block] as Block, index, after[block] ?? new Set(), always);
    known.set(key, live);
  }
  return live;
}

/** Named results, which a return reads, and memory that is shared by reference, which is written through its slot. */
export function slotsOfMemory({ slots, results }: Pick<Behaviour, 'slots' | 'results'>): ReadonlySet<Slot> {
  return new Set([...results, ...slots.flatMap((info, slot) => (info.shared ? [slot] : []))]);
}

/** What can be read behind the operations of each block, its ending included. */
export function liveBehind(
  blocks: readonly Block[],
  always: ReadonlySet<Slot>,
): readonly ReadonlySet<Slot>[] {
  const atStart: ReadonlySet<Slot>[] = blocks.map(() => new Set<Slot>());
  const after = (block: Block): Set<Slot> => {
    const live = new Set(always);
    for (const next of successors(block.ending)) for (const slot of atStart[next] ?? []) live.add(slot);
    for (const slot of readsOfEnding(block.ending)) live.add(slot);
    return live;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = blocks.length - 1; i >= 0; i--) {
      const block = blocks[i] as Block;
      const now = before(block, 0, after(block), always);
      if (now.size === atStart[i]?.size) continue;
      atStart[i] = now;
      changed = true;
    }
  }
  return blocks.map(after);
}

function before(
  block: Block,
  index: number,
  live: ReadonlySet<Slot>,
  always: ReadonlySet<Slot>,
): ReadonlySet<Slot> {
  const slots = new Set(live);
  for (let i = block.operations.length - 1; i >= index; i--) {
    const operation = block.operations[i] as Operation;
    const written = writtenBy(operation);
    if (written !== undefined && !always.has(written)) slots.delete(written);
    for (const expr of readBy(operation)) for (const slot of slotsIn(expr)) slots.add(slot);
  }
  return slots;
}

/** The blocks that can follow an ending. */
export function successors(ending: Ending): readonly number[] {
  switch (ending.kind) {
    case 'jump':
      return [ending.next];
    case 'branch':
      return [ending.yes, ending.no];
    case 'choice':
      return ending.next;
    case 'next':
      return [ending.more, ending.done];
    case 'select':
      return [
        ...ending.cases.map((c) => c.next),
        ...(ending.otherwise === undefined ? [] : [ending.otherwise]),
      ];
    default:
      return [];
  }
}

/** The numbers of the blocks that control can come to from some of them, themselves included. */
export function reachedFrom(blocks: readonly Block[], starts: readonly number[]): ReadonlySet<number> {
  const seen = new Set(starts);
  for (const at of seen) for (const next of successors((blocks[at] as Block).ending)) seen.add(next);
  return seen;
}

/** The slot that an operation gives a new value, whatever happens. */
function writtenBy(operation: Operation): Slot | undefined {
  switch (operation.kind) {
    case 'assign':
      return operation.to.kind === 'slot' ? operation.to.slot : undefined;
    case 'make-channel':
    case 'allocate':
    case 'list':
    case 'append':
    case 'recover':
      return operation.to;
    case 'range':
      return operation.cursor;
    default:
      return undefined;
  }
}

/** The expressions that an operation evaluates. */
export function readBy(operation: Operation): readonly Expr[] {
  switch (operation.kind) {
    case 'assign':
      return operation.to.kind === 'slot' ? [operation.value] : [operation.value, operation.to];
    case 'make-channel':
      return operation.capacity ? [operation.capacity] : [];
    case 'allocate':
      return operation.fields.map((field) => field.value);
    case 'list':
      return operation.length ? [...operation.items, operation.length] : operation.items;
    case 'append':
      return [operation.list, ...operation.items];
    case 'send':
      return [operation.channel, operation.value];
    case 'receive':
      return [operation.channel];
    case 'call':
      return [operation.callee, ...operation.args];
    case 'escape':
      return operation.values;
    case 'recover':
    case 'doubt':
      return [];
    case 'range':
      return [operation.over];
  }
}

function readsOfEnding(ending: Ending): readonly Slot[] {
  switch (ending.kind) {
    case 'branch':
      return slotsIn(ending.condition);
    case 'next':
      return [ending.cursor];
    case 'select':
      return ending.cases.flatMap((c) => [...slotsIn(c.channel), ...(c.send ? slotsIn(c.send) : [])]);
    case 'return':
      return ending.values.flatMap(slotsIn);
    default:
      return [];
  }
}

/** Every slot that evaluating an expression reads. */
export function slotsIn(expr: Expr): readonly Slot[] {
  switch (expr.kind) {
    case 'slot':
    case 'reference':
      return [expr.slot];
    case 'field':
    case 'dereference':
    case 'not':
    case 'count':
      return slotsIn(expr.of);
    case 'element':
      return [...slotsIn(expr.of), ...slotsIn(expr.index)];
    case 'method':
      return slotsIn(expr.receiver);
    case 'binary':
      return [...slotsIn(expr.left), ...slotsIn(expr.right)];
    case 'closure':
      return expr.captures.map((c) => c.slot);
    default:
      return [];
  }
}
