import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import {
  argumentsOf,
  child,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  statements,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'move-add-before-go' | 'use-wg-go';

/** A WaitGroup by the variable it is reached from and the way from there: `s` and `.conns.wg`. */
interface Group {
  readonly root: Binding;
  readonly path: string;
}

interface GroupCall {
  readonly call: Node;
  readonly group: Group;
}

export default defineRule({
  id: 'waitgroup-add-in-goroutine',
  since: '0.1.0',
  severity: 'error',
  summary: 'A goroutine counts itself into the WaitGroup that others wait for',
  why: `
    A goroutine that counts itself may get to run only after \`Wait\` has found the count at zero and returned. Then nobody
    waits for it, its results are missing, and now and then a test fails. Count before the \`go\` statement, or start the
    goroutine with \`wg.Go\` (Go 1.25).`,
  silentWhen: [
    'the goroutine is already counted before it starts and adds the goroutines that it starts itself',
    'the WaitGroup belongs to the goroutine',
    'nothing that is visible waits for the WaitGroup',
  ],
  peers: ['go vet waitgroup', 'staticcheck SA2000'],
  fixes: {
    'move-add-before-go': { title: 'Count the goroutine before it is started', safety: 'safe' },
    'use-wg-go': { title: 'Start the goroutine with wg.Go', safety: 'review' },
  },
  imports: ['sync'],
  mentions: ['\tgo ', '{ go ', '; go ', '\ngo '],

  check(code, report) {
    for (const go of nodesOf(code.root.tree, 'go_statement')) {
      const call = go.children[0];
      const fn = call && child(call, 'function');
      if (!call || !fn) continue;
      if (fn.kind === 'func_literal') checkLiteral(code, go, call, fn, report);
      else checkNamed(code, go, call, report);
    }
  },
});

function checkLiteral(code: Code, go: Node, call: Node, literal: Node, report: Report<FixId>): void {
  const dones = groupCalls(code, literal, 'Done');
  for (const { call: add, group } of groupCalls(code, literal, 'Add')) {
    const outer = asSeenOutside(code, group, literal, call);
    const isForItself =
      dones.some((done) => isSame(done.group, group)) || firstStatement(literal) === add.parent;
    if (!outer || !isForItself || isCovered(code, go, outer) || !isAwaited(code, go, literal, outer))
      continue;
    report({
      at: add,
      message: `${nameOf(outer)}.Add runs inside the goroutine that it counts, so ${nameOf(outer)}.Wait may return before`,
      related: [{ at: go, message: 'the goroutine is started here' }],
      fixes: fixesOf(code, go, literal, add, outer),
    });
    return;
  }
}

/** `go worker(&wg)` or `go s.run()`, where the function counts itself. */
function checkNamed(code: Code, go: Node, call: Node, report: Report<FixId>): void {
  const callee = code.calleeOf(call);
  const body = callee && code.bodyOf(callee);
  if (!body || body.root === code.root) return;
  const dones = groupCalls(body, body.root, 'Done');
  for (const { call: add, group } of groupCalls(body, body.root, 'Add')) {
    if (!dones.some((done) => isSame(done.group, group))) continue;
    const outer = asSeenOutside(code, group, body.root, call, callee.receiver);
    if (!outer || isCovered(code, go, outer) || !isAwaited(code, go, undefined, outer)) continue;
    report({
      at: go,
      message: `this goroutine calls ${nameOf(outer)}.Add for itself, so ${nameOf(outer)}.Wait may return before it is counted`,
      related: [{ at: add, message: 'it is counted here, after it was started' }],
    });
    return;
  }
}

/** The calls of a method of sync.WaitGroup in the function's own statements, its literals left out. */
function groupCalls(code: Code, fn: Node, method: 'Add' | 'Done' | 'Wait'): readonly GroupCall[] {
  return code.calls.flatMap((call) => {
    if (enclosingFunction(call) !== fn && !isDeferredIn(call, fn)) return [];
    const group = code.calleeName(call) === `sync.WaitGroup.${method}` ? groupOf(code, call) : undefined;
    return group ? [{ call, group }] : [];
  });
}

/** `defer func() { …; wg.Done() }()` is as good as `defer wg.Done()`. */
function isDeferredIn(call: Node, fn: Node): boolean {
  const literal = enclosingFunction(call);
  return (
    literal?.kind === 'func_literal' &&
    literal.parent?.parent?.kind === 'defer_statement' &&
    enclosingFunction(literal) === fn
  );
}

function groupOf(code: Code, call: Node): Group | undefined {
  const receiver = code.calleeOf(call)?.receiver;
  return receiver && pathOf(code, receiver);
}

/** `s.conns.wg`, `(&wg)` or `*wg`; undefined for anything that is computed. */
function pathOf(code: Code, expression: Node): Group | undefined {
  const node = unparen(expression);
  if (node.kind === 'unary_expression') {
    const operand = child(node, 'operand');
    return operand && /^[&*]$/.test(operatorOf(node)) ? pathOf(code, operand) : undefined;
  }
  if (node.kind === 'identifier') {
    const root = code.bindingOf(node);
    return root?.kind === 'variable' ? { root, path: '' } : undefined;
  }
  const operand = node.kind === 'selector_expression' ? child(node, 'operand') : undefined;
  const field = child(node, 'field');
  const base = operand && pathOf(code, operand);
  return base && field && { root: base.root, path: `${base.path}.${textOf(field)}` };
}

/** The same WaitGroup in terms of the function with the `go` statement; undefined if the goroutine made it. */
function asSeenOutside(code: Code, group: Group, fn: Node, call: Node, receiver?: Node): Group | undefined {
  const at = group.root.declaredAt;
  if (!at || !contains(fn, at))
    return group.root.scope === 'package' || fn.tree === code.root.tree ? group : undefined;
  const given = at.parent?.parent?.field === 'receiver' ? receiver : argumentFor(at, fn, call);
  const base = given && pathOf(code, given);
  return base && { root: base.root, path: base.path + group.path };
}

function argumentFor(parameter: Node, fn: Node, call: Node): Node | undefined {
  const names = (child(fn, 'parameters')?.children ?? []).flatMap((p) =>
    p.children.filter((c) => c.field === 'name'),
  );
  const position = names.indexOf(parameter);
  return position < 0 ? undefined : argumentsOf(call)[position];
}

function isSame(a: Group, b: Group): boolean {
  return (
    a.path === b.path &&
    (a.root === b.root ||
      (a.root.scope === 'package' && a.root.name === b.root.name && b.root.scope === 'package'))
  );
}

function nameOf(group: Group): string {
  return group.root.name + group.path;
}

/** Whether a count that is made before the goroutine starts may be the one it holds. */
function isCovered(code: Code, go: Node, group: Group): boolean {
  const fn = enclosingFunction(go);
  const starts = nodesOf(code.root.tree, 'go_statement').map(
    (g) => g.children[0] && child(g.children[0], 'function'),
  );
  return code.calls.some((call) => {
    if (code.calleeName(call) !== 'sync.WaitGroup.Add') return false;
    const counted = groupOf(code, call);
    if (!counted || !isSame(counted, group)) return false;
    const literal = enclosingFunction(call);
    const isInGoroutine = literal !== fn && starts.includes(literal);
    // A goroutine that was itself counted keeps the count above zero for those that it starts.
    return !isInGoroutine || (literal !== undefined && contains(literal, go));
  });
}

function isAwaited(code: Code, go: Node, literal: Node | undefined, group: Group): boolean {
  const waitsHere = code.calls.some((call) => {
    if (code.calleeName(call) !== 'sync.WaitGroup.Wait' || (literal && contains(literal, call))) return false;
    const awaited = groupOf(code, call);
    return awaited !== undefined && isSame(awaited, group) && !contains(go, call);
  });
  if (waitsHere || group.root.scope === 'local') return waitsHere;
  const field = group.path.slice(group.path.lastIndexOf('.') + 1);
  const name = field || group.root.name;
  return code.packageCode('.Wait(').some((other) =>
    other.calls.some((call) => {
      const receiver =
        other.calleeName(call) === 'sync.WaitGroup.Wait' ? other.calleeOf(call)?.receiver : undefined;
      return receiver !== undefined && textOf(receiver).split('.').at(-1) === name;
    }),
  );
}

function firstStatement(fn: Node): Node | undefined {
  const body = child(fn, 'body');
  return body && statements(body)[0];
}

function fixesOf(
  code: Code,
  go: Node,
  literal: Node,
  add: Node,
  outer: Group,
): NonNullable<Parameters<Report<FixId>>[0]['fixes']> {
  const statement = add.parent;
  const [count] = argumentsOf(add);
  const isFirst = statement !== undefined && firstStatement(literal) === statement;
  if (!isFirst || !count || code.constantOf(count) !== 1n || go.parent?.kind !== 'statement_list') return {};
  const isVisible = code.lookup(outer.root.name, go) === outer.root;
  if (!isVisible) return {};
  return {
    'move-add-before-go': (edit) => {
      edit.insertStatementBefore(go, `${nameOf(outer)}.Add(1)`);
      edit.removeStatement(statement);
    },
    'use-wg-go': withGo(code, go, literal, statement, outer),
  };
}

/** For `go func() { wg.Add(1); defer wg.Done(); … }()`, which is what `wg.Go` does. */
function withGo(code: Code, go: Node, literal: Node, add: Node, outer: Group): FixBody | undefined {
  const body = child(literal, 'body');
  const second = body && statements(body)[1];
  const done = second?.kind === 'defer_statement' ? second.children[0] : undefined;
  const takesNothing = child(literal, 'parameters')?.children.length === 0;
  if (!code.goAtLeast('1.25') || !takesNothing || child(literal, 'result') || !second || !done)
    return undefined;
  const group = code.calleeName(done) === 'sync.WaitGroup.Done' ? groupOf(code, done) : undefined;
  const recovers = [...descendants(literal)].some(
    (n) => n.kind === 'call_expression' && code.calleeName(n) === 'builtin.recover',
  );
  if (!group || !isSame(group, outer) || recovers) return undefined;
  return (edit) => {
    edit.replaceRange(go, go.start, literal.start, `${nameOf(outer)}.Go(`);
    edit.removeStatement(add);
    edit.removeStatement(second);
    edit.replaceRange(go, literal.end, go.end, ')');
  };
}
