// The fixes that give a goroutine which waits for ever another way to go on: the end of a context, of a channel that is
// closed for that purpose, or of some time.

import { callSites } from '../../callgraph/call-sites.ts';
import type { FixBuilder } from '../../edit/fix-builder.ts';
import type { Code } from '../../model/code.ts';
import {
  child,
  childOfKind,
  closest,
  contains,
  enclosingFunction,
  type Node,
  textOf,
} from '../../syntax/node.ts';
import { roleOf } from '../../syntax/roles.ts';
import { failureReturn } from '../failure-return.ts';
import { isDroppedWithContext } from './dropped-value.ts';
import { isLast, type Leave, leaveAt } from './early-leave.ts';
import { channelToEnd, contextToEnd, type EndSignal } from './end-signal.ts';
import { labelsFor } from './moved-code.ts';
import { type Rewrite, selectAround, type WayOut } from './select-rewrite.ts';
import { type WaitOn, waitsFor, waitsLike } from './wait-partners.ts';

type Id = 'select-on-done' | 'select-on-context' | 'select-on-timeout';
type Body = (edit: FixBuilder) => void | false;
type Offered = Body | { readonly safety: 'review'; readonly edit: Body };

/** What rules with these fixes say of them; in order of preference. */
export const selectFixes = {
  'select-on-done': {
    title: 'Stop waiting when the channel that ends the work is closed',
    safety: 'review',
    explored: true,
  },
  'select-on-context': { title: 'Stop waiting when the context is done', safety: 'safe', explored: true },
  'select-on-timeout': { title: 'Stop waiting when the time is up', safety: 'review', explored: true },
} as const;

/** A wait that a function can leave. */
interface Exit {
  readonly code: Code;
  readonly fn: Node;
  readonly wait: Node;
  readonly leave: Leave;
  readonly rewrite: Rewrite;
}

/**
 * The fixes for a goroutine that is stuck at a `send_statement`, receive (`unary_expression`), `select_statement` or
 * `range_clause`. None where the function would leave something undone, where who called it would not know that it has
 * given up, or where the code would be evaluated in another order.
 */
export function selectFixesAt(code: Code, on: WaitOn): { readonly [id in Id]?: Offered | undefined } {
  const { wait } = on;
  const exit = exitAt(code, wait);
  if (!exit) return {};
  const [channel, context] = [channelToEnd(code, wait), contextToEnd(code, wait)];
  if (!channel && !context)
    return { 'select-on-timeout': isReply(exit) ? (edit) => onTimeout(edit, exit) : undefined };
  const onContext: Body | undefined = context && ((edit) => onSignal(edit, exit, on, context));
  const isSafe = context && exit.leave.kind === 'go on' && isDroppedWithContext(code, exit.fn, wait, context);
  return {
    'select-on-done': channel && ((edit) => onSignal(edit, exit, on, channel)),
    'select-on-context': isSafe ? onContext : onContext && { safety: 'review', edit: onContext },
  };
}

function exitAt(code: Code, wait: Node): Exit | undefined {
  const fn = enclosingFunction(wait);
  if (!fn || (fn.kind === 'func_literal' && roleOf(fn) === 'deferred')) return undefined;
  // A function that collects until nobody sends would fail each time.
  if (wait.kind === 'range_clause' && child(fn, 'result')) return undefined;
  const leave = leaveAt(code, wait);
  const rewrite = selectAround(code, wait);
  return leave && rewrite && isNoticed(code, fn, wait) ? { code, fn, wait, leave, rewrite } : undefined;
}

/** The new case of a wait, and of those that go with it. */
function onSignal(edit: FixBuilder, exit: Exit, on: WaitOn, signal: EndSignal): void | false {
  const labels = labelsFor(edit);
  const isContext = signal.kind === 'context';
  const communication = `<-${signal.text}${isContext ? '.Done()' : ''}`;
  for (const one of exitsWith(exit, on, signal)) {
    const error = isContext ? `${signal.text}.Err()` : edit.qualified('context', 'Canceled', one.wait);
    const leave = leaving(one, error);
    if (leave === false || one.rewrite(edit, { communication, leave }, labels) === false) return false;
  }
  return undefined;
}

/** More waits than anybody wants to have changed by one fix. */
const mostWaits = 8;

/**
 * A wait with those that are like it, for there is one finding for a channel, and with all that would wait in vain once
 * these give up. Without the latter if one of them cannot have the same way out.
 */
