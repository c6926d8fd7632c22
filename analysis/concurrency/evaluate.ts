// The values of expressions, and what conditions come to.

import { askedAgain } from './facts.ts';
import type { Expr, Target } from './ir.ts';
import { forget, given, load, type Machine, store, update, zeroOf } from './machine.ts';
import {
  type Activation,
  allocate,
  dropMemory,
  isReference,
  isSymbol,
  memoryOf,
  open,
  type State,
  type Struct,
  type Value,
} from './state.ts';

export function evaluate(m: Machine, state: State, frame: Activation, expr: Expr): Value {
  const again = (e: Expr): Value => evaluate(m, state, frame, e);
  switch (expr.kind) {
    case 'constant':
      return constantValue(expr.value);
    case 'nil':
      return null;
    case 'slot':
      return load(state, frame, expr.slot);
    case 'reference':
      return frame.slots[expr.slot] ?? null;
    case 'global': {
      const symbol = `?@${expr.name}${expr.isNil === false ? '!' : ''}`;
      given(state, symbol, expr.shape);
      return symbol;
    }
    case 'field':
      return field(state, again(expr.of), expr);
    case 'element':
      return element(state, again(expr.of), again(expr.index));
    case 'dereference': {
      const value = again(expr.of);
      const memory = memoryOf(state, value);
      return memory?.kind === 'box' ? memory.value : value;
    }
    case 'closure':
      return allocate(state, {
        kind: 'closure',
        literal: expr.literal,
        captured: expr.captures.map(({ slot }) => frame.slots[slot] ?? null),
        open: false,
      });
    case 'function':
      return `&${expr.name}`;
    case 'method':
      return allocate(state, {
        kind: 'bound',
        name: expr.name,
        receiver: again(expr.receiver),
        dynamic: expr.dynamic,
        open: false,
      });
    case 'not':
    case 'binary':
      return combined(m, state, frame, expr);
    case 'count':
      return count(state, again(expr.of));
    case 'unknown':
      return fresh(state, frame, expr.isNil === false ? `${expr.at.start}!` : expr.at.start);
  }
}

function constantValue(value: bigint | boolean | string): Value {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' ? `"${value}` : value;
}

/** A new value of which nothing is known. */
export function fresh(state: State, frame: Activation, place: number | string): string {
  const symbol = `?${frame.path}:${place}`;
  forget(state, symbol);
  dropMemory(state, symbol);
  return symbol;
}

function field(state: State, base: Value, expr: Expr & { kind: 'field' }): Value {
  let memory = memoryOf(state, base);
  if (!memory && isSymbol(base)) memory = given(state, base, { kind: 'struct', type: '' });
  if (memory?.kind === 'box') return field(state, memory.value, expr);
  if (memory?.kind === 'cond' && expr.name === 'L') return memory.lock;
  if (memory?.kind !== 'struct') return `${isSymbol(base) ? base : `?${String(base)}`}.${expr.name}`;
  const known = memory.fields.get(expr.name);
  if (known !== undefined) return known;
  const symbol = `${isSymbol(base) ? base : `?${base}`}.${expr.name}`;
  if (memory.given) {
    given(state, symbol, expr.shape);
    return symbol;
  }
  const value = zeroOf(state, expr.shape, symbol);
  setField(state, base, memory, expr.name, value);
  return value;
}

function setField(state: State, base: Value, memory: Struct, name: string, value: Value): void {
  update(state, base, { ...memory, fields: new Map(memory.fields).set(name, value) });
  if (memory.open) open(state, value);
}

function element(state: State, list: Value, index: Value): Value {
  const memory = memoryOf(state, list);
  if (memory?.kind === 'list' && typeof index === 'number') return memory.items[index] ?? null;
  return `?${String(list).replace(/^\?/, '')}[${String(index).replace(/^\?/, '')}]`;
}

/** How many elements a value has; of one that nothing is known of, a symbol for that. */
function count(state: State, value: Value): Value {
  if (typeof value === 'number') return value;
  if (value === null) return 0;
  const memory = memoryOf(state, value);
  if (memory?.kind === 'list') return memory.items.length;
  if (memory?.kind === 'channel') return memory.open ? `?len${value}` : memory.buffer.length;
  if (typeof value === 'string' && value.startsWith('"')) return value.length - 1;
  return isSymbol(value) && value.startsWith('?#') ? value : `?#${bare(value)}`;
}

