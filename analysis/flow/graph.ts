// Questions about the shape of a flow: where a node is evaluated, what can follow it, what always precedes it.

import { isFunction, type Node } from '../syntax/node.ts';
import type { Block, Flow } from './flow.ts';

/** A place in a flow: the entry `block.nodes[index]`. */
export interface Place {
  readonly block: Block;
  readonly index: number;
}

const indexes = new WeakMap<Flow, ReadonlyMap<Node, Place>>();

function indexOf(flow: Flow): ReadonlyMap<Node, Place> {
  let index = indexes.get(flow);
  if (!index) {
    const places = new Map<Node, Place>();
    for (const block of flow.blocks) {
      for (const [i, node] of block.nodes.entries()) places.set(node, { block, index: i });
    }
    index = places;
    indexes.set(flow, index);
  }
  return index;
}

/**
 * The place where a node of the function is evaluated; for a node inside a function literal, where the literal is.
 * Undefined for code that cannot be reached, and for statements that are not entries.
 */
export function placeOf(flow: Flow, node: Node): Place | undefined {
  const index = indexOf(flow);
  for (let at: Node | undefined = node; at && at !== flow.fn; at = at.parent) {
    const place = index.get(at);
    if (place && (at === node || at.kind !== 'select_statement')) return place;
  }
  return undefined;
}

/**
 * The nodes that an entry stands for: the entry and what is under it, without the entries inside it. A function
 * literal is among them; what is inside the literal is, too, only with `literals`. Parents come before children,
 * siblings in source order.
 */
export function* partsOf(flow: Flow, entry: Node, literals = false): Generator<Node> {
  const index = indexOf(flow);
  const todo = [entry];
  for (let node = todo.pop(); node; node = todo.pop()) {
    yield node;
    if (!literals && isFunction(node)) continue;
    for (let i = node.children.length - 1; i >= 0; i--) {
      const part = node.children[i] as Node;
      if (!index.has(part)) todo.push(part);
    }
  }
}

/** The blocks that control can enter after the end of `block`; `block` itself only if it is on a cycle. */
export function reachableFrom(block: Block): ReadonlySet<Block> {
  const found = new Set<Block>();
  const todo = [block];
  for (let from = todo.pop(); from; from = todo.pop()) {
    for (const { to } of from.edges) {
      if (found.has(to)) continue;
      found.add(to);
      todo.push(to);
    }
  }
  return found;
}

/** Whether a node can be evaluated more than once in one call: by a loop or a `goto`. False if it is never evaluated. */
export function isInLoop(flow: Flow, node: Node): boolean {
  const place = placeOf(flow, node);
  return place !== undefined && reachableFrom(place.block).has(place.block);
}

/**
 * The innermost `for_statement` of this function that can evaluate the node more than once: one that has it in its
 * body, condition or update, if the node is on a cycle at all.
 */
export function loopOf(flow: Flow, node: Node): Node | undefined {
  const place = placeOf(flow, node);
  if (!place || !reachableFrom(place.block).has(place.block)) return undefined;
  for (let at = place.block.nodes[place.index]; at?.parent && at !== flow.fn; at = at.parent) {
    const once = at.field === 'initializer' || (at.parent.kind === 'range_clause' && at.field === 'right');
    if (once) at = at.parent;
    else if (at.parent.kind === 'for_statement') return at.parent;
  }
  return undefined;
}

/** Whether every path from the start of the function to `after` evaluates `before` first. False if `after` is unreachable. */
export function dominates(flow: Flow, before: Node, after: Node): boolean {
  const first = placeOf(flow, before);
  const second = placeOf(flow, after);
  if (!first || !second) return false;
  if (first.block === second.block) return first.index <= second.index;
  if (second.block === flow.entry) return false;
  if (first.block === flow.entry) return true;
  return !reaches(flow.entry, second.block, first.block);
}

function reaches(from: Block, to: Block, avoiding: Block): boolean {
  const seen = new Set([from, avoiding]);
  const todo = [from];
  for (let block = todo.pop(); block; block = todo.pop()) {
    for (const edge of block.edges) {
      if (edge.to === to) return true;
      if (seen.has(edge.to)) continue;
      seen.add(edge.to);
      todo.push(edge.to);
    }
  }
  return false;
}

/** The `defer` statements that are registered when a node is evaluated, in source order. */
export interface Deferred {
  /** Registered on every path to the node. */
  readonly always: readonly Node[];
  /** Registered on some path to the node, but not on every one. */
  readonly sometimes: readonly Node[];
}

/** What has been deferred before a node is evaluated; nothing if it never is. */
export function deferredBefore(flow: Flow, node: Node): Deferred {
  const place = placeOf(flow, node);
  const always: Node[] = [];
  const sometimes: Node[] = [];
  if (!place) return { always, sometimes };
  for (const block of flow.blocks) {
    if (!block.nodes.some((n) => n.kind === 'defer_statement')) continue;
    const leadsHere = reachableFrom(block).has(place.block);
    block.nodes.forEach((entry, index) => {
      if (entry.kind !== 'defer_statement') return;
      const precedes = block === place.block && index < place.index;
      if (precedes || (leadsHere && block !== place.block && dominates(flow, entry, node)))
        always.push(entry);
      else if (leadsHere) sometimes.push(entry);
    });
  }
  return { always, sometimes };
}

/** Every `defer_statement` that can be reached, in source order. */
export function defersOf(flow: Flow): readonly Node[] {
  return flow.blocks.flatMap((block) => block.nodes.filter((node) => node.kind === 'defer_statement'));
}
