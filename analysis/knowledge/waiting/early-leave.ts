// What a function that stops waiting and leaves would leave undone: locks that it holds, a count that it does not
// take down, channels that it does not close.

import { defersOf, partsOf, placeOf, reachableFrom } from '../../flow/graph.ts';
import { findPath } from '../../flow/paths.ts';
import { writtenName } from '../../model/calls.ts';
import type { Code } from '../../model/code.ts';
import { child, contains, enclosingFunction, type Node, operatorOf, textOf } from '../../syntax/node.ts';
import { isCleanupName } from '../detached-work.ts';
import { isCancelFunction } from './end-signal.ts';

/** How a function can stop waiting so that everything is as others expect it. */
export type Leave =
  /** By a `return`: nothing but deferred calls is left to do. */
  | { readonly kind: 'return' }
  /** By going on after the wait: nothing follows there but what has to be done in any case, if anything does. */
  | { readonly kind: 'go on' }
  /** By a `break` out of this loop, likewise. */
  | { readonly kind: 'break'; readonly loop: Node };

/** Whether nothing follows a statement in its function but deferred calls. */
export function isLast(code: Code, statement: Node): boolean {
  const fn = enclosingFunction(statement);
  return fn !== undefined && entriesAfter({ code, fn, ends: [statement] }, statement).every(isBareReturn);
}

interface View {
  readonly code: Code;
  readonly fn: Node;
  /** The entries of the flow after which the wait is over: several for a `select`. */
  readonly ends: readonly Node[];
}

/**
 * How a function can leave at a wait: a statement with a send or receive, a `select`, or the `range_clause` of a loop.
 * Undefined if something would be left undone.
 */
export function leaveAt(code: Code, wait: Node): Leave | undefined {
  const fn = enclosingFunction(wait);
  if (!fn) return undefined;
  const view: View = { code, fn, ends: endsOf(wait) };
  const after = entriesAfter(view, wait);
  const loops = loopsAround(wait, fn);
  const loop = loops.at(-1);
  const isInLoop = (entry: Node): boolean => loop !== undefined && contains(loop, entry);
  const isDuty = (entry: Node): boolean =>
    dutiesOf(view, entry, isInLoop(entry)).some((duty) => isCertain(view, after, duty));
  if (isUnlockedMeanwhile(view, after) || after.some((entry) => isInLoop(entry) && isDuty(entry)))
    return undefined;
  const behind = after.filter((entry) => !isInLoop(entry));
  const hasResult = child(fn, 'result') !== undefined;
  if (!behind.some(isDuty)) {
    const isIdle = hasResult ? isSentBeforeFailure(wait, after) : after.every(isBareReturn);
    return { kind: isIdle ? 'go on' : 'return' };
  }
  // No result may say that all went well.
  const isDone = (entry: Node): boolean => dutiesOf(view, entry, false).length > 0 || isBareReturn(entry);
  if (hasResult || !behind.every(isDone)) return undefined;
  if (!loop) return { kind: 'go on' };
  return loops.length === 1 ? { kind: 'break', loop } : undefined;
}

/** `errs <- err; return err`: the function of such results says itself that it has failed. */
function isSentBeforeFailure(wait: Node, after: readonly Node[]): boolean {
  if (wait.kind !== 'send_statement' || after.length === 0) return false;
  return after.every((entry) => {
    const value = entry.kind === 'return_statement' ? entry.children[0]?.children.at(-1) : undefined;
    return value?.kind === 'identifier' && textOf(value) !== 'nil';
  });
}

function isBareReturn(entry: Node): boolean {
  return entry.kind === 'return_statement' && entry.children.length === 0;
}

/** The `for` statements of a function around a node, the innermost first. */
function loopsAround(at: Node, fn: Node): readonly Node[] {
  const loops: Node[] = [];
  for (let up: Node | undefined = at; up && up !== fn; up = up.parent)
    if (up.kind === 'for_statement') loops.push(up);
  return loops;
}

function endsOf(wait: Node): readonly Node[] {
  if (wait.kind !== 'select_statement') return [wait];
  const communications = wait.children.flatMap((clause) => child(clause, 'communication') ?? []);
  return communications.length > 0 ? communications : [wait];
}

/** Every entry that can be evaluated once the wait is over, but the wait itself. */
function entriesAfter({ code, fn, ends }: View, wait: Node): readonly Node[] {
  const flow = code.flowOf(fn);
  const found = new Set<Node>();
  for (const end of ends) {
    const place = placeOf(flow, end);
    if (!place) continue;
    for (const node of place.block.nodes.slice(place.index + 1)) found.add(node);
    for (const block of reachableFrom(place.block)) for (const node of block.nodes) found.add(node);
  }
  const own = ends.map((end) => placeOf(flow, end)).map((place) => place?.block.nodes[place.index]);
  return [...found].filter((node) => node !== flow.end && node !== wait && !own.includes(node));
}

/** What an entry calls, in literals too: `go func() { wg.Wait(); close(out) }()` closes sooner or later. */
function callsIn({ code, fn }: View, entry: Node): readonly Node[] {
  const parts = new Set(partsOf(code.flowOf(fn), entry, true));
  return code.calls.filter((call) => parts.has(call));
}

