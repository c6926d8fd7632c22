// Loops whose number of turns is decided outside the program: by a file, a table, a service, a request, a caller.

import { type Cell, writesTo } from '../callgraph/cells.ts';
import { newSearch } from '../callgraph/search.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { deref, isNamed, type Type } from '../model/types.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { newTrace, type Origin, originOf, type Trace } from './collection-origin.ts';
import { isOfFew } from './few-or-many.ts';
import { countsGoroutines } from './limiter.ts';
import { type Loop, loopsAround } from './spawning-loop.ts';

/** What decides how often a loop goes round for the goroutines that it starts, if that is out of the program's hands. */
export function unboundedInput(code: Code, loop: Loop, spawn: Node): Origin | undefined {
  return inputOf(code, loop, spawn, newTrace(inputOf));
}

function inputOf(code: Code, loop: Loop, spawn: Node, t: Trace): Origin | undefined {
  if (countsGoroutines(code, loop.body)) return undefined;
  if (loop.at.kind === 'call_expression') {
    const at = argumentsOf(loop.at)[0] ?? loop.at;
    return {
      code,
      node: loop.at,
      each: `file below ${textOf(at)}`,
      why: 'it is called for every file there is',
    };
  }
  const range = childOfKind(loop.at, 'range_clause');
  if (range) return inputOfRange(code, range, spawn, t);
  const clause = childOfKind(loop.at, 'for_clause');
  if (clause) return inputOfClause(code, clause, t);
  const condition = loop.at.children.find((c) => c !== loop.body);
  const read = condition ? readBy(code, condition, iterating) : readInBody(code, loop, spawn);
  if (read) return read;
  return condition ? undefined : receivedInBody(code, loop, spawn, t);
}

function inputOfRange(code: Code, range: Node, spawn: Node, t: Trace): Origin | undefined {
  const over = child(range, 'right');
  if (!over) return undefined;
  switch (code.underlyingOf(code.typeOf(over)).kind) {
    case 'chan': {
      const element = child(range, 'left')?.children[0];
      return element && isUsedIn(code, element, spawn) ? inputOfChannel(code, over, t) : undefined;
    }
    case 'slice':
      return named(code, over, originOf(code, over, t));
    case 'basic':
      return inputOfCount(code, over, t);
    default:
      return undefined;
  }
}

/** `i < len(xs)` with `i++`. */
function inputOfClause(code: Code, clause: Node, t: Trace): Origin | undefined {
  const condition = child(clause, 'condition');
  const read = condition && readBy(code, condition, iterating);
  if (read) return read;
  const right =
    condition?.kind === 'binary_expression' && operatorOf(condition) === '<' && child(condition, 'right');
  if (!right || child(clause, 'update')?.kind !== 'inc_statement') return undefined;
  return inputOfCount(code, right, t);
}

/** `len(xs)`, or a variable that has this. */
function inputOfCount(code: Code, count: Node, t: Trace): Origin | undefined {
  const node = unparen(count);
  if (node.kind === 'call_expression' && code.calleeName(node) === 'builtin.len') {
    const [of] = argumentsOf(node);
    const isSlice = of && code.underlyingOf(code.typeOf(of)).kind === 'slice';
    return isSlice ? named(code, of, originOf(code, of, t)) : undefined;
  }
  const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
  const values = binding?.scope === 'local' ? valuesOf(code, binding) : [];
  const [only] = values;
  return only && values.length === 1 && t.budget.steps-- > 0 ? inputOfCount(code, only.value, t) : undefined;
}

function named(code: Code, over: Node, origin: Origin | undefined): Origin | undefined {
  const name = unparen(over);
  if (!origin || isOfFew(lastWord(textOf(name)))) return undefined;
  const type = code.underlyingOf(code.typeOf(over));
  const elem = type.kind === 'slice' ? deref(type.elem) : undefined;
  // What is cut into slices is cut for that.
  if (
    (elem?.kind === 'slice' && elem.elem.kind !== 'basic') ||
    (elem?.kind === 'named' && isOfFew(elem.name))
  )
    return undefined;
  return /^[\w.]+$/.test(textOf(name)) ? { ...origin, each: `element of ${textOf(name)}` } : origin;
}

function lastWord(text: string): string {
  return /\w+(?=\W*$)/.exec(text)?.[0] ?? '';
}

function isUsedIn(code: Code, element: Node, spawn: Node, depth = 0): boolean {
  const binding = element.kind === 'identifier' ? code.bindingOf(element) : undefined;
  if (!binding) return false;
  if (code.usesOf(binding).some((use) => contains(spawn, use))) return true;
  // What is made of it in the loop.
  return code.usesOf(binding).some((use) => {
    const statement = statementOf(use);
    if (statement?.kind !== 'short_var_declaration' || depth > 2) return false;
    return (child(statement, 'left')?.children ?? []).some(
      (target) =>
        target !== element &&
        target.kind === 'identifier' &&
        code.bindingOf(target) !== binding &&
        isUsedIn(code, target, spawn, depth + 1),
    );
  });
}

function statementOf(node: Node): Node | undefined {
  let at: Node | undefined = node;
  while (at && at.parent?.kind !== 'statement_list') at = at.parent;
  return at;
}

// Channels.

