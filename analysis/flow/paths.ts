// Is there a way from here to there that avoids this? A search over blocks and what is known of the conditions, so
// that two tests of the same unchanged variable come out the same way on one path.

import type { Node } from '../syntax/node.ts';
import { type Fact, literalOfFact } from './atoms.ts';
import type { Block, Condition, Edge, Exit, Flow } from './flow.ts';
import { placeOf } from './graph.ts';
import { afterEntry, alongEdge, type Knowledge, type Known, knowledgeOf } from './knowledge.ts';
import type { Names } from './terms.ts';

/** A question about paths: is there one that begins just after `from`, avoids all that stops it, and gets there? */
export interface PathQuery {
  /** Any node of the function: the path begins after the entry that evaluates it. The function itself: at its start. */
  readonly from: Node;
  readonly names: Names;
  /** Whether an entry ends the search on its path: the obligation is met there. */
  stops(entry: Node): boolean;
  /** A path that arrives at such an entry is found, unless the entry also stops it. */
  to?(entry: Node): boolean;
  /** The ways of leaving the function at which a path is found; `['return']` unless given. */
  readonly exits?: readonly Exit[];
  /** What holds right after `from`. It is forgotten where the variable may change. */
  readonly given?: readonly Fact[];
  /**
   * Whether a condition can come out so; for knowledge that the flow does not have. `holds` tells of the facts in
   * `given` that are still known: `errors.Is(err, …)` cannot be true while `err` is known to be nil.
   */
  possible?(condition: Condition, holds: (fact: Fact) => boolean): boolean;
  /** The number of states to look at; unless given, 4,000 more than there are blocks. */
  readonly budget?: number;
}

/** A path that was found. */
export interface Path {
  /** The edges with a condition or a clause, in order: every branch that was taken. */
  readonly branches: readonly Edge[];
  /** The entry where it ends: one that `to` names, a `return`, a call that never returns, or `flow.end`. */
  readonly end: Node;
  /** How it leaves the function; undefined if it ends at an entry that `to` names. */
  readonly exit: Exit | undefined;
}

export type Search =
  | { readonly verdict: 'found'; readonly path: Path }
  /** There is no such path. */
  | { readonly verdict: 'none' }
  /** The budget is spent. */
  | { readonly verdict: 'unknown' };

/**
 * A path, the one through the fewest blocks unless the budget is too small to tell which that is; undefined if there
 * is none or if the budget is spent.
 */
export function findPath(flow: Flow, query: PathQuery): Path | undefined {
  const search = searchPath(flow, query);
  return search.verdict === 'found' ? search.path : undefined;
}

/** Whether it is certain that every path is stopped: false if one is not, or if the budget does not suffice to tell. */
export function everyPathStops(flow: Flow, query: PathQuery): boolean {
  return searchPath(flow, query).verdict === 'none';
}

/** A point in the search: before the entry `block.nodes[index]`, knowing `known`. */
interface State {
  readonly block: Block;
  readonly index: number;
  readonly known: Known;
  readonly edge: Edge | undefined;
  readonly previous: State | undefined;
}

interface Progress {
  readonly flow: Flow;
  readonly query: PathQuery;
  readonly knowledge: Knowledge;
  readonly exits: readonly Exit[];
  /** The atoms of the given facts, which `possible` may ask about. */
  readonly given: bigint;
  /** The states that are still to be followed; a breadth-first search leaves those that it has. */
  readonly todo: State[];
  /** By block: with what knowledge it has been entered. */
  readonly seen: Known[][];
  /** By block: what a path meets first when it enters there. */
  readonly ends: (End | undefined)[];
  spent: boolean;
}

interface End {
  readonly node: Node | undefined;
  readonly stopped: boolean;
}

/** A block that can be entered with more different states of knowledge than this is given up. */
const mostStates = 256;

/** Answers a query, and says whether the answer is certain. */
export function searchPath(flow: Flow, query: PathQuery): Search {
  // Facts that no condition is about matter to nobody but `possible`.
  const asked = query.possible ? (query.given ?? []) : [];
  const knowledge = knowledgeOf(flow, query.names, asked);
  const start = startOf(flow, query, knowledge);
  if (!start) return { verdict: 'none' };
  const given = asked.reduce((mask, fact) => mask | lesson(knowledge, fact).known, 0n);
  const search = (order: Order): Search => {
    const seen: Known[][] = flow.blocks.map(() => []);
    if (start.index === 0) seen[start.block.id]?.push(start.known);
    const exits = query.exits ?? ['return'];
    return explore(
      { flow, query, knowledge, exits, given, todo: [start], seen, ends: [], spent: false },
      order,
    );
  };
  // Where there are too many states to see all ways at once, one way may still be found by following it.
  const shortest = search('breadth first');
  return shortest.verdict === 'unknown' ? search('depth first') : shortest;
}

