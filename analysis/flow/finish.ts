// The last step of building a flow: what the lowering leaves is cut down to what a flow promises.

import type { Node } from '../syntax/node.ts';
import { type Draft, draft, enter, type Lowering, link } from './draft.ts';
import type { Flow } from './flow.ts';

/** Ends the lowering: drops what cannot be reached, and joins blocks that only follow one another. */
export function finish(l: Lowering, fn: Node, body: Node | undefined): Flow {
  const entry = l.order[0] as Draft;
  const end = closingBrace(fn, body);
  const last = draft();
  link(l.at, last);
  enter(l, last);
  last.nodes.push(end);
  last.exit = 'return';
  closeLabels(l, last);

  const first = skipEmpty(entry);
  const incoming = reach(first);
  const absorbed = new Set<Draft>();
  for (const block of l.order)
    if (incoming.has(block) && !absorbed.has(block)) join(block, first, incoming, absorbed);
  const blocks = l.order.filter((block) => incoming.has(block) && !absorbed.has(block));
  blocks.forEach((block, i) => {
    block.id = i;
  });
  return { fn, entry: first, blocks, end };
}

function closingBrace(fn: Node, body: Node | undefined): Node {
  const { tree, end } = body ?? fn;
  const start = body ? end - 1 : end;
  return { kind: 'empty_statement', field: '', start, end, children: [], parent: body ?? fn, tree };
}

/** Labels that are not declared lead to the end. */
function closeLabels(l: Lowering, last: Draft): void {
  for (const block of l.labels.values()) if (block.id < 0) link(block, last);
}

/** The first block at or after `block` that does something. A cycle that does nothing keeps one block. */
function skipEmpty(block: Draft): Draft {
  let target = block;
  const passed = new Set<Draft>();
  for (let next = passage(target); next && !passed.has(target); next = passage(target)) {
    passed.add(target);
    target = next;
  }
  for (const empty of passed) if (empty !== target) (empty.edges[0] as { to: Draft }).to = target;
  return target;
}

/** Where an empty block leads, if it only leads on. */
function passage(block: Draft): Draft | undefined {
  if (block.nodes.length > 0) return undefined;
  return onlySuccessor(block);
}

function onlySuccessor(block: Draft): Draft | undefined {
  const edge = block.edges[0];
  if (!edge || block.edges.length > 1 || edge.condition || edge.clause) return undefined;
  return edge.to;
}

/** Finds the blocks that can be reached and how many edges lead to each, moving edges past empty blocks. */
function reach(first: Draft): Map<Draft, number> {
  const incoming = new Map<Draft, number>([[first, 1]]);
  const todo = [first];
  for (let block = todo.pop(); block; block = todo.pop()) {
    for (const edge of block.edges) {
      edge.to = skipEmpty(edge.to);
      const count = incoming.get(edge.to);
      incoming.set(edge.to, (count ?? 0) + 1);
      if (count === undefined) todo.push(edge.to);
    }
  }
  return incoming;
}

/** Appends to a block every block that follows it and nothing else. */
function join(block: Draft, first: Draft, incoming: ReadonlyMap<Draft, number>, absorbed: Set<Draft>): void {
  for (let next = onlySuccessor(block); next; next = onlySuccessor(block)) {
    if (next === first || next === block || incoming.get(next) !== 1) return;
    for (const node of next.nodes) block.nodes.push(node);
    block.edges = next.edges;
    block.exit = next.exit;
    absorbed.add(next);
  }
}
