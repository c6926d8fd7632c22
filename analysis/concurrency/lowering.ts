// What the parts of the lowering share: the function, its slots and the operations of the block at hand.

import type { Flow, Block as FlowBlock } from '../flow/flow.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import type { Node } from '../syntax/node.ts';
import type { Block, Ending, Expr, Operation, Shape, Slot, SlotInfo } from './ir.ts';
import { functionAround, type Loop, ownedBlocks } from './loop-functions.ts';
import { shapeOf, unknownShape } from './shapes.ts';
import { type Variable, variablesOf } from './variables.ts';

export interface Lowering {
  readonly code: Code;
  /** The function declaration, method or literal, or the loop over a function whose body is lowered. */
  readonly fn: Node;
  /** The flow that holds its blocks: that of the function around a loop. */
  readonly flow: Flow;
  /** The loops over functions in that flow. */
  readonly loops: readonly Loop[];
  /** The blocks of the flow that are lowered. */
  readonly own: ReadonlySet<FlowBlock>;
  readonly slots: SlotInfo[];
  /** By the node that declares the variable. */
  readonly bySource: Map<Node, Slot>;
  /** The values of expressions that were evaluated before the place where they stand. */
  readonly values: Map<Node, Expr>;
  /** Where a case of a `select` leaves what it received. */
  readonly received: Map<Node, readonly Slot[]>;
  /** The blocks that are done: those of the flow under their own numbers, and the parts that were cut off behind. */
  readonly blocks: Block[];
  /** The number of the block at hand, and its operations. */
  block: number;
  operations: Operation[];
  /** The first number that no block has. */
  nextBlock: number;
}

export function newLowering(code: Code, fn: Node): Lowering {
  const around = functionAround(fn);
  const flow = code.flowOf(around);
  const { own, loops } = ownedBlocks(code, around);
  return {
    code,
    fn,
    flow,
    loops,
    own: loops.find((loop) => loop.statement === fn)?.own ?? own,
    slots: [],
    bySource: new Map(),
    values: new Map(),
    received: new Map(),
    blocks: [],
    block: 0,
    operations: [],
    nextBlock: flow.blocks.length,
  };
}

/** Starts a block. */
export function startBlock(l: Lowering, number: number): void {
  l.block = number;
  l.operations = [];
}

/** Ends the block at hand. */
export function endBlock(l: Lowering, ending: Ending): void {
  l.blocks[l.block] = { operations: l.operations, ending };
}

export function newBlock(l: Lowering): number {
  return l.nextBlock++;
}

export function temporary(l: Lowering, shape: Shape = unknownShape): Slot {
  return l.slots.push({ name: '', shape, shared: false }) - 1;
}

export function emit(l: Lowering, operation: Operation): void {
  l.operations.push(operation);
}

/** The slot of a local variable, a captured one included; undefined for what is no local variable. */
export function slotOf(l: Lowering, binding: Binding): Slot | undefined {
  const at = binding.declaredAt;
  const variable = at && variablesOf(l.code).get(at);
  if (!at || !variable) return undefined;
  const known = l.bySource.get(at);
  if (known !== undefined) return known;
  const slot = l.slots.push(slotInfo(l, variable)) - 1;
  l.bySource.set(at, slot);
  return slot;
}

function slotInfo(l: Lowering, { binding, captured, changed }: Variable): SlotInfo {
  const shape = shapeOf(l.code.typeOfBinding(binding), l.code);
  const isMemory = shape.kind === 'struct' || shape.kind === 'primitive';
  // A variable that is memory of its own is shared as such.
  return {
    name: binding.name,
    shape,
    shared: changed && (captured || isAddressable(l, binding)) && !isMemory,
  };
}

/** Whether `&x` stands somewhere: then the variable is shared although no literal captures it. */
function isAddressable(l: Lowering, binding: Binding): boolean {
  return l.code
    .usesOf(binding)
    .some((use) => use.parent?.kind === 'unary_expression' && use.tree.text[use.parent.start] === '&');
}

export function unknownAt(at: Node): Expr {
  return { kind: 'unknown', at, isNil: undefined };
}

/** A value that is not nil, and nothing else is known of it. */
export function someAt(at: Node): Expr {
  return { kind: 'unknown', at, isNil: false };
}

export const nil: Expr = { kind: 'nil' };
