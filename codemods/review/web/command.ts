// goleash review --web and --html: the review on a page.

import { resolve } from 'node:path';
import { type ExitStatus, exit, type Host } from '../../host.ts';
import type { Plan } from '../../plan/plan.ts';
import { writeWholeFile } from '../../plan/whole-file.ts';
import { newNonce, pageData, pageParts, pageText } from './page.ts';
import { serveReview } from './server.ts';

/** A plan, where it lies, and the command that applies it. */
export interface Reviewed {
  readonly path: string;
  readonly named: string;
  readonly next: string;
}

/** Serves the page until the person says that it is done, or presses Ctrl-C. */
export async function reviewOnPage(reviewed: Reviewed, host: Host): Promise<void> {
  const server = await serveReview({ ...reviewed, parts: pageParts() });
  const interrupted = host.interrupted();
  host.out(
    `Open this in your browser; only this computer can, and only with this address:\n\n  ${server.url}\n\n`,
  );
  host.out('Decisions are saved as they are made. Done on the page, or Ctrl-C here, ends the review.\n');
  await Promise.race([server.done, interrupted]);
  await server.close();
}

/** Writes the page to a file, for reading. */
export function writePage(file: string, plan: Plan, { named, next }: Reviewed, host: Host): ExitStatus {
  const text = pageText(pageData(plan, { named, live: false, next }), pageParts(), newNonce());
  const reason = writeWholeFile(resolve(host.cwd, file), text);
  if (reason !== undefined) {
    host.err(`goleash: ${file}: not written: ${reason}\n`);
    return exit.incomplete;
  }
  host.out(`Wrote ${file}: it has everything in it and opens in any browser\n`);
  return exit.clean;
}
