// What tells code at some place that it is to end: a context that is in scope there, or a channel that is closed for
// that purpose.

import { deferredBefore } from '../../flow/graph.ts';
import { findPath } from '../../flow/paths.ts';
import { isContext } from '../../model/calls.ts';
import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import { deref, isNamed, type Type } from '../../model/types.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  statements,
  textOf,
  unparen,
} from '../../syntax/node.ts';
import { assignedTo, isTarget, roleOf, targetOf } from '../../syntax/roles.ts';
import { isAskedToEnd, isEndField, isEndVariable } from './end-channel.ts';

export interface EndSignal {
  readonly kind: 'context' | 'channel';
  /** As Go at that place: `ctx`, `r.Context()`, `s.quit`. */
  readonly text: string;
  /** The variable that is the context or the channel, or that has it. */
  readonly binding: Binding;
  /** The function around the place that has the variable. */
  readonly owner: Node;
}

/**
 * The context that work at a place depends on and that somebody may end: one whose cancel function the function around
 * it defers or that is of an errgroup, else a parameter, else another one that is derived, else that of a request, of a
 * `select` of the function or of the receiver. Undefined where the context is over already, and in a deferred function,
 * which cleans up.
 */
export function contextToEnd(code: Code, at: Node): EndSignal | undefined {
  return nearest(code, at, (fn) => [
    ...variablesIn(code, fn, at).filter(
      ({ binding }) => isOfGroup(code, binding) || cancelledAtReturn(code, binding, fn, at),
    ),
    ...parametersOf(code, fn, at, (b) => isContext(code.typeOfBinding(b))),
    ...variablesIn(code, fn, at),
    ...parametersOf(code, fn, at, (b) => isNamed(code.typeOfBinding(b), 'net/http', 'Request')).map((s) => ({
      ...s,
      text: `${s.text}.Context()`,
    })),
    ...askedFor(code, fn, at).filter(({ kind }) => kind === 'context'),
    ...fieldsOfReceiver(code, fn, at).filter(({ kind }) => kind === 'context'),
  ]);
}

/**
 * A channel whose name and use say that it is closed to end the work at a place: one that a `select` of the function
 * asks for in order to leave, or a variable, parameter or field of the receiver that other visible code closes.
 */
export function channelToEnd(code: Code, at: Node): EndSignal | undefined {
  const own = enclosingFunction(at);
  const isChannel = (binding: Binding): boolean => own !== undefined && isEndVariable(code, binding, own);
  return nearest(code, at, (fn) => [
    ...askedFor(code, fn, at).filter(({ kind }) => kind === 'channel'),
    ...parametersOf(code, fn, at, isChannel),
    ...declaredIn(code, fn, at).flatMap((binding) =>
      isChannel(binding) ? signal('channel', binding, fn) : [],
    ),
    ...fieldsOfReceiver(code, fn, at).filter(({ kind }) => kind === 'channel'),
  ]);
}

/** Whether a context that is a variable of a function has ended when the function returns: its cancel is deferred. */
export function cancelledAtReturn(code: Code, context: Binding, fn: Node, from: Node): boolean {
  const cancel = cancelOf(code, context);
  const isCancel = (statement: Node): boolean => {
    const [call] = statement.children;
    const called = call && child(call, 'function');
    return called !== undefined && cancel !== undefined && code.bindingOf(called) === cancel;
  };
  return deferredBefore(code.flowOf(fn), from).always.some(isCancel);
}

/** Whether a call of a value of this type ends a context. */
export function isCancelFunction(type: Type): boolean {
  return isNamed(type, 'context', 'CancelFunc') || isNamed(type, 'context', 'CancelCauseFunc');
}

/** Whether a context ends with the first error of an errgroup, and when all of it is done. */
function isOfGroup(code: Code, context: Binding): boolean {
  const maker = context.declaredAt && makerOf(context.declaredAt);
  return maker !== undefined && code.calleeName(maker) === 'golang.org/x/sync/errgroup.WithContext';
}

