// What can happen next: every visible step that some goroutine can take, alone or with a partner.

import { primitiveSteps } from './blocking-primitives.ts';
import { fresh } from './evaluate.ts';
import { independent } from './independence.ts';
import type { Case } from './ir.ts';
import { type Machine, store, update } from './machine.ts';
import { finish, panic } from './primitives.ts';
import {
  type Activation,
  type Channel,
  type Goroutine,
  isComputed,
  memoryOf,
  open,
  type PrimitiveCall,
  type State,
  type Value,
} from './state.ts';
import { casesOf, endingOf, type Pending, pendingOf, step, type Transition } from './steps.ts';

/** One side of a communication: a plain operation, or a case of a `select`. */
interface Side extends Pending {
  readonly channel: Value;
  readonly send: Value | undefined;
  readonly chosen: Case | undefined;
}

/** The steps from a state. Those of `first` suffice unless they lead back to where the search has been. */
export interface Steps {
  readonly first: readonly Transition[];
  rest(): readonly Transition[];
}

export function stepsFrom(m: Machine, state: State): Steps {
  if (state.ended) return { first: [], rest: () => [] };
  const pending = [...state.goroutines.values()].flatMap((g): Pending[] => {
    const call = pendingOf(g);
    return call ? [{ g, call }] : [];
  });
  const sides = pending.flatMap(sidesOf);
  const of = (p: Pending): readonly Transition[] => {
    const own = sides.filter((side) => side.g === p.g);
    return own.length > 0 || p.call.name === 'select'
      ? communications(state, p, own, sides)
      : primitiveSteps(m, state, p);
  };
  for (const id of independent(state, pending)) {
    const p = pending.find(({ g }) => g.id === id);
    const first = p ? of(p) : [];
    if (first.length > 0) return { first, rest: () => pending.filter((other) => other !== p).flatMap(of) };
  }
  return { first: pending.flatMap(of), rest: () => [] };
}

function sidesOf({ g, call }: Pending): readonly Side[] {
  const [channel = null, value = null] = call.args;
  switch (call.name) {
    case 'send':
      return [{ g, call, channel, send: value, chosen: undefined }];
    case 'receive':
    case 'next':
      return [{ g, call, channel, send: undefined, chosen: undefined }];
    case 'select':
      return casesOf(g).map((chosen, i) => ({
        g,
        call,
        channel: call.args[2 * i] ?? null,
        send: chosen.send ? (call.args[2 * i + 1] ?? null) : undefined,
        chosen,
      }));
    default:
      return [];
  }
}

function communications(
  state: State,
  p: Pending,
  own: readonly Side[],
  sides: readonly Side[],
): readonly Transition[] {
  const found: Transition[] = [];
  // A partner of the model is there now; what others may do, they may also not do.
  let isReady = false;
  for (const side of own) {
    const memory = memoryOf(state, side.channel);
    if (side.channel === null) continue;
    if (memory?.kind !== 'channel' || (memory.open && !memory.closed)) {
      found.push(...withOutside(state, side));
      continue;
    }
    const steps = onChannel(state, side, memory, sides);
    if (steps.length > 0 || hasSender(state, side, sides)) isReady = true;
    found.push(...steps);
  }
  const ending = p.call.name === 'select' ? endingOf(p.g) : undefined;
  if (ending?.kind === 'select' && ending.otherwise !== undefined && !isReady) {
    const next = ending.otherwise;
    found.push(step(state, [p], 'default', (_, [g]) => leaveSelect(g as Goroutine, next)));
  }
  return found;
}

/** Whether another goroutine is about to send what this side would receive. */
function hasSender(state: State, side: Side, sides: readonly Side[]): boolean {
  if (side.send !== undefined) return false;
  return sides.some(
    (s) =>
      s.g !== side.g && s.send !== undefined && s.channel === side.channel && state.goroutines.has(s.g.id),
  );
}

