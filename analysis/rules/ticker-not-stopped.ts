import { isInLoop } from '../flow/graph.ts';
import { findPath, type PathQuery } from '../flow/paths.ts';
import { fateOf, type Meaning } from '../knowledge/custody.ts';
import { isEndOfEndless } from '../knowledge/endless-range.ts';
import { isMain } from '../knowledge/entry-point.ts';
import { type Leak, type LeakingPath, obligationOf } from '../knowledge/obligation.ts';
import { canDeclareIn, leakingReturns, releasePlan } from '../knowledge/release-plan.ts';
import { durationOf, keepsTimers, minute, second, versionFact } from '../knowledge/timers.ts';
import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  contains,
  enclosingFunction,
  type Node,
  operatorOf,
  textOf,
} from '../syntax/node.ts';
import { literalUnder, roleOf, targetOf } from '../syntax/roles.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'defer-stop' | 'stop-each-turn' | 'stop-before-return' | 'use-ticker';
type Kind = 'ticker' | 'timer';

export default defineRule({
  id: 'ticker-not-stopped',
  since: '0.1.0',
  severity: 'warning',
  summary: 'A ticker or long timer is not stopped on every path, and this Go version does not collect it',
  why: `
    Before Go 1.23 the runtime keeps every running ticker, whether or not anybody can still receive from it, and wakes up
    for each tick. A function that makes one and returns without \`Stop\` leaks it for good; one that is called often
    fills memory and burns a processor. \`time.Tick\` gives nothing that could be stopped, so it only fits functions that
    never return. A timer is kept likewise, until it fires.

    Since Go 1.23 timers and tickers that nothing refers to are collected, in programs whose go.mod asks for Go 1.23 or
    later. There this rule is silent.`,
  silentWhen: [
    'go.mod, or the build constraint of the file, asks for Go 1.23 or later',
    'the ticker is returned, stored or given to code that is not visible, which has the duty to stop it then',
    'the function never returns, or is `main`',
    '`time.Tick` is called in a test or in package `main`',
    'a timer is made outside of loops for less than a minute',
  ],
  peers: ['staticcheck SA1015'],
  fixes: {
    'defer-stop': { title: 'Stop it when the function returns', safety: 'safe' },
    'stop-each-turn': { title: 'Stop it at the end of each turn of the loop', safety: 'safe' },
    'stop-before-return': { title: 'Stop it before these returns', safety: 'review' },
    'use-ticker': { title: 'Use a ticker, and stop it when the function returns', safety: 'safe' },
  },
  imports: ['time'],
  mentions: ['NewTicker', 'NewTimer', 'Tick('],

  check(code, report) {
    if (!keepsTimers(code)) return;
    for (const call of code.calls) {
      const name = code.calleeName(call);
      if (isNeverMade(code, call)) continue;
      if (name === 'time.NewTicker') checkMade(code, call, 'ticker', report);
      else if (name === 'time.NewTimer' && isCostly(code, call)) checkMade(code, call, 'timer', report);
      else if (name === 'time.Tick') checkTick(code, call, report);
    }
  },
});

/** `NewTicker` panics, `Tick` gives nil. */
function isNeverMade(code: Code, call: Node): boolean {
  const duration = durationOf(code, argumentsOf(call)[0]);
  return duration !== undefined && duration <= 0n;
}

/** Whether timers of this duration can pile up, or one of them stays for long. */
function isCostly(code: Code, call: Node): boolean {
  const fn = enclosingFunction(call);
  const duration = durationOf(code, argumentsOf(call)[0]);
  if (duration !== undefined && duration < second) return false;
  return (duration ?? 0n) >= minute || (fn !== undefined && isInLoop(code.flowOf(fn), call));
}

/** Made before the last one of them is gone. */
function pilesUp({ how }: LeakingPath): boolean {
  return how !== 'returned';
}

