// States as strings: two states with the same string have the same future. Most of a state is shared with the one
// before it, so what memory and goroutines look like is kept beside them, but for the names of memory.

import type { Node } from '../syntax/node.ts';
import { valuesIn } from './facts.ts';
import type { Behaviour } from './ir.ts';
import { liveSlots } from './liveness.ts';
import {
  type Activation,
  dropFact,
  dropMemory,
  type Frame,
  type Goroutine,
  type Memory,
  type State,
  type Value,
} from './state.ts';

/**
 * What something looks like: texts, and between them values whose texts depend on the state. There is one text more
 * than there are values.
 */
interface Picture {
  readonly texts: readonly string[];
  readonly values: readonly string[];
}

interface Encoding {
  readonly state: State;
  /** The new names of memory, in the order in which it is met. */
  readonly names: Map<string, string>;
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
  let text = '';
  for (const id of [...state.goroutines.keys()].sort()) {
    const goroutine = state.goroutines.get(id);
    if (goroutine) text += textIn(e, pictureOfGoroutine(goroutine, state.own.has(id)));
  }
  // What was there before can be reached again at any time.
  for (const [name, memory] of state.memory)
    if (name.startsWith('?') && isTouched(memory)) valueText(e, name);
  for (let i = 0; i < e.queue.length; i++) {
    const name = e.queue[i] as string;
    const memory = state.memory.get(name);
    if (memory)
      text += `|${name.startsWith('?') ? name : e.names.get(name)}=${textIn(e, pictureOfMemory(memory))}`;
  }
  if (state.memory.size > e.names.size)
    for (const name of [...state.memory.keys()]) if (!e.names.has(name)) dropMemory(state, name);
  return `${text}${factsText(e)}${state.cut ? '!' : ''}${state.ended ? '.' : ''}${state.returned ? `>${numberOf(state.returned)}` : ''}`;
}

function factsText(e: Encoding): string {
  let text = '';
  for (const [fact, value] of [...e.state.facts]) {
    if (valuesIn(fact).every((values) => values.some((value) => isAlive(e, value))))
      text += `|${fact}${value ? '+' : '-'}`;
    else dropFact(e.state, fact);
  }
  return text;
}

function isAlive(e: Encoding, value: string): boolean {
  // Variables of the package are always there.
  return value.startsWith('?@') || e.symbols.has(value) || e.names.has(value);
}

function textIn(e: Encoding, { texts, values }: Picture): string {
  let text = texts[0] as string;
  for (let i = 0; i < values.length; i++)
    text += valueText(e, values[i] as string) + (texts[i + 1] as string);
  return text;
}

function valueText(e: Encoding, value: string): string {
  const isSymbol = value.startsWith('?');
  if (isSymbol) e.symbols.add(value);
  let name = e.names.get(value);
  if (name !== undefined) return name;
  if (!e.state.memory.has(value)) return value;
  name = isSymbol ? value : `#${e.names.size}`;
  e.names.set(value, name);
  e.queue.push(value);
  return name;
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

/** Builds a picture: texts and values in the order in which they are put. */
class Brush {
  private readonly texts: string[] = [''];
  private readonly values: string[] = [];

  text(text: string): this {
    this.texts[this.texts.length - 1] += text;
    return this;
  }

  value(value: Value): this {
    if (typeof value !== 'string' || !/^[#?]/.test(value)) return this.text(String(value));
    this.values.push(value);
    this.texts.push('');
    return this;
  }

  list(values: readonly Value[]): this {
    for (const value of values) this.value(value).text(',');
    return this;
  }

  get picture(): Picture {
    return { texts: this.texts, values: this.values };
  }
}

const goroutines = new WeakMap<Goroutine, Picture>();
const memories = new WeakMap<Memory, Picture>();

/** A goroutine that its state may still change looks different each time. */
function pictureOfGoroutine(goroutine: Goroutine, isOwn: boolean): Picture {
  const known = isOwn ? undefined : goroutines.get(goroutine);
  if (known) return known;
  const brush = new Brush().text(`${goroutine.id}:${goroutine.started}[`);
  for (const frame of goroutine.stack) drawFrame(brush, frame);
  const { picture } = brush.text(']');
  if (!isOwn) goroutines.set(goroutine, picture);
  return picture;
}

function drawFrame(brush: Brush, frame: Frame): void {
  if (frame.kind === 'primitive') {
    brush
      .text(`${frame.name}@${numberOf(frame.at)}.${frame.stage}(`)
      .list(frame.args)
      .text(');');
    return;
  }
  const live = liveSlots(frame.behaviour, frame.block, frame.index);
  forgetDead(frame, live);
  brush.text(`${numberOf(frame.behaviour)}.${frame.block}.${frame.index}${frame.leaving ?? ''}(`);
  brush.list(frame.slots).text('){');
  for (const { callee, args } of frame.defers) brush.value(callee).text('(').list(args).text(')');
  brush.text('}').list(frame.returned).text(';');
}

/** What is never read again holds nothing. */
function forgetDead(frame: Activation, live: ReadonlySet<number>): void {
  if (frame.leaving) return;
  for (let i = 0; i < frame.slots.length; i++) if (!live.has(i)) frame.slots[i] = null;
}

function pictureOfMemory(memory: Memory): Picture {
  let picture = memories.get(memory);
  if (!picture) {
    const brush = new Brush();
    drawMemory(brush, memory, memory.open ? 'o' : '');
    picture = brush.picture;
    memories.set(memory, picture);
  }
  return picture;
}

function drawMemory(brush: Brush, memory: Memory, flags: string): void {
  switch (memory.kind) {
    case 'channel':
      brush
        .text(`c${flags}${memory.capacity}${memory.closed ? 'x' : ''}${memory.endless ? '~' : ''}[`)
        .list(memory.buffer);
      break;
    case 'mutex':
      brush.text(
        `m${flags}${memory.holder ?? ''}/${[...memory.readers].sort().join(',')}/${memory.waiting.join(',')}`,
      );
      break;
    case 'group':
      brush.text(`g${flags}${memory.count}/${memory.limit ?? ''}/`).value(memory.cancels);
      break;
    case 'cond':
      brush
        .text(`d${flags}`)
        .value(memory.lock)
        .text(`/${memory.waiting.join(',')}`);
      break;
    case 'once':
      brush.text(`o${flags}${memory.progress}`);
      break;
    case 'struct':
      brush.text(`s${flags}`);
      for (const [name, value] of memory.fields) brush.text(`${name}=`).value(value).text(',');
      break;
    case 'list':
      brush.text(`l${flags}[`).list(memory.items);
      break;
    case 'box':
      brush.text(`b${flags}`).value(memory.value);
      break;
    case 'closure':
      brush.text(`f${flags}${numberOf(memory.literal)}(`).list(memory.captured);
      break;
    case 'bound':
      brush.text(`r${flags}${memory.name}(`).value(memory.receiver);
      break;
    case 'context':
      brush.text(`x${flags}`).value(memory.done).text('[').list(memory.children);
      break;
    case 'cursor':
      brush.text(`i${flags}`).value(memory.over).text(`@${memory.next}`);
  }
}
