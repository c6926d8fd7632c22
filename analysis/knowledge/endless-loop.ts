// Loops that nothing can end: no way leads from them out of their function.

import { targetsOf } from '../callgraph/call-graph.ts';
import type { Block, Edge, Flow } from '../flow/flow.ts';
import { partsOf, reachableFrom } from '../flow/graph.ts';
import { writtenName } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import { mayNotReturn, neverReturns } from '../model/never-returns.ts';
import { child, contains, enclosingFunction, type Node, nodesOf, unparen } from '../syntax/node.ts';
import { isEndOfEndless } from './endless-range.ts';

/** A loop that goes round for as long as its program runs. */
export interface EndlessLoop {
  readonly code: Code;
  readonly fn: Node;
  /** The outermost `for_statement` that no path leaves. */
  readonly loop: Node;
  /** The call that leads to the function with the loop, if the function that was asked about calls it. */
  readonly call: Node | undefined;
}

/** How many calls are followed to a loop, and to what ends the goroutine or the process. */
const deepest = 3;

/** The endless loop that a function can come to, itself or in a function of the package that it calls as a statement. */
export function endlessLoopOf(code: Code, fn: Node, depth = 0): EndlessLoop | undefined {
  const own = ownLoop(code, fn);
  if (own) return { code, fn, loop: own, call: undefined };
  if (depth >= deepest) return undefined;
  for (const call of calledAsStatements(code, fn)) {
    const target = named(code, call);
    if (!target || target.node === fn) continue;
    const found = endlessLoopOf(target.code, target.node, depth + 1);
    if (found) return { ...found, call };
  }
  return undefined;
}

/** The function that a call names, or the literal that it calls where it stands. To find what a value holds costs much. */
function named(code: Code, call: Node): (Pick<EndlessLoop, 'code'> & { readonly node: Node }) | undefined {
  const callee = code.calleeOf(call);
  if (callee) {
    const body = code.bodyOf(callee);
    return body && { code: body, node: body.root };
  }
  const fn = child(call, 'function');
  const literal = fn && unparen(fn);
  return literal?.kind === 'func_literal' ? { code, node: literal } : undefined;
}

function calledAsStatements(code: Code, fn: Node): readonly Node[] {
  return code
    .flowOf(fn)
    .blocks.flatMap((block) => block.nodes)
    .filter((entry) => entry.kind === 'expression_statement')
    .flatMap((entry) => entry.children[0] ?? [])
    .map(unparen)
    .filter((call) => call.kind === 'call_expression');
}

function ownLoop(code: Code, fn: Node): Node | undefined {
  const loops = nodesOf(fn.tree, 'for_statement').filter(
    (loop) => contains(fn, loop) && enclosingFunction(loop) === fn,
  );
  if (loops.length === 0) return undefined;
  const flow = code.flowOf(fn);
  const leaving = leavingBlocks(code, flow);
  return loops.find((loop) => {
    const blocks = blocksIn(flow, loop);
    return (
      blocks.length > 0 &&
      blocks.every((block) => !leaving.has(block)) &&
      blocks.some((block) => reachableFrom(block).has(block)) &&
      !blocks.some((block) => block.nodes.some((entry) => mayEnd(code, flow, entry)))
    );
  });
}

/** The blocks with something that a loop evaluates in its turns. */
function blocksIn(flow: Flow, loop: Node): readonly Block[] {
  const body = child(loop, 'body');
  return flow.blocks.filter((block) =>
    block.nodes.some(
      (entry) => (body && contains(body, entry)) || (entry.kind === 'range_clause' && entry.parent === loop),
    ),
  );
}

/** The blocks from which a way leads out of the function. */
function leavingBlocks(code: Code, flow: Flow): ReadonlySet<Block> {
  const before = new Map<Block, Block[]>();
  for (const block of flow.blocks)
    for (const edge of block.edges)
      if (isPossible(code, edge)) before.set(edge.to, [...(before.get(edge.to) ?? []), block]);
  const leaving = new Set(flow.blocks.filter((block) => block.exit !== undefined));
  for (const block of leaving) for (const from of before.get(block) ?? []) leaving.add(from);
  return leaving;
}

function isPossible(code: Code, { condition }: Edge): boolean {
  if (!condition) return true;
  const isFalse = condition.expression.kind === 'true' && !condition.outcome;
  return !isFalse && !isEndOfEndless(code, condition);
}

/** Whether an entry calls what may end the goroutine or the process. */
function mayEnd(code: Code, flow: Flow, entry: Node): boolean {
  if (entry.kind === 'go_statement' || entry.kind === 'defer_statement') return false;
  for (const part of partsOf(flow, entry))
    if (part.kind === 'call_expression' && callEnds(code, part, 0, new Set())) return true;
  return false;
}

function callEnds(code: Code, call: Node, depth: number, seen: Set<Node>): boolean {
  const name = code.calleeName(call);
  if (name === 'builtin.panic') return false;
  if (neverReturns(name)) return true;
  if (name.startsWith('builtin.') || depth >= deepest) return false;
  const { functions } = targetsOf(code, call);
  // What it does is not visible, and its name may tell.
  if (functions.length === 0) return mayNotReturn(`.${writtenName(call)}`);
  return functions.some((target) => {
    if (seen.has(target.node)) return false;
    seen.add(target.node);
    return target.code.calls.some(
      (inner) =>
        contains(target.node, inner) &&
        inner.parent?.kind !== 'go_statement' &&
        callEnds(target.code, inner, depth + 1, seen),
    );
  });
}
