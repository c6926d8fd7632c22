// A close that is not reached on every path: where the function leaves without it, and how to close on every path.

import { skippedCloses } from '../../concurrency/channel-uses.ts';
import type { Defect } from '../../concurrency/defects.ts';
import { findPath } from '../../flow/paths.ts';
import type { Code } from '../../model/code.ts';
import {
  argumentsOf,
  child,
  closest,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../../syntax/node.ts';
import { canDeclareIn } from '../release-plan.ts';
import { bodyStatement, codeHolding, type Edits, isFixed, meansTheSame } from './places.ts';

/** A close that is not reached on every path of its function. */
export interface SkippedClose {
  readonly code: Code;
  readonly fn: Node;
  /** The closes of the channel in that function, as calls. */
  readonly closes: readonly Node[];
  /** The channel, as it is written in all of them. */
  readonly channel: Node;
  /** Where the function leaves without it, and which of them is on the way to the defect, if that is known. */
  readonly exits: readonly Node[];
  readonly taken: Node | undefined;
}

/** The close that a stuck receiver waits for; undefined if there is none, or if it is in several functions. */
export function skippedClose(code: Code, defect: Defect): SkippedClose | undefined {
  const closes = [...new Set(skippedCloses(defect).map(({ at }) => at))];
  const [first] = closes;
  const fn = first && enclosingFunction(first);
  const its = first && codeHolding(code, first, 'close');
  const channel = first && argumentsOf(first)[0];
  if (!first || !fn || !its || !channel) return undefined;
  if (!closes.every((c) => enclosingFunction(c) === fn && textOf(c) === textOf(first))) return undefined;
  const exits = exitsWithout(its, fn, closes);
  return { code: its, fn, closes, channel: unparen(channel), exits, taken: takenBy(defect, fn, exits) };
}

/** The places where a function ends that can be come to without one of the calls. */
function exitsWithout(code: Code, fn: Node, calls: readonly Node[]): readonly Node[] {
  const flow = code.flowOf(fn);
  const ends = flow.blocks.flatMap((block) => (block.exit ? [block.nodes.at(-1) ?? flow.end] : []));
  return ends.filter((end) => isReached(code, fn, fn, end, calls));
}

function isReached(code: Code, fn: Node, from: Node, end: Node, without: readonly Node[]): boolean {
  const path = findPath(code.flowOf(fn), {
    from,
    names: code,
    stops: (entry) => entry !== end && without.some((call) => isStatementOf(entry, call)),
    to: (entry) => entry === end,
    exits: [],
  });
  return path !== undefined && !without.some((call) => isStatementOf(end, call));
}

function isStatementOf(entry: Node, call: Node): boolean {
  return contains(entry, call) && enclosingFunction(entry) === enclosingFunction(call);
}

/** Where a function returned on the way to a defect, if it was one that a goroutine ran. */
function takenBy({ verdict }: Defect, fn: Node, exits: readonly Node[]): Node | undefined {
  const returns = verdict.witness
    .flatMap((step) => step.events)
    .filter(({ kind, at }) => kind === 'return' && enclosingFunction(at) === fn)
    .map(({ at }) => at);
  const last = returns.at(-1);
  return exits.length === 1 ? exits[0] : exits.find((exit) => exit === last);
}

/** A fix, and what to say of one that moves the close past something that the model does not see. */
type Fix = Edits | { readonly safety: 'review'; readonly edit: Edits } | undefined;

/** Fixes by id. */
export interface SkippedFixes {
  readonly 'defer-close'?: Fix;
  readonly 'close-before-return'?: Fix;
}

/** How to close on every path. */
export function skippedFixes(skipped: SkippedClose): SkippedFixes {
  return {
    'defer-close': asFix(deferred(skipped), isLast(skipped)),
    'close-before-return': asFix(beforeReturns(skipped), skipped.exits.every(isQuiet)),
  };
}

function asFix(edit: Edits | undefined, isSeen: boolean): Fix {
  return edit && !isSeen ? { safety: 'review', edit } : edit;
}

/** Whether a deferred close comes no later than the closes do, as far as others than the model can see. */
function isLast({ code, fn, closes }: SkippedClose): boolean {
  const defers = nodesOf(fn.tree, 'defer_statement').filter((d) => enclosingFunction(d) === fn);
  const others = defers.filter((d) => !closes.some((close) => contains(d, close)));
  if (!others.every((d) => callsIn(code, d).every((call) => isModelled(code.calleeName(call))))) return false;
  return closes.every((close) => {
    if (close.parent?.kind === 'defer_statement') return true;
    const after = findPath(code.flowOf(fn), {
      from: close,
      names: code,
      stops: () => false,
      to: (entry) => !isQuiet(entry),
      exits: [],
    });
    return after === undefined;
  });
}

function callsIn(code: Code, node: Node): readonly Node[] {
  return code.calls.filter(
    (call) => contains(node, call) && child(call, 'function')?.kind !== 'func_literal',
  );
}

function isModelled(name: string): boolean {
  return /^sync\.|^builtin\.(?:close|recover)$/.test(name);
}

/** Whether an entry of a flow leaves the function and does nothing else. */
function isQuiet(entry: Node): boolean {
  if (entry.kind !== 'return_statement' && entry.kind !== 'empty_statement') return false;
  return ![...descendants(entry)].some(
    (node) =>
      node.kind === 'call_expression' || (node.kind === 'unary_expression' && operatorOf(node) === '<-'),
  );
}

/** The close as a `defer`: first in the function, or right behind the declaration of the channel's variable. */
function deferred({ code, fn, closes, channel }: SkippedClose): Edits | undefined {
  const statements = closes.map((close) => closest(close, 'expression_statement', 'defer_statement'));
  const isPlain = (statement: Node | undefined): statement is Node =>
    statement?.children[0] !== undefined && closes.includes(unparen(statement.children[0]));
  const body = child(fn, 'body');
  if (!body || !statements.every(isPlain)) return undefined;
  const close = `defer close(${textOf(channel)})`;
  const after = declarationIn(code, fn, channel);
  if (!after && !meansTheSame(code, channel, fn)) return undefined;
  if (after && !canDeclareIn(fn)) return undefined;
  return (edit) => {
    for (const statement of statements) edit.removeStatement(statement);
    if (after) edit.insertStatementAfter(after, close);
    else edit.insertFirst(body, close);
  };
}

/** The statement of a function's body itself that declares a channel's variable. */
function declarationIn(code: Code, fn: Node, channel: Node): Node | undefined {
  const declaredAt = channel.kind === 'identifier' ? code.bindingOf(channel)?.declaredAt : undefined;
  const body = child(fn, 'body');
  if (!declaredAt || !body || !contains(body, declaredAt) || !isFixed(code, channel)) return undefined;
  const statement = bodyStatement(fn, declaredAt);
  return statement?.kind === 'short_var_declaration' || statement?.kind === 'var_declaration'
    ? statement
    : undefined;
}

/** A close before each `return` that skips the close; none if one of them is also come to behind a close. */
function beforeReturns({ code, fn, closes, channel, exits }: SkippedClose): Edits | undefined {
  const isPlace = (exit: Node): boolean =>
    exit.kind === 'return_statement' &&
    exit.parent?.kind === 'statement_list' &&
    !closes.some((close) => isReached(code, fn, close, exit, []));
  const base = channel.kind === 'identifier' ? code.bindingOf(channel) : undefined;
  const isKnown = (exit: Node): boolean => base !== undefined && code.lookup(base.name, exit) === base;
  if (exits.length === 0 || !exits.every((exit) => isPlace(exit) && isKnown(exit))) return undefined;
  return (edit) => {
    for (const exit of exits) edit.insertStatementBefore(exit, `close(${textOf(channel)})`);
  };
}