type Order = 'breadth first' | 'depth first';

function explore(p: Progress, order: Order): Search {
  const budget = p.query.budget ?? p.flow.blocks.length + 4000;
  for (let i = 0; i < budget; i++) {
    const state = order === 'breadth first' ? p.todo[i] : p.todo.pop();
    if (!state) return { verdict: p.spent ? 'unknown' : 'none' };
    const path = advance(p, state);
    if (path) return { verdict: 'found', path };
  }
  return { verdict: 'unknown' };
}

function lesson(knowledge: Knowledge, fact: Fact): Known {
  return knowledge.learnt(literalOfFact(knowledge.vocabulary, fact));
}

function startOf(flow: Flow, query: PathQuery, knowledge: Knowledge): State | undefined {
  const rest = { edge: undefined, previous: undefined };
  const place = query.from === flow.fn ? { block: flow.entry, index: -1 } : placeOf(flow, query.from);
  let known = place && knowledge.before[place.block.id];
  if (!place || !known) return undefined;
  const { block } = place;
  for (let i = 0; i <= place.index; i++) known = afterEntry(known, knowledge.transfers[block.id]?.[i]);
  for (const fact of query.given ?? []) {
    known = afterEntry(known, { forget: 0n, learn: lesson(knowledge, fact) });
  }
  return { block, index: place.index + 1, known, ...rest };
}

/** Follows a path through one block; returns it if it has arrived. */
function advance(p: Progress, state: State): Path | undefined {
  const { block } = state;
  const end = endIn(p, block, state.index);
  if (end.stopped) return undefined;
  if (end.node) return pathTo(state, end.node, undefined);
  if (block.exit) {
    return p.exits.includes(block.exit)
      ? pathTo(state, block.nodes.at(-1) ?? p.flow.end, block.exit)
      : undefined;
  }
  let { known } = state;
  const transfers = p.knowledge.transfers[block.id] ?? [];
  for (let i = state.index; i < transfers.length; i++) known = afterEntry(known, transfers[i]);
  block.edges.forEach((edge, i) => {
    const next = alongEdge(p.knowledge, known, block, i);
    if (next && allows(p, edge, known))
      arrive(p, { edge, previous: state, block: edge.to, index: 0, known: next });
  });
  return undefined;
}

/** What stops a path in a block, or what it is to arrive at. */
function endIn(p: Progress, block: Block, from: number): End {
  const known = from === 0 ? p.ends[block.id] : undefined;
  if (known) return known;
  let end: End = { node: undefined, stopped: false };
  for (let i = from; i < block.nodes.length; i++) {
    const node = block.nodes[i] as Node;
    const stopped = p.query.stops(node);
    if (!stopped && !p.query.to?.(node)) continue;
    end = { node, stopped };
    break;
  }
  if (from === 0) p.ends[block.id] = end;
  return end;
}

function allows(p: Progress, edge: Edge, known: Known): boolean {
  if (!edge.condition || !p.query.possible) return true;
  return p.query.possible(edge.condition, (fact) => {
    const { known: bits, values } = lesson(p.knowledge, fact);
    return bits !== 0n && (known.known & bits) === bits && (known.values & bits) === values;
  });
}

/** Adds a state unless one that knows no more has been there: whatever this one can do, that one could. */
function arrive(p: Progress, state: State): void {
  const { block } = state;
  const mask = (p.knowledge.live[block.id] ?? 0n) | p.given;
  const known: Known = { known: state.known.known & mask, values: state.known.values & mask };
  const seen = p.seen[block.id] as Known[];
  if (seen.some((s) => (s.known & known.known) === s.known && ((s.values ^ known.values) & s.known) === 0n))
    return;
  if (seen.length >= mostStates) {
    p.spent = true;
    return;
  }
  seen.push(known);
  p.todo.push({ ...state, known });
}

function pathTo(state: State, end: Node, exit: Exit | undefined): Path {
  const branches: Edge[] = [];
  for (let at: State | undefined = state; at; at = at.previous) {
    if (at.edge && (at.edge.condition || at.edge.clause)) branches.push(at.edge);
  }
  return { branches: branches.reverse(), end, exit };
}
