// Compares the types of operands and the names of callees with those of the Go type checker.

import type { Code } from '../analysis/model/code.ts';
import { show } from '../analysis/model/types.ts';
import type { Node } from '../analysis/syntax/node.ts';
import type { Fact, Place } from './oracle-facts.ts';
import type { Comparison, Tally } from './oracle-report.ts';

const rows = {
  operands: 'operands',
  own: 'callees of the module',
  elsewhere: 'callees elsewhere',
  none: 'calls without a static callee',
};

/** `unknown` is where the model says that it does not know, `wrong` where it says something else than Go. */
export const types: Comparison = {
  flags: [],
  columns: ['same', 'unknown', 'wrong'],
  rows: Object.values(rows),
  judge(place: Place): Tally | string {
    const { fact, found, text, modulePath } = place;
    if (text === 'nil') return 'nil, which has no type';
    const ours = found ? oursOf(fact, found.node, found.code) : '?';
    const row = rowOf(fact, modulePath);
    if (ours === fact.truth) return { row, column: 'same' };
    const column = ours.includes('?') || ours === '-' ? 'unknown' : 'wrong';
    return { row, column, example: `ours ${ours}  Go ${fact.truth}` };
  },
};

function oursOf(fact: Fact, node: Node, code: Code): string {
  return fact.kind === 'operand' ? show(code.typeOf(node)) : (code.calleeOf(node)?.name ?? '-');
}

function rowOf({ kind, truth }: Fact, modulePath: string): string {
  if (kind === 'operand') return rows.operands;
  if (truth === '-') return rows.none;
  // The packages of the standard library carry no prefix, and no other import path begins without a dot.
  const isOwn =
    modulePath === 'std'
      ? !/^builtin\.|^[^/]*\.[^/]*\//.test(truth)
      : truth.startsWith(`${modulePath}.`) || truth.startsWith(`${modulePath}/`);
  return isOwn ? rows.own : rows.elsewhere;
}