function checkMade(code: Code, call: Node, kind: Kind, report: Report<FixId>): void {
  const meanings = (expression: Node) => meaningOf(expression, kind);
  const obligation = obligationOf(code, { acquisition: call, result: 0, meanings });
  const effect = `so it ${kind === 'ticker' ? 'goes on ticking' : 'is kept until it fires'}: ${versionFact(code)}`;
  const lasts = kind === 'ticker' || (durationOf(code, argumentsOf(call)[0]) ?? 0n) >= minute;
  if (obligation.kind === 'leaks' && !lasts && !obligation.paths.some(pilesUp)) return;
  const isMinor =
    code.isTest || (kind === 'timer' && obligation.kind === 'leaks' && !obligation.paths.some(pilesUp));
  const severity = isMinor ? ({ severity: 'hint' } as const) : {};
  if (obligation.kind === 'leaks') {
    const variable = obligation.binding.name;
    const when = obligation.elsewhere === 'never' ? 'is never stopped' : 'is not stopped on every path';
    report({
      at: obligation.variable,
      message: `${variable} ${when}, ${effect}`,
      ...severity,
      related: obligation.paths
        .slice(0, 5)
        .map((path) => ({ at: path.end, message: endingOf(path, variable) })),
      fixes: leakFixes(code, call, kind, obligation),
    });
  } else if (obligation.kind === 'discarded' && canReturnAfter(code, call)) {
    report({
      at: call,
      message: `this ${kind} cannot be stopped, ${effect}`,
      ...severity,
      fixes: { 'use-ticker': named(code, call, kind) },
    });
  } else if (obligation.kind === 'handed-over' && kind === 'ticker') {
    const goroutine = soleGoroutine(code, call, meanings);
    const body = goroutine && child(goroutine, 'body');
    const variable = targetOf(call, 0);
    if (!body || !variable) return;
    report({
      at: variable,
      message: `${textOf(variable)} is never stopped, ${effect}`,
      ...severity,
      related: [{ at: goroutine, message: 'this goroutine is the only one that uses it' }],
      fixes: { 'defer-stop': (edit) => edit.insertFirst(body, `defer ${textOf(variable)}.Stop()`) },
    });
  }
}

function meaningOf(expression: Node, kind: Kind): Meaning | undefined {
  const { parent } = expression;
  if (parent?.kind === 'selector_expression' && expression.field === 'operand') {
    const isCalled = parent.field === 'function' && parent.parent?.kind === 'call_expression';
    switch (textOf(child(parent, 'field') as Node)) {
      case 'C':
        return { part: parent };
      case 'Stop':
        return isCalled ? 'release' : undefined;
      case 'Reset':
        return isCalled ? 'keep' : undefined;
      default:
        return undefined;
    }
  }
  // The channel: a timer from which its time was received has fired, and is gone.
  if (parent?.kind === 'unary_expression' && operatorOf(parent) === '<-')
    return kind === 'timer' ? 'release' : 'keep';
  if (parent?.kind === 'range_clause' && expression.field === 'right') return 'keep';
  return undefined;
}

function endingOf(path: LeakingPath, variable: string): string {
  if (path.how === 'overwritten') return `${variable} gets another value here before it was stopped`;
  if (path.how === 'repeated') return `the next turn of the loop comes here before ${variable} was stopped`;
  return `the function ${path.end.kind === 'return_statement' ? 'returns' : 'ends'} here without stopping it`;
}

/** The literal of the one goroutine that uses a ticker, if that only receives from it and can end. */
function soleGoroutine(code: Code, call: Node, meanings: (e: Node) => Meaning | undefined): Node | undefined {
  const target = targetOf(call, 0);
  const binding = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  const fn = enclosingFunction(call);
  if (!fn || binding?.declaredAt !== target || !binding) return undefined;
  const uses = code.usesOf(binding).filter((use) => use !== target);
  const [literal] = uses.map((use) => literalUnder(fn, use));
  if (!literal || roleOf(literal) !== 'spawned' || isInLoop(code.flowOf(fn), literal)) return undefined;
  const isPlainUse = (use: Node): boolean =>
    enclosingFunction(use) === literal && fateOf(use, code, meanings).kind === 'keep';
  if (!uses.every(isPlainUse)) return undefined;
  const ends = findPath(code.flowOf(literal), pathsFrom(code, literal));
  return ends && literal;
}

