// All states that a function can lead to, and what is wrong in them. A goroutine is stuck in a state if in none of
// the states that can follow it gets past the operation that it waits at: the static mirror of what the runtime's
// leak profile finds (a goroutine whose primitive no live goroutine holds).

import type { Node } from '../syntax/node.ts';
import { activation } from './calls.ts';
import { newFacts } from './facts.ts';
import type { Behaviour } from './ir.ts';
import type { Machine, Program, Sizes } from './machine.ts';
import { settle } from './run.ts';
import {
  type Channel,
  type Event,
  type Goroutine,
  memoryOf,
  type PrimitiveCall,
  type State,
} from './state.ts';
import { type Failure, pendingOf, type Transition } from './steps.ts';
import { stepsFrom } from './transitions.ts';

/** What one exploration may cost. */
export interface Budget {
  readonly states: number;
  /** Local steps of all goroutines in all of them. */
  readonly steps: number;
}

/** How much of the budget is left once something was cut: what is found then is likely at best. */
const afterCut = 1 / 8;

/** One step of a witness. */
export interface WitnessStep {
  readonly actors: readonly string[];
  readonly at: readonly Node[];
  readonly name: string;
  /** What happened on the way to the next step. */
  readonly events: readonly Event[];
}

/** A goroutine that can never go on, or one that panics. */
export interface Verdict {
  readonly kind: 'stuck' | Failure;
  readonly goroutine: string;
  /** Where the goroutine was started; the function itself for the one that runs it. */
  readonly startedAt: Node;
  readonly call: PrimitiveCall;
  /** The function that the exploration started with has not returned: nobody gets past it. */
  readonly blocksRoot: boolean;
  /** It waits for a lock that it holds itself. */
  readonly ownLock: boolean;
  /** The channel is nil. */
  readonly isNil: boolean;
  /** The call that made the channel of the operation, if it has one that the model has made. */
  readonly madeAt: Node | undefined;
  /** The channel is made with room. */
  readonly hasRoom: boolean;
  readonly witness: readonly WitnessStep[];
}

export interface Exploration {
  readonly verdicts: readonly Verdict[];
  readonly states: number;
  /** Everything that can happen was seen. */
  readonly complete: boolean;
  /** It was not, because the budget did not suffice. */
  readonly spent: boolean;
}

/** A way from one state to the next. */
interface Edge {
  readonly to: number;
  readonly moved: readonly string[];
  readonly step: WitnessStep;
}

/** A state that can come about. */
export interface Point {
  readonly state: State;
  readonly edges: Edge[];
  readonly from: number;
  readonly step: WitnessStep | undefined;
  readonly failure:
    | { readonly kind: Failure; readonly goroutine: string; readonly transition: Transition }
    | undefined;
}

/** All states that a function can lead to. */
export interface Graph {
  /** The ways into the first states. */
  readonly starts: readonly Edge[];
  readonly points: readonly Point[];
  readonly complete: boolean;
  /** The budget did not suffice: the points are not all. */
  readonly spent: boolean;
  /** How many collections and numbers of unknown size matter. */
  readonly unsized: number;
}

/** How often an exploration starts anew to keep what it has missed, before it keeps everything. */
const mostRefinements = 3;

/** Explores the behaviour of a function that is called with values of which nothing is known. */
export function explore(
  program: Program,
  root: Behaviour,
  sizes: Sizes,
  budget: Budget,
  capacities: ReadonlyMap<Node, number> = new Map(),
): Exploration {
  const { points, complete, spent } = graphOf(program, root, sizes, budget, capacities);
  return { verdicts: spent ? [] : verdictsOf(points), states: points.length, complete, spent };
}

/** Whether others can tell when a step is taken; then they also see where the function returns. */
type Shows = (state: State, transition: Transition) => boolean;

/**
 * The states behind an exploration. Of steps whose order does not matter to who gets stuck, only one order is in it,
 * unless one of them `shows`.
 */
