// A path in words, for the related information of a finding.

import { type Node, textOf } from '../syntax/node.ts';
import { nilTest } from './atoms.ts';
import type { Condition, Edge } from './flow.ts';
import type { Path } from './paths.ts';

/** One step of a path that is worth showing. */
export interface Step {
  readonly at: Node;
  /** Lower case, no full stop: `err is nil`. */
  readonly message: string;
}

/** The branches that a path takes and the place where it ends, in order. Cases that are passed over are left out. */
export function describePath(path: Path): readonly Step[] {
  const steps = path.branches.flatMap((edge) => describeEdge(edge));
  const ending =
    path.exit === 'return' ? endingOf(path.end) : path.exit ? 'does not return from here' : 'arrives here';
  return [...steps, { at: path.end, message: ending }];
}

function endingOf(end: Node): string {
  return end.kind === 'return_statement' ? 'returns here' : 'the function ends here';
}

function describeEdge({ condition, clause }: Edge): Step[] {
  if (condition) {
    if (condition.kind === 'match' && !condition.outcome) return [];
    return [{ at: condition.expression, message: describeCondition(condition) }];
  }
  if (!clause) return [];
  return [
    {
      at: clause,
      message: clause.kind === 'default_case' ? 'the default case is taken' : 'this case is taken',
    },
  ];
}

function describeCondition(condition: Condition): string {
  const { expression, outcome } = condition;
  const test = nilTest(condition);
  if (test) return `${short(test.operand)} is ${test.isNil ? '' : 'not '}nil`;
  switch (condition.kind) {
    case 'next':
      return outcome ? 'the loop has another element' : 'the loop ends';
    case 'match':
      return `${short(condition.tag)} is ${short(expression)}`;
    case 'test':
      return `${short(expression)} is ${outcome}`;
  }
}

/** The text of a node on one line, cut if it is long. */
export function short(node: Node): string {
  const text = textOf(node).replace(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
