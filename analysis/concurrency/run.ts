// Runs a goroutine up to the next thing that others can see: local steps do not interleave.

import type { Node } from '../syntax/node.ts';
import { invoke, leave, start } from './calls.ts';
import { assign, evaluate, fresh, truth } from './evaluate.ts';
import type { Ending, Expr, Operation } from './ir.ts';
import { type Machine, memoryFor, renew, store, zeroOf } from './machine.ts';
import { runAtOnce } from './primitives.ts';
import {
  type Activation,
  allocate,
  copyState,
  type Goroutine,
  goroutineOf,
  memoryOf,
  open,
  type State,
  type Value,
} from './state.ts';

/** The local steps of one goroutine between two visible ones; more are not followed. */
const mostSteps = 3000;

/** A branch that was decided by nothing that is known. */
export interface Decision {
  readonly goroutine: string;
  readonly at: Node;
  readonly outcome: boolean | undefined;
}

export interface Settled {
  readonly state: State;
  readonly decisions: readonly Decision[];
}

/** Runs the goroutines until each has ended or is about to do something visible: all ways in which that can go. */
export function settle(m: Machine, start: State, goroutines: readonly string[]): readonly Settled[] {
  const done: Settled[] = [];
  const todo: { state: State; waiting: string[]; decisions: readonly Decision[] }[] = [
    { state: start, waiting: [...goroutines], decisions: [] },
  ];
  for (let work = todo.pop(); work && done.length < 64; work = todo.pop()) {
    const { state, waiting } = work;
    let { decisions } = work;
    let isForked = false;
    while (waiting.length > 0 && !state.ended) {
      const id = waiting.at(-1) as string;
      const goroutine = goroutineOf(state, id);
      const fork = goroutine && runOne(m, state, goroutine, waiting);
      if (!fork) {
        removeEnded(state, id);
        const at = waiting.lastIndexOf(id);
        if (at >= 0) waiting.splice(at, 1);
        continue;
      }
      for (const { decision, apply } of fork) {
        const copy = copyState(state);
        apply(copy, goroutineOf(copy, id) as Goroutine);
        todo.push({ state: copy, waiting: [...waiting], decisions: [...decisions, decision] });
      }
      isForked = true;
      decisions = [];
      break;
    }
    if (!isForked) done.push({ state, decisions });
  }
  return done;
}

function removeEnded(state: State, id: string): void {
  if (state.goroutines.get(id)?.stack.length === 0) state.goroutines.delete(id);
}

type Fork = readonly {
  readonly decision: Decision;
  readonly apply: (state: State, goroutine: Goroutine) => void;
}[];

/** Runs one goroutine; returns the ways to go on where they part. */
function runOne(m: Machine, state: State, g: Goroutine, started: string[]): Fork | undefined {
  for (let steps = 0; steps < mostSteps; steps++) {
    const frame = g.stack.at(-1);
    if (!frame || state.ended) return undefined;
    if (frame.kind === 'primitive') {
      if (!runAtOnce(m, state, g, frame, started)) return undefined;
      continue;
    }
    if (frame.leaving) {
      leave(m, state, g, frame);
      continue;
    }
    const block = frame.behaviour.blocks[frame.block];
    const operation = block?.operations[frame.index];
    if (operation) {
      frame.index++;
      perform(m, state, g, frame, operation, started);
      continue;
    }
    if (!block) return undefined;
    const fork = end(m, state, g, frame, block.ending);
    if (fork) return fork;
  }
  state.cut = true;
  g.stack.length = 0;
  return undefined;
}

