import type { Flow } from '../flow/flow.ts';
import { isInLoop, placeOf, reachableFrom } from '../flow/graph.ts';
import type { Meaning } from '../knowledge/custody.ts';
import { obligationOf } from '../knowledge/obligation.ts';
import { canDeclareIn } from '../knowledge/release-plan.ts';
import { durationOf, keepsTimers, second, versionFact } from '../knowledge/timers.ts';
import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  closest,
  descendants,
  enclosingFunction,
  type Node,
  operatorOf,
  statements,
  textOf,
} from '../syntax/node.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'stop-timer' | 'reuse-timer';

export default defineRule({
  id: 'time-after-in-loop',
  since: '0.1.0',
  severity: 'warning',
  summary: 'Each turn of a loop leaves a timer behind (before Go 1.23)',
  why: `
    \`time.After\` starts a timer. When another case of the \`select\` is taken, nobody can stop that timer any more, and
    before Go 1.23 it is not collected until it fires. A loop that takes the other case a thousand times a second with a
    timeout of a minute keeps sixty thousand timers alive.

    Since Go 1.23 timers that nothing refers to are collected, in programs whose go.mod asks for Go 1.23 or later. There
    this rule is silent.

    To make one timer before the loop instead is right only if it is set again for each turn, after its channel has been
    emptied: otherwise it limits the whole loop and not one turn.`,
  silentWhen: [
    'go.mod, or the build constraint of the file, asks for Go 1.23 or later',
    'the code is part of a test, whose timers do not pile up for long',
    'no other case leads back to the `select`, so that one timer at most is left behind',
    'the loop waits for nothing but the timer, or the end of a context',
  ],
  peers: [],
  fixes: {
    'stop-timer': { title: 'Stop the timer when another case is taken', safety: 'safe' },
    'reuse-timer': { title: 'Use one timer for all turns of the loop', safety: 'review' },
  },
  imports: ['time'],
  mentions: ['After(', 'NewTimer('],

  check(code, report) {
    if (!keepsTimers(code) || code.isTest) return;
    for (const call of code.calls) {
      const name = code.calleeName(call);
      if (name !== 'time.After' && name !== 'time.NewTimer') continue;
      const fn = enclosingFunction(call);
      const flow = fn && code.flowOf(fn);
      if (!flow || !isInLoop(flow, call)) continue;
      const channel = channelOf(call, name);
      const clause = channel && clauseOf(channel);
      if (clause) checkSelect(code, flow, call, channel, clause, report);
      else if (name === 'time.After') checkVariable(code, call, report);
    }
  },
});

/** `time.After(d)`, `time.NewTimer(d).C` */
function channelOf(call: Node, name: string): Node | undefined {
  if (name === 'time.After') return call;
  const selector = call.parent?.kind === 'selector_expression' ? call.parent : undefined;
  const field = selector && child(selector, 'field');
  return field && textOf(field) === 'C' ? selector : undefined;
}

/** The case of a `select` that waits for the channel: `case <-time.After(d):`, `case t := <-time.After(d):`. */
function clauseOf(channel: Node): Node | undefined {
  const receive = channel.parent?.kind === 'unary_expression' ? channel.parent : undefined;
  const statement = receive?.parent?.kind === 'receive_statement' ? receive.parent : undefined;
  return statement?.parent?.kind === 'communication_case' ? statement.parent : undefined;
}

function severityOf(code: Code, call: Node): { severity?: 'hint' } {
  const duration = durationOf(code, argumentsOf(call)[0]);
  const isShort = duration !== undefined && duration < second;
  return isShort ? { severity: 'hint' } : {};
}

function checkSelect(
  code: Code,
  flow: Flow,
  call: Node,
  channel: Node,
  clause: Node,
  report: Report<FixId>,
): void {
  const select = clause.parent;
  if (!select) return;
  const others = select.children.filter((c) => c !== clause && c.kind.endsWith('_case'));
  const again = others.filter((other) => !isEndOfContext(code, other) && leadsBack(flow, other, call));
  if (again.length === 0) return;
  report({
    at: call,
    message: `each turn of the loop that takes another case leaves this timer behind until it fires: ${versionFact(code)}`,
    ...severityOf(code, call),
    related: again.slice(0, 3).map((other) => ({
      at: child(other, 'communication') ?? other,
      message: 'when this case is taken, the timer stays',
    })),
    fixes: {
      'stop-timer': stopTimer(call, channel, select, others),
      'reuse-timer': reuseTimer(code, call, channel, select),
    },
  });
}

