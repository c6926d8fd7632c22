import { isInLoop } from '../flow/graph.ts';
import { isPlain, type Lifetime, lifetimeOf } from '../knowledge/context-lifetime.ts';
import type { Meaning } from '../knowledge/custody.ts';
import { type Duty, type Leak, type LeakingPath, obligationOf } from '../knowledge/obligation.ts';
import { canDeclareIn, leakingReturns, listedStatement, releasePlan } from '../knowledge/release-plan.ts';
import type { Code } from '../model/code.ts';
import { type Binding, isDeclaredBeside } from '../model/scope.ts';
import { isNamed } from '../model/types.ts';
import {
  argumentsOf,
  calledOf,
  child,
  descendants,
  enclosingFunction,
  type Node,
  textOf,
} from '../syntax/node.ts';
import { targetOf } from '../syntax/roles.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'defer-cancel' | 'cancel-each-turn' | 'cancel-before-return';

/** A call that makes a context, and what its cancel function is for. */
interface Maker {
  /** What happens as long as it is not called. */
  readonly effect: string;
  readonly type: 'CancelFunc' | 'CancelCauseFunc';
  readonly name: 'cancel' | 'stop';
  readonly results: Pick<Duty, 'result' | 'error' | 'companions'>;
}

const results = { result: 1, companions: [0] };

const waits = 'what waits for the context is not released before its parent ends';
const runs = 'its timer and what waits for it stay until the deadline';

const makers: ReadonlyMap<string, Maker> = new Map([
  ['context.WithCancel', { effect: waits, type: 'CancelFunc', name: 'cancel', results }],
  ['context.WithCancelCause', { effect: waits, type: 'CancelCauseFunc', name: 'cancel', results }],
  ['context.WithTimeout', { effect: runs, type: 'CancelFunc', name: 'cancel', results }],
  ['context.WithTimeoutCause', { effect: runs, type: 'CancelFunc', name: 'cancel', results }],
  ['context.WithDeadline', { effect: runs, type: 'CancelFunc', name: 'cancel', results }],
  ['context.WithDeadlineCause', { effect: runs, type: 'CancelFunc', name: 'cancel', results }],
  [
    'os/signal.NotifyContext',
    { effect: 'the signals stay caught', type: 'CancelFunc', name: 'stop', results },
  ],
]);

export default defineRule({
  id: 'lost-cancel',
  since: '0.1.0',
  severity: 'warning',
  summary: 'The cancel function of a context is discarded, or not called on every path',
  why: `
    A context made by \`context.WithCancel\`, \`WithTimeout\` or \`WithDeadline\` is known to its parent, holds a timer if it
    has a deadline, and keeps every goroutine waiting that waits for it. All that is let go when the cancel function is
    called, and otherwise only when the deadline passes or the parent ends: in a server, often never. So call it on every
    path, also where the work is done before the deadline; calling it again does no harm.

    A use that is no call, such as \`_ = cancel\`, quiets the compiler and releases nothing.`,
  silentWhen: [
    'the cancel function is returned, stored, or given to code that is not visible, which has the duty to call it then',
    'a function of the package that it is passed to calls it',
    'the path ends in a panic, in `os.Exit`, in `t.Fatal` or at the end of `main`',
  ],
  peers: ['go vet lostcancel'],
  fixes: {
    'defer-cancel': { title: 'Call the cancel function when the function returns', safety: 'safe' },
    'cancel-each-turn': {
      title: 'Call the cancel function at the end of each turn of the loop',
      safety: 'safe',
    },
    'cancel-before-return': { title: 'Call the cancel function before these returns', safety: 'review' },
  },
  imports: ['context', 'os/signal'],
  mentions: [
    'WithCancel',
    'WithTimeout',
    'WithDeadline',
    'NotifyContext',
    'ancel :=',
    'ancel =',
    'ancel, err',
    'tx, _ :=',
    'tx, _ =',
  ],

  check(code, report) {
    for (const call of code.calls) {
      const maker = makers.get(code.calleeName(call)) ?? wrapperOf(code, call);
      if (maker && argumentsOf(call)[0]?.kind !== 'nil') checkCall(code, call, maker, report);
    }
  },
});

