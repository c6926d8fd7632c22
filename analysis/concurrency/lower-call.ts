// Calls: of functions that the model follows, of primitives that it runs, and of everything else, where what is
// handed over goes out of sight.

import type { Callee } from '../model/calls.ts';
import { mayNotReturn, neverReturns } from '../model/never-returns.ts';
import {
  argumentsOf,
  child,
  closest,
  contains,
  enclosingFunction,
  type Node,
  textOf,
  unparen,
} from '../syntax/node.ts';
import type { Expr } from './ir.ts';
import {
  callbacksOf,
  failsByContext,
  isHarmless,
  isInert,
  isNeverNil,
  isPrimitive,
} from './library-functions.ts';
import { lowerExpression, through } from './lower-expression.ts';
import { emit, type Lowering, nil, someAt, temporary, unknownAt } from './lowering.ts';
import { shapeOf } from './shapes.ts';

export type Mode = 'call' | 'go' | 'defer';

/** Lowers a call; returns the values of as many results as are wanted. */
export function lowerCall(l: Lowering, call: Node, mode: Mode, wanted: number): readonly Expr[] {
  const callee = l.code.calleeOf(call);
  const builtin =
    callee?.name.startsWith('builtin.') && mode === 'call' ? lowerBuiltin(l, call, callee) : undefined;
  if (builtin) return builtin;
  if (callee?.name === 'context.Context.Err' && mode === 'call' && isDoneAt(l, call, callee)) {
    receiverOf(l, call, callee);
    return Array.from({ length: wanted }, () => someAt(call));
  }
  const target = targetOf(l, call, callee);
  if (callee && !target) return lowerOpaque(l, call, callee.name, mode, wanted);
  // What is called is evaluated before what it is given.
  const called = target ?? lowerCallee(l, call);
  const receiver = callee?.receiver && called.kind === 'function' ? [receiverOf(l, call, callee)] : [];
  const args = [...receiver, ...argumentsOf(call).map((arg) => lowerExpression(l, arg))];
  const results = Array.from({ length: wanted }, () => temporary(l));
  emit(l, { kind: 'call', at: call, mode, callee: called, args, results });
  return results.map((slot) => ({ kind: 'slot', slot }));
}

/** Whether a call stands in the case of a `select` for the end of its context: then there is a reason for that end. */
function isDoneAt({ code }: Lowering, call: Node, { receiver }: Callee): boolean {
  const clause = closest(call, 'communication_case');
  const communication = clause && child(clause, 'communication');
  if (!communication || contains(communication, call)) return false;
  if (enclosingFunction(clause) !== enclosingFunction(call)) return false;
  const right = child(communication, 'right');
  const done = right && child(right, 'operand');
  const context = done?.kind === 'call_expression' ? code.calleeOf(done) : undefined;
  const [asked, ended] = [receiver, context?.receiver];
  if (!asked || !ended || context?.name !== 'context.Context.Done') return false;
  const isSame = asked.kind !== 'identifier' || code.bindingOf(asked) === code.bindingOf(ended);
  return isSame && textOf(asked) === textOf(ended);
}

/** The methods of its arguments that a function is known to call, of their own types. */
function lowerCallbacks(l: Lowering, call: Node, name: string, args: readonly Expr[]): void {
  for (const { argument, method } of callbacksOf(name)) {
    const receiver = args[argument];
    if (!receiver) continue;
    const callee: Expr = { kind: 'method', receiver, name: `?.${method}`, dynamic: true };
    emit(l, { kind: 'call', at: call, mode: 'call', callee, args: [], results: [] });
  }
}

/** What a named callee is to the machine; undefined if it is nothing that the machine follows. */
function targetOf(l: Lowering, call: Node, callee: Callee | undefined): Expr | undefined {
  if (!callee) return undefined;
  if (isPrimitive(callee.name)) return { kind: 'function', name: callee.name };
  if (l.code.bodyOf(callee)) return { kind: 'function', name: callee.name };
  // A method of an interface: which one it is depends on the value.
  if (callee.receiver && !callee.declaration && isOfInterface(l, callee))
    return { kind: 'method', receiver: receiverOf(l, call, callee), name: callee.name, dynamic: true };
  return undefined;
}

function isOfInterface(l: Lowering, { receiver }: Callee): boolean {
  return receiver !== undefined && l.code.underlyingOf(l.code.typeOf(receiver)).kind === 'interface';
}

function receiverOf(l: Lowering, call: Node, callee: Callee): Expr {
  const receiver = callee.receiver as Node;
  const fn = child(call, 'function');
  const member = fn && l.code.memberOf(unparen(fn));
  return through(l, lowerExpression(l, receiver), member?.through ?? []);
}

