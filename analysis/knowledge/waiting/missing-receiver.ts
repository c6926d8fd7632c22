// A channel on which a function sends before anybody receives, or to nobody at all.

import type { FixBuilder } from '../../edit/fix-builder.ts';
import { isInLoop, placeOf } from '../../flow/graph.ts';
import { findPath } from '../../flow/paths.ts';
import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import { isNamed, type Type, unknown } from '../../model/types.ts';
import {
  child,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  statements,
  textOf,
} from '../../syntax/node.ts';
import { isTarget, roleOf } from '../../syntax/roles.ts';
import { canDeclareIn } from '../release-plan.ts';
import { indentLines, isFirstOnLine } from './moved-code.ts';

type Body = (edit: FixBuilder) => void | false;

/** What a function does with a channel that it has made and that nobody else has. */
interface Uses {
  readonly code: Code;
  readonly channel: Binding;
  /** The function that makes it. */
  readonly owner: Node;
  readonly sends: readonly Node[];
  readonly receives: readonly Node[];
  readonly closes: readonly Node[];
}

/**
 * The edits with which somebody receives what a `send_statement` sends. The send moves into a goroutine if the function
 * receives later; otherwise a goroutine that receives starts before it, or the function receives at its end what its
 * goroutine sends. Undefined if others have the channel, and where one value for each send is not enough.
 */
export function receiverFor(code: Code, send: Node): Body | undefined {
  const uses = usesOf(code, send);
  if (!uses || send.parent?.kind !== 'statement_list') return undefined;
  const fn = enclosingFunction(send);
  if (fn === uses.owner)
    return uses.receives.length > 0 ? sendInGoroutine(uses, send) : receiveInGoroutine(uses, send);
  return uses.receives.length === 0 ? receiveAtEnd(uses, send) : undefined;
}

function usesOf(code: Code, send: Node): Uses | undefined {
  const name = child(send, 'channel');
  const channel = name?.kind === 'identifier' ? code.bindingOf(name) : undefined;
  const owner = channel?.declaredAt && enclosingFunction(channel.declaredAt);
  if (channel?.scope !== 'local' || !owner) return undefined;
  const [sends, receives, closes]: [Node[], Node[], Node[]] = [[], [], []];
  for (const use of code.usesOf(channel)) {
    const { parent } = use;
    if (use === channel.declaredAt) continue;
    if (parent?.kind === 'send_statement' && use.field === 'channel') sends.push(parent);
    else if (parent?.kind === 'unary_expression' && operatorOf(parent) === '<-') receives.push(parent);
    else if (parent?.kind === 'range_clause' && use.field === 'right') receives.push(parent);
    else if (parent?.kind === 'argument_list' && isClose(code, parent.parent))
      closes.push(parent.parent as Node);
    else return undefined;
  }
  return { code, channel, owner, sends, receives, closes };
}

function isClose(code: Code, call: Node | undefined): boolean {
  return call !== undefined && code.calleeName(call) === 'builtin.close';
}

/** `ch <- v` becomes `go func() { ch <- v }()`; a loop that sends moves as a whole, with the close behind it. */
function sendInGoroutine(uses: Uses, send: Node): Body | undefined {
  const { code, owner, receives } = uses;
  const flow = code.flowOf(owner);
  const isReceive = (entry: Node): boolean => receives.some((receive) => contains(entry, receive));
  const isLater = leadsTo(code, owner, send, isReceive);
  if (!isLater || !canDeclareIn(owner)) return undefined;
  if (!isInLoop(flow, send)) return (edit) => oneSend(edit, uses, send);
  const loop = outermostLoop(send, owner);
  if (!loop || receives.some((receive) => contains(loop, receive)) || !isFirstOnLine(loop)) return undefined;
  if (loop.parent?.kind !== 'statement_list' || !runsApart(code, loop)) return undefined;
  const next = followingClose(code, loop, uses.closes);
  return (edit) => {
    edit.insertStatementBefore(loop, 'go func() {');
    edit.insertBefore(loop, '\t');
    indentLines(edit, loop, loop.start, (next ?? loop).end);
    edit.insertStatementAfter(next ?? loop, '}()');
  };
}

function oneSend(edit: FixBuilder, { code }: Uses, send: Node): void | false {
  const value = child(send, 'value');
  if (!value || textOf(send).includes('\n')) return false;
  if (!isSameLater(code, value, send)) {
    const name = edit.freshName('v', send);
    edit.insertStatementBefore(send, `${name} := ${edit.source(value)}`);
    edit.replace(value, name);
  }
  edit.insertBefore(send, 'go func() { ');
  return edit.insertAfter(send, ' }()');
}

/** Whether an expression yields the same if it is evaluated while the function goes on. */
function isSameLater(code: Code, value: Node, send: Node): boolean {
  return [...descendants(value)].every((node) => {
    if (
      /^(?:call_expression|index_expression|slice_expression|selector_expression|func_literal)$/.test(
        node.kind,
      )
    )
      return code.constantOf(node) !== undefined;
    if (node.kind === 'unary_expression') return !/^(?:<-|&|\*)$/.test(operatorOf(node));
    const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
    if (binding?.kind !== 'variable') return true;
    const isOwn = binding.scope === 'local' || binding.scope === 'parameter';
    return (
      isOwn &&
      !code.usesOf(binding).some((use) => isWritten(use) && (use.start > send.start || isShared(use)))
    );
  });
}

