// Calls on a goroutine: entering a function, starting a goroutine, and leaving again by way of what was deferred.

import type { Node } from '../syntax/node.ts';
import type { Behaviour, Slot } from './ir.ts';
import { type Machine, renew, store, zeroOf } from './machine.ts';
import { startsPrimitive } from './primitives.ts';
import {
  type Activation,
  type Deferred,
  type Goroutine,
  memoryOf,
  note,
  open,
  referencesOf,
  type State,
  type Value,
} from './state.ts';

const deepestStack = 14;
const mostGoroutines = 12;

/** Starts a goroutine that makes a call, and then what is below it on its stack. */
export function start(
  m: Machine,
  state: State,
  g: Goroutine,
  call: Deferred,
  started: string[],
  below: Goroutine['stack'] = [],
): void {
  if (state.goroutines.size >= mostGoroutines || g.started >= mostGoroutines) {
    state.cut = true;
    return;
  }
  const id = `${g.id}.${g.started++}`;
  const goroutine: Goroutine = { id, startedAt: call.at, stack: [...below], started: 0 };
  state.goroutines.set(id, goroutine);
  state.own.add(id);
  note(state, { goroutine: g.id, at: call.at, kind: 'start', outcome: undefined, started: id });
  invoke(m, state, goroutine, call, []);
  started.push(id);
}

/** Makes a call on a goroutine: of a function that is followed, of a primitive, or out of the model. */
export function invoke(
  m: Machine,
  state: State,
  g: Goroutine,
  { callee, args, at }: Deferred,
  results: readonly Slot[],
): void {
  const memory = memoryOf(state, callee);
  if (typeof callee === 'string' && callee.startsWith('&')) {
    invokeNamed(m, state, g, callee.slice(1), args, at, results);
    return;
  }
  if (memory?.kind === 'bound') {
    const { name, receiver } = memory.dynamic ? methodOn(m, state, memory) : memory;
    invokeNamed(m, state, g, name, [receiver, ...args], at, results);
    return;
  }
  if (memory?.kind === 'closure') {
    enter(m, state, g, m.program.behaviourOf(memory.literal), args, memory.captured, at, results);
    return;
  }
  for (const value of args) open(state, value);
}

/** The method of a value's own type behind that of an interface. */
function methodOn(
  m: Machine,
  state: State,
  bound: { readonly name: string; readonly receiver: Value },
): { readonly name: string; readonly receiver: Value } {
  const memory = memoryOf(state, bound.receiver);
  const method = bound.name.slice(bound.name.lastIndexOf('.') + 1);
  const found = memory?.kind === 'struct' ? m.program.methodOf(memory.type, method) : undefined;
  if (!found) return bound;
  let receiver = bound.receiver;
  for (const name of found.through) {
    const at = memoryOf(state, receiver);
    receiver = (at?.kind === 'struct' ? at.fields.get(name) : undefined) ?? `?${String(receiver)}.${name}`;
  }
  return { name: found.name, receiver };
}

function invokeNamed(
  m: Machine,
  state: State,
  g: Goroutine,
  name: string,
  args: readonly Value[],
  at: Node,
  results: readonly Slot[],
): void {
  if (startsPrimitive(name)) {
    g.stack.push({ kind: 'primitive', name, args, results, at, stage: 0 });
    return;
  }
  const fn = m.program.functionNamed(name);
  if (!fn) {
    for (const value of args) open(state, value);
    return;
  }
  // What makes nothing, and is given nothing that anybody waits for, changes nothing that the model is about.
  if (!m.program.isRelevant(fn) && !args.some((arg) => leadsToPrimitive(m, state, arg))) return;
  enter(m, state, g, m.program.behaviourOf(fn), args, [], at, results);
}