function onChannel(
  state: State,
  side: Side,
  channel: Channel,
  sides: readonly Side[],
): readonly Transition[] {
  const { send } = side;
  if (send === undefined) return receives(state, side, channel);
  if (channel.closed)
    return [step(state, [side], 'send', (copy, [g]) => panic(copy, g as Goroutine), 'send on closed')];
  if (channel.buffer.length < channel.capacity)
    return [
      step(state, [side], 'send', (copy, [g]) => {
        update(copy, side.channel, { ...channel, buffer: [...channel.buffer, send] });
        complete(copy, g as Goroutine, side, undefined, true);
      }),
    ];
  if (channel.capacity > 0) return [];
  return sides
    .filter((other) => other.g !== side.g && other.send === undefined && other.channel === side.channel)
    .map((other) =>
      step(state, [side, other], 'send', (copy, [from, to]) => {
        complete(copy, from as Goroutine, side, undefined, true);
        complete(copy, to as Goroutine, other, send, true);
      }),
    );
}

function receives(state: State, side: Side, channel: Channel): readonly Transition[] {
  const [first, ...rest] = channel.buffer;
  if (channel.buffer.length > 0)
    return [
      step(state, [side], 'receive', (copy, [g]) => {
        update(copy, side.channel, { ...channel, buffer: rest });
        complete(copy, g as Goroutine, side, first ?? null, true);
      }),
    ];
  if (!channel.closed) return [];
  return [step(state, [side], 'receive', (copy, [g]) => complete(copy, g as Goroutine, side, null, false))];
}

/** A step with a partner outside the model, who is there sooner or later. */
function withOutside(state: State, side: Side): readonly Transition[] {
  const { send, call } = side;
  if (send !== undefined)
    return [
      step(state, [side], 'send', (copy, [g]) => {
        open(copy, send);
        complete(copy, g as Goroutine, side, undefined, true);
      }),
    ];
  const asksOk = side.chosen ? side.chosen.ok !== undefined : (call.results[1] ?? -1) >= 0;
  const memory = memoryOf(state, side.channel);
  const isEndless = memory?.kind === 'channel' && memory.endless === true;
  const outcomes = (call.name === 'next' || asksOk) && !isEndless ? [true, false] : [true];
  return outcomes.map((ok) =>
    step(state, [side], 'receive', (copy, [g]) => {
      // When others close a channel is theirs to know; nothing is concluded from it.
      if (!ok && (asksOk || memory !== undefined || isComputed(side.channel))) copy.cut = true;
      const frame = (g as Goroutine).stack.at(-2);
      const value = frame?.kind === 'activation' ? fresh(copy, frame, call.at.start) : null;
      complete(copy, g as Goroutine, side, value, ok);
    }),
  );
}

/** Ends one side of a communication and goes on behind it. */
function complete(state: State, g: Goroutine, side: Side, received: Value | undefined, ok: boolean): void {
  if (side.chosen) {
    leaveSelect(g, side.chosen.next);
    const own = g.stack.at(-1);
    if (own?.kind !== 'activation') return;
    assignTo(state, own, side.chosen.to, received);
    assignTo(state, own, side.chosen.ok, ok);
    return;
  }
  if (side.call.name === 'next') {
    nextReceived(state, g, side.call, received ?? null, ok);
    return;
  }
  finish(state, g, side.call, received === undefined ? [] : [received, ok]);
}

function assignTo(state: State, frame: Activation, slot: number | undefined, value: Value | undefined): void {
  if (slot !== undefined && value !== undefined) store(state, frame, slot, value);
}

function leaveSelect(g: Goroutine, next: number): void {
  g.stack.pop();
  const frame = g.stack.at(-1);
  if (frame?.kind !== 'activation') return;
  frame.block = next;
  frame.index = 0;
}

/** The element that a `range` over a channel has received, or the end of the loop. */
function nextReceived(state: State, g: Goroutine, call: PrimitiveCall, value: Value, more: boolean): void {
  const ending = endingOf(g);
  g.stack.pop();
  const frame = g.stack.at(-1);
  if (frame?.kind !== 'activation' || ending?.kind !== 'next') return;
  const [slot] = call.results;
  if (more && slot !== undefined && slot >= 0) store(state, frame, slot, value);
  frame.block = more ? ending.more : ending.done;
  frame.index = 0;
}