/** A channel that others send to, element by element of what they have. */
function inputOfChannel(code: Code, channel: Node, t: Trace): Origin | undefined {
  const type = code.underlyingOf(code.typeOf(channel));
  if (type.kind !== 'chan' || !isMessage(code, type.elem) || t.budget.steps-- < 0) return undefined;
  const each = /^[\w.]+$/.test(textOf(channel)) ? `message from ${textOf(channel)}` : 'message';
  const binding = channel.kind === 'identifier' ? code.bindingOf(channel) : undefined;
  const made = binding?.scope === 'local' ? valuesOf(code, binding) : [];
  if (binding && made.some(({ value }) => code.calleeName(value) === 'builtin.make')) {
    const origin = sentTo(code, binding, t);
    return origin && { ...origin, each };
  }
  return { code, node: channel, each, why: 'as many come as others send' };
}

/** What decides how often something is sent to a channel that is made here. */
function sentTo(code: Code, channel: Binding, t: Trace): Origin | undefined {
  for (const send of nodesOf(code.root.tree, 'send_statement')) {
    const to = child(send, 'channel');
    if (to?.kind !== 'identifier' || code.bindingOf(to) !== channel) continue;
    for (const loop of loopsAround(code, send)) {
      const origin = inputOf(code, loop, send, t);
      if (origin) return origin;
    }
  }
  return undefined;
}

/** What is taken from a channel to be worked on: no signal, no error, no connection. */
function isMessage(code: Code, elem: Type): boolean {
  const type = deref(elem);
  const under = code.underlyingOf(type);
  if (isNamed(type, '', 'error') || isNamed(type, 'time', 'Time') || isNamed(type, 'os', 'Signal'))
    return false;
  if (under.kind === 'struct' && under.fields.length === 0) return false;
  if (under.kind === 'unknown' || under.kind === 'chan' || under.kind === 'func') return false;
  if (under.kind === 'basic' && under.name === 'bool') return false;
  const isConnection = ['Read', 'Write', 'Close'].every((name) => code.memberOfType(elem, name));
  return (
    !isConnection && !code.memberOfType(elem, 'Accept') && !(type.kind === 'named' && isOfFew(type.name))
  );
}

/** `for { x := <-ch; go f(x) }`, or such a case of a `select`. */
function receivedInBody(code: Code, loop: Loop, spawn: Node, t: Trace): Origin | undefined {
  for (const node of nodesOf(spawn.tree, 'receive_statement', 'short_var_declaration')) {
    if (!contains(loop.body, node) || node.end > spawn.start || enclosingFunction(node) !== loop.fn) continue;
    if (node.kind === 'receive_statement' && !contains(node.parent as Node, spawn)) continue;
    const right = child(node, 'right');
    const received = right?.kind === 'expression_list' ? right.children[0] : right;
    const channel =
      received?.kind === 'unary_expression' && operatorOf(received) === '<-' && child(received, 'operand');
    const element = child(node, 'left')?.children[0];
    if (!channel || !element || !isUsedIn(code, element, spawn)) continue;
    const input = inputOfChannel(code, unparen(channel), t);
    if (input) return input;
  }
  return undefined;
}

// Readers and cursors.

/** Calls that say whether there is more. */
const iterating =
  /^(?:bufio\.Scanner\.Scan|database\/sql\.Rows\.Next|encoding\/json\.Decoder\.More)$|\.(?:\w*(?:Rows|Cursor|Iterator|Iter|Pager|Paginator)|Query)\.(?:Next|NextPage|HasNext|HasMorePages|More)$/;

/** Calls that take the next piece of something. */
const reading =
  /^(?:bufio\.Reader\.Read(?:String|Line|Bytes)|encoding\/csv\.Reader\.Read|encoding\/json\.Decoder\.Decode|archive\/tar\.Reader\.Next)$|\.(?:ReadMessage|FetchMessage|ReceiveMessage|NextMessage|PollFetches)$|\.\w*(?:Iterator|Iter|Cursor)\.Next$/;

function readBy(code: Code, within: Node, pattern: RegExp): Origin | undefined {
  for (const node of descendants(within)) {
    if (node.kind !== 'call_expression' || !pattern.test(code.calleeName(node))) continue;
    const callee = code.calleeOf(node);
    if (!callee?.receiver || isInMemory(code, callee.receiver)) continue;
    const each = pieces.find(([of]) => of.test(callee.name))?.[1] ?? 'element';
    return {
      code,
      node,
      each: `${each} that ${textOf(callee.receiver)} has`,
      why: 'as many come as there are',
    };
  }
  return undefined;
}

const pieces: readonly (readonly [RegExp, string])[] = [
  [/^bufio\.|csv\./, 'line'],
  [/Rows\./, 'row'],
  [/Message|Fetches/, 'message'],
];

/** Whether a scanner or reader is made around a text that the program has. */
function isInMemory(code: Code, reader: Node): boolean {
  const binding = reader.kind === 'identifier' ? code.bindingOf(reader) : undefined;
  const values = binding?.scope === 'local' ? valuesOf(code, binding) : [];
  return values.some(({ value }) => /\b(?:strings|bytes)\.New(?:Reader|Buffer\w*)\(/.test(textOf(value)));
}

function readInBody(code: Code, loop: Loop, spawn: Node): Origin | undefined {
  const list = childOfKind(loop.body, 'statement_list');
  for (const statement of list?.children ?? []) {
    if (contains(statement, spawn)) return undefined;
    const found = readBy(code, statement, reading);
    if (found) return found;
  }
  return undefined;
}

/** What a local variable is given where it is declared or assigned. */
function valuesOf(code: Code, binding: Binding): readonly { readonly value: Node }[] {
  const cell: Cell = { kind: 'local', code, binding };
  return writesTo(code, cell, newSearch()).writes.flatMap(({ how, value }) =>
    how === 'whole' ? [{ value: unparen(value) }] : [],
  );
}
