// A flow while it is being built: blocks that still change, and the state of the lowering.

import { child, type Node, operatorOf, unparen } from '../syntax/node.ts';
import type { Condition, Exit } from './flow.ts';

/** A block that is not finished. */
export interface Draft {
  /** Negative until the block is entered. */
  id: number;
  nodes: Node[];
  edges: DraftEdge[];
  exit: Exit | undefined;
}

/** An edge that is not finished: `to` may still move. */
export interface DraftEdge {
  to: Draft;
  readonly condition: Condition | undefined;
  readonly clause: Node | undefined;
}

/** A statement that `break`, `continue` or `fallthrough` can refer to. */
export interface Scope {
  readonly label: string;
  readonly after: Draft;
  /** Where `continue` leads; undefined for a switch or select. */
  readonly next: Draft | undefined;
  /** The next clause of the switch that is being lowered. */
  fallthrough: Draft | undefined;
}

export interface Lowering {
  readonly neverReturns: (call: Node) => boolean;
  /** The block that the next entry belongs to. */
  at: Draft;
  /** Every block that has been entered, in source order. */
  readonly order: Draft[];
  /** Innermost last. */
  readonly scopes: Scope[];
  readonly labels: Map<string, Draft>;
  /** What remains to be lowered, next task last. */
  readonly todo: (() => void)[];
}

export function draft(): Draft {
  return { id: -1, nodes: [], edges: [], exit: undefined };
}

/** Goes on in a block that has not been entered before. */
export function enter(l: Lowering, block: Draft): void {
  l.at = block;
  block.id = l.order.length;
  l.order.push(block);
}

/** Adds an entry. */
export function step(l: Lowering, node: Node): void {
  l.at.nodes.push(node);
}

/** Leaves the function; what follows in the text cannot be reached from here. */
export function leave(l: Lowering, exit: Exit): void {
  l.at.exit = exit;
  enter(l, draft());
}

export function link(from: Draft, to: Draft, condition?: Condition, clause?: Node): void {
  from.edges.push({ to, condition, clause });
}

/** Ends the block with a condition, cut at its short circuits; edges to `yes` enter `clause`. */
export function branch(l: Lowering, condition: Node, yes: Draft, no: Draft, clause?: Node): void {
  const todo = [{ condition, from: l.at, yes, no }];
  for (let part = todo.pop(); part; part = todo.pop()) {
    if (part.from !== l.at) enter(l, part.from);
    const expression = unparen(part.condition);
    const operator = expression.kind.endsWith('ary_expression') ? operatorOf(expression) : '';
    const operand = child(expression, 'operand');
    const [left, right] = [child(expression, 'left'), child(expression, 'right')];
    if (operator === '!' && operand) {
      todo.push({ condition: operand, from: part.from, yes: part.no, no: part.yes });
    } else if ((operator === '&&' || operator === '||') && left && right) {
      const rest = draft();
      const isAnd = operator === '&&';
      todo.push({ condition: right, from: rest, yes: part.yes, no: part.no });
      todo.push({
        condition: left,
        from: part.from,
        yes: isAnd ? rest : part.yes,
        no: isAnd ? part.no : rest,
      });
    } else {
      step(l, expression);
      for (const outcome of [true, false]) {
        const to = outcome ? part.yes : part.no;
        link(part.from, to, { kind: 'test', expression, outcome }, to === yes ? clause : undefined);
      }
    }
  }
}