function checkCall(code: Code, call: Node, maker: Maker, report: Report<FixId>): void {
  const { results, effect, name } = maker;
  const obligation = obligationOf(code, { acquisition: call, ...results, meanings: meaningOf });
  // The process of a test ends soon.
  const severity = name === 'stop' || code.isTest ? ({ severity: 'hint' } as const) : {};
  if (code.isTest && isShortLived(code, call)) return;
  if (obligation.kind === 'discarded') {
    // A test that catches signals may go on catching them.
    if (name === 'stop' && (code.isTest || lastsAsLongAsProgram(code))) return;
    report({
      at: obligation.at,
      message: `the ${name} function of ${shownCallee(code, call, maker)} is discarded, so ${effect}`,
      ...severity,
      fixes: discardedFixes(code, call, obligation.at, maker),
    });
  }
  if (obligation.kind !== 'leaks') return;
  const paths = obligation.paths.filter((path) => !isRuledOutByDeadline(code, path, maker));
  if (paths.length === 0) return;
  const variable = obligation.binding.name;
  const when = obligation.elsewhere === 'never' ? 'is never called' : 'is not called on every path';
  report({
    at: obligation.variable,
    message: `${variable} ${when}, so ${effect}`,
    ...severity,
    related: paths.slice(0, 5).map((path) => ({ at: path.end, message: endingOf(path, variable) })),
    fixes: leakFixes(code, call, obligation, maker),
  });
}

/** A deadline of a second or less that a test lets pass. */
function isShortLived(code: Code, call: Node): boolean {
  const duration = code.calleeName(call).startsWith('context.WithTimeout') ? argumentsOf(call)[1] : undefined;
  const length = duration && code.constantOf(duration);
  return typeof length === 'bigint' && length <= 1_000_000_000n;
}

function shownCallee(code: Code, call: Node, maker: Maker): string {
  if (maker.results !== results) return textOf(calledOf(call) ?? call);
  const name = code.calleeName(call);
  return name.slice(name.lastIndexOf('/') + 1);
}

/** A function of the package that returns a `context.CancelFunc`, and leaves it to its caller to call it. */
function wrapperOf(code: Code, call: Node): Maker | undefined {
  const callee = code.calleeOf(call);
  const types = callee?.signature?.results.map((result) => result.type) ?? [];
  const result = types.findIndex((type) => isNamed(type, 'context', 'CancelFunc'));
  if (!callee?.declaration || result < 0 || !code.pkg.files.includes(callee.declaration.file))
    return undefined;
  const error = types.findIndex((type) => isNamed(type, '', 'error'));
  const results = error < 0 ? { result } : { result, error };
  return { effect: 'what it would cancel goes on', type: 'CancelFunc', name: 'cancel', results };
}

/** `if _, ok := ctx.Deadline(); !ok` does not overwrite what comes from `WithTimeout`. */
function isRuledOutByDeadline(code: Code, path: LeakingPath, maker: Maker): boolean {
  if (path.how !== 'overwritten' || maker.effect !== runs) return false;
  return path.branches.some(({ condition }) => {
    const tested =
      condition?.kind === 'test' && condition.expression.kind === 'identifier'
        ? condition.expression
        : undefined;
    const declared = tested && code.bindingOf(tested)?.declaredAt?.parent?.parent;
    const from = declared && child(declared, 'right')?.children[0];
    return from?.kind === 'call_expression' && code.calleeName(from) === 'context.Context.Deadline';
  });
}

function meaningOf(expression: Node): Meaning | undefined {
  const isCalled = expression.field === 'function' && expression.parent?.kind === 'call_expression';
  return isCalled ? 'release' : undefined;
}

function endingOf(path: LeakingPath, variable: string): string {
  if (path.how === 'overwritten') return `${variable} gets another value here before it was called`;
  if (path.how === 'repeated') return `the next turn of the loop comes here before ${variable} was called`;
  return `the function ${path.end.kind === 'return_statement' ? 'returns' : 'ends'} here without a call of ${variable}`;
}

/** A program catches its signals until it ends. */
function lastsAsLongAsProgram(code: Code): boolean {
  const name = child(code.root, 'name');
  return code.pkg.name === 'main' || (name !== undefined && textOf(name) === 'init');
}

type Fixes = NonNullable<Parameters<Report<FixId>>[0]['fixes']>;