function perform(
  m: Machine,
  state: State,
  g: Goroutine,
  frame: Activation,
  operation: Operation,
  started: string[],
): void {
  const value = (expr: Expr): Value => evaluate(m, state, frame, expr);
  switch (operation.kind) {
    case 'assign': {
      const assigned = value(operation.value);
      if (operation.declares && operation.to.kind === 'slot') renew(state, frame, operation.to.slot);
      assign(m, state, frame, operation.to, assigned);
      return;
    }
    case 'make-channel':
      makeChannel(m, state, frame, operation);
      return;
    case 'allocate':
      makeMemory(m, state, frame, operation);
      return;
    case 'list':
      makeList(m, state, frame, operation);
      return;
    case 'append': {
      const list = value(operation.list);
      const memory = memoryOf(state, list);
      const items = operation.items.map(value);
      if (list !== null && memory?.kind !== 'list') {
        for (const item of items) open(state, item);
        store(state, frame, operation.to, fresh(state, frame, operation.at.start));
        return;
      }
      const before = memory?.kind === 'list' ? memory.items : [];
      const made = allocate(state, { kind: 'list', items: [...before, ...items].slice(0, 16), open: false });
      store(state, frame, operation.to, made);
      return;
    }
    case 'send':
      g.stack.push({
        kind: 'primitive',
        name: 'send',
        args: [value(operation.channel), value(operation.value)],
        results: [],
        at: operation.at,
        stage: 0,
      });
      return;
    case 'receive':
      g.stack.push({
        kind: 'primitive',
        name: 'receive',
        args: [value(operation.channel)],
        results: [operation.to ?? -1, operation.ok ?? -1],
        at: operation.at,
        stage: 0,
      });
      return;
    case 'call':
      performCall(m, state, g, frame, operation, started);
      return;
    case 'escape':
      for (const expr of operation.values) open(state, value(expr));
      return;
    case 'range':
      store(
        state,
        frame,
        operation.cursor,
        allocate(state, { kind: 'cursor', over: value(operation.over), next: 0, open: false }),
      );
  }
}

function makeChannel(
  m: Machine,
  state: State,
  frame: Activation,
  operation: Operation & { kind: 'make-channel' },
): void {
  const asked = operation.capacity ? evaluate(m, state, frame, { kind: 'count', of: operation.capacity }) : 0;
  const capacity = typeof asked === 'number' ? Math.min(asked, 1000) : 0;
  const made = allocate(state, {
    kind: 'channel',
    capacity,
    buffer: [],
    closed: false,
    open: false,
    madeAt: operation.at,
  });
  store(state, frame, operation.to, made);
}

function makeMemory(
  m: Machine,
  state: State,
  frame: Activation,
  operation: Operation & { kind: 'allocate' },
): void {
  const memory = memoryFor(operation.shape);
  if (!memory) return;
  const fields = new Map(
    operation.fields.map(({ name, value }): [string, Value] => [name, evaluate(m, state, frame, value)]),
  );
  const made = memory.kind === 'struct' ? { ...memory, fields } : memory;
  store(state, frame, operation.to, allocate(state, made));
}

function makeList(
  m: Machine,
  state: State,
  frame: Activation,
  operation: Operation & { kind: 'list' },
): void {
  const items: Value[] = operation.items.map((item) => evaluate(m, state, frame, item));
  const asked = operation.length && evaluate(m, state, frame, { kind: 'count', of: operation.length });
  const length = typeof asked === 'number' ? Math.min(asked, 16) : 0;
  for (let i = items.length; i < length; i++)
    items.push(zeroOf(state, operation.element, fresh(state, frame, `${operation.at.start}.${i}`)));
  store(state, frame, operation.to, allocate(state, { kind: 'list', items, open: false }));
}

function performCall(
  m: Machine,
  state: State,
  g: Goroutine,
  frame: Activation,
  operation: Operation & { kind: 'call' },
  started: string[],
): void {
  const callee = evaluate(m, state, frame, operation.callee);
  const args = operation.args.map((arg) => evaluate(m, state, frame, arg));
  const { at, results } = operation;
  for (const slot of results) store(state, frame, slot, fresh(state, frame, `${at.start}.${slot}`));
  if (operation.mode === 'defer') frame.defers = [...frame.defers, { callee, args, at }];
  else if (operation.mode === 'go') start(m, state, g, { callee, args, at }, started);
  else invoke(m, state, g, { callee, args, at }, results);
}

