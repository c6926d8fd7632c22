// Defects as rules report them.

import type { Code } from '../model/code.ts';
import type { Node } from '../syntax/node.ts';
import { type Defect, defectsIn } from './defects.ts';
import { type Explanation, explain, isInGoroutine, isWorthTelling } from './explain.ts';

/** What all rules say of a defect; the message is theirs. */
export interface Told {
  readonly at: Node;
  readonly related: readonly Explanation[];
  readonly confidence: 'proved' | 'likely';
  readonly severity: 'error' | 'warning' | 'hint';
}

/** The defects of a declaration at operations of these kinds that are worth telling, in source order. */
export function defectsAt(
  code: Code,
  kind: Defect['verdict']['kind'],
  operations: RegExp,
): readonly Defect[] {
  return defectsIn(code)
    .filter(({ verdict }) => verdict.kind === kind && operations.test(verdict.call.name))
    .filter(isWorthTelling)
    .sort((a, b) => a.verdict.call.at.start - b.verdict.call.at.start)
    .filter(isFirst);
}

/** Whether no defect before it is about the same channel: one repair serves for all of them. */
function isFirst(defect: Defect, index: number, all: readonly Defect[]): boolean {
  const { madeAt } = defect.verdict;
  return madeAt === undefined || all.findIndex((d) => d.verdict.madeAt === madeAt) === index;
}

/** Where a defect is, how sure it is, and the steps that lead to it. */
export function told(defect: Defect): Told {
  return {
    at: defect.verdict.call.at,
    related: explain(defect),
    confidence: defect.complete ? 'proved' : 'likely',
    severity: defect.complete ? 'error' : 'warning',
  };
}

/** What follows from waiting for ever: `the goroutine never ends`, or `f never returns`. */
export function consequence(defect: Defect): string {
  return isInGoroutine(defect) ? 'its goroutine never ends' : 'the function never returns';
}
