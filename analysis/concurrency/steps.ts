// One visible step of a goroutine, or of a sender and a receiver together.

import type { Node } from '../syntax/node.ts';
import type { Case, Ending } from './ir.ts';
import { panic } from './primitives.ts';
import { copyState, type Goroutine, goroutineOf, type PrimitiveCall, type State } from './state.ts';

/** What goes wrong in a step, if it does. */
export type Failure = 'send on closed' | 'close of closed' | 'close of nil' | 'negative count';

export interface Transition {
  /** The goroutines that move: one, or a sender and a receiver. */
  readonly actors: readonly string[];
  /** Where each of them is. */
  readonly at: readonly Node[];
  /** `send`, `receive`, `close`, `sync.Mutex.Lock` … */
  readonly name: string;
  readonly failure: Failure | undefined;
  readonly state: State;
  /** The goroutines that have to be run on. */
  readonly moved: readonly string[];
}

/** A goroutine that is about to do something visible. */
export interface Pending {
  readonly g: Goroutine;
  readonly call: PrimitiveCall;
  /** The case of its `select` that it takes. */
  readonly chosen?: Case | undefined;
}

/** The operation that a goroutine is about to perform; undefined if it has ended. */
export function pendingOf(g: Goroutine): PrimitiveCall | undefined {
  const top = g.stack.at(-1);
  return top?.kind === 'primitive' ? top : undefined;
}

/** How the block ends that a goroutine is at with the operation that it is about to perform. */
export function endingOf(g: Goroutine): Ending | undefined {
  const frame = g.stack.at(-2);
  return frame?.kind === 'activation' ? frame.behaviour.blocks[frame.block]?.ending : undefined;
}

/** The cases of the `select` that a goroutine is about to perform. */
export function casesOf(g: Goroutine): readonly Case[] {
  const ending = endingOf(g);
  return ending?.kind === 'select' ? ending.cases : [];
}

/** A step as a transition: `apply` changes a copy of the state. */
export function step(
  state: State,
  actors: readonly Pending[],
  name: string,
  apply: (state: State, actors: readonly Goroutine[], moved: string[]) => void,
  failure?: Failure,
): Transition {
  const copy = copyState(state);
  const moved = actors.map(({ g }) => g.id);
  apply(
    copy,
    actors.map(({ g }) => goroutineOf(copy, g.id) as Goroutine),
    moved,
  );
  return {
    actors: actors.map(({ g }) => g.id),
    at: actors.map((actor) => actor.chosen?.at ?? actor.call.at),
    name,
    failure,
    state: copy,
    moved,
  };
}

/** A step that ends in a panic. */
export function failed(state: State, p: Pending, failure: Failure): Transition {
  return step(state, [p], p.call.name, (copy, [own]) => panic(copy, own as Goroutine), failure);
}
