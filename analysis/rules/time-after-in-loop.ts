import { isInLoop } from '../flow/graph.ts';
import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  closest,
  enclosingFunction,
  type Node,
  statements,
  unparen,
} from '../syntax/node.ts';
import { defineRule, type FixBody } from './rule.ts';

export default defineRule({
  id: 'time-after-in-loop',
  since: '0.1.0',
  severity: 'warning',
  summary: 'Each turn of a loop leaves a timer behind (before Go 1.23)',
  why: `
    \`time.After\` starts a timer. When another case of the \`select\` is taken, nobody can stop that timer any more, and
    before Go 1.23 it is not collected until it fires. A loop that takes the other case a thousand times a second with a
    timeout of a minute keeps sixty thousand timers alive.

    From Go 1.23 on the collector takes timers that nothing refers to, so this rule is about older \`go\` lines in go.mod
    only.`,
  silentWhen: [
    'the file is built with the rules of Go 1.23 or later',
    'every other case leaves the loop, so that one timer at most is left behind',
    'the loop waits for nothing but the timer',
  ],
  peers: [],
  fixes: {
    'stop-timer': { title: 'Stop the timer when another case is taken', safety: 'safe' },
  },
  imports: ['time'],
  mentions: ['.After(', 'After('],

  check(code, report) {
    if (code.goAtLeast('1.23')) return;
    for (const call of code.calls) {
      if (code.calleeName(call) !== 'time.After') continue;
      const clause = clauseOf(call);
      const select = clause?.parent;
      const fn = enclosingFunction(call);
      if (!clause || !select || !fn || !isInLoop(code.flowOf(fn), call)) continue;
      const others = select.children.filter((c) => c !== clause);
      const again = others.filter((c) => !leaves(c));
      if (again.length === 0) continue;
      report({
        at: call,
        message:
          'each turn of the loop that takes another case leaves this timer behind until it fires (Go before 1.23 does not collect it)',
        related: again.slice(0, 3).map((c) => ({
          at: child(c, 'communication') ?? c,
          message: 'when this case is taken, the timer stays',
        })),
        fixes: { 'stop-timer': stopTimer(code, call, select, others) },
      });
    }
  },
});

/** The case of a `select` that waits for the call: `case <-time.After(d):`, `case t := <-time.After(d):`. */
function clauseOf(call: Node): Node | undefined {
  const receive = call.parent;
  if (receive?.kind !== 'unary_expression') return undefined;
  const statement = receive.parent;
  return statement?.kind === 'receive_statement' && statement.parent?.kind === 'communication_case'
    ? statement.parent
    : undefined;
}

/** Whether a case ends with a jump that leaves every loop, or one that names where it goes. */
function leaves(clause: Node): boolean {
  const last = childOfKind(clause, 'statement_list') && statements(clause).at(-1);
  if (!last) return false;
  if (last.kind === 'return_statement' || last.kind === 'goto_statement') return true;
  return last.kind === 'break_statement' && last.children.length > 0;
}

/** A timer made just before the `select`, as `time.After` would make it, and stopped where it is not waited for. */
function stopTimer(code: Code, call: Node, select: Node, others: readonly Node[]): FixBody | undefined {
  const [delay] = argumentsOf(call);
  if (
    !delay ||
    select.parent?.kind !== 'statement_list' ||
    others.some((c) => !child(c, 'communication') && c.kind !== 'default_case')
  )
    return undefined;
  const isOnly = select.children.every(
    (c) => !c.children.some((n) => n.kind === 'receive_statement' && isAfter(code, n) && !contains(n, call)),
  );
  if (!isOnly) return undefined;
  return (edit) => {
    const timer = edit.freshName('timer', select);
    edit.insertStatementBefore(
      select,
      `${timer} := ${edit.qualified('time', 'NewTimer', select)}(${edit.source(delay)})`,
    );
    edit.replace(call, `${timer}.C`);
    for (const clause of others) {
      const [first] = childOfKind(clause, 'statement_list') ? statements(clause) : [];
      if (first) edit.insertStatementBefore(first, `${timer}.Stop()`);
      else edit.insertAfter(clause, `\n\t${timer}.Stop()`);
    }
  };
}

function isAfter(code: Code, receive: Node): boolean {
  const value = child(receive, 'right');
  const operand = value && child(unparen(value), 'operand');
  return operand?.kind === 'call_expression' && code.calleeName(operand) === 'time.After';
}

function contains(receive: Node, call: Node): boolean {
  return closest(call, 'receive_statement') === receive;
}