function lowerCallee(l: Lowering, call: Node): Expr {
  const fn = child(call, 'function');
  return fn ? lowerExpression(l, fn) : unknownAt(call);
}

/** A function that is not followed: what it keeps goes out of sight, and its results are unknown. */
function lowerOpaque(l: Lowering, call: Node, name: string, mode: Mode, wanted: number): readonly Expr[] {
  const fn = child(call, 'function');
  const receiver = fn?.kind === 'selector_expression' ? child(fn, 'operand') : undefined;
  const isMethod = receiver && l.code.objectName(fn as Node) === undefined;
  const before = isMethod ? [lowerExpression(l, receiver)] : [];
  const args = argumentsOf(call).map((arg) => lowerExpression(l, arg));
  lowerCallbacks(l, call, name, args);
  if (isDoubtful(name, mode, wanted)) emit(l, { kind: 'doubt', at: call });
  const given = [...before, ...args].filter((v) => !/^(?:constant|nil|unknown)$/.test(v.kind));
  if (given.length > 0 && !isInert(name) && !isHarmless(name))
    emit(l, { kind: 'escape', at: call, values: given });
  const result = isNeverNil(name) ? someAt(call) : succeeds(l, call, name) ? nil : unknownAt(call);
  return Array.from({ length: wanted }, () => result);
}

/** Whether the only error of a call is that a context is done which is never done. */
function succeeds({ code }: Lowering, call: Node, name: string): boolean {
  const [context] = argumentsOf(call);
  return (
    failsByContext(name) &&
    context?.kind === 'call_expression' &&
    /^context\.(?:Background|TODO)$/.test(code.calleeName(context))
  );
}

/** Whether a call may end what it is in without the flow knowing, or its result means more than is known of it. */
function isDoubtful(name: string, mode: Mode, wanted: number): boolean {
  // The flow ends with a statement that never returns, but not where one is only deferred or started.
  if (neverReturns(name)) return mode !== 'call';
  return mayNotReturn(name) || (wanted > 0 && elects.test(name));
}

/** Atomic operations, whose results tell goroutines apart: no two of them see the same. */
const elects = /(?:^|\/)atomic\.|^sync\.Map\./;

function lowerBuiltin(l: Lowering, call: Node, callee: Callee): readonly Expr[] | undefined {
  const [first, ...rest] = argumentsOf(call);
  switch (callee.name) {
    case 'builtin.recover': {
      const to = temporary(l);
      emit(l, { kind: 'recover', at: call, to });
      return [{ kind: 'slot', slot: to }];
    }
    case 'builtin.make':
      return first && [lowerMake(l, call, first, rest[0])];
    case 'builtin.new': {
      const type = l.code.typeOf(call);
      const shape = shapeOf(type.kind === 'pointer' ? type.elem : type, l.code);
      if (shape.kind !== 'struct' && shape.kind !== 'primitive') return undefined;
      const to = temporary(l);
      emit(l, { kind: 'allocate', at: call, to, shape, fields: [] });
      return [{ kind: 'slot', slot: to }];
    }
    case 'builtin.len':
    case 'builtin.cap': {
      // How much a channel has room for is not how much it holds.
      const isChannel = first && l.code.underlyingOf(l.code.typeOf(first)).kind === 'chan';
      if (isChannel && callee.name === 'builtin.cap') return [unknownAt(call)];
      const constant = l.code.constantOf(call);
      if (constant !== undefined) return [{ kind: 'constant', value: constant }];
      return first && [{ kind: 'count', of: lowerExpression(l, first) }];
    }
    case 'builtin.append': {
      if (!first || rest.some((arg) => arg.kind === 'variadic_argument')) return undefined;
      const to = temporary(l);
      const list = lowerExpression(l, first);
      emit(l, { kind: 'append', at: call, to, list, items: rest.map((arg) => lowerExpression(l, arg)) });
      return [{ kind: 'slot', slot: to }];
    }
    default:
      return undefined;
  }
}

function lowerMake(l: Lowering, call: Node, type: Node, size: Node | undefined): Expr {
  const made = l.code.underlyingOf(l.code.typeOfTypeNode(type));
  const length = size && lowerExpression(l, size);
  const to = temporary(l);
  if (made.kind === 'chan') emit(l, { kind: 'make-channel', at: call, to, capacity: length });
  else if (made.kind === 'slice')
    emit(l, { kind: 'list', at: call, to, items: [], length, element: shapeOf(made.elem, l.code) });
  else return unknownAt(call);
  return { kind: 'slot', slot: to };
}
