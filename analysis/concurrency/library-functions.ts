// Functions of the standard library and x/sync that the model knows: primitives, which it runs itself, and those of
// which it knows that they keep nothing of what they are given.

/** Functions that the machine runs (`primitives.ts`). Methods have the receiver as their first argument. */
const primitives: ReadonlySet<string> = new Set([
  ...['Lock', 'Unlock', 'TryLock'].map((m) => `sync.Mutex.${m}`),
  ...['Lock', 'Unlock', 'TryLock', 'RLock', 'RUnlock', 'TryRLock'].map((m) => `sync.RWMutex.${m}`),
  ...['Lock', 'Unlock'].map((m) => `sync.Locker.${m}`),
  ...['Add', 'Done', 'Wait', 'Go'].map((m) => `sync.WaitGroup.${m}`),
  ...['Wait', 'Signal', 'Broadcast'].map((m) => `sync.Cond.${m}`),
  ...['Go', 'TryGo', 'Wait', 'SetLimit'].map((m) => `golang.org/x/sync/errgroup.Group.${m}`),
  'golang.org/x/sync/errgroup.WithContext',
  'sync.NewCond',
  'sync.Once.Do',
  ...['Background', 'TODO', 'WithCancel', 'WithTimeout', 'WithDeadline', 'WithValue'].map(
    (f) => `context.${f}`,
  ),
  ...['WithCancelCause', 'WithTimeoutCause', 'WithDeadlineCause', 'WithoutCancel'].map((f) => `context.${f}`),
  'context.Context.Done',
  'time.AfterFunc',
  'os/signal.Notify',
  'builtin.close',
]);

export function isPrimitive(name: string): boolean {
  return primitives.has(name);
}

/** Primitives that make something which goroutines wait for, or start one. */
export function makesSomething(name: string): boolean {
  return /^context\.With(?:Cancel|Timeout|Deadline)|^sync\.NewCond$|^time\.AfterFunc$|\.(?:Go|TryGo)$/.test(
    name,
  );
}

const keepsNothing =
  /^(?:fmt|log|log\/slog|errors|strings|strconv|bytes|unicode|sort|slices|maps|math|math\/\w+|time|os|testing|reflect|runtime|sync\/atomic|path|path\/filepath|encoding\/\w+)\./;

/** Whether a function keeps none of its arguments beyond its return, and calls none of them later. */
export function isHarmless(name: string): boolean {
  return keepsNothing.test(name) && !/^time\.AfterFunc|^runtime\.SetFinalizer|^errors\.Join/.test(name);
}

/** Built-in functions that have no effect the model knows of. */
export function isInert(name: string): boolean {
  return /^builtin\.(?:len|cap|copy|delete|print|println|min|max|complex|real|imag|clear|recover)$/.test(
    name,
  );
}

/** Functions whose only error is that the context which they are given is done. */
export function failsByContext(name: string): boolean {
  return name === 'golang.org/x/sync/semaphore.Weighted.Acquire';
}

/** Functions whose only result is never nil. */
export function isNeverNil(name: string): boolean {
  return /^(?:errors\.New|fmt\.Errorf)$|^(?:time\.New\w+|bytes\.NewBuffer\w*|strings\.New\w+|log\.New)$/.test(
    name,
  );
}

/** Methods of their arguments that functions of the standard library call before they return. */
const callsBack: ReadonlyMap<string, readonly { readonly argument: number; readonly method: string }[]> =
  new Map([
    ['io.ReadFull', [{ argument: 0, method: 'Read' }]],
    ['io.ReadAtLeast', [{ argument: 0, method: 'Read' }]],
    ['io.ReadAll', [{ argument: 0, method: 'Read' }]],
    ['io.WriteString', [{ argument: 0, method: 'Write' }]],
    [
      'io.Copy',
      [
        { argument: 1, method: 'Read' },
        { argument: 0, method: 'Write' },
      ],
    ],
    ['fmt.Fprint', [{ argument: 0, method: 'Write' }]],
    ['fmt.Fprintf', [{ argument: 0, method: 'Write' }]],
    ['fmt.Fprintln', [{ argument: 0, method: 'Write' }]],
  ]);

/** What a function calls of what it is given. */
export function callbacksOf(name: string): readonly { readonly argument: number; readonly method: string }[] {
  return callsBack.get(name) ?? [];
}
