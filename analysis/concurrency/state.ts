// A state of the model: what every goroutine is about to do, and the memory that they share.

import type { Node } from '../syntax/node.ts';
import type { Behaviour, Slot } from './ir.ts';

/**
 * A number, a boolean, nil, or a string that tells by its first character what it is: `#` memory, `?` a symbol that
 * stands for a value of which nothing is known, `"` a string, `&` a function by name.
 */
export type Value = number | boolean | null | string;

/** Whether a partner that is not in the model can use it: then nobody waits for it in vain. */
interface Openness {
  readonly open: boolean;
}

export interface Channel extends Openness {
  readonly kind: 'channel';
  readonly capacity: number;
  readonly buffer: readonly Value[];
  readonly closed: boolean;
  /** Others send to it and never close it. */
  readonly endless?: boolean;
  /** Where it is made; undefined for one that was there before. */
  readonly madeAt: Node | undefined;
}

export interface Mutex extends Openness {
  readonly kind: 'mutex';
  /** The goroutine that holds it for writing. */
  readonly holder: string | undefined;
  /** The goroutines that hold it for reading, as often as they do. */
  readonly readers: readonly string[];
  /** Writers that wait: no reader gets past them. */
  readonly waiting: readonly string[];
  /** Of unknown history: whoever calls may hold it already. */
  readonly given: boolean;
}

export interface Group extends Openness {
  readonly kind: 'group';
  readonly count: number;
  /** The most goroutines at a time, for an errgroup with a limit. */
  readonly limit: number | undefined;
  /** The context that an errgroup cancels. */
  readonly cancels: Value;
}

export interface Cond extends Openness {
  readonly kind: 'cond';
  readonly lock: Value;
  readonly waiting: readonly string[];
}

export interface Once extends Openness {
  readonly kind: 'once';
  readonly progress: 'new' | 'running' | 'done';
}

export interface Struct extends Openness {
  readonly kind: 'struct';
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
  /** Of unknown history: its fields are what they are. */
  readonly given: boolean;
}

export interface List extends Openness {
  readonly kind: 'list';
  readonly items: readonly Value[];
}

/** A variable that is shared by reference. */
export interface Box extends Openness {
  readonly kind: 'box';
  readonly value: Value;
}

export interface Closure extends Openness {
  readonly kind: 'closure';
  readonly literal: Node;
  readonly captured: readonly Value[];
}

/** A method with its receiver, or what a primitive makes of a function: `cancel`. */
export interface Bound extends Openness {
  readonly kind: 'bound';
  readonly name: string;
  readonly receiver: Value;
  readonly dynamic: boolean;
}

export interface Context extends Openness {
  readonly kind: 'context';
  readonly done: Value;
  readonly children: readonly Value[];
}

export interface Cursor extends Openness {
  readonly kind: 'cursor';
  readonly over: Value;
  readonly next: number;
}

export type Memory =
  | Channel
  | Mutex
  | Group
  | Cond
  | Once
  | Struct
  | List
  | Box
  | Closure
  | Bound
  | Context
  | Cursor;

/** A call that waits to be made when its function returns. */
export interface Deferred {
  readonly callee: Value;
  readonly args: readonly Value[];
  readonly at: Node;
}

/** Why a function is being left. */
export type Leaving = 'return' | 'panic' | 'goexit';

/** An activation of a function. */
export interface Activation {
  readonly kind: 'activation';
  readonly behaviour: Behaviour;
  /** Told apart by the calls that led here. */
  readonly path: string;
  block: number;
  index: number;
  readonly slots: Value[];
  defers: readonly Deferred[];
  leaving: Leaving | undefined;
  returned: readonly Value[];
  /** Where the caller wants the results. */
  readonly results: readonly Slot[];
  readonly calledAt: Node;
}

/** A primitive that is about to be run. */
export interface PrimitiveCall {
  readonly kind: 'primitive';
  readonly name: string;
  readonly args: readonly Value[];
  readonly results: readonly Slot[];
  readonly at: Node;
  /** What a primitive that goes on in steps has come to. */
  readonly stage: number;
}

export type Frame = Activation | PrimitiveCall;

export interface Goroutine {
  readonly id: string;
  readonly startedAt: Node;
  readonly stack: Frame[];
  /** How many goroutines it has started. */
  started: number;
}

/** Something that happened on the way from one visible step to the next, for a witness. */
export interface Event {
  readonly goroutine: string;
  readonly at: Node;
  /** A branch that nothing decided but the search; a goroutine's function returns; another goroutine is started. */
  readonly kind: 'branch' | 'return' | 'start';
  /** How the branch came out; undefined where there is more to choose from than true and false. */
  readonly outcome: boolean | undefined;
  /** The goroutine that is started. */
  readonly started: string | undefined;
}

