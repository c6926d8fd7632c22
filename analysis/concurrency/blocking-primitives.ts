// Steps of locks, groups, condition variables and the closing of channels.

import { invoke } from './calls.ts';
import { sizeOf } from './evaluate.ts';
import { type Machine, update } from './machine.ts';
import { cancelContext, finish, spawn } from './primitives.ts';
import { type Goroutine, isComputed, type Mutex, memoryOf, type State, type Value } from './state.ts';
import { failed, type Pending, step, type Transition } from './steps.ts';

/** The steps of a goroutine that is about to use a lock, a group or another primitive. */
export function primitiveSteps(m: Machine, state: State, p: Pending): readonly Transition[] {
  const { g, call } = p;
  const [first = null, second = null] = call.args;
  const memory = memoryOf(state, first);
  const pass = (values: readonly Value[] = []): readonly Transition[] => [
    step(state, [p], call.name, (copy, [own]) => finish(copy, own as Goroutine, call, values)),
  ];
  switch (call.name) {
    case 'block':
    case 'spin':
      return [];
    case 'sync.Mutex.Lock':
    case 'sync.Locker.Lock':
      return memory?.kind === 'mutex' && !memory.given ? lock(state, p, first, memory, false) : pass();
    case 'sync.RWMutex.Lock':
      return memory?.kind === 'mutex' && !memory.given ? lock(state, p, first, memory, true) : pass();
    case 'sync.RWMutex.RLock':
      return memory?.kind === 'mutex' && !memory.given ? lockForReading(state, p, first, memory) : pass();
    case 'sync.Mutex.TryLock':
    case 'sync.RWMutex.TryLock':
    case 'sync.RWMutex.TryRLock':
      return memory?.kind === 'mutex' && !memory.given ? tryLock(state, p, first, memory) : pass();
    case 'sync.WaitGroup.Wait':
    case 'golang.org/x/sync/errgroup.Group.Wait':
      return memory?.kind === 'group' && memory.count > 0 && !memory.open ? [] : pass();
    case 'sync.WaitGroup.Add': {
      if (memory?.kind !== 'group' || memory.open) return pass();
      // What was computed is no size that a loop counts to.
      if (isComputed(second)) return countUnknown(state, p);
      const delta = sizeOf(m, second);
      if (memory.count + delta < 0) return [failed(state, p, 'negative count')];
      return [
        step(state, [p], call.name, (copy, [own]) => {
          update(copy, first, { ...memory, count: memory.count + delta });
          finish(copy, own as Goroutine, call);
        }),
      ];
    }
    case 'sync.WaitGroup.Done':
    case 'group done':
      return [failed(state, p, 'negative count')];
    case 'golang.org/x/sync/errgroup.Group.Go':
    case 'golang.org/x/sync/errgroup.Group.TryGo': {
      if (memory?.kind === 'group' && memory.limit !== undefined && memory.count >= memory.limit)
        return call.name.endsWith('TryGo') ? pass([false]) : [];
      return [
        step(state, [p], call.name, (copy, [own], moved) => spawn(m, copy, own as Goroutine, call, moved)),
      ];
    }
    case 'sync.Cond.Wait':
      return waitOnCond(state, p, first);
    case 'sync.Cond.Signal':
    case 'sync.Cond.Broadcast':
      return wake(state, p, first);
    case 'sync.Once.Do':
      return doOnce(m, state, p);
    case 'builtin.close':
      return closeChannel(state, p, first);
    case 'cancel':
      return [
        step(state, [p], call.name, (copy, [own]) => {
          cancelContext(copy, first);
          finish(copy, own as Goroutine, call);
        }),
      ];
    default:
      return g.stack.length > 0 ? pass() : [];
  }
}

/** The group gets a count that is not known: whether somebody waits for it in vain is not known either. */
function countUnknown(state: State, p: Pending): readonly Transition[] {
  return [
    step(state, [p], p.call.name, (copy, [own]) => {
      copy.cut = true;
      finish(copy, own as Goroutine, p.call);
    }),
  ];
}

function lock(
  state: State,
  p: Pending,
  name: Value,
  mutex: Mutex,
  registers: boolean,
): readonly Transition[] {
  const { id } = p.g;
  if (mutex.holder === undefined && mutex.readers.length === 0)
    return [
      step(state, [p], p.call.name, (copy, [own]) => {
        update(copy, name, { ...mutex, holder: id, waiting: mutex.waiting.filter((w) => w !== id) });
        finish(copy, own as Goroutine, p.call);
      }),
    ];
  if (!registers || mutex.waiting.includes(id)) return [];
  return [
    step(state, [p], 'waits', (copy) => update(copy, name, { ...mutex, waiting: [...mutex.waiting, id] })),
  ];
}

