// When work is done: soon after a keystroke, once for many of them, and never in the way of the next.

/** Work that is put off. */
export interface Scheduler<Item> {
  /** Has the items done after a pause, the first of them first and before those that wait already. */
  schedule(items: readonly Item[]): void;
  /** Forgets an item, or all of them. */
  cancel(item?: Item): void;
}

/** How long input must pause, and how long it may go on before work is done all the same; milliseconds. */
const pause = 80;
const patience = 400;

/**
 * Makes a scheduler; `run` must not reject. Between two items it lets input in, and what is scheduled by then comes
 * first.
 */
export function createScheduler<Item>(run: (item: Item) => Promise<void>): Scheduler<Item> {
  let waiting: readonly Item[] = [];
  let since: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;

  const stop = (): void => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
  /** What the client has sent by now is read before the next item is taken. */
  const yieldThenStep = (): void => {
    stop();
    turn = setImmediate(step);
  };
  const step = async (): Promise<void> => {
    const [item, ...rest] = waiting;
    waiting = rest;
    since = undefined;
    if (item !== undefined) await run(item);
    if (waiting.length > 0 && since === undefined) yieldThenStep();
  };
  return {
    schedule(items) {
      stop();
      waiting = [...new Set([...items, ...waiting])];
      const now = performance.now();
      since ??= now;
      timer = setTimeout(yieldThenStep, Math.max(0, Math.min(pause, since + patience - now)));
    },
    cancel(item) {
      waiting = item === undefined ? [] : waiting.filter((other) => other !== item);
      if (waiting.length > 0) return;
      since = undefined;
      stop();
    },
  };
}