export interface State {
  readonly goroutines: Map<string, Goroutine>;
  /** Changed by `setMemory` and `dropMemory` alone. */
  memory: ReadonlyMap<string, Memory>;
  /** What was found to be true or false of unknown values; changed by `setFact` and `dropFact` alone. */
  facts: ReadonlyMap<string, boolean>;
  /** The maps that only this state has, so that it can change them. */
  ownMemory: Map<string, Memory> | undefined;
  ownFacts: Map<string, boolean> | undefined;
  /** The goroutines that are this state's own to change; the others are shared with other states. */
  readonly own: Set<string>;
  /** The next name of memory. */
  next: number;
  /** Something was cut short: whatever follows may happen. */
  cut: boolean;
  /** Since the last visible step. */
  events: readonly Event[];
  /** A run-time panic that nobody has stopped, or the end of the process. */
  ended: boolean;
  /** Where the function that is explored has returned, if the machine tells that. */
  returned: Node | undefined;
}

/** A state that can be changed without changing the first, and the other way round; goroutines by `goroutineOf` alone. */
export function copyState(state: State): State {
  state.own.clear();
  state.ownMemory = undefined;
  state.ownFacts = undefined;
  return { ...state, goroutines: new Map(state.goroutines), own: new Set() };
}

/** Gives memory its contents. */
export function setMemory(state: State, name: string, memory: Memory): void {
  memoryToChange(state).set(name, memory);
}

export function dropMemory(state: State, name: string): void {
  if (state.memory.has(name)) memoryToChange(state).delete(name);
}

function memoryToChange(state: State): Map<string, Memory> {
  if (state.ownMemory) return state.ownMemory;
  const own = new Map(state.memory);
  state.memory = own;
  state.ownMemory = own;
  return own;
}

export function setFact(state: State, fact: string, holds: boolean): void {
  factsToChange(state).set(fact, holds);
}

export function dropFact(state: State, fact: string): void {
  if (state.facts.has(fact)) factsToChange(state).delete(fact);
}

function factsToChange(state: State): Map<string, boolean> {
  if (state.ownFacts) return state.ownFacts;
  const own = new Map(state.facts);
  state.facts = own;
  state.ownFacts = own;
  return own;
}

/** A goroutine of the state that may be changed. */
export function goroutineOf(state: State, id: string): Goroutine | undefined {
  const goroutine = state.goroutines.get(id);
  if (!goroutine || state.own.has(id)) return goroutine;
  const copy = { ...goroutine, stack: goroutine.stack.map(copyFrame) };
  state.goroutines.set(id, copy);
  state.own.add(id);
  return copy;
}

function copyFrame(frame: Frame): Frame {
  return frame.kind === 'activation' ? { ...frame, slots: frame.slots.slice() } : frame;
}

export function isReference(value: Value): value is string {
  return typeof value === 'string' && value.startsWith('#');
}

export function isSymbol(value: Value): value is string {
  return typeof value === 'string' && value.startsWith('?');
}

/** Whether a symbol stands for what a call has returned or for a sum: nothing else tells what it has to do with. */
export function isComputed(value: Value): boolean {
  return isSymbol(value) && !value.startsWith('?#') && /^\?\(|^\?[^ ]*:\d+(?:\.\d+)?!?$/.test(value);
}

/** The memory that a value refers to. */
export function memoryOf(state: State, value: Value): Memory | undefined {
  return typeof value === 'string' ? state.memory.get(value) : undefined;
}

export function allocate(state: State, memory: Memory): string {
  const name = `#${state.next++}`;
  setMemory(state, name, memory);
  return name;
}

/** Opens everything that can be reached from a value: code that is not in the model has it now. */
export function open(state: State, value: Value): void {
  const todo = [value];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const memory = memoryOf(state, at);
    if (!memory || memory.open) continue;
    setMemory(state, at as string, { ...memory, open: true });
    todo.push(...referencesOf(memory));
  }
}

/** The values that memory holds. */
export function referencesOf(memory: Memory): readonly Value[] {
  switch (memory.kind) {
    case 'channel':
      return memory.buffer;
    case 'struct':
      return [...memory.fields.values()];
    case 'list':
      return memory.items;
    case 'box':
      return [memory.value];
    case 'closure':
      return memory.captured;
    case 'bound':
      return [memory.receiver];
    case 'context':
      return [memory.done, ...memory.children];
    case 'cond':
      return [memory.lock];
    case 'cursor':
      return [memory.over];
    case 'group':
      return [memory.cancels];
    default:
      return [];
  }
}

export function note(state: State, event: Event): void {
  state.events = [...state.events, event];
}
