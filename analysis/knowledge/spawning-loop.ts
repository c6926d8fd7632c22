// Loops that start goroutines: what starts one, what it runs, and which loops around it start more of them.

import { targetsOf } from '../callgraph/call-graph.ts';
import type { Located } from '../callgraph/search.ts';
import { sourcesOf } from '../callgraph/sources.ts';
import { isFunctionSource } from '../callgraph/targets.ts';
import { placeOf, reachableFrom } from '../flow/graph.ts';
import { findPath } from '../flow/paths.ts';
import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  contains,
  enclosingFunction,
  type Node,
  nodesOf,
} from '../syntax/node.ts';

/** A place that starts a goroutine. */
export interface Spawn {
  /** The `go` statement, or the call of `Go` of a group. */
  readonly at: Node;
  readonly by: 'go' | 'sync.WaitGroup' | 'errgroup.Group';
  /** What is called in a `go` statement, or the function that a group is given. */
  readonly started: Node;
  /** The functions with a body that it can run. */
  readonly runs: readonly Located[];
  /** Functions of other packages that it can run. */
  readonly outside: readonly string[];
}

const groups: ReadonlyMap<string, Spawn['by']> = new Map([
  ['sync.WaitGroup.Go', 'sync.WaitGroup'],
  ['golang.org/x/sync/errgroup.Group.Go', 'errgroup.Group'],
]);

/** The places in a declaration that start goroutines, in source order. */
export function spawnsIn(code: Code): readonly Spawn[] {
  const statements = nodesOf(code.root.tree, 'go_statement').flatMap((at): Spawn[] => {
    const started = childOfKind(at, 'call_expression');
    if (!started) return [];
    const { functions, outside } = targetsOf(code, started);
    return [{ at, by: 'go', started, runs: functions, outside }];
  });
  const calls = code.calls.flatMap((at): Spawn[] => {
    const by = groups.get(code.calleeName(at));
    const [started] = argumentsOf(at);
    if (!by || !started) return [];
    const { values, outside } = sourcesOf(code, started);
    return [{ at, by, started, runs: values.filter(isFunctionSource), outside }];
  });
  return [...statements, ...calls].sort((a, b) => a.at.start - b.at.start);
}

/** Something that runs a part of a function again and again. */
export interface Loop {
  /** A `for_statement`, or the call of a function that calls a literal for each thing it comes to. */
  readonly at: Node;
  /** The block that is repeated. */
  readonly body: Node;
  /** The function that holds it. */
  readonly fn: Node;
}

/** Functions that call their last argument once for each file below a directory. */
const walkers = /^(?:path\/filepath\.Walk(?:Dir)?|io\/fs\.WalkDir)$/;

/** The loops that can come to a node again, the innermost first, in its function and where that is called by a walk. */
export function loopsAround(code: Code, node: Node): readonly Loop[] {
  const fn = enclosingFunction(node);
  if (!fn) return [];
  const loops: Loop[] = [];
  for (let at = node.parent; at && at !== fn; at = at.parent) {
    const body = at.kind === 'for_statement' ? child(at, 'body') : undefined;
    if (body && contains(body, node) && comesBack(code, fn, node, at)) loops.push({ at, body, fn });
  }
  const walk = fn.kind === 'func_literal' ? fn.parent?.parent : undefined;
  const body = child(fn, 'body');
  if (walk?.kind === 'call_expression' && body && walkers.test(code.calleeName(walk)))
    loops.push({ at: walk, body, fn }, ...loopsAround(code, walk));
  return loops;
}

/** Whether control can come from a node to the next turn of a loop around it. */
function comesBack(code: Code, fn: Node, node: Node, loop: Node): boolean {
  const flow = code.flowOf(fn);
  const place = placeOf(flow, node);
  if (!place || !reachableFrom(place.block).has(place.block)) return false;
  const turn = headOf(loop);
  return findPath(flow, { from: node, names: code, exits: [], stops: () => false, to: turn }) !== undefined;
}

/** Tells the entries of a loop's head, or of its body if it has none. */
function headOf(loop: Node): (entry: Node) => boolean {
  const body = child(loop, 'body');
  const head = loop.children.find((c) => c !== body);
  const range = head?.kind === 'range_clause';
  return (entry) =>
    head ? (range ? entry === head : contains(head, entry)) : body !== undefined && contains(body, entry);
}