function exitsWith(exit: Exit, on: WaitOn, signal: EndSignal): readonly Exit[] {
  const { code } = exit;
  const exitOn = (wait: Node): Exit | undefined => {
    const own = signal.kind === 'context' ? contextToEnd(code, wait) : channelToEnd(code, wait);
    return own?.binding === signal.binding && own.text === signal.text ? exitAt(code, wait) : undefined;
  };
  const alone = new Map([[exit.wait, exit]]);
  for (const wait of waitsLike(code, on)) {
    const alike = exitOn(wait);
    if (alike) alone.set(wait, alike);
  }
  const all = new Map(alone);
  for (const [wait] of all) {
    for (const other of waitsFor(code, { wait, madeAt: wait === on.wait ? on.madeAt : undefined })) {
      if (all.has(other)) continue;
      const partner = exitOn(other);
      if (!partner || all.size >= mostWaits) return [...alone.values()];
      all.set(other, partner);
    }
  }
  return [...all.values()];
}

/** A timer that is left behind in a loop is kept until it fires, before Go 1.23. */
function onTimeout(edit: FixBuilder, exit: Exit): void | false {
  const { code, wait } = exit;
  const leave = leaving(exit, edit.qualified('context', 'DeadlineExceeded', wait));
  const labels = labelsFor(edit);
  if (leave === false) return false;
  const time = edit.duration(code.config.timeouts.wait, wait);
  if (code.goAtLeast('1.23') || !loopAround(exit)) {
    const communication = `<-${edit.qualified('time', 'After', wait)}(${time})`;
    return exit.rewrite(edit, { communication, leave }, labels);
  }
  const timer = edit.freshName('timer', wait);
  const out: WayOut = {
    before: `${timer} := ${edit.qualified('time', 'NewTimer', wait)}(${time})`,
    communication: `<-${timer}.C`,
    leave,
    otherwise: `${timer}.Stop()`,
  };
  return exit.rewrite(edit, out, labels);
}

/** What the new case does; false if there is no way to say that the function has failed. */
function leaving(
  { code, fn, wait, leave }: Exit,
  error: string,
): string | { readonly breakOf: Node } | undefined | false {
  if (leave.kind === 'break') return { breakOf: leave.loop };
  if (leave.kind === 'go on') return wait.kind === 'range_clause' ? 'return' : undefined;
  if (!child(fn, 'result')) return 'return';
  const text = failureReturn(code, fn, error);
  return text !== undefined && meansTheSame(code, fn, wait) ? text : false;
}

/** Whether the types of a function's results have no other meaning at a place in it. */
function meansTheSame(code: Code, fn: Node, at: Node): boolean {
  const names = (child(fn, 'result') && typeNames(child(fn, 'result') as Node)) ?? [];
  return names.every((name) => code.lookup(textOf(name), at) === code.lookup(textOf(name), fn));
}

function typeNames(node: Node): readonly Node[] {
  if (/^(?:type|package)_identifier$/.test(node.kind)) return [node];
  return node.children.filter(({ field }) => field !== 'name').flatMap(typeNames);
}

/** Whether somebody learns that the function has given up: by its error, or because it is all that a goroutine does. */
function isNoticed(code: Code, fn: Node, wait: Node): boolean {
  if (child(fn, 'result'))
    return failureReturn(code, fn, 'nil') !== undefined && meansTheSame(code, fn, wait);
  return isGoroutine(code, fn);
}

const deepest = 4;

/** Whether a function, wherever it is called, is all that is left of a goroutine. */
function isGoroutine(code: Code, fn: Node, depth = 0): boolean {
  const call = fn.parent?.kind === 'argument_list' ? fn.parent.parent : undefined;
  if (call && /^sync\.WaitGroup\.Go$|^time\.AfterFunc$/.test(code.calleeName(call))) return true;
  if (fn.kind === 'func_literal' && roleOf(fn) === 'spawned') return true;
  const { sites, complete } = callSites(code, fn);
  return complete && sites.length > 0 && sites.every((site) => endsGoroutine(site.code, site.node, depth));
}

function endsGoroutine(code: Code, call: Node, depth: number): boolean {
  const statement = call.parent;
  const fn = enclosingFunction(call);
  if (statement?.kind === 'go_statement') return true;
  if (statement?.kind !== 'expression_statement' || !fn || depth > deepest) return false;
  return isLast(code, statement) && !child(fn, 'result') && isGoroutine(code, fn, depth + 1);
}

/** Whether a wait is for one answer, which some time is enough for. */
function isReply(exit: Exit): boolean {
  const { fn, wait } = exit;
  const loop = loopAround(exit);
  if (
    wait.kind === 'range_clause' ||
    (wait.kind === 'select_statement' && (loop || wait.children.length === 0))
  )
    return false;
  // A loop without an end waits as long as there is nothing to do.
  if (
    loop &&
    !childOfKind(loop, 'range_clause') &&
    !child(childOfKind(loop, 'for_clause') ?? loop, 'condition')
  )
    return false;
  if (child(fn, 'result')) return true;
  return wait.kind === 'unary_expression' && !loop && wait.parent?.kind !== 'expression_statement';
}

function loopAround({ fn, wait }: Exit): Node | undefined {
  const loop = closest(wait.parent, 'for_statement');
  return loop && contains(fn, loop) ? loop : undefined;
}