function leakFixes(code: Code, call: Node, kind: Kind, leak: Leak): Fixes {
  const { binding } = leak;
  // The variable has the channel only.
  if (leak.variable !== targetOf(call, 0)) return { 'use-ticker': named(code, call, kind) };
  const release = `${binding.name}.Stop()`;
  const mayNeed = (statement: Node): boolean => code.usesOf(binding).some((use) => contains(statement, use));
  if (leak.elsewhere === 'handed-over') {
    const returns = leakingReturns(code, leak, mayNeed);
    const edit: FixBody = (e) => {
      for (const statement of returns ?? []) e.insertStatementBefore(statement, release);
    };
    return returns ? { 'stop-before-return': edit } : {};
  }
  const plan = releasePlan(code, call, mayNeed);
  if (!plan || !contains(plan.scope, binding.declaredAt ?? plan.scope)) return {};
  if (plan.kind === 'each-turn' && leak.elsewhere === 'released') return {};
  const edit: FixBody = (e) => {
    if (plan.kind === 'defer') return e.insertStatementAfter(plan.after, `defer ${release}`);
    for (const { side, statement } of plan.places) {
      if (side === 'after') e.insertStatementAfter(statement, release);
      else e.insertStatementBefore(statement, release);
    }
    return undefined;
  };
  // A function literal that receives from it may run later.
  const fn = enclosingFunction(call);
  const isOwn = code.usesOf(binding).every((use) => enclosingFunction(use) === fn);
  const fix = isOwn ? edit : ({ safety: 'review', edit } as const);
  return plan.kind === 'defer' ? { 'defer-stop': fix } : { 'stop-each-turn': fix };
}

type Fixes = NonNullable<Parameters<Report<FixId>>[0]['fixes']>;

function canReturnAfter(code: Code, call: Node): boolean {
  const fn = enclosingFunction(call);
  if (!fn || isMain(code, fn)) return false;
  return findPath(code.flowOf(fn), pathsFrom(code, call)) !== undefined;
}

function pathsFrom(code: Code, from: Node): PathQuery {
  return {
    from,
    names: code,
    stops: () => false,
    possible: (condition) => !isEndOfEndless(code, condition),
  };
}

function checkTick(code: Code, call: Node, report: Report<FixId>): void {
  if (code.isTest || code.pkg.name === 'main' || !canReturnAfter(code, call)) return;
  report({
    at: call,
    message: `the function can return, but the ticker of time.Tick cannot be stopped, so it goes on ticking: ${versionFact(code)}`,
    fixes: { 'use-ticker': staysHere(code, call) ? named(code, call, 'tick') : undefined },
  });
}

/** A channel that leaves the function must not be stopped by it: its receivers would wait for ever. */
function staysHere(code: Code, call: Node): boolean {
  const meanings = (expression: Node) => meaningOf(expression, 'ticker');
  const { kind } = obligationOf(code, { acquisition: call, result: 0, meanings });
  return kind === 'leaks' || kind === 'discarded';
}

/** Gives what the call makes a name by which it is stopped. */
function named(code: Code, call: Node, kind: Kind | 'tick'): Fixes['use-ticker'] {
  const fn = enclosingFunction(call);
  const [duration] = argumentsOf(call);
  let statement: Node | undefined = call;
  while (statement && statement.parent?.kind !== 'statement_list') statement = statement.parent;
  if (!fn || !statement || !duration || !canDeclareIn(fn)) return undefined;
  if (isInLoop(code.flowOf(fn), call)) return undefined;
  const place = statement;
  const edit: FixBody = (e) => {
    const name = e.freshName(kind === 'timer' ? 'timer' : 'ticker', place);
    const maker = e.qualified('time', kind === 'timer' ? 'NewTimer' : 'NewTicker', place);
    e.insertStatementBefore(place, `${name} := ${maker}(${e.source(duration)})\ndefer ${name}.Stop()`);
    e.replace(call, kind === 'tick' ? `${name}.C` : name);
  };
  // time.NewTicker panics where time.Tick returns nil.
  const value = durationOf(code, duration);
  const isSame = kind !== 'tick' || (value !== undefined && value > 0n);
  return isSame ? edit : { safety: 'review', edit };
}
