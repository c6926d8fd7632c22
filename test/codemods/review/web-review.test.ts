// The page in a real browser, served by the built command.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { keyOf } from '../../../codemods/plan/key.ts';
import type { Change, Plan } from '../../../codemods/plan/plan.ts';
import { planText, readPlan, withDecisions } from '../../../codemods/plan/plan-file.ts';
import { filePatch } from '../../../codemods/report/diff.ts';
import { closeBrowser, noBrowser, openPage } from '../../support/browser.ts';
import { builtCommand } from '../../support/built.ts';
import { multiplied, planOfFixtures } from '../../support/plan.ts';
import { tree } from '../tree.ts';

const none: Plan = { plan: 1, goleash: '', selection: [], changes: [], left: [] };
const plan = noBrowser
  ? none
  : await planOfFixtures('lost-cancel', 'leaked-sender/done.go', 'leaked-sender/receivers.go');
const total = plan.changes.length;
/** In milliseconds; a test that waits in vain ends. */
const browserTest = { skip: noBrowser, timeout: 60_000 };
after(closeBrowser);

/** Runs the command with a plan in a folder of its own. */
async function review(t: TestContext, reviewed: Plan = plan) {
  const cwd = tree(t, { 'plan.json': planText(reviewed) });
  const child = spawn(process.execPath, [builtCommand, 'review', '--web', 'plan.json'], { cwd });
  t.after(() => child.kill());
  let out = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', (status) => resolve(status)));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const [found] = /http:\S+/.exec(out) ?? [];
      if (found) resolve(found);
    });
    child.stderr.on('data', (chunk) => reject(new Error(String(chunk))));
  });
  const decisions = () => {
    const all = readPlan(join(cwd, 'plan.json')).changes.map(({ decision }) => decision);
    return {
      accepted: all.filter((d) => d === 'accepted').length,
      rejected: all.filter((d) => d === 'rejected').length,
    };
  };
  return { cwd, child, url, ended, decisions, out: () => out };
}

/** The page shows a decision when it is made; in the plan it is a moment later. */
async function saved(isThere: () => boolean): Promise<void> {
  for (let left = 200; left > 0 && !isThere(); left--) await sleep(25);
  assert.equal(isThere(), true, 'the decisions are in the plan');
}