function discardedFixes(code: Code, call: Node, blank: Node, maker: Maker): Fixes {
  const statement = listedStatement(call);
  if (!statement || blank === call || isBlank(targetOf(call, 0))) return {};
  return releasingFixes(code, call, maker, (edit) => {
    const name = edit.freshName(maker.name, statement);
    const operator = statement.kind === 'assignment_statement' ? child(statement, 'operator') : undefined;
    if (operator && isDeclaredBeside(contextOf(code, call), statement)) edit.replace(operator, ':=');
    else if (operator) {
      if (!canDeclareIn(enclosingFunction(call) ?? statement)) return undefined;
      const type = edit.qualified('context', maker.type, statement);
      edit.insertStatementBefore(statement, `var ${name} ${type}`);
    }
    edit.replace(blank, name);
    return callOf(name, maker);
  });
}

function leakFixes(code: Code, call: Node, leak: Leak, maker: Maker): Fixes {
  const release = callOf(leak.binding.name, maker);
  if (leak.elsewhere === 'handed-over') {
    const returns = leakingReturns(code, leak, (statement) => mayNeedContext(code, statement));
    const edit: FixBody = (e) => {
      for (const statement of returns ?? []) e.insertStatementBefore(statement, release);
    };
    return returns ? { 'cancel-before-return': edit } : {};
  }
  const fn = enclosingFunction(call);
  if (leak.elsewhere === 'released' && fn && isInLoop(code.flowOf(fn), call)) return {};
  const idle = code
    .usesOf(leak.binding)
    .flatMap((use) => (enclosingFunction(use) === fn && blankUse(use)) || []);
  return releasingFixes(code, call, maker, (edit) => {
    for (const statement of leak.elsewhere === 'never' ? idle : []) edit.removeStatement(statement);
    return release;
  });
}

/** The statement `_ = cancel` around a use. */
function blankUse(use: Node): Node | undefined {
  const statement = use.parent?.field === 'right' ? use.parent.parent : undefined;
  const isIdle = statement?.kind === 'assignment_statement' && textOf(statement) === `_ = ${textOf(use)}`;
  return isIdle ? statement : undefined;
}

function callOf(name: string, maker: Maker): string {
  return maker.type === 'CancelCauseFunc' ? `${name}(nil)` : `${name}()`;
}

/** `prepare` makes sure that a variable has the cancel function, and gives the call to write, if that is possible. */
function releasingFixes(
  code: Code,
  call: Node,
  maker: Maker,
  prepare: (edit: Parameters<FixBody>[0]) => string | undefined,
): Fixes {
  const plan = releasePlan(code, call, (statement) => mayNeedContext(code, statement));
  // Where a function returns an error beside it, its cancel function may be nil.
  if (!plan || maker.results.error !== undefined) return {};
  const lifetime = lifetimeOfContext(code, call, plan.scope);
  if (lifetime === 'beyond') return {};
  const edit: FixBody = (e) => {
    const release = prepare(e);
    if (!release) return false;
    if (plan.kind === 'defer') return e.insertStatementAfter(plan.after, `defer ${release}`);
    for (const { side, statement } of plan.places) {
      if (side === 'after') e.insertStatementAfter(statement, release);
      else e.insertStatementBefore(statement, release);
    }
    return undefined;
  };
  const fix =
    lifetime === 'within' && maker.results === results ? edit : ({ safety: 'review', edit } as const);
  return plan.kind === 'defer' ? { 'defer-cancel': fix } : { 'cancel-each-turn': fix };
}

function lifetimeOfContext(code: Code, call: Node, scope: Node): Lifetime {
  if (isBlank(targetOf(call, 0))) return 'within';
  const context = contextOf(code, call);
  return context ? lifetimeOf(code, context, scope) : 'unclear';
}

function isBlank(target: Node | undefined): boolean {
  return target !== undefined && textOf(target) === '_';
}

function contextOf(code: Code, call: Node): Binding | undefined {
  const target = targetOf(call, 0);
  return target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
}

/** Whether what a statement computes may need the context: it calls or receives, and not only with plain values. */
function mayNeedContext(code: Code, statement: Node): boolean {
  const parts = [...descendants(statement)];
  if (!parts.some((n) => n.kind === 'call_expression' || n.kind === 'unary_expression')) return false;
  return parts.some((n) => {
    const binding = n.kind === 'identifier' ? code.bindingOf(n) : undefined;
    const isLocal = binding?.scope === 'local' || binding?.scope === 'parameter';
    return isLocal && !isPlain(code.typeOfBinding(binding), code);
  });
}