function lockForReading(state: State, p: Pending, name: Value, mutex: Mutex): readonly Transition[] {
  if (mutex.holder !== undefined || mutex.waiting.length > 0) return [];
  return [
    step(state, [p], p.call.name, (copy, [own]) => {
      update(copy, name, { ...mutex, readers: [...mutex.readers, p.g.id] });
      finish(copy, own as Goroutine, p.call);
    }),
  ];
}

function tryLock(state: State, p: Pending, name: Value, mutex: Mutex): readonly Transition[] {
  const forReading = p.call.name.endsWith('TryRLock');
  const isFree = mutex.holder === undefined && (forReading || mutex.readers.length === 0);
  return [
    step(state, [p], p.call.name, (copy, [own]) => {
      if (isFree && forReading) update(copy, name, { ...mutex, readers: [...mutex.readers, p.g.id] });
      else if (isFree) update(copy, name, { ...mutex, holder: p.g.id });
      finish(copy, own as Goroutine, p.call, [isFree]);
    }),
  ];
}

function waitOnCond(state: State, p: Pending, name: Value): readonly Transition[] {
  const cond = memoryOf(state, name);
  const { id } = p.g;
  if (cond?.kind !== 'cond' || cond.open)
    return [
      step(state, [p], p.call.name, (copy, [own]) => {
        // While it waits, others change what the condition is about.
        copy.facts = new Map();
        finish(copy, own as Goroutine, p.call);
      }),
    ];
  const mutex = memoryOf(state, cond.lock);
  const stage = (own: Goroutine, next: number): void => {
    own.stack[own.stack.length - 1] = { ...p.call, stage: next };
  };
  if (p.call.stage === 0)
    return [
      step(state, [p], p.call.name, (copy, [own]) => {
        update(copy, name, { ...cond, waiting: [...cond.waiting, id] });
        if (mutex?.kind === 'mutex')
          update(copy, cond.lock, {
            ...mutex,
            holder: mutex.holder === id ? undefined : mutex.holder,
            readers: mutex.readers.filter((reader) => reader !== id),
          });
        stage(own as Goroutine, 1);
      }),
    ];
  if (cond.waiting.includes(id)) return [];
  if (mutex?.kind === 'mutex' && (mutex.holder !== undefined || mutex.readers.length > 0)) return [];
  return [
    step(state, [p], p.call.name, (copy, [own]) => {
      if (mutex?.kind === 'mutex') update(copy, cond.lock, { ...mutex, holder: id });
      finish(copy, own as Goroutine, p.call);
    }),
  ];
}

function wake(state: State, p: Pending, name: Value): readonly Transition[] {
  const cond = memoryOf(state, name);
  const waiting = cond?.kind === 'cond' ? cond.waiting : [];
  const left =
    p.call.name.endsWith('Broadcast') || waiting.length === 0
      ? [[]]
      : waiting.map((w) => waiting.filter((x) => x !== w));
  return left.map((rest) =>
    step(state, [p], p.call.name, (copy, [own]) => {
      if (cond?.kind === 'cond') update(copy, name, { ...cond, waiting: rest });
      finish(copy, own as Goroutine, p.call);
    }),
  );
}

function doOnce(m: Machine, state: State, p: Pending): readonly Transition[] {
  const [name = null, fn = null] = p.call.args;
  const once = memoryOf(state, name);
  if (once?.kind === 'once' && once.progress === 'running' && !once.open) return [];
  if (once?.kind === 'once' && once.progress === 'done')
    return [step(state, [p], p.call.name, (copy, [own]) => finish(copy, own as Goroutine, p.call))];
  return [
    step(state, [p], p.call.name, (copy, [own]) => {
      const g = own as Goroutine;
      if (once?.kind === 'once') update(copy, name, { ...once, progress: 'running' });
      finish(copy, g, p.call);
      g.stack.push({ ...p.call, name: 'once done', results: [] });
      invoke(m, copy, g, { callee: fn, args: [], at: p.call.at }, []);
    }),
  ];
}

function closeChannel(state: State, p: Pending, name: Value): readonly Transition[] {
  const channel = memoryOf(state, name);
  if (name === null) return [failed(state, p, 'close of nil')];
  if (channel?.kind !== 'channel')
    return [step(state, [p], 'close', (copy, [own]) => finish(copy, own as Goroutine, p.call))];
  if (channel.closed && !channel.open) return [failed(state, p, 'close of closed')];
  return [
    step(state, [p], 'close', (copy, [own]) => {
      update(copy, name, { ...channel, closed: true });
      finish(copy, own as Goroutine, p.call);
    }),
  ];
}
