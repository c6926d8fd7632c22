// What a behaviour promises to the machine, as a check: for tests and for `npm run inspect -- behaviour`.

import { contains, isFunction, type Node } from '../syntax/node.ts';
import type { Behaviour, Block, Ending, Expr, Operation, Slot } from './ir.ts';
import { reachedFrom, readBy, slotsIn, successors } from './liveness.ts';
import { printEnding, printOperation } from './print.ts';

type Say = (what: string) => void;

/**
 * What is wrong with a behaviour, in words; nothing if it is sound. `behaviourOf` gives the behaviours of the literals
 * in it, which have to take the variables that they are handed.
 */
export function checkBehaviour(
  behaviour: Behaviour,
  behaviourOf: (literal: Node) => Behaviour,
): readonly string[] {
  const wrong: string[] = [];
  checkHeader(behaviour, (what) => wrong.push(what));
  if (!behaviour.blocks[behaviour.entry]) return [...wrong, `the entry ${behaviour.entry} is no block`];
  behaviour.blocks.forEach((block, i) => {
    for (const operation of block.operations) {
      const say: Say = (what) => wrong.push(`block ${i}, ${printOperation(behaviour, operation)}: ${what}`);
      checkPlace(behaviour, operation.at, say);
      checkOperation(operation, say);
      for (const expr of expressionsIn(operation)) checkExpression(behaviour, expr, behaviourOf, say);
      checkSlots(behaviour, [...slotsRead(operation), ...slotsWritten(operation)], say);
    }
    const say: Say = (what) => wrong.push(`block ${i}, ${printEnding(behaviour, block.ending)}: ${what}`);
    checkPlace(behaviour, block.ending.at, say);
    checkEnding(behaviour, block.ending, say);
    for (const expr of expressionsOfEnding(block.ending)) checkExpression(behaviour, expr, behaviourOf, say);
    checkSlots(behaviour, [...readByEnding(block.ending), ...writtenByEnding(block.ending)], say);
  });
  if (wrong.length > 0) return wrong;
  return [...unreachable(behaviour), ...readTooSoon(behaviour)];
}

function checkHeader(b: Behaviour, say: Say): void {
  const named = [...b.parameters, ...b.results, ...b.captures.map((c) => c.slot)];
  const own = named.filter((slot) => slot !== undefined);
  checkSlots(b, own, (what) => say(`the header: ${what}`));
  if (new Set(own).size < own.length) say('the header: a slot has two roles');
  if (b.results.length > 0 && b.results.length !== b.resultCount)
    say(`${b.results.length} of ${b.resultCount} results are named`);
  if (b.variadic && b.parameters.length === 0) say('is variadic without a parameter');
  for (const { variable, slot } of b.captures) {
    if (b.variables.get(variable) !== slot) say(`captures a variable that is not in slot ${slot}`);
    if (contains(b.fn, variable) || variable.tree !== b.fn.tree) say('captures a variable of its own');
  }
  const slots = [...b.variables.values()];
  checkSlots(b, slots, (what) => say(`the variables: ${what}`));
  if (new Set(slots).size < slots.length) say('two variables have one slot');
}

function checkSlots(b: Behaviour, slots: readonly Slot[], say: Say): void {
  for (const slot of slots) if (!b.slots[slot]) say(`there is no slot ${slot}`);
}

/** Whether a place is in the function and in no function inside it. */
function checkPlace({ fn }: Behaviour, at: Node, say: Say): void {
  let around: Node | undefined = at;
  while (around && around !== fn && (around === at || !isFunction(around))) around = around.parent;
  if (!contains(fn, at)) say('stands outside the function');
  else if (around !== fn) say('stands in a function inside the function');
}

function checkOperation(operation: Operation, say: Say): void {
  switch (operation.kind) {
    case 'assign':
      if (operation.declares && operation.to.kind !== 'slot') say('declares what is no variable');
      return;
    case 'call':
      if (new Set(operation.results).size < operation.results.length) say('has two results in one slot');
      if (operation.mode !== 'call' && operation.results.length > 0) say('has results that come later');
      return;
    case 'receive':
      if (operation.ok !== undefined && operation.to === undefined) say('has ok and no value');
      return;
    case 'list':
      if (operation.length && operation.items.length > 0) say('has elements and a length');
      return;
    case 'escape':
      if (operation.values.length === 0) say('has no values');
  }
}

function checkEnding(b: Behaviour, ending: Ending, say: Say): void {
  const next = successors(ending);
  for (const to of next) if (!b.blocks[to]) say(`leads to ${to}, which is no block`);
  switch (ending.kind) {
    case 'branch':
      if (ending.yes === ending.no) say('has two ways that are one');
      return;
    case 'choice':
      if (new Set(next).size < 2 || new Set(next).size < next.length) say('is no choice');
      return;
    case 'select':
      if (next.length === 0) say('has no way on');
      for (const c of ending.cases) {
        checkPlace(b, c.at, say);
        if (c.send && (c.to !== undefined || c.ok !== undefined)) say('has a send with results');
      }
      return;
    case 'return':
      if (ending.values.length !== b.resultCount)
        say(`has ${ending.values.length} values for ${b.resultCount} results`);
  }
}

