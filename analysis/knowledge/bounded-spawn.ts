// Rewrites of a loop that starts goroutines, so that only a number of them run at once: a semaphore that each goroutine
// holds, and the limit of an errgroup.Group.

import type { FixBuilder } from '../edit/fix-builder.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import {
  argumentsOf,
  calledOf,
  child,
  closest,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  statements,
  textOf,
} from '../syntax/node.ts';
import { isAddressTaken, isTarget, parameterAt } from '../syntax/roles.ts';
import { contextInScope } from './context-in-scope.ts';
import { failureReturn } from './failure-return.ts';
import { fewAtATime } from './few-at-a-time.ts';
import { exchangesOf } from './goroutine-exchange.ts';
import { countingGroup, joinOf } from './goroutine-join.ts';
import { groupLimit, ownGroup } from './group-limit.ts';
import { type Loop, loopsAround, type Spawn, spawnsIn } from './spawning-loop.ts';
import { typeText } from './type-text.ts';
import { groupCalls, isSameGroup, nameOf } from './wait-group.ts';

/** Makes the edits of a rewrite; `false` withdraws it. */
export type Rewrite = (edit: FixBuilder) => void | false;

/**
 * Lets at most `limit` goroutines of a loop run at once, by a channel with as much room: a place in it is taken before a
 * goroutine starts and given back when it ends. Undefined if they may need one another, or cannot be made to give it back.
 */
export function boundWithSemaphore(code: Code, spawn: Spawn, limit: number): Rewrite | undefined {
  const loops = loopsAround(code, spawn.at);
  const outermost = loops.at(-1);
  const start = spawn.by === 'go' ? spawn.at : spawn.at.parent;
  const before = outermost && listedAt(outermost.at);
  if (!outermost || !start || !before || spawn.by === 'errgroup.Group') return undefined;
  if (start.parent?.kind !== 'statement_list' || fewAtATime(code, spawn, outermost) !== 'freely')
    return undefined;
  const release = releaseOf(code, spawn);
  if (!release) return undefined;
  const acquire = acquireAt(code, spawn, outermost, start);
  return (edit) => {
    const sem = edit.freshName('sem', before);
    edit.insertStatementBefore(before, `${sem} := make(chan struct{}, ${limit})`);
    acquire(edit, sem);
    return release(edit, sem);
  };
}

function listedAt(node: Node): Node | undefined {
  let at: Node | undefined = node;
  while (at && at.parent?.kind !== 'statement_list') at = at.parent;
  return at;
}

type Step = (edit: FixBuilder, sem: string) => void | false;

/** Gives a place back at the end of the goroutine. */
function releaseOf(code: Code, spawn: Spawn): Step | undefined {
  const literal = spawn.by === 'go' ? calledOf(spawn.started) : spawn.started;
  const body = literal?.kind === 'func_literal' ? child(literal, 'body') : undefined;
  if (body) {
    const [first] = statements(body);
    const done =
      first?.kind === 'defer_statement' && first.children[0] ? code.calleeName(first.children[0]) : '';
    return (edit, sem) => {
      const text = `defer func() { <-${sem} }()`;
      if (first && done === 'sync.WaitGroup.Done') edit.insertStatementAfter(first, text);
      else edit.insertFirst(body, text);
    };
  }
  const called = calledOf(spawn.started);
  if (spawn.by !== 'go' || !called || !code.goAtLeast('1.22') || !isSettled(code, called)) return undefined;
  return (edit, sem) => wrapCall(code, spawn, edit, sem);
}

/** `go f(x)` as a literal that calls `f`; what can change before that is handed over as an argument, as it was. */
function wrapCall(code: Code, spawn: Spawn, edit: FixBuilder, sem: string): void | false {
  const [only] = spawn.runs;
  const passed: { readonly parameter: string; readonly arg: string }[] = [];
  const args = argumentsOf(spawn.started).map((arg, i) => {
    if (isSettled(code, arg)) return edit.source(arg);
    const named = only && parameterAt(only.node, i);
    const type = typeText(code, edit, code.typeOf(arg), spawn.at);
    const name = edit.freshName(named && textOf(named) !== '_' ? textOf(named) : 'arg', spawn.at);
    passed.push({ parameter: `${name} ${type ?? ''}`, arg: edit.source(arg) });
    return type === undefined || arg.kind === 'variadic_argument' ? undefined : name;
  });
  if (args.includes(undefined)) return false;
  const parameters = passed.map(({ parameter }) => parameter).join(', ');
  const call = `${edit.source(calledOf(spawn.started) ?? spawn.started)}(${args.join(', ')})`;
  const body = `\tdefer func() { <-${sem} }()\n\t${call.replaceAll('\n', '\n\t')}`;
  return edit.replace(
    spawn.at,
    `go func(${parameters}) {\n${body}\n}(${passed.map(({ arg }) => arg).join(', ')})`,
  );
}

