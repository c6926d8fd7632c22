import { isInLoop } from '../flow/graph.ts';
import { searchPath } from '../flow/paths.ts';
import type { Code } from '../model/code.ts';
import { type Meanings, roleOf } from '../model/custody.ts';
import { isEndOfEndless } from '../model/endless-range.ts';
import { type Leak, obligationOf } from '../model/obligation.ts';
import { child, closest, enclosingFunction, type Node, textOf } from '../syntax/node.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'defer-stop';

export default defineRule({
  id: 'ticker-not-stopped',
  since: '0.1.0',
  severity: 'warning',
  summary: 'A ticker goes on after the function that needs it has returned (before Go 1.23)',
  why: `
    Before Go 1.23 a ticker that is not stopped keeps firing, and is never collected, for as long as the program runs:
    each call of the function leaves one more behind. \`time.Tick\` gives no way to stop its ticker at all, so it fits
    only loops that never end.

    From Go 1.23 on the collector takes tickers that nothing refers to, so this rule is about older \`go\` lines in
    go.mod only.`,
  silentWhen: [
    'the file is built with the rules of Go 1.23 or later',
    'the function never returns, or is `main`',
    'the ticker is returned, stored, or used by another goroutine',
  ],
  peers: ['staticcheck SA1015'],
  fixes: {
    'defer-stop': { title: 'Stop the ticker when the function returns', safety: 'safe' },
  },
  imports: ['time'],
  mentions: ['NewTicker', 'Tick('],

  check(code, report) {
    if (code.goAtLeast('1.23')) return;
    for (const call of code.calls) {
      const name = code.calleeName(call);
      if (name === 'time.NewTicker') checkTicker(code, call, report);
      else if (name === 'time.Tick') checkTick(code, call, report);
    }
  },
});

function checkTicker(code: Code, call: Node, report: Report<FixId>): void {
  const obligation = obligationOf(code, { acquisition: call, result: 0, meanings: meaningsIn(call) });
  if (obligation.kind !== 'leaks') return;
  const { name } = obligation.binding;
  const when = obligation.elsewhere === 'never' ? 'is never stopped' : 'is not stopped on every path';
  report({
    at: obligation.variable,
    message: `${name} ${when}, and before Go 1.23 it is then never collected`,
    related: obligation.paths
      .slice(0, 3)
      .map((path) => ({ at: path.end, message: `here the function is done with ${name}` })),
    fixes: { 'defer-stop': deferStop(code, call, obligation) },
  });
}

/** Reading the channel keeps the duty; a second function that has the ticker takes it over. */
function meaningsIn(call: Node): Meanings {
  const fn = enclosingFunction(call);
  return (expression) => {
    const selector = expression.parent;
    if (selector?.kind !== 'selector_expression' || expression.field !== 'operand') return undefined;
    const owner = enclosingFunction(expression);
    if (
      owner &&
      owner !== fn &&
      owner.kind === 'func_literal' &&
      ['spawned', 'value'].includes(roleOf(owner))
    )
      return 'hand-over';
    const field = child(selector, 'field');
    const isCalled = selector.field === 'function' && selector.parent?.kind === 'call_expression';
    switch (field && textOf(field)) {
      case 'Stop':
        return isCalled ? 'release' : 'hand-over';
      case 'Reset':
        return isCalled ? 'keep' : 'hand-over';
      case 'C':
        return selector.parent?.kind === 'unary_expression' || selector.parent?.kind === 'range_clause'
          ? 'keep'
          : 'hand-over';
      default:
        return 'hand-over';
    }
  };
}

/** `time.Tick` in a function that can return after it. */
function checkTick(code: Code, call: Node, report: Report<FixId>): void {
  const fn = enclosingFunction(call);
  const name = fn && child(fn, 'name');
  const isEntry = name !== undefined && ['main', 'init', 'TestMain'].includes(textOf(name));
  if (!fn || isEntry) return;
  const search = searchPath(code.flowOf(fn), {
    from: call,
    names: code,
    stops: () => false,
    possible: (condition) => !isEndOfEndless(code, condition),
  });
  if (search.verdict !== 'found') return;
  report({
    at: call,
    message:
      'time.Tick in a function that returns: its ticker cannot be stopped, and before Go 1.23 it is never collected',
    related: [{ at: search.path.end, message: 'the function returns here, the ticker goes on' }],
  });
}

function deferStop(code: Code, call: Node, leak: Leak): FixBody | undefined {
  const statement = closest(call, 'short_var_declaration', 'var_declaration', 'assignment_statement');
  const fn = enclosingFunction(call);
  if (!fn || leak.elsewhere === 'handed-over' || statement?.parent?.kind !== 'statement_list')
    return undefined;
  if (isInLoop(code.flowOf(fn), call) || closest(statement, 'for_statement')) return undefined;
  return (edit) => edit.insertStatementAfter(statement, `defer ${leak.binding.name}.Stop()`);
}
