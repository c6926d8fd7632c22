// Primitives that need no partner and that nobody can tell from one that happens a little earlier: a goroutine runs
// them on the way. Releasing a lock and counting down only ever enable others, so doing it at once loses no state in
// which a goroutine is stuck.

import { start } from './calls.ts';
import type { Slot } from './ir.ts';
import { isPrimitive } from './library-functions.ts';
import { type Machine, store, update } from './machine.ts';
import {
  allocate,
  type Context,
  type Goroutine,
  isReference,
  memoryOf,
  type PrimitiveCall,
  type State,
  type Value,
} from './state.ts';

/** Primitives that the machine calls by itself. */
const inner: ReadonlySet<string> = new Set(['cancel', 'group done', 'once done']);

export function startsPrimitive(name: string): boolean {
  return isPrimitive(name) || inner.has(name);
}

/** Ends a primitive with its results. */
export function finish(state: State, g: Goroutine, call: PrimitiveCall, values: readonly Value[] = []): void {
  g.stack.pop();
  const below = g.stack.at(-1);
  if (below?.kind !== 'activation') return;
  call.results.forEach((slot: Slot, i) => {
    const value = values[i];
    if (slot >= 0 && value !== undefined) store(state, below, slot, value);
  });
}

/** Runs a primitive at once; returns false for one that is visible and has to wait for its turn. */
export function runAtOnce(
  m: Machine,
  state: State,
  g: Goroutine,
  call: PrimitiveCall,
  started: string[],
): boolean {
  const [first = null, second = null] = call.args;
  switch (call.name) {
    case 'context.Background':
    case 'context.TODO':
      finish(state, g, call, [allocate(state, { kind: 'context', done: null, children: [], open: false })]);
      return true;
    case 'context.WithValue':
      finish(state, g, call, [first]);
      return true;
    case 'context.WithoutCancel':
      finish(state, g, call, [allocate(state, { kind: 'context', done: null, children: [], open: false })]);
      return true;
    case 'context.WithCancel':
    case 'context.WithCancelCause':
      finish(state, g, call, derive(state, first, call, false));
      return true;
    case 'context.WithTimeout':
    case 'context.WithDeadline':
    case 'context.WithTimeoutCause':
    case 'context.WithDeadlineCause':
      finish(state, g, call, derive(state, first, call, true));
      return true;
    case 'context.Context.Done': {
      const context = memoryOf(state, first);
      finish(state, g, call, [context?.kind === 'context' ? context.done : `?done${String(first)}`]);
      return true;
    }
    case 'sync.NewCond':
      finish(state, g, call, [allocate(state, { kind: 'cond', lock: first, waiting: [], open: false })]);
      return true;
    case 'golang.org/x/sync/errgroup.WithContext': {
      const [context = null, cancel = null] = derive(state, first, call, false);
      const group = allocate(state, {
        kind: 'group',
        count: 0,
        limit: undefined,
        cancels: cancel,
        open: false,
      });
      finish(state, g, call, [group, context]);
      return true;
    }
    case 'golang.org/x/sync/errgroup.Group.SetLimit': {
      const group = memoryOf(state, first);
      if (group?.kind === 'group' && typeof second === 'number' && second > 0)
        update(state, first, { ...group, limit: second });
      finish(state, g, call);
      return true;
    }
    case 'time.AfterFunc':
      finish(state, g, call);
      start(m, state, g, { callee: second, args: [], at: call.at }, started);
      return true;
    case 'os/signal.Notify': {
      const channel = memoryOf(state, first);
      if (channel?.kind === 'channel') update(state, first, { ...channel, open: true, endless: true });
      finish(state, g, call);
      return true;
    }
    case 'sync.WaitGroup.Go':
      spawn(m, state, g, call, started);
      return true;
    case 'sync.Mutex.Unlock':
    case 'sync.RWMutex.Unlock':
    case 'sync.RWMutex.RUnlock':
    case 'sync.Locker.Unlock':
      unlock(state, g, call);
      return true;
    case 'sync.WaitGroup.Done':
    case 'group done':
      return countDown(state, g, call);
    case 'once done': {
      const once = memoryOf(state, first);
      if (once?.kind === 'once') update(state, first, { ...once, progress: 'done' });
      finish(state, g, call);
      return true;
    }
    default:
      return false;
  }
}

