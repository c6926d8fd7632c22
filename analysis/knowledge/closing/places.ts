// Where the name of a channel means the channel, and what a close does to those that receive from it.

import type { Use } from '../../concurrency/channel-uses.ts';
import type { FixBuilder } from '../../edit/fix-builder.ts';
import type { Code } from '../../model/code.ts';
import {
  child,
  closest,
  enclosingFunction,
  type Node,
  statements,
  textOf,
  unparen,
} from '../../syntax/node.ts';
import { isAddressTaken, isTarget } from '../../syntax/roles.ts';

/** What makes the edits of a fix. */
export type Edits = (edit: FixBuilder) => void | false;

/** The code of the package that holds a node; `word` is one that its text has. */
export function codeHolding(code: Code, node: Node, word: string): Code | undefined {
  if (code.root.tree === node.tree) return code;
  return code.packageCode(word).find((other) => other.root.tree === node.tree);
}

/** The statement of a function's body itself that holds a node. */
export function bodyStatement(fn: Node, node: Node): Node | undefined {
  const body = child(fn, 'body');
  for (let at: Node | undefined = node; at; at = at.parent)
    if (at.parent?.kind === 'statement_list' && at.parent.parent === body) return at;
  return undefined;
}

/** The channel of a send, as it is written there. */
export function channelOf(send: Node): Node | undefined {
  const channel = send.kind === 'send_statement' ? child(send, 'channel') : undefined;
  return channel && unparen(channel);
}

/** Whether an expression that names a channel names the same one first in a function, for as long as that runs. */
export function meansTheSame(code: Code, channel: Node, fn: Node): boolean {
  const base = baseOf(channel);
  const body = child(fn, 'body');
  const binding = base && code.bindingOf(base);
  if (!base || !body || !binding) return false;
  const place = statements(body)[0] ?? body;
  return code.lookup(textOf(base), place) === binding && isFixed(code, base);
}

/** Whether a variable keeps the value that it was declared with. */
export function isFixed(code: Code, variable: Node): boolean {
  const binding = code.bindingOf(variable);
  if (!binding) return false;
  const uses = code.usesOf(binding);
  return uses.filter(isTarget).length <= 1 && !uses.some(isAddressTaken);
}

/** `s` of `s.out.ch`; undefined for what is computed. */
function baseOf(expression: Node): Node | undefined {
  const node = unparen(expression);
  if (node.kind === 'identifier') return node;
  const operand = node.kind === 'selector_expression' ? child(node, 'operand') : undefined;
  return operand && baseOf(operand);
}

/**
 * Whether a receive ends when the channel is closed, or asks whether it is: a `range`, one with `ok`, or one that
 * throws the value away and is not repeated. Any other would take zero values for values.
 */
export function copesWithClose({ at }: Use): boolean {
  if (at.kind === 'range_clause') return true;
  const holder =
    at.kind === 'receive_statement'
      ? at
      : at.parent?.kind === 'expression_list'
        ? at.parent.parent
        : at.parent;
  const targets = holder && child(holder, 'left')?.children;
  if (targets) return targets.length === 2;
  const isThrownAway = at.kind === 'receive_statement' || at.parent?.kind === 'expression_statement';
  return isThrownAway && !isRepeated(at);
}

function isRepeated(at: Node): boolean {
  const loop = closest(at.parent, 'for_statement');
  return loop !== undefined && enclosingFunction(loop) === enclosingFunction(at);
}