/** A number of elements to go on with: of an unknown one, or of a collection that nothing is known of, what the model says. */
export function sizeOf(m: Machine, value: Value): number {
  if (typeof value === 'number') return value;
  const name = String(value).replace(/^\?#?/, '');
  const known = m.unsized.indexOf(name);
  const place = known < 0 ? m.unsized.push(name) - 1 : known;
  return place === m.sizes.empty ? 0 : m.sizes.usual;
}

const largest = 64;

function combined(m: Machine, state: State, frame: Activation, expr: Expr): Value {
  if (expr.kind === 'binary' && /^[-+*/%]$/.test(expr.operator)) {
    const left = evaluate(m, state, frame, expr.left);
    const right = evaluate(m, state, frame, expr.right);
    const result = arithmetic(expr.operator, left, right);
    // What is counted no further cannot be compared with what it should have come to.
    if (result === undefined && typeof left === 'number' && typeof right === 'number') state.cut = true;
    return result ?? `?(${short(left)}${expr.operator}${short(right)})`;
  }
  const answer = truth(m, state, frame, expr);
  return typeof answer === 'boolean' ? answer : `?(${bare(answer.fact)}${answer.negated ? '!' : ''})`;
}

function short(value: Value): string {
  const text = bare(value);
  // A sum of sums is no longer told apart, so that counting does not go on for ever.
  return text.length > 40 ? '…' : text;
}

function bare(value: Value): string {
  return String(value).replace(/ /g, '_');
}

function arithmetic(operator: string, left: Value, right: Value): number | undefined {
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const result =
    operator === '+'
      ? left + right
      : operator === '-'
        ? left - right
        : operator === '*'
          ? left * right
          : operator === '/'
            ? Math.trunc(left / right)
            : left % right;
  return Number.isFinite(result) && Math.abs(result) <= largest ? result : undefined;
}

/** A condition that is not decided: the fact that it asks for. */
export interface Question {
  readonly fact: string;
  readonly negated: boolean;
}

/** What a condition comes to, as far as values and known facts say. */
export function truth(m: Machine, state: State, frame: Activation, expr: Expr): boolean | Question {
  if (expr.kind === 'not') {
    const inner = truth(m, state, frame, expr.of);
    return typeof inner === 'boolean' ? !inner : { ...inner, negated: !inner.negated };
  }
  if (expr.kind === 'binary') {
    if (expr.operator === '&&' || expr.operator === '||') return connective(m, state, frame, expr);
    return comparison(m, state, frame, expr);
  }
  const value = evaluate(m, state, frame, expr);
  if (typeof value === 'boolean') return value;
  return ask(m, state, frame, String(value), false);
}

function connective(
  m: Machine,
  state: State,
  frame: Activation,
  { operator, left, right }: Expr & { kind: 'binary' },
): boolean | Question {
  const decides = operator === '||';
  const first = truth(m, state, frame, left);
  if (first === decides) return decides;
  const second = truth(m, state, frame, right);
  if (second === decides) return decides;
  if (typeof first === 'boolean') return second;
  if (typeof second === 'boolean') return first;
  return ask(m, state, frame, `${bare(first.fact)}${operator}${bare(second.fact)}`, false);
}

function ask(
  m: Machine,
  state: State,
  frame: Activation,
  fact: string,
  negated: boolean,
): boolean | Question {
  const known = state.facts.get(fact);
  if (known !== undefined) return known !== negated;
  askedAgain(m.facts, fact, frame);
  return { fact, negated };
}

function comparison(
  m: Machine,
  state: State,
  frame: Activation,
  expr: Expr & { kind: 'binary' },
): boolean | Question {
  const [left, right] = operands(m, state, frame, expr);
  switch (expr.operator) {
    case '==':
      return equality(m, state, frame, left, right, false);
    case '!=':
      return equality(m, state, frame, left, right, true);
    case '<':
      return order(m, state, frame, left, right, false);
    case '>':
      return order(m, state, frame, right, left, false);
    case '>=':
      return order(m, state, frame, left, right, true);
    case '<=':
      return order(m, state, frame, right, left, true);
    default:
      return ask(m, state, frame, `${bare(left)}${expr.operator}${bare(right)}`, false);
  }
}

/** The two sides; a number of a loop's bound that nothing is known of has the size of the model. */
function operands(
  m: Machine,
  state: State,
  frame: Activation,
  expr: Expr & { kind: 'binary' },
): [Value, Value] {
  const raw = (e: Expr): Value => evaluate(m, state, frame, e.kind === 'count' ? e.of : e);
  const [left, right] = [raw(expr.left), raw(expr.right)];
  const isBound = expr.left.kind === 'count' && expr.right.kind === 'count';
  if (!isBound) return [evaluate(m, state, frame, expr.left), evaluate(m, state, frame, expr.right)];
  // Of all elements there are as many as the model has of each collection, and of a part of them fewer or more.
  if (isPartOfCount(right)) state.cut = true;
  if (typeof left === 'number' && isSymbol(right)) return [left, sizeOf(m, right)];
  return [left, right];
}

/** Whether a value is computed from a number of elements: `len(xs) - 1`. */
function isPartOfCount(value: Value): boolean {
  return isSymbol(value) && value.startsWith('?(') && value.includes('#');
}

function equality(
  m: Machine,
  state: State,
  frame: Activation,
  left: Value,
  right: Value,
  negated: boolean,
): boolean | Question {
  if (left === right) return !negated;
  if (!isSymbol(left) && !isSymbol(right)) return negated;
  // Memory is not nil, and no memory of the model is what a symbol stands for.
  if (isReference(left) || isReference(right)) return negated;
  if (isSome(left) && right === null) return negated;
  if (isSome(right) && left === null) return negated;
  const [a, b] = isSymbol(left) ? [left, right] : [String(right), left];
  if (!isSymbol(b)) {
    // Equal to one constant is unequal to every other.
    for (const [fact, holds] of state.facts)
      if (holds && fact.startsWith(`${a} == `) && fact !== `${a} == ${b}`) return negated;
  }
  return ask(m, state, frame, `${a} == ${String(b)}`, negated);
}

/** A symbol for a value that is not nil. */
function isSome(value: Value): boolean {
  return isSymbol(value) && value.endsWith('!');
}

function order(
  m: Machine,
  state: State,
  frame: Activation,
  left: Value,
  right: Value,
  negated: boolean,
): boolean | Question {
  if (typeof left === 'number' && typeof right === 'number') return left < right !== negated;
  return ask(m, state, frame, `${bare(left)} < ${bare(right)}`, negated);
}

/** Stores a value; what is stored where others can read it is theirs as well. */
export function assign(m: Machine, state: State, frame: Activation, to: Target, value: Value): void {
  switch (to.kind) {
    case 'slot':
      store(state, frame, to.slot, value);
      return;
    case 'field': {
      const base = evaluate(m, state, frame, to.of);
      const memory =
        memoryOf(state, base) ??
        (isSymbol(base) ? given(state, base, { kind: 'struct', type: '' }) : undefined);
      if (memory?.kind === 'struct') setField(state, base, memory, to.name, value);
      else open(state, value);
      return;
    }
    case 'element': {
      const base = evaluate(m, state, frame, to.of);
      const index = evaluate(m, state, frame, to.index);
      const memory = memoryOf(state, base);
      if (memory?.kind !== 'list' || typeof index !== 'number') {
        open(state, value);
        return;
      }
      update(state, base, { ...memory, items: memory.items.map((item, i) => (i === index ? value : item)) });
      if (memory.open) open(state, value);
      return;
    }
    case 'dereference': {
      const base = evaluate(m, state, frame, to.of);
      const memory = memoryOf(state, base);
      if (memory?.kind === 'box') update(state, base, { ...memory, value });
      if (memory?.kind !== 'box' || memory.open) open(state, value);
      return;
    }
    case 'global':
      open(state, value);
  }
}
