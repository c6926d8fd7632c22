import { onlyTarget } from '../callgraph/call-graph.ts';
import { dominates, isInLoop, placeOf, reachableFrom } from '../flow/graph.ts';
import { everyPathStops } from '../flow/paths.ts';
import {
  type Called,
  fieldOf,
  type Group,
  type GroupCall,
  groupCalls,
  groupOf,
  isOwn,
  isSameGroup,
  nameOf,
  seenByCaller,
} from '../knowledge/wait-group.ts';
import type { Code } from '../model/code.ts';
import { isExported } from '../syntax/names.ts';
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
} from '../syntax/node.ts';
import { roleOf } from '../syntax/roles.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'move-add-before-go' | 'use-wg-go';
type Fixes = NonNullable<Parameters<Report<FixId>>[0]['fixes']>;

/** The call of a `go` statement. */
interface Goroutine extends Called {
  readonly go: Node;
}

export default defineRule({
  id: 'waitgroup-add-in-goroutine',
  since: '0.1.0',
  severity: 'error',
  summary: 'A goroutine counts itself into the WaitGroup that others wait for',
  why: `
    \`Wait\` returns as soon as the count is zero. If a goroutine calls \`Add\` for itself, it may get to run only after
    \`Wait\` has looked at the count: then nobody waits for it, its results are missing, and now and then a test fails.
    Count before the \`go\` statement, or start the goroutine with \`wg.Go\` (Go 1.25).`,
  silentWhen: [
    'the goroutine is already counted before it starts, or counts the goroutines that it starts itself',
    'it counts pieces of work in a loop',
    'the WaitGroup belongs to the goroutine, or nothing that is visible waits for it',
    'between the start of the goroutine and `Wait` there is a channel operation on every path, unless the `Add` comes first in a literal',
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
      const goroutine = goroutineOf(code, go);
      if (goroutine) checkGoroutine(code, goroutine, report);
    }
  },
});

function goroutineOf(code: Code, go: Node): Goroutine | undefined {
  const call = go.children[0];
  const target = call && onlyTarget(code, call);
  if (!target || target.node === code.root) return undefined;
  const receiver = target.receiver?.code === code ? target.receiver.node : undefined;
  return { go, call, fn: target.node, body: target.code, receiver };
}

function checkGoroutine(code: Code, goroutine: Goroutine, report: Report<FixId>): void {
  const { go, fn, body } = goroutine;
  for (const add of groupCalls(body, fn, 'Add')) {
    if (enclosingFunction(add.call) !== fn) continue;
    // A literal that stands elsewhere may be called by others, too.
    const isLiteral = contains(go, fn);
    const isFirst = isLiteral && firstStatement(fn) === add.call.parent;
    const outer = seenByCaller(code, add.group, goroutine);
    if (!outer || !(isFirst || isForItself(body, fn, add))) continue;
    if (isCovered(code, go, outer) || !isAwaited(code, goroutine, add, outer, isFirst)) continue;
    const name = nameOf(outer);
    report({
      at: isLiteral ? add.call : go,
      message: isLiteral
        ? `${name}.Add runs inside the goroutine that it counts, so ${name}.Wait may return before it is counted`
        : `this goroutine calls ${name}.Add for itself, so ${name}.Wait may return before it is counted`,
      related: isLiteral
        ? [{ at: go, message: 'the goroutine is started here' }]
        : [{ at: add.call, message: 'it is counted here, after it was started' }],
      // A caller may have arranged that the function gets to its Add before anybody waits.
      ...(isLiteral ? {} : { severity: 'warning' }),
      confidence: isFirst && isLiteral ? 'proved' : 'likely',
      fixes: isLiteral ? literalFixes(code, goroutine, add, outer) : namedFixes(code, goroutine, add),
    });
    return;
  }
}

function firstStatement(fn: Node): Node | undefined {
  const body = child(fn, 'body');
  return body && statements(body)[0];
}

/**
 * Whether an `Add` is the function's own count: it is added once, taken back by the function itself, and neither
 * for a goroutine that is started next nor on top of a count that the function holds from before.
 */
function isForItself(code: Code, fn: Node, add: GroupCall): boolean {
  const [count] = argumentsOf(add.call);
  if (!count || code.constantOf(count) !== 1n || isInLoop(code.flowOf(fn), add.call)) return false;
  const isSame = (other: GroupCall) => isSameGroup(other.group, add.group);
  const dones = groupCalls(code, fn, 'Done').filter(isSame);
  if (!dones.some((done) => isOwn(done.call, fn)) || isForChild(code, add)) return false;
  return countOf(code, fn, dones) <= groupCalls(code, fn, 'Add').filter(isSame).length;
}