/** The variable with the function that cancels a context, if one call has made both. */
export function cancelOf(code: Code, context: Binding): Binding | undefined {
  const makers = code.usesOf(context).flatMap((use) => (isTarget(use) ? (makerOf(use) ?? []) : []));
  const target = makers.length === 1 ? targetOf(makers[0] as Node, 1) : undefined;
  return target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
}

function nearest(code: Code, at: Node, signalsOf: (fn: Node) => readonly EndSignal[]): EndSignal | undefined {
  for (let fn = enclosingFunction(at); fn; fn = enclosingFunction(fn)) {
    const found = signalsOf(fn).find((s) => !isOver(code, s, at) && !isWaitedFor(s, at));
    if (found) return found;
    if (fn.kind === 'func_literal' && roleOf(fn) === 'deferred') return undefined;
  }
  return undefined;
}

function signal(kind: EndSignal['kind'], binding: Binding, owner: Node): EndSignal {
  return { kind, text: binding.name, binding, owner };
}

function parametersOf(
  code: Code,
  fn: Node,
  at: Node,
  accepts: (binding: Binding) => boolean,
): readonly EndSignal[] {
  const names = (child(fn, 'parameters')?.children ?? []).flatMap((p) => childrenIn(p, 'name'));
  return names.flatMap((name) => {
    const binding = code.bindingOf(name);
    if (!binding || code.lookup(binding.name, at) !== binding || !accepts(binding)) return [];
    return signal(isEndable(code, binding) ? 'context' : 'channel', binding, fn);
  });
}

function isEndable(code: Code, binding: Binding): boolean {
  const type = code.typeOfBinding(binding);
  return isContext(type) || isNamed(type, 'net/http', 'Request');
}

/** The variables that a function itself has declared before a place, the last one first. */
function declaredIn(code: Code, fn: Node, at: Node): readonly Binding[] {
  const found = new Set<Binding>();
  for (const statement of nodesOf(fn.tree, 'short_var_declaration', 'var_spec')) {
    if (statement.end > at.start || enclosingFunction(statement) !== fn) continue;
    const names = child(statement, 'left')?.children ?? childrenIn(statement, 'name');
    for (const name of names) {
      const binding = code.bindingOf(name);
      if (binding?.declaredAt === name && code.lookup(binding.name, at) === binding) found.add(binding);
    }
  }
  return [...found].sort((a, b) => (b.declaredAt?.start ?? 0) - (a.declaredAt?.start ?? 0));
}

/** The contexts among them that somebody may end. */
function variablesIn(code: Code, fn: Node, at: Node): readonly EndSignal[] {
  return declaredIn(code, fn, at).flatMap((binding) =>
    isContext(code.typeOfBinding(binding)) && isEndedSometime(code, binding, 0)
      ? signal('context', binding, fn)
      : [],
  );
}

const deepest = 5;

/** Whether a context was derived from one that may end, or ends by a deadline or a cancel function that is used. */
function isEndedSometime(code: Code, binding: Binding, depth: number): boolean {
  if (binding.scope === 'parameter') return true;
  if (depth > deepest || !binding.declaredAt) return false;
  const values = code
    .usesOf(binding)
    .flatMap((use) => (isTarget(use) || use.field === 'name' ? (assignedTo(use) ?? []) : []));
  return values.length > 0 && values.every((value) => isEndedValue(code, value, depth));
}

function isEndedValue(code: Code, value: Node, depth: number): boolean {
  const node = unparen(value);
  if (node.kind === 'identifier') {
    const binding = code.bindingOf(node);
    return binding !== undefined && isEndedSometime(code, binding, depth + 1);
  }
  if (node.kind !== 'call_expression') return false;
  const name = code.calleeName(node);
  if (
    /^context\.With(?:Timeout|Deadline)|^os\/signal\.NotifyContext$|^net\/http\.Request\.Context$/.test(name)
  )
    return true;
  if (name === 'golang.org/x/sync/errgroup.WithContext') return true;
  if (/^context\.WithCancel/.test(name) && isCancelUsed(code, node)) return true;
  const given = argumentsOf(node).find((argument) => isContext(code.typeOf(argument)));
  return given !== undefined && name !== 'context.WithoutCancel' && isEndedValue(code, given, depth + 1);
}

