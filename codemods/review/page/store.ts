// Sends decisions to the goleash that served the page, and tells when it does not answer.

import type { Decision } from '../../plan/plan.ts';
import type { Decisions } from '../page-data.ts';

export interface Store {
  /** Sends decisions by the keys of changes; one that did not arrive goes again with the next. */
  send(decided: ReadonlyMap<string, Decision>): void;
  /** Asks for what others have decided. */
  refresh(): void;
  /** Ends the review; rejects if goleash is gone. */
  done(): Promise<void>;
}

/** `took` gets all decisions as they are in the plan, `failed` what went wrong. */
export function liveStore(
  took: (decisions: ReadonlyMap<string, Decision>) => void,
  failed: (reason: string) => void,
): Store {
  let waiting = new Map<string, Decision>();
  let sending: Promise<void> = Promise.resolve();
  const exchange = async () => {
    const sent = waiting;
    waiting = new Map();
    try {
      const { decisions } = (await ask(
        'decisions',
        sent.size > 0 ? { decisions: Object.fromEntries(sent) } : undefined,
      )) as Decisions;
      // What was decided meanwhile is newer than the answer.
      took(new Map([...Object.entries(decisions), ...waiting]));
    } catch (error) {
      waiting = new Map([...sent, ...waiting]);
      failed(error instanceof Error ? error.message : String(error));
    }
  };
  const enqueue = () => {
    sending = sending.then(exchange);
    return sending;
  };
  return {
    send(decided) {
      waiting = new Map([...waiting, ...decided]);
      void enqueue();
    },
    refresh: () => void enqueue(),
    async done() {
      await sending;
      if (waiting.size > 0) await enqueue();
      await ask('done', {});
    },
  };
}

/** Asks goleash; with a body it is told something. Throws what a person should read. */
async function ask(route: string, body: unknown): Promise<unknown> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(route, init).catch(() => {
    throw new Error('goleash does not answer: it has ended, or this computer was asleep.');
  });
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.json();
}
