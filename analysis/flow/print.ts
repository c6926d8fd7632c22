// A flow as text, for tests and for reading, and a check of everything that a flow promises.

import { contains, isFunction, type Node } from '../syntax/node.ts';
import type { Block, Edge, Flow } from './flow.ts';
import { reachableFrom } from './graph.ts';

/**
 * A flow as lines: of each block its number, its entries and its edges.
 *
 *     0:
 *       err := f()
 *       err != nil
 *       true -> 1
 *       false -> 2
 */
export function printFlow(flow: Flow): string {
  return flow.blocks.map((block) => `${printBlock(flow, block)}\n`).join('');
}

function printBlock(flow: Flow, block: Block): string {
  const ending = block.exit ? [`exit ${block.exit}`] : block.edges.map(printEdge);
  const entries = block.nodes.map((node) => (node === flow.end ? '}' : printEntry(node)));
  return [`${block.id}:`, ...[...entries, ...ending].map((line) => `  ${line}`)].join('\n');
}

function printEdge({ to, condition, clause }: Edge): string {
  const { kind, outcome } = condition ?? {};
  const label = kind
    ? kind === 'next'
      ? outcome
        ? 'next'
        : 'done'
      : `${outcome}`
    : clause
      ? head(clause)
      : '';
  return `${label} -> ${to.id}`.trim();
}

/** `case x := <-ch`, without the statements of the case. */
function head(clause: Node): string {
  const body = clause.children.find((c) => c.kind === 'statement_list');
  const text = clause.tree.text.slice(clause.start, body?.start ?? clause.end);
  return text.replace(/\s+/g, ' ').replace(/:\s*$/, '').trim();
}

/** The text of an entry on one line, with the bodies of function literals left out. */
function printEntry(node: Node): string {
  return textWithoutBodies(node).replace(/\s+/g, ' ');
}

function textWithoutBodies(node: Node): string {
  let text = '';
  let at = node.start;
  for (const body of outermostBodies(node)) {
    text += `${node.tree.text.slice(at, body.start)}{…}`;
    at = body.end;
  }
  return text + node.tree.text.slice(at, node.end);
}

function outermostBodies(node: Node): readonly Node[] {
  const bodies: Node[] = [];
  const todo = [node];
  for (let at = todo.pop(); at; at = todo.pop()) {
    if (at.field === 'body' && at.parent && isFunction(at.parent)) bodies.push(at);
    else for (let i = at.children.length - 1; i >= 0; i--) todo.push(at.children[i] as Node);
  }
  return bodies;
}

/** What is wrong with a flow, in words; nothing if it keeps its promises. */
export function checkFlow(flow: Flow): readonly string[] {
  const wrong: string[] = [];
  const blocks = new Set(flow.blocks);
  const reachable = reachableFrom(flow.entry);
  const seen = new Set<Node>();
  if (!blocks.has(flow.entry)) wrong.push('the entry is not among the blocks');
  flow.blocks.forEach((block, i) => {
    const say = (what: string) => wrong.push(`block ${i} ${what}`);
    if (block.id !== i) say(`has the number ${block.id}`);
    if (block !== flow.entry && !reachable.has(block)) say('cannot be reached');
    for (const { to } of block.edges)
      if (!blocks.has(to)) say('has an edge to a block that is not in the flow');
    checkEnding(block, say);
    for (const node of block.nodes) {
      if (seen.has(node)) say(`has an entry that is already in the flow: ${printEntry(node)}`);
      seen.add(node);
      if (!belongs(flow, node)) say(`has an entry that is not of this function: ${printEntry(node)}`);
    }
  });
  return wrong;
}

function checkEnding(block: Block, say: (what: string) => void): void {
  const last = block.nodes.at(-1);
  const { edges } = block;
  if (block.exit) {
    if (edges.length > 0) say('is an exit and has edges');
    if (!last) say('is an exit without a place');
    return;
  }
  const conditions = edges.flatMap((edge) => edge.condition ?? []);
  const [yes, no] = conditions;
  if (edges.length === 0 && last?.kind !== 'select_statement') say('leads nowhere');
  if (conditions.length > 0) {
    const isPair = edges.length === 2 && yes?.outcome === true && no?.outcome === false;
    if (!isPair || yes.expression !== no.expression || yes.kind !== no.kind)
      say('does not have one edge for each outcome');
    if (yes?.expression !== last) say('does not end with its condition');
  } else if (edges.length > 1 && edges.filter((edge) => !edge.clause).length > 1)
    say('has edges that nothing tells apart');
  if (block.nodes.length === 0 && edges.length === 1 && edges[0]?.to !== block && !edges[0]?.clause)
    say('is empty');
}

/** Whether a node is in the body of the flow's function and in no function inside it. */
function belongs(flow: Flow, node: Node): boolean {
  if (!contains(flow.fn, node)) return false;
  let at = node.parent;
  while (at && !isFunction(at)) at = at.parent;
  return at === flow.fn;
}
