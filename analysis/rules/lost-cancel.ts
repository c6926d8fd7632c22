import { isInLoop } from '../flow/graph.ts';
import type { Code } from '../model/code.ts';
import { isPlain, type Lifetime, lifetimeOf } from '../model/context-lifetime.ts';
import { type Meaning, targetOf } from '../model/custody.ts';
import { type Leak, type LeakingPath, obligationOf } from '../model/obligation.ts';
import type { Binding } from '../model/scope.ts';
import {
  child,
  closest,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  textOf,
} from '../syntax/node.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'defer-cancel' | 'cancel-each-turn' | 'cancel-before-return';

/** A call that makes a context, and what its cancel function is for. */
interface Maker {
  /** What happens as long as it is not called. */
  readonly effect: string;
  readonly type: 'CancelFunc' | 'CancelCauseFunc';
  readonly name: 'cancel' | 'stop';
}

const waits = 'what waits for the context is not released before its parent ends';
const runs = 'its timer and what waits for it stay until the deadline';

const makers: ReadonlyMap<string, Maker> = new Map([
  ['context.WithCancel', { effect: waits, type: 'CancelFunc', name: 'cancel' }],
  ['context.WithCancelCause', { effect: waits, type: 'CancelCauseFunc', name: 'cancel' }],
  ['context.WithTimeout', { effect: runs, type: 'CancelFunc', name: 'cancel' }],
  ['context.WithTimeoutCause', { effect: runs, type: 'CancelFunc', name: 'cancel' }],
  ['context.WithDeadline', { effect: runs, type: 'CancelFunc', name: 'cancel' }],
  ['context.WithDeadlineCause', { effect: runs, type: 'CancelFunc', name: 'cancel' }],
  ['os/signal.NotifyContext', { effect: 'the signals stay caught', type: 'CancelFunc', name: 'stop' }],
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
  mentions: ['WithCancel', 'WithTimeout', 'WithDeadline', 'NotifyContext'],

  check(code, report) {
    for (const call of code.calls) {
      const name = code.calleeName(call);
      const maker = makers.get(name);
      if (maker) checkCall(code, call, name.slice(name.lastIndexOf('/') + 1), maker, report);
    }
  },
});