/** How often a function and its literals call `Done` in one run; calls that exclude each other count once. */
function countOf(code: Code, fn: Node, dones: readonly GroupCall[]): number {
  const flow = code.flowOf(fn);
  const direct = dones.filter(
    ({ call }) => enclosingFunction(call) === fn && call.parent?.kind !== 'defer_statement',
  );
  const blocks = direct.flatMap(({ call }) => placeOf(flow, call)?.block ?? []);
  const areExclusive = blocks.every(
    (a) => blocks.filter((b) => a === b || reachableFrom(a).has(b)).length === 1,
  );
  return dones.length - direct.length + (areExclusive ? Math.min(direct.length, 1) : direct.length);
}

/** Whether a goroutine is started after an `Add`, and before anything else is counted, that calls `Done`. */
function isForChild(code: Code, add: GroupCall): boolean {
  const statement = add.call.parent;
  const list = statement?.parent;
  if (!statement || !list) return false;
  for (const next of list.children.slice(list.children.indexOf(statement) + 1)) {
    for (const node of descendants(next)) {
      if (node.kind === 'go_statement' && callsDone(code, node, add.group)) return true;
    }
    const counted = [...groupCalls(code, next, 'Add'), ...groupCalls(code, next, 'Done')];
    if (next.kind !== 'defer_statement' && counted.some((c) => isSameGroup(c.group, add.group))) return false;
  }
  return false;
}

function callsDone(code: Code, go: Node, group: Group): boolean {
  if (groupCalls(code, go, 'Done').some((done) => isSameGroup(done.group, group))) return true;
  const call = go.children[0];
  const callee = call && code.calleeOf(call);
  if (!call || child(call, 'function')?.kind === 'func_literal') return false;
  const body = callee && code.bodyOf(callee);
  if (!body) return true;
  return groupCalls(body, body.root, 'Done').some((done) => {
    const seen = seenByCaller(code, done.group, { call, receiver: callee.receiver, fn: body.root, body });
    return seen !== undefined && isSameGroup(seen, group);
  });
}

/** Whether a count that is made before the goroutine starts may be the one it holds. */
function isCovered(code: Code, go: Node, group: Group): boolean {
  return groupCalls(code, code.root, 'Add').some((counted) => {
    if (!isSameGroup(counted.group, group)) return false;
    const around = enclosingFunction(counted.call);
    // A goroutine that was itself counted keeps the count above zero for those that it starts.
    return !around || roleOf(around) !== 'spawned' || contains(around, go);
  });
}

/** Whether somebody else than the goroutine waits, or may wait, for the group. */
function isAwaited(
  code: Code,
  goroutine: Goroutine,
  add: GroupCall,
  group: Group,
  isFirst: boolean,
): boolean {
  const { go, fn, body } = goroutine;
  const here = groupCalls(code, code.root, 'Wait').filter(
    (wait) => isSameGroup(wait.group, group) && !contains(go, wait.call) && !contains(fn, wait.call),
  );
  if (here.length > 0) return isFirst || here.some((wait) => !isInStep(code, go, wait.call));
  const { root, path } = group;
  const isGiven = code
    .usesOf(root)
    .some((use) => use.parent?.kind === 'unary_expression' || use.parent?.kind === 'argument_list');
  if (path === '' && (root.scope === 'parameter' || (isGiven && !contains(go, root.declaredAt ?? go))))
    return true;
  if (isFirst) return root.scope !== 'local' || path !== '';
  if (root.scope === 'local' && path === '') return false;
  const field = fieldOf(body, add.call);
  return code.packageCode('Wait()').some((other) =>
    other.calls.some((call) => {
      if (other.calleeName(call) !== 'sync.WaitGroup.Wait' || contains(fn, call) || contains(go, call))
        return false;
      if (field !== undefined) return fieldOf(other, call) === field && group.root.scope !== 'local';
      const awaited = groupOf(other, call);
      return awaited?.root.scope === 'package' && isSameGroup(awaited, group);
    }),
  );
}

/** Whether every path from the start of a goroutine to a `Wait` exchanges something over a channel. */
function isInStep(code: Code, go: Node, wait: Node): boolean {
  const fn = enclosingFunction(go);
  if (!fn || enclosingFunction(wait) !== fn) return false;
  const flow = code.flowOf(fn);
  const place = placeOf(flow, wait);
  const waiting = place?.block.nodes[place.index];
  return everyPathStops(flow, {
    from: go,
    names: code,
    exits: [],
    stops: (entry) => entry !== waiting && exchanges(entry),
    to: (entry) => entry === waiting,
  });
}

function exchanges(entry: Node): boolean {
  for (const node of descendants(entry)) {
    if (node.kind === 'send_statement' || node.kind === 'receive_statement') return true;
    const isReceive = node.kind === 'unary_expression' && operatorOf(node) === '<-';
    if (isReceive && enclosingFunction(node) === enclosingFunction(entry)) return true;
  }
  return false;
}

