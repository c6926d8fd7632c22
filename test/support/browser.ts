// A real browser for tests: the chromium of the system, where it is installed.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const executable = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Why tests of a page cannot run here; false if they can. */
export const noBrowser: string | false = executable
  ? false
  : 'chromium is not installed: scripts/install-review-tools.sh';

let launched: Promise<Browser> | undefined;

/** To be called after all tests of a file. */
export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
}

export interface Opened {
  readonly page: Page;
  /** Every address that the page has asked for. */
  readonly asked: readonly string[];
  /** What the page has complained about. */
  readonly complaints: readonly string[];
}

/** Opens an address in a window of its own, which goes when the test ends. */
export async function openPage(
  t: TestContext,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  launched ??= chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox'] });
  const context = await (await launched).newContext({ viewport: { width: 1280, height: 800 }, ...options });
  t.after(() => context.close());
  const [asked, complaints]: [string[], string[]] = [[], []];
  await context.route(/.*/, (route) => {
    asked.push(route.request().url());
    return route.continue();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, asked, complaints };
}