const release =
  /^(?:builtin\.close|sync\.WaitGroup\.Done|sync\.Cond\.(?:Signal|Broadcast)|golang\.org\/x\/sync\/semaphore\.Weighted\.Release)$/;

/** Something that others may wait for, told by its text. */
type Duty = string;

/** Whether the function does something on every way that it can leave after the wait. */
function isCertain(view: View, after: readonly Node[], duty: Duty): boolean {
  const does = new Set(after.filter((entry) => dutiesOf(view, entry, false).includes(duty)));
  const { code, fn, ends } = view;
  return !ends.some(
    (end) =>
      findPath(code.flowOf(fn), { from: end, names: code, stops: (entry) => does.has(entry) }) !== undefined,
  );
}

/** What an entry does that somebody may wait for; in a loop, only what is not done for each turn. */
function dutiesOf(view: View, entry: Node, isInLoop: boolean): readonly Duty[] {
  const { code, fn } = view;
  const calls = callsIn(view, entry);
  const promised = calls.filter((call) => isPromised(view, call)).map(textOf);
  if (isInLoop) return promised;
  const sent = [...partsOf(code.flowOf(fn), entry, true)].filter((part) => {
    // A bare receive gives a token back.
    const isReceive = part.kind === 'unary_expression' && operatorOf(part) === '<-';
    return part.kind === 'send_statement' || (isReceive && part.parent?.kind === 'expression_statement');
  });
  const inside = calls.filter((call) => releasesInside(code, call, 0));
  return [...promised, ...[...sent, ...inside].map(textOf)];
}

/** Whether somebody is sure to wait for what a call does, also for each turn of a loop. */
function isPromised(view: View, call: Node): boolean {
  const { code } = view;
  const called = child(call, 'function');
  if (release.test(code.calleeName(call)) || isUnlockOfBefore(view, call)) return true;
  if (called && isCancelFunction(code.typeOf(called))) return true;
  return isCleanupName(writtenName(call)) && !isOfAfter(view, called);
}

/** Whether what a method is called on is declared after the wait only. */
function isOfAfter({ code, ends }: View, called: Node | undefined): boolean {
  let root = called;
  while (root && root.kind !== 'identifier') root = child(root, 'operand') ?? child(root, 'function');
  const declared = root && code.bindingOf(root)?.declaredAt;
  return declared !== undefined && ends.every((end) => declared.start > end.start);
}

const deepest = 3;

function releasesInside(code: Code, call: Node, depth: number): boolean {
  const callee = code.calleeOf(call);
  const body = callee && code.bodyOf(callee);
  if (!body) return false;
  return body.calls.some(
    (inner) =>
      release.test(body.calleeName(inner)) || (depth < deepest && releasesInside(body, inner, depth + 1)),
  );
}

/** What a call of `x.Lock()` or its like is called on; `method` tests the name. */
function lockOf(code: Code, call: Node, method: RegExp): string | undefined {
  const name = code.calleeName(call);
  const receiver = /^sync\.(?:(?:RW)?Mutex|Locker)\./.test(name) ? code.calleeOf(call)?.receiver : undefined;
  return receiver && method.test(name) ? textOf(receiver) : undefined;
}

const lock = /\.R?Lock$/;
const unlock = /\.R?Unlock$/;

function handles(view: View, entry: Node, lockText: string, method: RegExp): boolean {
  if (entry.kind === 'defer_statement' || entry.kind === 'go_statement') return false;
  return callsIn(view, entry).some((call) => lockOf(view.code, call, method) === lockText);
}

/** Whether a call unlocks what was locked before the wait. */
function isUnlockOfBefore(view: View, call: Node): boolean {
  const text = lockOf(view.code, call, unlock);
  if (text === undefined) return false;
  return view.ends.some((end) =>
    leads(
      view,
      end,
      (entry) => contains(entry, call),
      (entry) => handles(view, entry, text, lock),
    ),
  );
}

/** Whether a lock that the function is to leave locked, or unlocks at its end, is given up for the time of the wait. */
function isUnlockedMeanwhile(view: View, after: readonly Node[]): boolean {
  const { code, fn, ends } = view;
  return code.calls.some((call) => {
    const text = enclosingFunction(call) === fn ? lockOf(code, call, unlock) : undefined;
    if (text === undefined || call.parent?.kind === 'defer_statement') return false;
    if (!after.some((entry) => handles(view, entry, text, lock))) return false;
    const relocks = (entry: Node): boolean => handles(view, entry, text, lock);
    const isOpen = ends.some((end) => leads(view, call, (entry) => contains(entry, end), relocks));
    const isOutside = leads(view, fn, (entry) => contains(entry, call), relocks);
    return isOpen && (isOutside || isUnlockedAtEnd(view, text));
  });
}

function isUnlockedAtEnd({ code, fn }: View, text: string): boolean {
  return defersOf(code.flowOf(fn)).some((deferred) =>
    code.calls.some((call) => contains(deferred, call) && lockOf(code, call, unlock) === text),
  );
}

function leads(
  { code, fn }: View,
  from: Node,
  to: (entry: Node) => boolean,
  stops: (entry: Node) => boolean,
): boolean {
  return findPath(code.flowOf(fn), { from, names: code, exits: [], stops, to }) !== undefined;
}
