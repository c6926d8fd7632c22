// What the parts of the machine share: the program, the sizes that unknown numbers have, and access to memory.

import type { Node } from '../syntax/node.ts';
import type { Facts } from './facts.ts';
import type { Behaviour, Shape, Slot } from './ir.ts';
import {
  type Activation,
  allocate,
  dropFact,
  type Memory,
  memoryOf,
  open,
  type State,
  setMemory,
  type Value,
} from './state.ts';

/** The functions of a package, for the machine. */
export interface Program {
  behaviourOf(fn: Node): Behaviour;
  /** The declaration of a function or method, `import/path.Name` or `import/path.Type.Name`, that has a body. */
  functionNamed(name: string): Node | undefined;
  /** The method that values of a type have under a name, with the embedded fields that lead to its receiver. */
  methodOf(
    type: string,
    name: string,
  ): { readonly name: string; readonly through: readonly string[] } | undefined;
  /** Whether structs of a type hold, or lead to, something that goroutines wait for. */
  carries(type: string): boolean;
  /** Whether a function, or one that it calls, does anything that the model is about. */
  isRelevant(fn: Node): boolean;
}

/** How many elements collections of unknown size have, and how large numbers are that loops count to. */
export interface Sizes {
  readonly usual: number;
  /** The one that has none: its place in the order in which they are asked for. */
  readonly empty?: number;
}

export interface Machine {
  readonly program: Program;
  readonly sizes: Sizes;
  /** The values whose size was asked for and is not known, in that order. */
  readonly unsized: string[];
  /** Capacities that channels are given in place of those that they are made with, by the call of `make`. */
  readonly capacities: ReadonlyMap<Node, number>;
  readonly facts: Facts;
  /** States in which the function that is explored has returned at different places are different. */
  readonly tellsReturns: boolean;
  /** How many local steps are left. */
  steps: number;
}

/** New memory for a variable of the shape; undefined for a shape that is no memory. */
export function memoryFor(shape: Shape): Memory | undefined {
  if (shape.kind === 'struct')
    return { kind: 'struct', type: shape.type, fields: new Map(), given: false, open: false };
  return shape.kind === 'primitive' ? primitiveMemory(shape.type, false) : undefined;
}

function primitiveMemory(type: string, given: boolean): Memory {
  switch (type) {
    case 'sync.Mutex':
    case 'sync.RWMutex':
      return { kind: 'mutex', holder: undefined, readers: [], waiting: [], given, open: false };
    case 'sync.Once':
      return { kind: 'once', progress: 'new', open: given };
    case 'sync.Cond':
      return { kind: 'cond', lock: null, waiting: [], open: given };
    default:
      return { kind: 'group', count: 0, limit: undefined, cancels: null, open: given };
  }
}

/** What a variable of the shape holds at first. */
export function zeroOf(state: State, shape: Shape, symbol: string): Value {
  const memory = memoryFor(shape);
  if (memory) return allocate(state, memory);
  switch (shape.kind) {
    case 'nil':
      return null;
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'string':
      return '"';
    default:
      return symbol;
  }
}

/**
 * The memory behind a symbol: what was there before the model begins. Others can use it, too, but nobody can let go
 * of a lock for the goroutine that holds it.
 */
export function given(state: State, symbol: string, shape: Shape): Memory | undefined {
  const known = state.memory.get(symbol);
  if (known) return known;
  let memory: Memory | undefined;
  if (shape.kind === 'primitive') memory = primitiveMemory(shape.type, true);
  else if (shape.kind === 'struct')
    memory = { kind: 'struct', type: shape.type, fields: new Map(), given: true, open: true };
  if (memory) setMemory(state, symbol, memory);
  return memory;
}

/** The value in a slot, behind the memory that it is shared in. */
export function load(state: State, frame: Activation, slot: Slot): Value {
  const value = frame.slots[slot] ?? null;
  const memory = frame.behaviour.slots[slot]?.shared ? memoryOf(state, value) : undefined;
  return memory?.kind === 'box' ? memory.value : value;
}

export function store(state: State, frame: Activation, slot: Slot, value: Value): void {
  const name = frame.slots[slot] ?? null;
  const memory = frame.behaviour.slots[slot]?.shared ? memoryOf(state, name) : undefined;
  if (memory?.kind !== 'box') {
    frame.slots[slot] = value;
    return;
  }
  update(state, name, { ...memory, value });
  if (memory.open) open(state, value);
}

/** Makes the variable of a slot a new one. */
export function renew(state: State, frame: Activation, slot: Slot): void {
  if (frame.behaviour.slots[slot]?.shared)
    frame.slots[slot] = allocate(state, { kind: 'box', value: null, open: false });
}

/** Replaces memory, which keeps its name. */
export function update<M extends Memory>(state: State, name: Value, memory: M): void {
  setMemory(state, name as string, memory);
}

/** Forgets what was found out about a symbol: it stands for a new value. */
export function forget(state: State, symbol: string): void {
  for (const fact of state.facts.keys()) if (fact.includes(symbol)) dropFact(state, fact);
}
