// Runs a goroutine up to the next thing that others can see: local steps do not interleave.

import type { Node } from '../syntax/node.ts';
import { leave } from './calls.ts';
import { encode } from './encode.ts';
import { evaluate, fresh, sizeOf, truth } from './evaluate.ts';
import { keeps } from './facts.ts';
import type { Ending } from './ir.ts';
import { type Machine, store, update } from './machine.ts';
import { perform } from './operations.ts';
import { runAtOnce } from './primitives.ts';
import {
  type Activation,
  copyState,
  type Event,
  type Goroutine,
  goroutineOf,
  memoryOf,
  note,
  type State,
  setFact,
  type Value,
} from './state.ts';

/** The local steps of one goroutine between two visible ones; more are not followed. */
const mostSteps = 3000;
/** After so many, a loop is watched for whether it gets anywhere. */
const longSteps = 100;

/** The ways in which things can go on between two visible steps; more are not followed. */
const mostWays = 32;

/** The places where ways part between two visible steps; more are not followed. */
const mostForks = 64;

/** What it costs, in steps, to see whether the ways have come together again. */
const costOfWay = 4;

/** A state and the goroutines of it that have still to be run. */
interface Work {
  readonly state: State;
  readonly waiting: string[];
}

/**
 * Runs the goroutines until each has ended or is about to do something visible: all ways in which that can go, by
 * what `encode` makes of the states.
 */
export function settle(m: Machine, from: State, goroutines: readonly string[]): ReadonlyMap<string, State> {
  const done = new Map<string, State>();
  const seen = new Set<string>();
  from.events = [];
  const todo: Work[] = [{ state: from, waiting: [...goroutines] }];
  let circling: Work | undefined;
  while (done.size < mostWays && seen.size < mostForks) {
    const work = todo.pop() ?? (done.size === 0 ? circling : undefined);
    if (!work) return done;
    // No way leads out of a circle: its goroutine goes round for ever, and the others go on.
    if (work === circling) spin(work);
    const { state, waiting } = work;
    const fork = runAll(m, state, waiting);
    if (!fork) {
      const key = encode(state);
      if (!done.has(key)) done.set(key, state);
      continue;
    }
    // Ways that differ in nothing that can still matter are one.
    const key = `${encode(state)}${waiting.join()}`;
    m.steps -= costOfWay;
    if (seen.has(key)) {
      circling = work;
      continue;
    }
    seen.add(key);
    const { events } = state;
    fork.ways.forEach(({ event, apply }, i) => {
      // Nobody needs the state itself any more, so the last way can have it.
      const next = i < fork.ways.length - 1 ? copyState(state) : state;
      next.events = [...events, event];
      apply(next, goroutineOf(next, fork.goroutine) as Goroutine);
      todo.push({ state: next, waiting: [...waiting] });
    });
  }
  // What is too much here is too much for all that follows.
  if (todo.length > 0) m.steps = 0;
  return done;
}

/** The goroutine that was run last never does anything visible again. */
function spin({ state, waiting }: Work): void {
  const id = waiting.pop();
  const goroutine = id === undefined ? undefined : goroutineOf(state, id);
  if (goroutine) spinning(goroutine);
}

function spinning(g: Goroutine): undefined {
  g.stack.push({ kind: 'primitive', name: 'spin', args: [], results: [], at: g.startedAt, stage: 0 });
}

/** Runs the waiting goroutines, the last one first, until one comes to where ways part. */
function runAll(
  m: Machine,
  state: State,
  waiting: string[],
): { readonly goroutine: string; readonly ways: Fork } | undefined {
  while (!state.ended) {
    const id = waiting.at(-1);
    if (id === undefined) return undefined;
    const goroutine = goroutineOf(state, id);
    const ways = goroutine && runOne(m, state, goroutine, waiting);
    if (ways) return { goroutine: id, ways };
    removeEnded(state, id);
    waiting.splice(waiting.lastIndexOf(id), 1);
  }
  return undefined;
}

function removeEnded(state: State, id: string): void {
  if (state.goroutines.get(id)?.stack.length === 0) state.goroutines.delete(id);
}

type Fork = readonly {
  readonly event: Event;
  readonly apply: (state: State, goroutine: Goroutine) => void;
}[];

/** Runs one goroutine; returns the ways to go on where they part. */
function runOne(m: Machine, state: State, g: Goroutine, started: string[]): Fork | undefined {
  const circle = new Set<string>();
  for (let steps = 0; steps < mostSteps && m.steps > 0; steps++) {
    m.steps--;
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
    // A loop that decides nothing comes back to where it was.
    if (steps > longSteps && block.ending.kind === 'jump' && block.ending.next <= frame.block) {
      const key = encode(state);
      if (circle.has(key)) return spinning(g);
      circle.add(key);
    }
    const fork = end(m, state, g, frame, block.ending);
    if (fork) return fork;
  }
  state.cut = true;
  g.stack.length = 0;
  return undefined;
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
      const isKept = keeps(m.facts, answer.fact, frame, g);
      return [true, false].map((outcome) => ({
        event: branchEvent(g, ending.at, outcome),
        apply: (copy, own) => {
          if (isKept) setFact(copy, answer.fact, outcome !== answer.negated);
          jump(own, outcome ? ending.yes : ending.no);
        },
      }));
    }
    case 'choice':
      return ending.next.map((next) => ({
        event: branchEvent(g, ending.at, undefined),
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
      if (g.stack.length === 1 && g.id === '0' && m.tellsReturns) state.returned = ending.at;
      if (g.stack.length === 1)
        note(state, {
          goroutine: g.id,
          at: ending.at,
          kind: 'return',
          outcome: undefined,
          started: undefined,
        });
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

function branchEvent(g: Goroutine, at: Node, outcome: boolean | undefined): Event {
  return { goroutine: g.id, at, kind: 'branch', outcome, started: undefined };
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
  update(state, name, { ...cursor, next: cursor.next + 1 });
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
  return sizeOf(m, over);
}
