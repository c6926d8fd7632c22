// How far a run is, on one line of a terminal that is gone when the run ends.

import type { Host } from './host.ts';
import { count } from './report/text.ts';

export interface Progress {
  /** Some more files are done. */
  done(files: number, findings: number): void;
  /** Takes the line away. */
  end(): void;
}

/** Milliseconds until a run is worth a line, and between two states of it. */
const patience = 500;
const pause = 100;

/** Shows nothing unless standard error is a terminal that can take a line back. `now` is a clock in milliseconds. */
export function progressOn(host: Host, now: () => number = () => performance.now()): Progress {
  if (!host.errorsOnTerminal || host.env['TERM'] === 'dumb' || host.env['CI'])
    return { done: () => {}, end: () => {} };
  const total = { files: 0, findings: 0 };
  let next = now() + patience;
  let shown = false;
  return {
    done(files, findings) {
      total.files += files;
      total.findings += findings;
      if (now() < next) return;
      next = now() + pause;
      shown = true;
      host.err(
        `\r\u001B[Kgoleash: ${count(total.files, 'file')}, ${count(total.findings, 'finding')} so far`,
      );
    },
    end() {
      if (shown) host.err('\r\u001B[K');
      shown = false;
    },
  };
}