/** Whether goroutines wait for something that can be reached from a value. */
function leadsToPrimitive(m: Machine, state: State, value: Value): boolean {
  const seen = new Set<Value>();
  const todo = [value];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const memory = memoryOf(state, at);
    if (!memory || seen.has(at)) continue;
    seen.add(at);
    if (memory.kind === 'struct' && memory.given) continue;
    if (/^(?:channel|mutex|group|cond|once|context|closure|bound)$/.test(memory.kind)) return true;
    // A field that was not used yet is not there yet.
    if (memory.kind === 'struct' && (memory.type === '' || m.program.carries(memory.type))) return true;
    todo.push(...referencesOf(memory));
  }
  return false;
}

function enter(
  m: Machine,
  state: State,
  g: Goroutine,
  behaviour: Behaviour,
  args: readonly Value[],
  captured: readonly Value[],
  at: Node,
  results: readonly Slot[],
): void {
  const isDeep = g.stack.length >= deepestStack;
  const isRecursive = g.stack.filter((f) => f.kind === 'activation' && f.behaviour === behaviour).length > 1;
  if (isDeep || isRecursive) {
    if (m.program.isRelevant(behaviour.fn)) state.cut = true;
    for (const value of [...args, ...captured]) open(state, value);
    return;
  }
  const caller = g.stack.at(-1);
  const above = caller?.kind === 'activation' ? caller.path : g.id;
  g.stack.push(activation(state, behaviour, args, captured, at, results, `${above}>${at.start}`));
}

/** A new activation of a function with its arguments. */
export function activation(
  state: State,
  behaviour: Behaviour,
  args: readonly Value[],
  captured: readonly Value[],
  at: Node,
  results: readonly Slot[],
  path: string,
): Activation {
  const frame: Activation = {
    kind: 'activation',
    behaviour,
    path,
    block: behaviour.entry,
    index: 0,
    slots: behaviour.slots.map(() => null),
    defers: [],
    leaving: undefined,
    returned: [],
    results,
    calledAt: at,
  };
  behaviour.captures.forEach(({ slot }, i) => {
    frame.slots[slot] = captured[i] ?? null;
  });
  const own = [...behaviour.parameters, ...behaviour.results];
  for (const slot of own) if (slot !== undefined) renew(state, frame, slot);
  for (const slot of behaviour.results) {
    const shape = behaviour.slots[slot]?.shape;
    if (shape) store(state, frame, slot, zeroOf(state, shape, `?${path}:r${slot}`));
  }
  behaviour.parameters.forEach((slot, i) => {
    if (slot === undefined) return;
    const isRest = behaviour.variadic && i === behaviour.parameters.length - 1;
    store(state, frame, slot, isRest ? `?${path}:rest` : (args[i] ?? `?${path}:p${i}`));
    if (isRest) for (const value of args.slice(i)) open(state, value);
  });
  return frame;
}

/** Makes the next deferred call of a function that is being left, or leaves it. */
export function leave(m: Machine, state: State, g: Goroutine, frame: Activation): void {
  const deferred = frame.defers.at(-1);
  if (deferred) {
    frame.defers = frame.defers.slice(0, -1);
    invoke(m, state, g, deferred, []);
    return;
  }
  g.stack.pop();
  const below = g.stack.at(-1);
  if (frame.leaving === 'panic') {
    if (below?.kind === 'activation') below.leaving = 'panic';
    else if (!below) state.ended = true;
    return;
  }
  if (frame.leaving === 'goexit') {
    if (below?.kind === 'activation') below.leaving = 'goexit';
    return;
  }
  const { results } = frame.behaviour;
  const returned = results.length > 0 ? results.map((slot) => frame.slots[slot] ?? null) : frame.returned;
  if (below?.kind !== 'activation') {
    if (!below && g.id === '0') for (const value of returned) open(state, value);
    return;
  }
  frame.results.forEach((slot, i) => {
    const value = returned[i];
    const box = memoryOf(state, value ?? null);
    const plain = frame.behaviour.slots[results[i] ?? -1]?.shared && box?.kind === 'box' ? box.value : value;
    if (plain !== undefined) store(state, below, slot, plain);
  });
}
