// What a function literal, or the body of a loop over a function, takes from the functions around it: the same list,
// in the same order, where it is made and in its own behaviour.

import type { Block } from '../flow/flow.ts';
import { child, childOfKind, contains, type Node } from '../syntax/node.ts';
import type { Behaviour, Slot } from './ir.ts';
import type { Loop } from './loop-functions.ts';
import { resultCount } from './lower.ts';
import { type Lowering, slotOf } from './lowering.ts';
import { unknownShape } from './shapes.ts';
import { type Variable, variablesOf } from './variables.ts';

/** The variables that a literal or loop takes, with their slots in the function that is lowered: itself or its maker. */
export function capturesOf(l: Lowering, taker: Node): Behaviour['captures'] {
  const own = [...variablesOf(l.code)]
    .filter(([, variable]) => isTaken(l, taker, variable))
    .map(([variable, { binding }]) => ({ variable, slot: slotOf(l, binding) }))
    .filter((capture): capture is { variable: Node; slot: Slot } => capture.slot !== undefined)
    .sort((a, b) => a.variable.start - b.variable.start);
  const loop = l.loops.find(({ statement }) => statement === taker);
  const signals = loop ? signalsOf(l, loop) : [];
  return [...own, ...signals.map((variable) => ({ variable, slot: signalSlot(l, variable) }))];
}

function isTaken(l: Lowering, taker: Node, { binding, owner }: Variable): boolean {
  if (owner === taker || !contains(owner, taker)) return false;
  // The operand of a range is evaluated by the function around the loop.
  const clause = childOfKind(taker, 'range_clause');
  const operand = clause && child(clause, 'right');
  return l.code.usesOf(binding).some((use) => contains(taker, use) && !(operand && contains(operand, use)));
}

/** Those that a loop shares with the function around it, or with a loop in it. */
function signalsOf(l: Lowering, loop: Loop): readonly Node[] {
  const { exit, values } = signalsIn(l);
  return [...(tellsExit(l, loop) ? [exit] : []), ...(returnsValues(loop) ? values : [])];
}

/** Whether a loop, or one in it, is left for another place than the one behind it. */
export function tellsExit(l: Lowering, loop: Loop): boolean {
  return l.loops.some(
    ({ statement, returns, targets }) =>
      contains(loop.statement, statement) && returns.length + targets.length > 0,
  );
}

/** Whether the body of a loop returns something from the function around it. */
export function returnsValues({ returns }: Loop): boolean {
  return returns.some((block) => valuesReturnedBy(block) !== undefined);
}

/** The expressions of the `return` that a block ends in; undefined if it has none. */
export function valuesReturnedBy(block: Block): readonly Node[] | undefined {
  const last = block.nodes.at(-1);
  return last?.kind === 'return_statement' ? last.children[0]?.children : undefined;
}

/** The slot of a signal: shared like a variable that a literal changes. */
export function signalSlot(l: Lowering, signal: Node): Slot {
  const known = l.bySource.get(signal);
  if (known !== undefined) return known;
  const slot = l.slots.push({ name: '', shape: unknownShape, shared: true }) - 1;
  l.bySource.set(signal, slot);
  return slot;
}

/** The variables by which the body of a loop tells the function around it how to go on; they stand in no source. */
export interface Signals {
  /** One more than the number of the block where control goes on, or zero. */
  readonly exit: Node;
  /** What is returned there. */
  readonly values: readonly Node[];
}

const remembered = new WeakMap<Node, Signals>();

/** The same for all loops in a function. */
export function signalsIn({ flow: { fn } }: Lowering): Signals {
  const known = remembered.get(fn);
  if (known) return known;
  const values = Array.from({ length: resultCount(fn) }, () => ({ ...fn }));
  const made: Signals = { exit: { ...fn }, values };
  remembered.set(fn, made);
  return made;
}