/** `case <-ctx.Done():` comes once; a loop that goes on after it asks for the context's error before it waits again. */
function isEndOfContext(code: Code, clause: Node): boolean {
  const communication = child(clause, 'communication');
  const received = communication && child(communication, 'right');
  const channel = received && child(received, 'operand');
  return channel?.kind === 'call_expression' && code.calleeName(channel) === 'context.Context.Done';
}

/** Whether control can come from a case to the call again. */
function leadsBack(flow: Flow, clause: Node, call: Node): boolean {
  const place = placeOf(flow, call);
  if (!place) return false;
  return flow.blocks.some((block) =>
    block.edges.some(
      ({ clause: entered, to }) =>
        entered === clause && (to === place.block || reachableFrom(to).has(place.block)),
    ),
  );
}

/** `timeout := time.After(d)` that is made again before it was received from. */
function checkVariable(code: Code, call: Node, report: Report<FixId>): void {
  const obligation = obligationOf(code, { acquisition: call, result: 0, meanings: meaningOf });
  if (obligation.kind !== 'leaks' || !obligation.paths.some((path) => path.how !== 'returned')) return;
  report({
    at: call,
    message: `the next turn of the loop leaves this timer behind until it fires: ${versionFact(code)}`,
    ...severityOf(code, call),
  });
}

/** A timer that was received from is gone. */
function meaningOf(expression: Node): Meaning | undefined {
  const { parent } = expression;
  return parent?.kind === 'unary_expression' && operatorOf(parent) === '<-' ? 'release' : undefined;
}

/** A timer made just before the `select`, as `time.After` would make it, and stopped where it is not waited for. */
function stopTimer(call: Node, channel: Node, select: Node, others: readonly Node[]): FixBody | undefined {
  const [delay] = argumentsOf(call);
  if (!delay || select.parent?.kind !== 'statement_list' || !canDeclareAt(select)) return undefined;
  return (edit) => {
    const timer = edit.freshName('timer', select);
    const maker = edit.qualified('time', 'NewTimer', select);
    edit.insertStatementBefore(select, `${timer} := ${maker}(${edit.source(delay)})`);
    edit.replace(channel, `${timer}.C`);
    for (const clause of others) {
      const [first] = childOfKind(clause, 'statement_list') ? statements(clause) : [];
      if (first) edit.insertStatementBefore(first, `${timer}.Stop()`);
      else edit.insertAfter(clause, `\n\t${timer}.Stop()`);
    }
  };
}

/** One timer, made before the loop, which is emptied and set anew before each `select`. */
function reuseTimer(code: Code, call: Node, channel: Node, select: Node): FixBody | undefined {
  const [delay] = argumentsOf(call);
  const loop = closest(select, 'for_statement', 'func_literal');
  const place = loop?.parent?.kind === 'labeled_statement' ? loop.parent : loop;
  if (!delay || loop?.kind !== 'for_statement' || !place || !isAlone(loop)) return undefined;
  if (select.parent?.kind !== 'statement_list' || place.parent?.kind !== 'statement_list') return undefined;
  if (!isSameAt(code, delay, place) || !canDeclareAt(place)) return undefined;
  return (edit) => {
    const timer = edit.freshName('timer', place);
    const maker = edit.qualified('time', 'NewTimer', place);
    const wait = edit.source(delay);
    edit.insertStatementBefore(place, `${timer} := ${maker}(${wait})\ndefer ${timer}.Stop()`);
    const emptied = `if !${timer}.Stop() {\n\tselect {\n\tcase <-${timer}.C:\n\tdefault:\n\t}\n}`;
    edit.insertStatementBefore(select, `${emptied}\n${timer}.Reset(${wait})`);
    edit.replace(channel, `${timer}.C`);
  };
}

/** Whether no other loop of the function is around this one, so that nothing piles up that is deferred before it. */
function isAlone(loop: Node): boolean {
  return closest(loop.parent, 'for_statement', 'func_literal')?.kind !== 'for_statement';
}

function canDeclareAt(statement: Node): boolean {
  const fn = enclosingFunction(statement);
  return fn !== undefined && canDeclareIn(fn);
}

/** Whether an expression means the same before the loop, and evaluating it does nothing. */
function isSameAt(code: Code, expression: Node, place: Node): boolean {
  for (const node of descendants(expression)) {
    if (node.kind === 'func_literal' || (node.kind === 'unary_expression' && operatorOf(node) === '<-'))
      return false;
    if (node.kind === 'call_expression' && code.constantOf(node) === undefined && !isConversion(code, node))
      return false;
    if (node.kind === 'identifier' && code.lookup(textOf(node), place) !== code.bindingOf(node)) return false;
  }
  return true;
}

function isConversion(code: Code, call: Node): boolean {
  const fn = child(call, 'function');
  return fn !== undefined && code.objectName(fn) === 'time.Duration';
}
