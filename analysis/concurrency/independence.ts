// Steps that commute with everything that other goroutines can do, so that their order does not matter: a
// persistent set of one goroutine (Godefroid, 1996).

import {
  type Frame,
  type Goroutine,
  memoryOf,
  type PrimitiveCall,
  referencesOf,
  type State,
  type Value,
} from './state.ts';

/** By memory: the goroutine that alone can reach it, or `shared`. */
type Owners = ReadonlyMap<string, string>;

const shared = '';

function ownersOf(state: State): Owners {
  const owners = new Map<string, string>();
  for (const g of state.goroutines.values()) {
    const seen = new Set<string>();
    const todo = g.stack.flatMap(valuesOf);
    for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
      const memory = memoryOf(state, value);
      if (!memory || seen.has(value as string)) continue;
      seen.add(value as string);
      const owner = owners.get(value as string);
      owners.set(value as string, owner === undefined || owner === g.id ? g.id : shared);
      todo.push(...referencesOf(memory));
    }
  }
  return owners;
}

function valuesOf(frame: Frame): Value[] {
  if (frame.kind === 'primitive') return [...frame.args];
  return [...frame.slots, ...frame.returned, ...frame.defers.flatMap((d) => [d.callee, ...d.args])];
}

/** The goroutines whose next step nobody else can see or hinder. */
export function independent(
  state: State,
  pending: readonly { g: Goroutine; call: PrimitiveCall }[],
): readonly string[] {
  if (pending.length < 2) return [];
  const owners = ownersOf(state);
  return pending
    .filter(({ g, call }) => operandsOf(call).every((v) => isOwn(state, owners, g, v)))
    .map(({ g }) => g.id);
}

function operandsOf(call: PrimitiveCall): readonly Value[] {
  if (call.name === 'select') return call.args.filter((_, i) => i % 2 === 0);
  return call.args.slice(0, 1);
}

function isOwn(state: State, owners: Owners, g: Goroutine, value: Value): boolean {
  const memory = memoryOf(state, value);
  if (!memory) return true;
  // What was there before can be reached by names that no value holds.
  if (typeof value !== 'string' || value.startsWith('?')) return memory.open && memory.kind !== 'mutex';
  if (memory.kind === 'channel' && memory.open && !memory.closed) return true;
  return owners.get(value) === g.id;
}