function checkCall(code: Code, call: Node, name: string, maker: Maker, report: Report<FixId>): void {
  const obligation = obligationOf(code, { acquisition: call, result: 1, meanings: meaningOf });
  const severity = maker.name === 'stop' ? ({ severity: 'hint' } as const) : {};
  if (obligation.kind === 'discarded' && obligation.at !== call) {
    if (maker.name === 'stop' && isMainFunction(code)) return;
    const message = `the ${maker.name} function of ${name} is discarded, so ${maker.effect}`;
    report({
      at: obligation.at,
      message,
      ...severity,
      fixes: discardedFixes(code, call, obligation.at, maker),
    });
  } else if (obligation.kind === 'leaks') {
    const variable = obligation.binding.name;
    const when = obligation.elsewhere === 'never' ? 'is never called' : 'is not called on every path';
    report({
      at: obligation.variable,
      message: `${variable} ${when}, so ${maker.effect}`,
      ...severity,
      related: obligation.paths
        .slice(0, 5)
        .map((path) => ({ at: path.end, message: endingOf(path, variable) })),
      fixes: leakFixes(code, call, obligation, maker),
    });
  }
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

function isMainFunction(code: Code): boolean {
  const name = child(code.root, 'name');
  return (
    code.pkg.name === 'main' &&
    code.root.kind === 'function_declaration' &&
    name !== undefined &&
    textOf(name) === 'main'
  );
}

type Fixes = NonNullable<Parameters<Report<FixId>>[0]['fixes']>;

function discardedFixes(code: Code, call: Node, blank: Node, maker: Maker): Fixes {
  const statement = listedStatement(call);
  if (!statement || isBlank(targetOf(call, 0))) return {};
  return releasingFixes(code, call, (edit) => {
    const name = edit.freshName(maker.name, statement);
    const operator = statement.kind === 'assignment_statement' ? child(statement, 'operator') : undefined;
    if (operator && isDeclaredBeside(contextOf(code, call), statement)) edit.replace(operator, ':=');
    else if (operator) {
      const type = edit.qualified('context', maker.type, statement);
      edit.insertStatementBefore(statement, `var ${name} ${type}`);
    }
    edit.replace(blank, name);
    return callOf(name, maker);
  });
}

function leakFixes(code: Code, call: Node, leak: Leak, maker: Maker): Fixes {
  const release = callOf(leak.binding.name, maker);
  if (leak.elsewhere === 'handed-over') return { 'cancel-before-return': beforeReturns(code, leak, release) };
  if (leak.elsewhere === 'released' && isInLoop(code.flowOf(enclosingFunction(call) as Node), call))
    return {};
  const fn = enclosingFunction(call);
  const idle = code
    .usesOf(leak.binding)
    .flatMap((use) => (enclosingFunction(use) === fn && blankUse(use)) || []);
  return releasingFixes(code, call, (edit) => {
    for (const statement of leak.elsewhere === 'never' ? idle : []) edit.removeStatement(statement);
    return release;
  });
}

/** The statement `_ = cancel` around a use. */
function blankUse(use: Node): Node | undefined {
  const statement = use.parent?.field === 'right' ? use.parent.parent : undefined;
  return statement?.kind === 'assignment_statement' && textOf(statement) === `_ = ${textOf(use)}`
    ? statement
    : undefined;
}

function callOf(name: string, maker: Maker): string {
  return maker.type === 'CancelCauseFunc' ? `${name}(nil)` : `${name}()`;
}

/** `prepare` makes sure that a variable has the cancel function, and gives the call to write. */
function releasingFixes(code: Code, call: Node, prepare: (edit: Parameters<FixBody>[0]) => string): Fixes {
  const fn = enclosingFunction(call);
  const statement = listedStatement(call);
  if (!fn || !statement) return {};
  const inLoop = isInLoop(code.flowOf(fn), call);
  const scope = inLoop ? (statement.parent as Node) : fn;
  const ends = inLoop ? endsOfTurn(code, statement) : undefined;
  if (inLoop && !ends) return {};
  const edit: FixBody = (e) => {
    const release = prepare(e);
    if (!ends) e.insertStatementAfter(statement, `defer ${release}`);
    for (const { after, at } of ends ?? []) {
      if (after) e.insertStatementAfter(at, release);
      else e.insertStatementBefore(at, release);
    }
  };
  const lifetime = lifetimeOfContext(code, call, scope);
  if (lifetime === 'beyond') return {};
  const fix = lifetime === 'within' ? edit : ({ safety: 'review', edit } as const);
  return inLoop ? { 'cancel-each-turn': fix } : { 'defer-cancel': fix };
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

/** Whether `:=` in place of a statement's `=` would assign to the same variable. */
function isDeclaredBeside(context: Binding | undefined, statement: Node): boolean {
  const at = context?.declaredAt;
  if (!context || !at) return false;
  const list = statement.parent as Node;
  if (context.scope === 'local') return closest(at, 'statement_list') === list;
  return enclosingFunction(at) === list.parent?.parent;
}

/** The statement that holds the call and stands in a list of statements, not in the head of an `if` or `for`. */
function listedStatement(call: Node): Node | undefined {
  const statement = closest(call, 'short_var_declaration', 'assignment_statement', 'var_declaration');
  return statement?.parent?.kind === 'statement_list' ? statement : undefined;
}

/**
 * Where a turn of a loop ends after a statement of its body: before each jump and after the last statement.
 * Undefined if the jumps are too involved, or compute something that may need the context.
 */
function endsOfTurn(
  code: Code,
  statement: Node,
): readonly { readonly at: Node; readonly after: boolean }[] | undefined {
  const list = statement.parent as Node;
  const rest = list.children.slice(list.children.indexOf(statement) + 1);
  const ends: { at: Node; after: boolean }[] = [];
  for (const node of rest.flatMap((s) => [...descendants(s)])) {
    if (!jumps.has(node.kind) || closest(node, 'func_literal') !== closest(statement, 'func_literal'))
      continue;
    if (node.kind === 'goto_statement' || node.children.some((c) => c.kind === 'label_name'))
      return undefined;
    if (node.kind !== 'return_statement' && staysWithin(node, list)) continue;
    if (mayNeedContext(code, node)) return undefined;
    ends.push({ at: node, after: false });
  }
  const last = rest.at(-1) ?? statement;
  return jumps.has(last.kind) ? ends : [...ends, { at: last, after: true }];
}

const jumps: ReadonlySet<string> = new Set([
  'return_statement',
  'break_statement',
  'continue_statement',
  'goto_statement',
]);

/** Whether a `break` or `continue` belongs to a statement inside the list. */
function staysWithin(jump: Node, list: Node): boolean {
  const loop = closest(jump, 'for_statement');
  const target =
    jump.kind === 'continue_statement'
      ? loop
      : closest(
          jump,
          'for_statement',
          'select_statement',
          'expression_switch_statement',
          'type_switch_statement',
        );
  return target !== undefined && contains(list, target) && target !== list;
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

/** On the paths that do not hand the cancel function over, it is called before the `return`. */
function beforeReturns(code: Code, leak: Leak, release: string): FixBody | undefined {
  const ends = leak.paths.map((path) => path.end);
  const isPlace = (path: LeakingPath): boolean => {
    const isReturn = path.how === 'returned' && path.end.kind === 'return_statement' && path.isOnlyWay;
    return (
      isReturn && !mayNeedContext(code, path.end) && code.lookup(leak.binding.name, path.end) === leak.binding
    );
  };
  if (!leak.paths.every(isPlace)) return undefined;
  return (edit) => {
    for (const end of ends) edit.insertStatementBefore(end, release);
  };
}