export function graphOf(
  program: Program,
  root: Behaviour,
  sizes: Sizes,
  budget: Budget,
  capacities: ReadonlyMap<Node, number> = new Map(),
  shows?: Shows,
): Graph {
  const kept = new Set<string>();
  let steps = budget.steps;
  for (let round = 0; ; round++) {
    const facts = newFacts(kept, round === mostRefinements);
    const tellsReturns = shows !== undefined;
    const m: Machine = { program, sizes, unsized: [], capacities, facts, tellsReturns, steps };
    const graph = exploreOnce(m, root, budget, shows);
    // What was too much before it was told apart is too much afterwards.
    if (facts.missed.size === 0 || m.steps <= 0) return graph;
    for (const subject of facts.missed) kept.add(subject);
    steps = m.steps;
  }
}

function exploreOnce(m: Machine, root: Behaviour, budget: Budget, shows: Shows = () => false): Graph {
  const points: Point[] = [];
  const byKey = new Map<string, number>();
  let complete = true;
  const add: Add = (state, key, from, step) => {
    const known = byKey.get(key);
    if (known !== undefined) return known;
    byKey.set(key, points.length);
    points.push({ state, edges: [], from, step, failure: undefined });
    return points.length - 1;
  };
  const starts = [...settle(m, initial(root), ['0'])].map(([key, state]): Edge => {
    const step = { actors: ['0'], at: [], name: 'start', events: state.events };
    return { to: add(state, key, -1, step), moved: ['0'], step };
  });
  const none = (): Graph => ({ starts, points, complete: false, spent: true, unsized: m.unsized.length });
  for (let i = 0; i < points.length; i++) {
    const { state } = points[i] as Point;
    if (m.facts.missed.size > 0 || points.length > budget.states || m.steps <= 0) return none();
    if (state.cut) {
      // Whatever follows may happen, so nothing is learnt from following it.
      if (complete) m.steps = Math.min(m.steps, budget.steps * afterCut);
      complete = false;
      continue;
    }
    const steps = stepsFrom(m, state);
    const known = points.length;
    const leadBack = steps.first
      .map((transition) => follow(m, points, i, transition, add, known))
      .some((back) => back);
    // Otherwise what the others can do might be put off for ever.
    if (leadBack || steps.first.some((transition) => shows(state, transition)))
      for (const transition of steps.rest()) follow(m, points, i, transition, add, known);
  }
  return m.steps <= 0 ? none() : { starts, points, complete, spent: false, unsized: m.unsized.length };
}

/** Adds a state that is known by its key, unless it is there; returns its number. */
type Add = (state: State, key: string, from: number, step: WitnessStep | undefined) => number;

function initial(root: Behaviour): State {
  const state: State = {
    goroutines: new Map(),
    memory: new Map(),
    facts: new Map(),
    ownMemory: undefined,
    ownFacts: undefined,
    own: new Set(),
    events: [],
    next: 0,
    cut: false,
    ended: false,
    returned: undefined,
  };
  const captured = root.captures.map(({ slot }) => `?0:c${slot}`);
  const frame = activation(state, root, [], captured, root.fn, [], '0');
  state.goroutines.set('0', { id: '0', startedAt: root.fn, stack: [frame], started: 0 });
  return state;
}

/** Adds what a step leads to; returns whether some of it was known before. */
function follow(
  m: Machine,
  points: Point[],
  from: number,
  transition: Transition,
  add: Add,
  known: number,
): boolean {
  const { actors, at, name, failure } = transition;
  const point = points[from] as Point;
  if (failure && !point.failure)
    points[from] = { ...point, failure: { kind: failure, goroutine: actors[0] as string, transition } };
  const moved = name === 'waits' ? [] : actors;
  let leadsBack = false;
  for (const [key, state] of settle(m, transition.state, transition.moved)) {
    const step = { actors, at, name, events: state.events };
    const to = add(state, key, from, step);
    points[from]?.edges.push({ to, moved, step });
    if (to < known) leadsBack = true;
  }
  return leadsBack;
}

