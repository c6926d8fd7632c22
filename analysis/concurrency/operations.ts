// The local operations of a behaviour, on the memory of a state.

import { invoke, start } from './calls.ts';
import { assign, evaluate, fresh, sizeOf } from './evaluate.ts';
import type { Expr, Operation } from './ir.ts';
import { type Machine, memoryFor, renew, store, zeroOf } from './machine.ts';
import {
  type Activation,
  allocate,
  type Goroutine,
  memoryOf,
  open,
  type State,
  type Value,
} from './state.ts';

/** Performs an operation; goroutines that it starts are added to `started`. */
export function perform(
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
    case 'recover': {
      const stopped = stopPanic(g);
      store(state, frame, operation.to, stopped ? fresh(state, frame, `${operation.at.start}!`) : null);
      return;
    }
    case 'doubt':
      state.cut = true;
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

/** Whether the function that has deferred the running one was panicking; from here on it returns. */
function stopPanic(g: Goroutine): boolean {
  const below = g.stack.at(-2);
  if (below?.kind !== 'activation' || below.leaving !== 'panic') return false;
  below.leaving = 'return';
  return true;
}

/** Room that is never used up: whether an unknown capacity suffices is not known. */
const enough = 1000;

function makeChannel(
  m: Machine,
  state: State,
  frame: Activation,
  operation: Operation & { kind: 'make-channel' },
): void {
  const asked = operation.capacity ? evaluate(m, state, frame, operation.capacity) : 0;
  const capacity =
    m.capacities.get(operation.at) ?? (typeof asked === 'number' ? Math.min(asked, enough) : enough);
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
  const length = operation.length ? Math.min(sizeOf(m, evaluate(m, state, frame, operation.length)), 16) : 0;
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
