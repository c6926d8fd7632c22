// Ranges over functions: the call that runs the loop, in the function around it, and what is particular to the body.

import type { Block as FlowBlock } from '../flow/flow.ts';
import { child, childOfKind, type Node } from '../syntax/node.ts';
import { capturesOf, returnsValues, signalSlot, signalsIn, tellsExit, valuesReturnedBy } from './captures.ts';
import type { Ending, Expr, Operation, Slot, Target } from './ir.ts';
import type { Loop } from './loop-functions.ts';
import { resultCount } from './lower.ts';
import { lowerTarget } from './lower-expression.ts';
import { valuesFor } from './lower-statement.ts';
import {
  emit,
  endBlock,
  type Lowering,
  newBlock,
  slotOf,
  startBlock,
  temporary,
  unknownAt,
} from './lowering.ts';
import { retarget } from './simplify.ts';

/** Calls the function that is ranged over with the body, and goes on where the body has left it for. */
export function callOverFunction(l: Lowering, loop: Loop, results: readonly Slot[]): Ending {
  const clause = childOfKind(loop.statement, 'range_clause') as Node;
  const at = child(clause, 'right') ?? clause;
  const { exit, values } = signalsIn(l);
  const isOutermost = l.fn === l.flow.fn;
  const exits = [...loop.returns, ...loop.targets];
  if (isOutermost && returnsValues(loop))
    for (const value of values) emit(l, set(l, value, unknownAt(at), at, true));
  if (exits.length > 0 || (isOutermost && tellsExit(l, loop)))
    emit(l, set(l, exit, number(0), at, isOutermost));
  const callee = l.values.get(clause) ?? unknownAt(clause);
  const body: Expr = { kind: 'closure', literal: loop.statement, captures: capturesOf(l, loop.statement) };
  emit(l, { kind: 'call', at, mode: 'call', callee, args: [body], results: [] });
  return exits.reduceRight<Ending>(
    (otherwise, block) => {
      const no = newBlock(l);
      l.blocks[no] = { operations: [], ending: otherwise };
      const left: Expr = { kind: 'slot', slot: signalSlot(l, exit) };
      const condition: Expr = { kind: 'binary', operator: '==', left, right: number(block.id + 1) };
      return { kind: 'branch', at, condition, yes: wayOn(l, loop, block, results), no };
    },
    { kind: 'jump', at, next: loop.done.id },
  );
}

/** Where control goes on in the function around a loop that was left for a block. */
function wayOn(l: Lowering, loop: Loop, block: FlowBlock, results: readonly Slot[]): number {
  if (!loop.returns.includes(block)) return block.id;
  const at = block.nodes.at(-1) as Node;
  const way = newBlock(l);
  // A loop around this one is left as well.
  if (l.fn !== l.flow.fn) {
    l.blocks[way] = { operations: [], ending: { kind: 'return', at: l.fn, values: [constant(false)] } };
    return way;
  }
  const values = signalsIn(l).values.map((value): Expr => ({ kind: 'slot', slot: signalSlot(l, value) }));
  const named = results.map((slot): Target => ({ kind: 'slot', slot }));
  const operations = valuesReturnedBy(block)
    ? named.map(
        (to, i): Operation => ({
          kind: 'assign',
          at: loop.statement,
          to,
          value: values[i] ?? unknownAt(at),
          declares: false,
        }),
      )
    : [];
  l.blocks[way] = {
    operations,
    ending: { kind: 'return', at: loop.statement, values: named.length > 0 ? named : values },
  };
  return way;
}

/** The variables of a loop are what its body is called with. */
export function parametersOfLoop(l: Lowering, loop: Loop): (Slot | undefined)[] {
  return targetsOf(loop).map((target) => {
    const binding = l.code.bindingOf(target);
    if (binding?.declaredAt === target) return slotOf(l, binding);
    const to = lowerTarget(l, target);
    return to && temporary(l);
  });
}

function targetsOf({ statement }: Loop): readonly Node[] {
  const clause = childOfKind(statement, 'range_clause');
  return (clause && child(clause, 'left')?.children) ?? [];
}

/** A `return` in the body of a loop: it keeps what is returned and ends the loop. */
export function returnFromLoop(l: Lowering, block: FlowBlock, at: Node): Ending {
  const { exit, values } = signalsIn(l);
  const returned = valuesReturnedBy(block);
  const found = returned && valuesFor(l, returned, resultCount(l.flow.fn));
  for (const [i, value] of values.entries())
    if (found) emit(l, set(l, value, found[i] ?? unknownAt(at), at, false));
  emit(l, set(l, exit, number(block.id + 1), at, false));
  return { kind: 'return', at, values: [constant(false)] };
}

/** Ends the body of a loop where control leaves it, and begins it; returns where that is. */
export function enterLoop(l: Lowering, loop: Loop, parameters: readonly (Slot | undefined)[]): number {
  const at = loop.statement;
  const { exit } = signalsIn(l);
  const own = new Set([...loop.own].map(({ id }) => id));
  const left = new Map<number, number>();
  const leave = (operations: readonly Operation[], again: boolean): number => {
    const way = newBlock(l);
    l.blocks[way] = { operations, ending: { kind: 'return', at, values: [constant(again)] } };
    return way;
  };
  const wayTo = (next: number): number => {
    if (next >= l.flow.blocks.length || own.has(next)) return next;
    let way = left.get(next);
    if (way === undefined) {
      const reset = tellsExit(l, loop) ? [set(l, exit, number(0), at, false)] : [];
      if (next === loop.head.id) way = leave(reset, true);
      else if (next === loop.done.id) way = leave([], false);
      else way = leave([set(l, exit, number(next + 1), at, false)], false);
      left.set(next, way);
    }
    return way;
  };
  l.blocks.slice().forEach((block, i) => {
    l.blocks[i] = { ...block, ending: retarget(block.ending, wayTo) };
  });
  const start = newBlock(l);
  startBlock(l, start);
  targetsOf(loop).forEach((target, i) => {
    const slot = parameters[i];
    if (slot === undefined || l.code.bindingOf(target)?.declaredAt === target) return;
    const to = lowerTarget(l, target);
    if (to) emit(l, { kind: 'assign', at: target, to, value: { kind: 'slot', slot }, declares: false });
  });
  endBlock(l, { kind: 'jump', at, next: wayTo(loop.first.id) });
  return start;
}

function set(l: Lowering, signal: Node, value: Expr, at: Node, declares: boolean): Operation {
  return { kind: 'assign', at, to: { kind: 'slot', slot: signalSlot(l, signal) }, value, declares };
}

function number(n: number): Expr {
  return { kind: 'constant', value: BigInt(n) };
}

function constant(value: boolean): Expr {
  return { kind: 'constant', value };
}