function literalFixes(code: Code, goroutine: Goroutine, add: GroupCall, outer: Group): Fixes {
  const { go, fn } = goroutine;
  const statement = add.call.parent;
  if (!statement || !canCount(code, go, outer) || !isUnconditional(code, fn, add)) return {};
  const name = nameAt(code, go, add.call) ?? nameOf(outer);
  const move: FixBody = (edit) => {
    edit.insertStatementBefore(go, `${name}.Add(1)${edit.comment(statement)}`);
    edit.removeStatement(statement);
  };
  const isFirst = firstStatement(fn) === statement;
  return {
    'move-add-before-go': isFirst ? move : { safety: 'review', edit: move },
    'use-wg-go': isFirst ? withGo(code, go, fn, statement, outer, name) : undefined,
  };
}

/** What the literal calls the WaitGroup, if that means the same before the `go` statement. */
function nameAt(code: Code, go: Node, add: Node): string | undefined {
  const receiver = code.calleeOf(add)?.receiver;
  const names = receiver ? [...descendants(receiver)].filter((node) => node.kind === 'identifier') : [];
  const isKnown = names.every((node) => code.lookup(textOf(node), go) === code.bindingOf(node));
  return receiver && isKnown ? textOf(receiver) : undefined;
}

/** Whether `group.Add(1)` can be written before a `go` statement. */
function canCount(code: Code, go: Node, group: Group): boolean {
  const found = code.lookup(group.root.name, go);
  const isSame = found === group.root || (found?.scope === 'package' && group.root.scope === 'package');
  return go.parent?.kind === 'statement_list' && isSame;
}

/** Whether an `Add` adds 1 on every path through the function. */
function isUnconditional(code: Code, fn: Node, add: GroupCall): boolean {
  const [count] = argumentsOf(add.call);
  if (!count || code.constantOf(count) !== 1n || add.call.parent?.parent?.kind !== 'statement_list')
    return false;
  const flow = code.flowOf(fn);
  const ends = flow.blocks.flatMap((block) => (block.exit === 'return' ? (block.nodes.at(-1) ?? []) : []));
  return ends.every((end) => dominates(flow, add.call, end));
}

/** For `go func() { wg.Add(1); defer wg.Done(); … }()`, which is what `wg.Go` does. */
function withGo(
  code: Code,
  go: Node,
  literal: Node,
  add: Node,
  outer: Group,
  name: string,
): FixBody | undefined {
  const body = child(literal, 'body');
  const second = body && statements(body)[1];
  const done = second?.kind === 'defer_statement' ? second.children[0] : undefined;
  const takesNothing = child(literal, 'parameters')?.children.length === 0;
  if (!code.goAtLeast('1.25') || !takesNothing || child(literal, 'result') || !second || !done)
    return undefined;
  const group = code.calleeName(done) === 'sync.WaitGroup.Done' ? groupOf(code, done) : undefined;
  const recovers = code.calls.some(
    (call) => contains(literal, call) && code.calleeName(call) === 'builtin.recover',
  );
  if (!group || !isSameGroup(group, outer) || recovers) return undefined;
  return (edit) => {
    edit.replaceRange(go, go.start, literal.start, `${name}.Go(`);
    edit.removeStatement(add);
    edit.removeStatement(second);
    edit.replaceRange(go, literal.end, go.end, ')');
  };
}

/** The function's `Add` goes away and stands before every `go` statement that starts it, if nothing else calls it. */
function namedFixes(code: Code, { fn, body }: Goroutine, add: GroupCall): Fixes {
  const statement = add.call.parent;
  const name = child(fn, 'name');
  if (!statement || !name || !isUnconditional(body, fn, add)) return {};
  // Other packages may call what is exported.
  if (isExported(textOf(name))) return {};
  const starts: { go: Node; group: Group }[] = [];
  for (const other of code.packageCode(textOf(name))) {
    for (const use of nodesOf(other.root.tree, 'identifier', 'field_identifier')) {
      if (textOf(use) !== textOf(name) || use.parent === fn) continue;
      const called = use.parent?.kind === 'selector_expression' ? use.parent : use;
      const call = called.field === 'function' ? called.parent : undefined;
      const callee = call?.kind === 'call_expression' ? other.calleeOf(call) : undefined;
      const target = callee && other.bodyOf(callee);
      if (target && target.root !== fn) continue;
      const { receiver } = callee ?? {};
      const group = call && target && seenByCaller(other, add.group, { call, receiver, fn, body });
      const go = call?.parent;
      if (go?.kind !== 'go_statement' || !group || !canCount(other, go, group)) return {};
      starts.push({ go, group });
    }
  }
  const edit: FixBody = (e) => {
    starts.forEach(({ go, group }, i) => {
      e.insertStatementBefore(go, `${nameOf(group)}.Add(1)${i === 0 ? e.comment(statement) : ''}`);
    });
    e.removeStatement(statement);
  };
  return { 'move-add-before-go': firstStatement(fn) === statement ? edit : { safety: 'review', edit } };
}
