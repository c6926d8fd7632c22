// Ranges over functions. The body of such a loop is a function of its own, which the one that is ranged over calls for
// each turn: it returns whether there is to be another. Where the body leaves the loop for another place than the one
// behind it, it says so in a variable that it shares with the function around it.

import type { Block, Flow } from '../flow/flow.ts';
import type { Code } from '../model/code.ts';
import {
  child,
  childOfKind,
  contains,
  descendants,
  enclosingFunction,
  isFunction,
  type Node,
  nodesOf,
  textOf,
  unparen,
} from '../syntax/node.ts';

const remembered = new WeakMap<Code, ReadonlySet<Node>>();

/**
 * The `for` statements whose bodies are functions: those over a function whose code may be followed. Where one defers,
 * recovers or jumps to a label, that is not followed.
 */
export function loopFunctionsOf(code: Code): ReadonlySet<Node> {
  const known = remembered.get(code);
  if (known) return known;
  const found = new Set(
    nodesOf(code.root.tree, 'range_clause').flatMap((clause) =>
      clause.parent && isOverFunction(code, clause) && !hasForeignJumps(clause.parent) ? [clause.parent] : [],
    ),
  );
  remembered.set(code, found);
  return found;
}

function isOverFunction(code: Code, clause: Node): boolean {
  const operand = child(clause, 'right');
  if (!operand || code.underlyingOf(code.typeOf(operand)).kind !== 'func') return false;
  const call = unparen(operand);
  const callee = call.kind === 'call_expression' ? code.calleeOf(call) : undefined;
  // What a function of another package returns is like any collection of unknown size.
  const isOwn = callee?.declaration !== undefined && code.pkg.files.includes(callee.declaration.file);
  return !callee || isOwn;
}

function hasForeignJumps(statement: Node): boolean {
  return [...descendants(statement)].some(
    (node) =>
      enclosingFunction(node) === enclosingFunction(statement) &&
      (node.kind === 'defer_statement' ||
        node.kind === 'goto_statement' ||
        (node.kind === 'call_expression' && textOf(child(node, 'function') ?? node) === 'recover')),
  );
}

/** The function that evaluates a node: the closest one around it, or the body of a loop over a function. */
export function ownerOf(code: Code, node: Node): Node | undefined {
  const loops = loopFunctionsOf(code);
  if (loops.size === 0) return enclosingFunction(node);
  for (let at = node.parent, from = node; at; from = at, at = at.parent) {
    if (isFunction(at)) return at;
    if (loops.has(at) && (from.field === 'body' || isAssigned(at, node))) return at;
  }
  return undefined;
}

function isAssigned(statement: Node, node: Node): boolean {
  const clause = childOfKind(statement, 'range_clause');
  const targets = clause && child(clause, 'left');
  return targets !== undefined && contains(targets, node);
}

/** The function that a loop stands in, loops over functions not counted; a function itself. */
export function functionAround(fn: Node): Node {
  return isFunction(fn) ? fn : (enclosingFunction(fn) ?? fn);
}

/** Where the parts of a loop over a function are in the flow of the function around it. */
export interface Loop {
  readonly statement: Node;
  /** The blocks of its body, without those of loops over functions in it. */
  readonly own: ReadonlySet<Block>;
  /** Where a turn begins, and what follows the loop. */
  readonly first: Block;
  readonly head: Block;
  readonly done: Block;
  /** Blocks of the body, and of loops in it, that return from the function around the loop. */
  readonly returns: readonly Block[];
  /** Blocks outside the loop where else control goes from there: those behind or at the start of other loops. */
  readonly targets: readonly Block[];
}

/** The blocks that a function evaluates itself, and the loops over functions in it, the outer before the inner. */
export interface Owned {
  readonly own: ReadonlySet<Block>;
  readonly loops: readonly Loop[];
}

export function ownedBlocks(code: Code, fn: Node): Owned {
  const flow = code.flowOf(fn);
  const statements = [...loopFunctionsOf(code)].filter((loop) => enclosingFunction(loop) === fn);
  if (statements.length === 0) return { own: new Set(flow.blocks), loops: [] };
  const owners = ownersOf(code, flow);
  const blocksOf = (owner: Node): Set<Block> => new Set(flow.blocks.filter((b) => owners.get(b) === owner));
  const loops = statements.flatMap((statement): Loop[] => {
    const clause = childOfKind(statement, 'range_clause');
    const head = flow.blocks.find((block) => clause && block.nodes.includes(clause));
    const [more, done] = head?.edges ?? [];
    if (!head || !more || !done) return [];
    const isInside = (block: Block): boolean => contains(statement, owners.get(block) ?? fn);
    const inside = flow.blocks.filter(isInside);
    const leaving = inside
      .flatMap((block) => block.edges.map(({ to }) => to))
      .filter((to) => !isInside(to) && to !== head && to !== done.to);
    return [
      {
        statement,
        own: blocksOf(statement),
        first: more.to,
        head,
        done: done.to,
        returns: inside.filter((block) => block.exit === 'return'),
        targets: [...new Set(leaving)],
      },
    ];
  });
  return { own: blocksOf(fn), loops };
}

/** A block without entries is an endless loop: it belongs to the outermost function that leads there. */
function ownersOf(code: Code, flow: Flow): ReadonlyMap<Block, Node> {
  const owners = new Map<Block, Node>();
  for (const block of flow.blocks) {
    const place = block.nodes[0] ?? block.edges.find((edge) => edge.clause)?.clause;
    const owner = place && ownerOf(code, place);
    if (owner) owners.set(block, owner);
  }
  for (const block of flow.blocks) {
    if (owners.has(block)) continue;
    const before = flow.blocks.filter((b) => b !== block && b.edges.some(({ to }) => to === block));
    const around = before.map((b) => owners.get(b) ?? flow.fn);
    owners.set(block, around.find((a) => around.every((b) => contains(a, b))) ?? flow.fn);
  }
  return owners;
}
