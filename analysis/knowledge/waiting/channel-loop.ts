// A loop over a channel whose `select` has the next value and a way out.

import type { Code } from '../../model/code.ts';
import { child, descendants, enclosingFunction, type Node, statements, textOf } from '../../syntax/node.ts';
import { isBlank, isTarget } from '../../syntax/roles.ts';
import { canDeclareIn } from '../release-plan.ts';
import {
  breaksOut,
  breakTo,
  hasCommentBelow,
  indentLines,
  isFirstOnLine,
  labelBreaks,
  linesFrom,
} from './moved-code.ts';
import type { Write } from './select-moves.ts';

/** The most lines of a loop that is still easy to read with a `select` around its body. */
const longest = 20;

/** `for v := range ch { … }` becomes `for { select { case v, ok := <-ch: if !ok { … } … } }`. */
export function aroundLoop(code: Code, clause: Node): Write | undefined {
  const loop = clause.parent;
  const [channel, body] = [child(clause, 'right'), loop && child(loop, 'body')];
  const [variable, more] = child(clause, 'left')?.children ?? [];
  const fn = enclosingFunction(clause);
  if (!loop || !channel || !body || !fn || more || !isFirstOnLine(loop) || !canDeclareIn(fn))
    return undefined;
  if (variable && !/^\s*:=/.test(loop.tree.text.slice(variable.end))) return undefined;
  const list = statements(body);
  const last = list.at(-1);
  if (!last || !list.every(isFirstOnLine) || linesFrom(loop, loop) > longest || hasCommentBelow(last))
    return undefined;
  if (!isSteady(code, channel) || list.some(({ kind }) => kind === 'labeled_statement')) return undefined;
  return ({ edit, tail, labels, otherwise }) => {
    const end = endsFunction(code, clause) ? 'return' : breakTo(labels, loop);
    if (end === undefined || otherwise !== undefined || !labelBreaks(edit, breaksOut(list), labels))
      return false;
    const ok = edit.freshName('ok', loop);
    const value = variable && !isBlank(variable) ? textOf(variable) : '_';
    const open = `for {\n\tselect {\n\tcase ${value}, ${ok} := <-${textOf(channel)}:`;
    edit.replaceRange(loop, loop.start, body.start + 1, open);
    // A comment behind the head stays behind the case.
    const line = loop.tree.text.indexOf('\n', body.start);
    edit.replaceRange(loop, line, line, `\n\t\tif !${ok} {\n\t\t\t${end}\n\t\t}`);
    indentLines(edit, loop, body.start, last.end);
    return edit.insertStatementAfter(last, tail);
  };
}

/** Whether a function without results ends where a loop does. */
function endsFunction(code: Code, clause: Node): boolean {
  const fn = enclosingFunction(clause);
  if (!fn || child(fn, 'result')) return false;
  const flow = code.flowOf(fn);
  const ends = flow.blocks.flatMap((block) =>
    block.edges.filter(({ condition: c }) => c?.kind === 'next' && c.expression === clause && !c.outcome),
  );
  return ends.every(({ to }) => to.nodes.every((node) => node === flow.end) && to.edges.length === 0);
}

/** Whether a channel is the same in each turn: names joined by dots, the first of which is given a value once. */
function isSteady(code: Code, channel: Node): boolean {
  const parts = [...descendants(channel)];
  const root = parts.find(({ kind }) => kind === 'identifier');
  const binding = root && code.bindingOf(root);
  const isPath = parts.every(({ kind }) =>
    /^(?:identifier|field_identifier|selector_expression)$/.test(kind),
  );
  return (
    isPath &&
    binding !== undefined &&
    !code.usesOf(binding).some((use) => isTarget(use) && use !== binding.declaredAt)
  );
}