/** Every closure hands its literal the variables that the literal's own behaviour takes, in that order. */
function checkExpression(
  b: Behaviour,
  expr: Expr,
  behaviourOf: (literal: Node) => Behaviour,
  say: Say,
): void {
  for (const part of parts(expr)) {
    if (part.kind === 'reference' && !b.slots[part.slot]?.shared) say('refers to what is not shared');
    if (part.kind !== 'closure') continue;
    checkPlace(b, part.literal, say);
    const literal = behaviourOf(part.literal);
    const [given, taken] = [part.captures, literal.captures];
    const isSame = given.length === taken.length && given.every((c, i) => c.variable === taken[i]?.variable);
    if (!isSame) say(`hands over ${given.length} variables, and the literal takes ${taken.length} others`);
    else if (given.some((c, i) => b.slots[c.slot]?.shared !== literal.slots[taken[i]?.slot ?? -1]?.shared))
      say('shares a variable that the literal has as a value, or the other way round');
  }
}

/** An expression and those that it consists of. */
function parts(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'field':
    case 'dereference':
    case 'not':
    case 'count':
      return [expr, ...parts(expr.of)];
    case 'element':
      return [expr, ...parts(expr.of), ...parts(expr.index)];
    case 'method':
      return [expr, ...parts(expr.receiver)];
    case 'binary':
      return [expr, ...parts(expr.left), ...parts(expr.right)];
    default:
      return [expr];
  }
}

function expressionsIn(operation: Operation): readonly Expr[] {
  return operation.kind === 'assign' ? [operation.value, operation.to] : readBy(operation);
}

function expressionsOfEnding(ending: Ending): readonly Expr[] {
  switch (ending.kind) {
    case 'branch':
      return [ending.condition];
    case 'select':
      return ending.cases.flatMap((c) => (c.send ? [c.channel, c.send] : [c.channel]));
    case 'return':
      return ending.values;
    default:
      return [];
  }
}

function slotsRead(operation: Operation): readonly Slot[] {
  return readBy(operation).flatMap(slotsIn);
}

function readByEnding(ending: Ending): readonly Slot[] {
  return ending.kind === 'next' ? [ending.cursor] : expressionsOfEnding(ending).flatMap(slotsIn);
}

function slotsWritten(operation: Operation): readonly Slot[] {
  switch (operation.kind) {
    case 'assign':
      return operation.to.kind === 'slot' ? [operation.to.slot] : [];
    case 'make-channel':
    case 'allocate':
    case 'list':
    case 'append':
    case 'recover':
      return [operation.to];
    case 'receive':
      return [operation.to, operation.ok].filter((slot) => slot !== undefined);
    case 'call':
      return operation.results;
    case 'range':
      return [operation.cursor];
    default:
      return [];
  }
}

/** What an ending leaves in slots, whichever way is taken, or only on the way to one block. */
function writtenByEnding(ending: Ending, to?: number): readonly Slot[] {
  if (ending.kind === 'next' && (to === undefined || to === ending.more))
    return [ending.key, ending.value].filter((slot) => slot !== undefined);
  if (ending.kind !== 'select') return [];
  const cases = ending.cases.filter((c) => to === undefined || c.next === to);
  // Where several cases lead to one block, it has only what all of them leave.
  const [first = [], ...others] = cases.map((c) => [c.to, c.ok].filter((slot) => slot !== undefined));
  const leadsElsewhere = to !== undefined && ending.otherwise === to;
  if (to === undefined) return [first, ...others].flat();
  return leadsElsewhere ? [] : first.filter((slot) => others.every((slots) => slots.includes(slot)));
}

function unreachable({ blocks, entry }: Behaviour): readonly string[] {
  const seen = reachedFrom(blocks, [entry]);
  return blocks.flatMap((_, i) => (seen.has(i) ? [] : [`block ${i} cannot be reached`]));
}

/** Slots that are read although on some way nothing was written to them: forward data flow. */
function readTooSoon(b: Behaviour): readonly string[] {
  const given = [...b.parameters, ...b.results, ...b.captures.map((c) => c.slot)];
  const atStart: (Set<Slot> | undefined)[] = b.blocks.map(() => undefined);
  atStart[b.entry] = new Set(given.filter((slot) => slot !== undefined));
  const todo = [b.entry];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const { operations, ending } = b.blocks[at] as Block;
    const written = new Set([...(atStart[at] ?? []), ...operations.flatMap(slotsWritten)]);
    for (const next of successors(ending)) {
      const arriving = new Set([...written, ...writtenByEnding(ending, next)]);
      const known = atStart[next];
      const both = known ? new Set([...known].filter((slot) => arriving.has(slot))) : arriving;
      if (known && both.size === known.size) continue;
      atStart[next] = both;
      todo.push(next);
    }
  }
  return b.blocks.flatMap((block, i) => unwrittenIn(b, block, atStart[i] ?? new Set(), i));
}

function unwrittenIn(b: Behaviour, block: Block, atStart: ReadonlySet<Slot>, i: number): readonly string[] {
  const written = new Set(atStart);
  const wrong: string[] = [];
  const check = (slots: readonly Slot[], text: () => string): void => {
    const early = slots.filter((slot) => !written.has(slot));
    const names = early.map((slot) => b.slots[slot]?.name || `t${slot}`);
    if (early.length > 0) wrong.push(`block ${i}, ${text()}: ${names.join(', ')} may have no value yet`);
  };
  for (const operation of block.operations) {
    check(slotsRead(operation), () => printOperation(b, operation));
    for (const slot of slotsWritten(operation)) written.add(slot);
  }
  check(readByEnding(block.ending), () => printEnding(b, block.ending));
  return wrong;
}