/** A screenshot into the folder that SCREENSHOTS names, if it does: to be looked at. */
async function shoot({ page }: Awaited<ReturnType<typeof openPage>>, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

test('with the keyboard alone: decide, search, filter, help; a reload has it all', browserTest, async (t) => {
  const { url, decisions } = await review(t);
  const opened = await openPage(t, url);
  const { page, complaints } = opened;
  const told = (text: RegExp) => page.locator('header .told', { hasText: text }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement?.textContent'), 'Skip to the change');
  assert.ok(await page.locator('.skip').isVisible());
  await page.keyboard.press('y');
  await told(/^1 accepted · 0 rejected/);
  await page.locator('[role=status]', { hasText: /^1 accepted/ }).waitFor();
  await page.keyboard.press('n');
  await told(/^1 accepted · 1 rejected/);
  await page.keyboard.press('k');
  await page.locator('.state.rejected').waitFor();
  await page.keyboard.press('u');
  await told(/^1 accepted · 0 rejected/);
  await page.keyboard.press('/');
  await page.keyboard.type('searchBad');
  await page.locator('output', { hasText: / of \d+ changes/ }).waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate('document.activeElement?.className'), 'item');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('a');
  await told(/^[2-9] accepted/);
  await saved(() => decisions().accepted > 1);
  const shown = await page.locator('.item').count();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('y');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.reload();
  await told(/^[2-9] accepted · 0 rejected/);
  const { accepted } = decisions();
  assert.ok(accepted > 1 && accepted <= shown + 1);
  assert.equal(await page.locator('.item[data-decision=accepted]').count(), accepted);
  assert.deepEqual(complaints, []);
});

test(
  'with the mouse: filters narrow, a group is decided at once, a step leads to its line',
  browserTest,
  async (t) => {
    const { url, decisions } = await review(t);
    const { page } = await openPage(t, url);
    await page.getByLabel('Rule').selectOption('leaked-sender');
    const leaks = plan.changes.filter(({ ruleId }) => ruleId === 'leaked-sender');
    await page.locator('output', { hasText: `${leaks.length} of ${total} changes` }).waitFor();
    assert.equal(await page.locator('.item').count(), leaks.length);
    const group = page.locator('.group').first();
    const n = await group.locator('.item').count();
    await group.getByRole('button', { name: /^Accept all/ }).click();
    await page.locator('header .told', { hasText: new RegExp(`^${n} accepted`) }).waitFor();
    await page.getByLabel('Decision').selectOption('open');
    await page.locator('output', { hasText: `${leaks.length - n} of ${total} changes` }).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Search in changes').fill('collectBad');
    await page.locator('output', { hasText: /^2 of/ }).waitFor();
    assert.ok((await page.locator('.witness .joint').count()) > 0);
    assert.equal(await page.locator('.witness .step.end').count(), 1);
    await page.locator('.witness .step').first().click();
    await page.locator('tr.shown').waitFor();
    assert.match(
      (await page.locator('[role=status]').textContent()) ?? '',
      /done\.go:\d+ is marked in the diff/,
    );
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await page.locator('header .told', { hasText: /· 1 rejected/ }).waitFor();
    await saved(() => decisions().accepted === n && decisions().rejected === 1);
  },
);

test('what the source says stays text, and nothing is asked of anybody else', browserTest, async (t) => {
  const evil =
    '</script><img src="http://evil.example/x" onerror="alert(1)"><script>alert(2)</script>\u202E\u001B';
  const before = `a\r\n${evil}\r\n${'x '.repeat(40_000)}1\r\n`;
  const diff = filePatch({ path: `${evil}.go`, before, after: `${before.replace('1\r', '2\r')}end` });
  const [first] = plan.changes as [Change];
  const at = { ...first.at, path: `${evil}.go` };
  const hostile = { ...first, message: evil, title: evil, diff, at, fingerprint: evil };
  const left = { ...hostile, why: 'failed', reason: evil, output: `x.go:1: ${evil}` } as const;
  const { url } = await review(t, { ...plan, changes: [hostile, ...plan.changes], left: [left] });
  const { page, asked, complaints } = await openPage(t, url);
  await page.getByLabel('Search in changes').fill('alert(2)');
  await page.locator('output', { hasText: /^1 of/ }).waitFor();
  assert.match((await page.locator('#change-title').textContent()) ?? '', /^<\/script><img .*\uFFFD\uFFFD$/);
  assert.equal(await page.locator('img').count(), 0);
  await page
    .getByRole('button', { name: /more characters$/ })
    .first()
    .click();
  await page.getByRole('button', { name: '1 left out' }).click();
  await page.locator('.left pre', { hasText: 'x.go:1: </script>' }).waitFor();
  await page.keyboard.press('k');
  const answered = page.waitForResponse(/\/decisions$/);
  await page.keyboard.press('y');
  await answered;
  await page.locator('header .told', { hasText: /^1 accepted/ }).waitFor();
  assert.deepEqual(complaints, []);
  assert.ok(asked.includes(`${url}decisions`), 'requests are seen');
  assert.deepEqual(
    asked.filter((address) => !address.startsWith(url)),
    [],
  );
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`${colorScheme}, wide and narrow, with motion reduced`, browserTest, async (t) => {
    const { url } = await review(
      t,
      withDecisions(
        plan,
        new Map(plan.changes.slice(0, 9).map((c, i) => [keyOf(c), i % 3 ? 'accepted' : 'rejected'])),
      ),
    );
    const opened = await openPage(t, url, {
      colorScheme,
      reducedMotion: 'reduce',
      viewport: { width: 1240, height: 1080 },
    });
    const { page } = opened;
    const back = String(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
    const brightness = (back.match(/\d+/g) ?? []).reduce((sum, part) => sum + Number(part), 0);
    assert.equal(brightness > 384, colorScheme === 'light');
    assert.equal(
      await page.evaluate("getComputedStyle(document.querySelector('button')).transitionDuration"),
      '0s',
    );
    await page.getByLabel('Search in changes').fill('collectBad');
    await page.locator('output', { hasText: /^2 of/ }).waitFor();
    assert.equal(await page.locator('.diff.split').count(), 1);
    await shoot(opened, `review-${colorScheme}`);
    await page.setViewportSize({ width: 360, height: 800 });
    await page.locator('.diff.stacked').waitFor();
    assert.ok(
      await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
      'nothing sticks out',
    );
    await shoot(opened, `review-${colorScheme}-narrow`);
  });
}

test('a thousand changes', browserTest, async (t) => {
  const { url } = await review(t, multiplied(plan, 1000));
  const { page } = await openPage(t, url);
  const timing = await page.evaluate("Math.round(performance.getEntriesByType('navigation')[0].duration)");
  assert.equal(await page.locator('.item').count(), 1000);
  t.diagnostic(`1,000 changes are loaded in ${timing} ms`);
  await page.getByLabel('Search in changes').fill('part7/');
  await page.locator('output', { hasText: / of 1000 changes/ }).waitFor();
  assert.ok((await page.locator('.item').count()) < 1000);
});

test('the file for reading has everything, asks for nothing and decides nothing', browserTest, async (t) => {
  const cwd = tree(t, { 'plan.json': planText(plan) });
  const child = spawn(process.execPath, [builtCommand, 'review', '--html', 'out.html', 'plan.json'], { cwd });
  assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 0);
  const file = pathToFileURL(join(cwd, 'out.html')).href;
  const { page, asked, complaints } = await openPage(t, file);
  await page.getByText('read-only').waitFor();
  assert.equal(await page.locator('.item').count(), total);
  assert.equal(await page.getByRole('button', { name: /^(?:Accept|Reject|Done)/ }).count(), 0);
  await page.keyboard.press('y');
  await page.keyboard.press('j');
  await page.locator('.item[aria-current]').waitFor();
  await page.locator('header .told', { hasText: /^0 accepted/ }).waitFor();
  assert.deepEqual([asked, complaints], [[file], []]);
  assert.equal(readFileSync(join(cwd, 'plan.json'), 'utf8'), planText(plan));
});

test('done ends the command, which says what is next; so does Ctrl-C', browserTest, async (t) => {
  const first = await review(t);
  const { page } = await openPage(t, first.url);
  await page.keyboard.press('y');
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.getByText('The review is saved').waitFor();
  assert.equal(await first.ended, 0);
  assert.match(
    first.out(),
    /1 accepted, 0 rejected\. \d+ changes are open.* To apply: goleash apply plan\.json\n$/,
  );
  const second = await review(t);
  second.child.kill('SIGINT');
  assert.equal(await second.ended, 0);
  assert.match(second.out(), /0 accepted, 0 rejected\. \d+ changes are open/);
});

test('when goleash is gone, the page says so and keeps what was decided', browserTest, async (t) => {
  const { url, child, ended } = await review(t);
  const { page } = await openPage(t, url);
  child.kill('SIGKILL');
  await ended;
  await page.keyboard.press('y');
  await page
    .getByRole('alert')
    .filter({ hasText: /^Not saved: goleash does not answer/ })
    .waitFor();
  await page.locator('.item[data-decision=accepted]').waitFor();
});
