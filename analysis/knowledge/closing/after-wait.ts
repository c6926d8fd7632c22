// Closing a channel when all goroutines that send on it are done.

import type { ChannelUses } from '../../concurrency/channel-uses.ts';
import type { Defect } from '../../concurrency/defects.ts';
import type { Code } from '../../model/code.ts';
import {
  argumentsOf,
  child,
  closest,
  contains,
  enclosingFunction,
  type Node,
  textOf,
} from '../../syntax/node.ts';
import { targetOf } from '../../syntax/roles.ts';
import { canDeclareIn, listedStatement } from '../release-plan.ts';
import { type Group, groupCalls, groupOf, isOwn, isSameGroup, nameOf } from '../wait-group.ts';
import { codeHolding, type Edits, isFixed } from './places.ts';

/** The goroutines that send on a channel, started by one function from function literals that stand in it. */
interface Producers {
  readonly code: Code;
  readonly fn: Node;
  /** The channel's variable. */
  readonly channel: string;
  readonly literals: readonly Node[];
  /** The calls that start them: of a `go` statement, or of a WaitGroup's `Go`. */
  readonly starts: readonly Node[];
  /** The statements of the list that declares the channel which start the first and the last of them. */
  readonly first: Node;
  readonly last: Node;
}

/** A `close` behind a `Wait` for all that send: the `Wait` that is there, or one on a goroutine of its own. */
export function closeAfterWait(code: Code, defect: Defect, uses: ChannelUses): Edits | undefined {
  const producers = producersOf(code, defect, uses);
  if (!producers) return undefined;
  const group = commonGroup(producers);
  if (group) return closeBehind(producers, group, uses);
  const isCounted = producers.literals.some(
    (literal) => groupCalls(producers.code, literal, 'Done').length > 0,
  );
  // A new variable needs names of the code that is checked, and a group for some of them is there for a reason.
  if (isCounted || producers.code !== code || !canDeclareIn(producers.fn)) return undefined;
  return joinAll(producers);
}

function producersOf(code: Code, { verdict }: Defect, { sends }: ChannelUses): Producers | undefined {
  const make = verdict.madeAt as Node;
  const fn = enclosingFunction(make);
  const its = codeHolding(code, make, 'make');
  const variable = targetOf(make, 0);
  const declared = listedStatement(make);
  if (!fn || !its || variable?.kind !== 'identifier' || !declared || !isFixed(its, variable))
    return undefined;
  const literals = [...new Set(sends.map((send) => send.bottom))];
  const starts = [...new Set(sends.map((send) => startOf(send.bottom, send.startedAt)))];
  const isHere = (start: Node | undefined): start is Node =>
    start !== undefined && enclosingFunction(start) === fn;
  if (!literals.every((literal) => literal.kind === 'func_literal') || !starts.every(isHere))
    return undefined;
  const list = (declared.parent as Node).children;
  const starting = list.filter((statement) => starts.some((start) => contains(statement, start)));
  const [first, last] = [starting[0], starting.at(-1)];
  const isAll = starts.every((start) => starting.some((statement) => contains(statement, start)));
  if (!first || !last || !isAll) return undefined;
  return { code: its, fn, channel: textOf(variable), literals, starts, first, last };
}

/** The call around a function literal that starts it as a goroutine. */
function startOf(literal: Node, startedAt: Node): Node | undefined {
  return startedAt.kind === 'call_expression' && contains(startedAt, literal) ? startedAt : undefined;
}

/** The group that every one of the goroutines counts down when it ends, and that is counted up for it. */
function commonGroup({ code, literals, starts }: Producers): Group | undefined {
  const groups = starts.map((start): Group | undefined => {
    if (code.calleeName(start) === 'sync.WaitGroup.Go') return groupOf(code, start);
    const literal = literals.find((one) => contains(start, one));
    return literal && groupCalls(code, literal, 'Done').find(({ call }) => isOwn(call, literal))?.group;
  });
  const [group] = groups;
  if (!group || !groups.every((other) => other && isSameGroup(other, group))) return undefined;
  return group;
}

function closeBehind(
  { code, fn, channel, last }: Producers,
  group: Group,
  { receives }: ChannelUses,
): Edits | undefined {
  const waits = groupCalls(code, fn, 'Wait')
    .filter((wait) => isSameGroup(wait.group, group))
    .map(({ call }) => call);
  // A wait behind the loop that never ends is never come to.
  const isInTime = (wait: Node): boolean =>
    wait.start > last.end &&
    receives.every(({ at }) => enclosingFunction(at) !== enclosingFunction(wait) || at.start > wait.start);
  const wait = waits.find(isInTime);
  const statement = wait && closest(wait, 'expression_statement');
  if (statement) return (edit) => edit.insertStatementAfter(statement, `close(${channel})`);
  return (edit) => edit.insertStatementAfter(last, waiter(nameOf(group), channel));
}

function waiter(group: string, channel: string): string {
  return `go func() {\n\t${group}.Wait()\n\tclose(${channel})\n}()`;
}

/** Counts the goroutines with a group of its own. */
function joinAll({ code, fn, channel, literals, starts, first, last }: Producers): Edits | undefined {
  const isPlain = starts.every(
    (start) => start.parent?.kind === 'go_statement' && start.parent.parent?.kind === 'statement_list',
  );
  if (!isPlain) return undefined;
  const usesGo =
    starts.every((start) => argumentsOf(start).length === 0) && code.goAtLeast('1.25') && isGoUsed(code);
  return (edit) => {
    const group = edit.freshName('wg', first);
    edit.insertStatementBefore(first, `var ${group} ${edit.qualified('sync', 'WaitGroup', first)}`);
    for (const start of starts) {
      const statement = start.parent as Node;
      const literal = literals.find((one) => contains(start, one));
      const body = literal && child(literal, 'body');
      if (!literal || !body) return false;
      if (usesGo) {
        edit.replaceRange(fn, statement.start, literal.start, `${group}.Go(`);
        edit.replaceRange(fn, literal.end, statement.end, ')');
      } else {
        edit.insertStatementBefore(statement, `${group}.Add(1)`);
        edit.insertFirst(body, `defer ${group}.Done()`);
      }
    }
    edit.insertStatementAfter(last, waiter(group, channel));
    return undefined;
  };
}

/** Whether the package starts goroutines by a WaitGroup elsewhere. */
function isGoUsed(code: Code): boolean {
  return code
    .packageCode('Go')
    .some((other) => other.calls.some((call) => other.calleeName(call) === 'sync.WaitGroup.Go'));
}