function end(m: Machine, state: State, g: Goroutine, frame: Activation, ending: Ending): Fork | undefined {
  const go = (next: number): void => {
    frame.block = next;
    frame.index = 0;
  };
  switch (ending.kind) {
    case 'jump':
      go(ending.next);
      return undefined;
    case 'branch': {
      const answer = truth(m, state, frame, ending.condition);
      if (typeof answer === 'boolean') {
        go(answer ? ending.yes : ending.no);
        return undefined;
      }
      return [true, false].map((outcome) => ({
        decision: { goroutine: g.id, at: ending.at, outcome },
        apply: (copy, own) => {
          copy.facts.set(answer.fact, outcome !== answer.negated);
          jump(own, outcome ? ending.yes : ending.no);
        },
      }));
    }
    case 'choice':
      return ending.next.map((next) => ({
        decision: { goroutine: g.id, at: ending.at, outcome: undefined },
        apply: (_, own) => jump(own, next),
      }));
    case 'next':
      return nextElement(m, state, g, frame, ending);
    case 'select':
      g.stack.push({
        kind: 'primitive',
        name: 'select',
        args: ending.cases.flatMap((c) => [
          evaluate(m, state, frame, c.channel),
          c.send ? evaluate(m, state, frame, c.send) : null,
        ]),
        results: [],
        at: ending.at,
        stage: 0,
      });
      return undefined;
    case 'return':
      frame.returned = ending.values.map((value) => evaluate(m, state, frame, value));
      frame.leaving = 'return';
      return undefined;
    case 'panic':
      frame.leaving = 'panic';
      return undefined;
    case 'goexit':
      frame.leaving = 'goexit';
      return undefined;
    case 'exit':
      state.ended = true;
      return undefined;
    case 'block':
      g.stack.push({ kind: 'primitive', name: 'block', args: [], results: [], at: ending.at, stage: 0 });
      return undefined;
  }
}

function jump(g: Goroutine, next: number): void {
  const frame = g.stack.at(-1);
  if (frame?.kind !== 'activation') return;
  frame.block = next;
  frame.index = 0;
}

function nextElement(
  m: Machine,
  state: State,
  g: Goroutine,
  frame: Activation,
  ending: Ending & { kind: 'next' },
): Fork | undefined {
  const name = frame.slots[ending.cursor] ?? null;
  const cursor = memoryOf(state, name);
  if (cursor?.kind !== 'cursor') {
    jump(g, ending.done);
    return undefined;
  }
  if (ending.channel) {
    g.stack.push({
      kind: 'primitive',
      name: 'next',
      args: [cursor.over],
      results: [ending.value ?? -1],
      at: ending.at,
      stage: 0,
    });
    return undefined;
  }
  const length = lengthOf(m, state, cursor.over);
  if (cursor.next >= length) {
    jump(g, ending.done);
    return undefined;
  }
  state.memory.set(name as string, { ...cursor, next: cursor.next + 1 });
  if (ending.key !== undefined) store(state, frame, ending.key, cursor.next);
  if (ending.value !== undefined) {
    const list = memoryOf(state, cursor.over);
    const item = list?.kind === 'list' ? (list.items[cursor.next] ?? null) : undefined;
    store(state, frame, ending.value, item ?? fresh(state, frame, `${ending.at.start}.${cursor.next}`));
  }
  jump(g, ending.more);
  return undefined;
}

function lengthOf(m: Machine, state: State, over: Value): number {
  if (typeof over === 'number') return Math.min(over, 64);
  if (over === null) return 0;
  const memory = memoryOf(state, over);
  if (memory?.kind === 'list') return memory.items.length;
  m.usedSize = true;
  return m.size;
}