/** A context derived from another and the function that cancels it. */
function derive(state: State, parent: Value, call: PrimitiveCall, timed: boolean): Value[] {
  const above = memoryOf(state, parent);
  // Time passes, and whoever made a context that was there before may cancel it.
  const isOpen =
    timed ||
    above?.kind !== 'context' ||
    (isReference(above.done) && memoryOf(state, above.done)?.open === true);
  const done = allocate(state, {
    kind: 'channel',
    capacity: 0,
    buffer: [],
    closed: false,
    open: isOpen,
    madeAt: call.at,
  });
  const context = allocate(state, { kind: 'context', done, children: [], open: false });
  if (above?.kind === 'context') update(state, parent, { ...above, children: [...above.children, context] });
  const cancel = allocate(state, {
    kind: 'bound',
    name: 'cancel',
    receiver: context,
    dynamic: false,
    open: false,
  });
  return [context, cancel];
}

/** Starts what `wg.Go` or `group.Go` is given. */
export function spawn(m: Machine, state: State, g: Goroutine, call: PrimitiveCall, started: string[]): void {
  const [group = null, fn = null] = call.args;
  const memory = memoryOf(state, group);
  if (memory?.kind === 'group') update(state, group, { ...memory, count: memory.count + 1 });
  finish(state, g, call, [true]);
  const done: PrimitiveCall = {
    kind: 'primitive',
    name: 'group done',
    args: [group],
    results: [],
    at: call.at,
    stage: 0,
  };
  start(m, state, g, { callee: fn, args: [], at: call.at }, started, [done]);
}

function unlock(state: State, g: Goroutine, call: PrimitiveCall): void {
  const [name = null] = call.args;
  const mutex = memoryOf(state, name);
  if (mutex?.kind === 'mutex' && !mutex.given) {
    if (call.name === 'sync.RWMutex.RUnlock') {
      const at = mutex.readers.includes(g.id) ? mutex.readers.indexOf(g.id) : mutex.readers.length - 1;
      update(state, name, { ...mutex, readers: mutex.readers.filter((_, i) => i !== at) });
    } else update(state, name, { ...mutex, holder: undefined });
  }
  finish(state, g, call);
}

/** `Done`; false where the count is zero already, which is a panic that others can see. */
function countDown(state: State, g: Goroutine, call: PrimitiveCall): boolean {
  const [name = null] = call.args;
  const group = memoryOf(state, name);
  if (group?.kind === 'group') {
    if (group.count <= 0 && !group.open) return false;
    update(state, name, { ...group, count: Math.max(group.count - 1, 0) });
  }
  finish(state, g, call);
  return true;
}

/** Closes the channels of a context and of those that are derived from it. */
export function cancelContext(state: State, name: Value): void {
  const todo: Value[] = [name];
  const seen = new Set<Value>();
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const context: Context | undefined = contextAt(state, at);
    if (!context || seen.has(at)) continue;
    seen.add(at);
    const done = memoryOf(state, context.done);
    if (done?.kind === 'channel') update(state, context.done, { ...done, closed: true });
    todo.push(...context.children);
  }
}

function contextAt(state: State, name: Value): Context | undefined {
  const memory = memoryOf(state, name);
  return memory?.kind === 'context' ? memory : undefined;
}

/** Leaves the goroutine with a panic. */
export function panic(state: State, g: Goroutine): void {
  g.stack.pop();
  const below = g.stack.at(-1);
  if (below?.kind === 'activation') below.leaving = 'panic';
  else state.ended = true;
}
