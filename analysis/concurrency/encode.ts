// States as strings: two states with the same string have the same future.

import type { Node } from '../syntax/node.ts';
import type { Behaviour } from './ir.ts';
import { liveSlots } from './liveness.ts';
import { type Activation, type Frame, type Memory, memoryOf, type State, type Value } from './state.ts';

interface Encoding {
  readonly state: State;
  /** The new names of memory, in the order in which it is met. */
  readonly names: Map<string, number>;
  readonly queue: string[];
  readonly symbols: Set<string>;
}

const numbers = new WeakMap<object, number>();
let nextNumber = 0;

/** A number for a node or behaviour: the same one in every state. */
function numberOf(thing: Node | Behaviour): number {
  let number = numbers.get(thing);
  if (number === undefined) {
    number = nextNumber++;
    numbers.set(thing, number);
  }
  return number;
}

/**
 * The state as a string. Memory that nothing refers to any more and facts about values that are gone are dropped
 * from the state on the way; memory is told apart by the way that leads to it and not by its name.
 */
export function encode(state: State): string {
  const e: Encoding = { state, names: new Map(), queue: [], symbols: new Set() };
  const parts: string[] = [];
  for (const id of [...state.goroutines.keys()].sort()) {
    const goroutine = state.goroutines.get(id);
    if (goroutine)
      parts.push(`${id}:${goroutine.started}[${goroutine.stack.map((f) => frameText(e, f)).join(';')}]`);
  }
  // What was there before can be reached again at any time.
  for (const [name, memory] of state.memory)
    if (name.startsWith('?') && isTouched(memory)) valueText(e, name);
  for (let i = 0; i < e.queue.length; i++) {
    const name = e.queue[i] as string;
    const memory = state.memory.get(name);
    const title = name.startsWith('?') ? name : e.names.get(name);
    if (memory) parts.push(`${title}=${memoryText(e, memory)}`);
  }
  for (const name of [...state.memory.keys()]) if (!e.names.has(name)) state.memory.delete(name);
  for (const [fact, value] of [...state.facts]) {
    if (symbolsIn(fact).every((symbol) => e.symbols.has(symbol))) parts.push(`${fact}${value ? '+' : '-'}`);
    else state.facts.delete(fact);
  }
  return `${parts.join('|')}${state.cut ? '!' : ''}`;
}

function isTouched(memory: Memory): boolean {
  switch (memory.kind) {
    case 'mutex':
      return memory.holder !== undefined || memory.readers.length > 0 || memory.waiting.length > 0;
    case 'struct':
      return memory.fields.size > 0;
    case 'once':
      return memory.progress !== 'new';
    default:
      return false;
  }
}

function symbolsIn(fact: string): readonly string[] {
  return fact.match(/\?[^ ]*/g) ?? [];
}

function frameText(e: Encoding, frame: Frame): string {
  if (frame.kind === 'primitive')
    return `${frame.name}@${numberOf(frame.at)}.${frame.stage}(${frame.args.map((a) => valueText(e, a)).join(',')})`;
  const live = liveSlots(frame.behaviour, frame.block, frame.index);
  const slots = frame.slots.map((value, i) => (live.has(i) || frame.leaving ? valueText(e, value) : '_'));
  const defers = frame.defers.map(
    (d) => `${valueText(e, d.callee)}(${d.args.map((a) => valueText(e, a)).join(',')})`,
  );
  const returned = frame.returned.map((v) => valueText(e, v)).join(',');
  forgetDead(frame, live);
  return `${numberOf(frame.behaviour)}.${frame.block}.${frame.index}${frame.leaving ?? ''}(${slots.join(',')}){${defers.join(',')}}${returned}`;
}

/** What is never read again holds nothing. */
function forgetDead(frame: Activation, live: ReadonlySet<number>): void {
  if (frame.leaving) return;
  frame.slots.forEach((_, i) => {
    if (!live.has(i)) frame.slots[i] = null;
  });
}

function valueText(e: Encoding, value: Value): string {
  if (typeof value !== 'string') return String(value);
  if (memoryOf(e.state, value)) {
    let name = e.names.get(value);
    if (name === undefined) {
      name = e.names.size;
      e.names.set(value, name);
      e.queue.push(value);
    }
    if (value.startsWith('?')) e.symbols.add(value);
    return value.startsWith('?') ? value : `#${name}`;
  }
  if (value.startsWith('?')) e.symbols.add(value);
  return value;
}

function memoryText(e: Encoding, memory: Memory): string {
  const flags = memory.open ? 'o' : '';
  const text = (value: Value): string => valueText(e, value);
  switch (memory.kind) {
    case 'channel':
      return `c${flags}${memory.capacity}${memory.closed ? 'x' : ''}[${memory.buffer.map(text).join(',')}]`;
    case 'mutex':
      return `m${flags}${memory.holder ?? ''}/${[...memory.readers].sort().join(',')}/${memory.waiting.join(',')}`;
    case 'group':
      return `g${flags}${memory.count}/${memory.limit ?? ''}/${text(memory.cancels)}`;
    case 'cond':
      return `d${flags}${text(memory.lock)}/${memory.waiting.join(',')}`;
    case 'once':
      return `o${flags}${memory.progress}`;
    case 'struct':
      return `s${flags}${[...memory.fields].map(([name, v]) => `${name}=${text(v)}`).join(',')}`;
    case 'list':
      return `l${flags}[${memory.items.map(text).join(',')}]`;
    case 'box':
      return `b${flags}${text(memory.value)}`;
    case 'closure':
      return `f${flags}${numberOf(memory.literal)}(${memory.captured.map(text).join(',')})`;
    case 'bound':
      return `r${flags}${memory.name}(${text(memory.receiver)})`;
    case 'context':
      return `x${flags}${text(memory.done)}[${memory.children.map(text).join(',')}]`;
    case 'cursor':
      return `i${flags}${text(memory.over)}@${memory.next}`;
  }
}