/** What goes wrong in some of the states. */
export function verdictsOf(points: readonly Point[]): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  const seen = new Set<string>();
  const found = (verdict: Verdict): void => {
    const { tree, start } = verdict.call.at;
    const key = `${verdict.kind} ${start} ${numberOf(tree)}`;
    if (seen.has(key)) return;
    seen.add(key);
    verdicts.push(verdict);
  };
  const stuck = stuckIn(points);
  points.forEach((point, i) => {
    for (const id of stuck.get(i) ?? []) {
      const g = point.state.goroutines.get(id);
      const call = g && pendingOf(g);
      // Who goes round in a circle does not wait for anybody.
      if (g && call && call.name !== 'spin') found(verdictAt(points, i, 'stuck', g, call));
    }
    const g = point.failure && point.state.goroutines.get(point.failure.goroutine);
    const call = g && pendingOf(g);
    if (point.failure && g && call) found(verdictAt(points, i, point.failure.kind, g, call));
  });
  return verdicts;
}

const trees = new WeakMap<object, number>();
let nextTree = 0;

function numberOf(tree: object): number {
  const known = trees.get(tree) ?? nextTree++;
  trees.set(tree, known);
  return known;
}

function verdictAt(
  points: readonly Point[],
  at: number,
  kind: Verdict['kind'],
  g: Goroutine,
  call: PrimitiveCall,
): Verdict {
  const { state } = points[at] as Point;
  const channel = channelOf(state, call);
  return {
    kind,
    goroutine: g.id,
    startedAt: g.startedAt,
    call,
    blocksRoot: state.goroutines.has('0'),
    ownLock: isHeldBy(state, call, g.id),
    isNil: call.args[0] === null && call.name !== 'select',
    madeAt: channel?.madeAt,
    hasRoom: (channel?.capacity ?? 0) > 0,
    witness: witnessOf(points, at),
  };
}

function channelOf(state: State, call: PrimitiveCall): Channel | undefined {
  const channel = memoryOf(state, call.args[0] ?? null);
  return channel?.kind === 'channel' ? channel : undefined;
}

function isHeldBy(state: State, call: PrimitiveCall, id: string): boolean {
  const lock = memoryOf(state, call.args[0] ?? null);
  return lock?.kind === 'mutex' && (lock.holder === id || lock.readers.includes(id));
}

function witnessOf(points: readonly Point[], at: number): readonly WitnessStep[] {
  const steps: WitnessStep[] = [];
  for (let i = at; i >= 0; i = points[i]?.from ?? -1) {
    const step = points[i]?.step;
    if (step) steps.unshift(step);
  }
  return steps;
}

/** The goroutines of each state that never move again. Where something was cut, everything may still move. */
export function stuckIn(points: readonly Point[]): ReadonlyMap<number, readonly string[]> {
  const before: number[][] = points.map(() => []);
  points.forEach((point, i) => {
    for (const { to } of point.edges) before[to]?.push(i);
  });
  const ids = new Set(points.flatMap((p) => [...p.state.goroutines.keys()]));
  const stuck = new Map<number, string[]>();
  for (const id of ids) {
    const moves = canMove(points, before, id);
    points.forEach((point, i) => {
      if (moves.has(i) || !point.state.goroutines.has(id) || point.state.ended) return;
      const known = stuck.get(i);
      if (known) known.push(id);
      else stuck.set(i, [id]);
    });
  }
  return stuck;
}

/** The states from which a goroutine can still take a step. */
function canMove(
  points: readonly Point[],
  before: readonly (readonly number[])[],
  id: string,
): ReadonlySet<number> {
  const found = new Set<number>();
  const todo: number[] = [];
  points.forEach((point, i) => {
    const moves = point.edges.some((edge) => edge.moved.includes(id));
    // The end of the process ends every wait.
    if (moves || point.state.cut || point.state.ended) {
      found.add(i);
      todo.push(i);
    }
  });
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    for (const from of before[at] ?? []) {
      if (found.has(from) || !points[from]?.state.goroutines.has(id)) continue;
      found.add(from);
      todo.push(from);
    }
  }
  return found;
}