/** Whether something is done with the cancel function that a call yields. */
function isCancelUsed(code: Code, call: Node): boolean {
  const target = targetOf(call, 1);
  if (target?.kind !== 'identifier') return target?.kind === 'selector_expression';
  const binding = code.bindingOf(target);
  return binding !== undefined && code.usesOf(binding).some((use) => use !== target && !isDiscarded(use));
}

/** `_ = cancel` */
function isDiscarded(use: Node): boolean {
  const statement = use.parent?.field === 'right' ? use.parent.parent : undefined;
  return statement !== undefined && /^_ =/.test(textOf(statement));
}

function makerOf(name: Node): Node | undefined {
  const value = assignedTo(name);
  const node = value && unparen(value);
  return node?.kind === 'call_expression' ? node : undefined;
}

/** The ends that a `select` of a function asks for in order to leave, if they mean the same at a place. */
function askedFor(code: Code, fn: Node, at: Node): readonly EndSignal[] {
  return nodesOf(fn.tree, 'communication_case').flatMap((clause) => {
    const channel = receivedFrom(clause);
    if (!channel || enclosingFunction(clause) !== fn || !leavesHere(clause) || contains(clause, at))
      return [];
    const binding = rootOf(code, channel);
    if (!binding || !isPath(channel) || !meansTheSame(code, channel, at)) return [];
    if (channel.kind !== 'call_expression' || code.calleeName(channel) !== 'context.Context.Done') {
      const isEnd = isAskedToEnd(code, channel, enclosingFunction(at) ?? fn);
      return isEnd ? { kind: 'channel' as const, text: textOf(channel), binding, owner: fn } : [];
    }
    const context = child(channel.children[0] ?? channel, 'operand');
    return context ? { kind: 'context' as const, text: textOf(context), binding, owner: fn } : [];
  });
}

/** The channel of `case <-ch:`. */
function receivedFrom(clause: Node): Node | undefined {
  const communication = child(clause, 'communication');
  const receive = communication && !child(communication, 'left') ? child(communication, 'right') : undefined;
  const channel = receive && operatorOf(receive) === '<-' ? child(receive, 'operand') : undefined;
  return channel && unparen(channel);
}

function leavesHere(clause: Node): boolean {
  const last = statements(clause).at(-1);
  return last?.kind === 'return_statement' || (last?.kind === 'break_statement' && last.children.length > 0);
}

/** Names joined by dots, and perhaps called without arguments: nothing that does anything but tell. */
function isPath(expression: Node): boolean {
  return [...descendants(expression)].every((node) => {
    if (node.kind === 'call_expression') return argumentsOf(node).length === 0;
    return /^(?:identifier|selector_expression|field_identifier|argument_list)$/.test(node.kind);
  });
}

function rootOf(code: Code, expression: Node): Binding | undefined {
  const [first] = [...descendants(expression)].filter(({ kind }) => kind === 'identifier');
  return first && code.bindingOf(first);
}

function meansTheSame(code: Code, expression: Node, at: Node): boolean {
  return [...descendants(expression)].every(
    (node) => node.kind !== 'identifier' || code.lookup(textOf(node), at) === code.bindingOf(node),
  );
}