/** Whether an operand has the same value later on: it is a constant, a function, or a name that gets no other value. */
function isSettled(code: Code, operand: Node): boolean {
  return [...descendants(operand)].every((node) => {
    if (node.kind === 'selector_expression')
      return code.objectName(node) !== undefined || code.memberOf(node)?.kind === 'method';
    if (node.kind === 'identifier') return isUnchanged(code, node);
    return /^(?:field_identifier|package_identifier|nil|true|false|int_literal|interpreted_string_literal)$/.test(
      node.kind,
    );
  });
}

/** Whether a name stands for the same value wherever it is in scope. */
function isUnchanged(code: Code, identifier: Node): boolean {
  const binding = code.bindingOf(identifier);
  if (binding?.kind !== 'variable') return true;
  return isNeverReassigned(code, binding);
}

export function isNeverReassigned(code: Code, binding: Binding): boolean {
  if (!binding.declaredAt) return false;
  return code
    .usesOf(binding)
    .every(
      (use) =>
        use === binding.declaredAt ||
        (!isTarget(use) &&
          !isAddressTaken(use) &&
          use.parent?.kind !== 'inc_statement' &&
          use.parent?.kind !== 'dec_statement'),
    );
}

/** Takes a place before a goroutine is counted and started, or gives up when the context in scope is done. */
function acquireAt(code: Code, spawn: Spawn, loop: Loop, start: Node): Step {
  const fn = enclosingFunction(spawn.at);
  const ctx = contextInScope(code, start);
  const leave = fn && ctx && failureReturn(code, fn, `${ctx.text}.Err()`);
  const counted = countedBefore(code, spawn, start);
  const join = joinOf(code, spawn, loop);
  const isSilent = exchangesOf(code, spawn).every(({ kind }) => kind === 'lock');
  const isLeaving = leave && isSilent && join?.kind !== 'beside' && counted !== 'apart';
  if (!isLeaving) return (edit, sem) => edit.insertStatementBefore(start, `${sem} <- struct{}{}`);
  const group =
    join?.kind === 'wait' && enclosingFunction(join.call) === fn ? countingGroup(code, spawn) : undefined;
  const wait = group ? `\t${nameOf(group)}.Wait()\n` : '';
  return (edit, sem) =>
    edit.insertStatementBefore(
      counted,
      `select {\ncase ${sem} <- struct{}{}:\ncase <-${ctx.text}.Done():\n${wait}\t${leave}\n}`,
    );
}

/** The `wg.Add(1)` right before a `go` statement, or that statement if nothing is counted; `apart` if that is done elsewhere. */
function countedBefore(code: Code, spawn: Spawn, start: Node): Node | 'apart' {
  const group = countingGroup(code, spawn);
  if (!group || spawn.by === 'sync.WaitGroup') return start;
  const siblings = start.parent?.children ?? [];
  const previous = siblings[siblings.indexOf(start) - 1];
  const adds = groupCalls(code, code.root, 'Add').filter((add) => isSameGroup(add.group, group));
  const isBefore =
    previous !== undefined && adds.length === 1 && adds.some(({ call }) => call.parent === previous);
  return isBefore ? previous : 'apart';
}

/**
 * Sets the limit of the errgroup.Group that starts the goroutines of a loop, right where the group is declared. Undefined
 * if the goroutines of the group may need one another.
 */
export function setGroupLimit(code: Code, spawn: Spawn, limit: number): Rewrite | undefined {
  const group = spawn.by === 'errgroup.Group' ? ownGroup(code, spawn.at) : undefined;
  const declared = group?.declaredAt && closest(group.declaredAt, 'short_var_declaration', 'var_declaration');
  if (!group || !declared || declared.parent?.kind !== 'statement_list') return undefined;
  if (groupLimit(code, spawn.at) !== 'none') return undefined;
  const started = spawnsIn(code).filter(
    (other) => other.by === 'errgroup.Group' && ownGroup(code, other.at) === group,
  );
  const uses = nodesOf(code.root.tree, 'func_literal').some(
    (fn) =>
      started.some((s) => contains(s.started, fn)) && code.usesOf(group).some((use) => contains(fn, use)),
  );
  const mayRun = started.every((other) => {
    const loop = loopsAround(code, other.at).at(-1);
    return loop !== undefined && fewAtATime(code, other, loop) === 'freely';
  });
  if (uses || !mayRun) return undefined;
  return (edit) => edit.insertStatementAfter(declared, `${group.name}.SetLimit(${limit})`);
}