function isWritten(use: Node): boolean {
  const parent = use.parent?.kind ?? '';
  return isTarget(use) || /^(?:inc|dec)_statement$/.test(parent) || isShared(use);
}

function isShared(use: Node): boolean {
  return use.parent?.kind === 'unary_expression' && operatorOf(use.parent) === '&';
}

function outermostLoop(at: Node, fn: Node): Node | undefined {
  let loop: Node | undefined;
  for (let up = at.parent; up && up !== fn; up = up.parent) if (up.kind === 'for_statement') loop = up;
  return loop;
}

/** Whether a loop can run beside the rest of its function: it neither leaves it nor shares variables that change. */
function runsApart(code: Code, loop: Node): boolean {
  const fn = enclosingFunction(loop);
  return [...descendants(loop)].every((node) => {
    if (/^(?:return|goto|defer|labeled)_statement$|^label_name$/.test(node.kind))
      return enclosingFunction(node) !== fn;
    const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
    const declared = binding?.declaredAt;
    if (binding?.kind !== 'variable' || !declared || contains(loop, declared)) return true;
    return !code.usesOf(binding).some((use) => use !== declared && isWritten(use) && use.start > loop.start);
  });
}

/** The `close(ch)` right behind a loop, if it is the only one. */
function followingClose(code: Code, loop: Node, closes: readonly Node[]): Node | undefined {
  const siblings = loop.parent?.children ?? [];
  const next = siblings[siblings.indexOf(loop) + 1];
  const call = next?.kind === 'expression_statement' ? next.children[0] : undefined;
  return call && closes.length === 1 && closes[0] === call && isClose(code, call) ? next : undefined;
}

/** A goroutine that receives the one value, or all until the channel is closed. */
function receiveInGoroutine({ code, channel, owner, sends, closes }: Uses, send: Node): Body | undefined {
  const note = noteFor(code, channel);
  const declaration = channel.declaredAt?.parent?.parent;
  const made = declaration?.parent?.kind === 'statement_list' ? declaration : undefined;
  const start = (edit: FixBuilder, receive: string): void => {
    const text = `go func() {\n\t${receive}\n}()`;
    if (made && made.parent === send.parent) edit.insertStatementAfter(made, text);
    else edit.insertStatementBefore(send, text);
  };
  if (sends.length === 1 && !isInLoop(code.flowOf(owner), send))
    return (edit) => start(edit, `<-${channel.name}${note}`);
  const isClosed = closes.some((close) => enclosingFunction(close) === owner);
  const loop = `for range ${channel.name} {${note}\n\t}`;
  return isClosed && made
    ? (edit) => edit.insertStatementAfter(made, `go func() {\n\t${loop}\n}()`)
    : undefined;
}

function elementOf(code: Code, channel: Binding): Type {
  const type = code.typeOfBinding(channel);
  return type.kind === 'chan' ? type.elem : unknown;
}

/** The value is lost unless somebody says what it is for. */
function noteFor(code: Code, channel: Binding): string {
  const elem = code.underlyingOf(elementOf(code, channel));
  const isToken =
    (elem.kind === 'struct' && elem.fields.length === 0) || (elem.kind === 'basic' && elem.name === 'bool');
  return isToken ? '' : ' // TODO: use the value';
}

/** `<-ch` as the last thing that the function does, for the one value that its goroutine sends. */
function receiveAtEnd({ code, channel, owner, sends }: Uses, send: Node): Body | undefined {
  const literal = enclosingFunction(send);
  const body = child(owner, 'body');
  const go = literal && roleOf(literal) === 'spawned' ? literal.parent?.parent : undefined;
  const last = body && statements(body).at(-1);
  if (!literal || !last || go?.parent?.parent !== body || !sendsOnce(code, literal, sends)) return undefined;
  const returns = nodesOf(owner.tree, 'return_statement').filter((node) => enclosingFunction(node) === owner);
  const text = `<-${channel.name}${noteFor(code, channel)}`;
  if (last.kind === 'return_statement') {
    if (returns.length !== 1) return undefined;
    const value = last.children[0]?.children ?? [];
    const isError =
      isNamed(elementOf(code, channel), '', 'error') && value.length === 1 && value[0]?.kind === 'nil';
    if (isError) return (edit) => edit.replace(value[0] as Node, `<-${channel.name}`);
    return (edit) => edit.insertStatementBefore(last, text);
  }
  const flow = code.flowOf(owner);
  const isEndReached = placeOf(flow, flow.end) !== undefined;
  return returns.length === 0 && isEndReached ? (edit) => edit.insertStatementAfter(last, text) : undefined;
}

/** Whether a goroutine sends at most one value, and nobody else sends. */
function sendsOnce(code: Code, literal: Node, sends: readonly Node[]): boolean {
  return sends.every(
    (send) =>
      enclosingFunction(send) === literal && !leadsTo(code, literal, send, (entry) => sends.includes(entry)),
  );
}

function leadsTo(code: Code, fn: Node, from: Node, to: (entry: Node) => boolean): boolean {
  return findPath(code.flowOf(fn), { from, names: code, exits: [], stops: () => false, to }) !== undefined;
}