/** The context that the receiver of a method has, if it has one only, and its channels that the package closes. */
function fieldsOfReceiver(code: Code, fn: Node, at: Node): readonly EndSignal[] {
  const name = child(child(fn, 'receiver')?.children[0] ?? fn, 'name');
  const binding = fn.kind === 'method_declaration' && name ? code.bindingOf(name) : undefined;
  if (!binding || code.lookup(binding.name, at) !== binding) return [];
  const type = code.underlyingOf(deref(code.typeOfBinding(binding)));
  const fields = type.kind === 'struct' ? type.fields.filter((field) => !field.embedded) : [];
  const contexts = fields.filter((field) => isContext(field.type));
  const own = enclosingFunction(at) ?? fn;
  const channels = fields.filter((field) => isEndField(code, code.typeOfBinding(binding), field.name, own));
  const signals = (kind: EndSignal['kind'], list: readonly { readonly name: string }[]): EndSignal[] =>
    list.map((field) => ({ kind, text: `${binding.name}.${field.name}`, binding, owner: fn }));
  return [...(contexts.length === 1 ? signals('context', contexts) : []), ...signals('channel', channels)];
}

/** Whether a wait is for the signal itself, or is a `select` that asks for it. */
function isWaitedFor({ kind, text }: EndSignal, at: Node): boolean {
  const channel = kind === 'context' ? `${text}.Done()` : text;
  const waits = nodesOf(at.tree, 'unary_expression').filter((n) => operatorOf(n) === '<-' && contains(at, n));
  return (
    waits.some((wait) => textOf(unparen(child(wait, 'operand') ?? wait)) === channel) || sendsTo(at, channel)
  );
}

function sendsTo(at: Node, channel: string): boolean {
  const sends = nodesOf(at.tree, 'send_statement').filter((send) => contains(at, send));
  return sends.some((send) => textOf(child(send, 'channel') ?? send) === channel);
}

/** Whether the signal has come when the place is reached: it is in its case, or behind a call that gives it. */
function isOver(code: Code, { kind, text, binding }: EndSignal, at: Node): boolean {
  const asked = kind === 'context' ? `${text}.Done()` : text;
  for (let up = at.parent; up; up = up.parent) {
    const channel = up.kind === 'communication_case' ? receivedFrom(up) : undefined;
    if (channel && (textOf(channel) === asked || valueText(code, channel) === asked)) return true;
    const condition = up.kind === 'if_statement' ? child(up, 'condition') : undefined;
    if (condition && kind === 'context' && textOf(condition).includes(`${text}.Err()`)) return true;
  }
  const cancel = kind === 'context' && text === binding.name ? cancelOf(code, binding) : undefined;
  const gives = (call: Node): boolean => {
    const called = child(call, 'function');
    if (!called) return false;
    if (cancel && code.bindingOf(called) === cancel) return true;
    if (kind === 'context' && isCancelBeside(code, called, text)) return true;
    return code.calleeName(call) === 'builtin.close' && textOf(argumentsOf(call)[0] ?? call) === asked;
  };
  return code.calls.some((call) => gives(call) && leadsTo(code, call, at, binding.declaredAt));
}

/** What a variable was declared with: `ctx.Done()` of `done := ctx.Done()`. */
function valueText(code: Code, variable: Node): string | undefined {
  const declared = code.bindingOf(variable)?.declaredAt;
  const value = declared && assignedTo(declared);
  return value && textOf(value);
}

/** `s.cancel` beside `s.ctx` */
function isCancelBeside(code: Code, called: Node, context: string): boolean {
  const operand = called.kind === 'selector_expression' ? child(called, 'operand') : undefined;
  const isBeside = operand !== undefined && context.startsWith(`${textOf(operand)}.`);
  return isBeside && isCancelFunction(code.typeOf(called));
}

/** Whether a place, or the literal with it, can be reached after a call of the function around the call. */
function leadsTo(code: Code, call: Node, at: Node, declaredAt: Node | undefined): boolean {
  if (call.parent?.kind === 'defer_statement' || call.parent?.kind === 'go_statement') return false;
  const fn = enclosingFunction(call);
  if (!fn || !contains(fn, at)) return false;
  return (
    findPath(code.flowOf(fn), {
      from: call,
      names: code,
      exits: [],
      // There the variable gets another one.
      stops: (entry) => declaredAt !== undefined && contains(entry, declaredAt),
      to: (entry) => contains(entry, at) || contains(at, entry),
    }) !== undefined
  );
}
