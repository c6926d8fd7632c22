// The page of a plan. Everything that it shows came with it.

import { keyOf, neededBy } from '../../plan/key.ts';
import type { Change, Decision } from '../../plan/plan.ts';
import { passes } from '../filter.ts';
import type { PageData } from '../page-data.ts';
import { decisionOf, groupAt, newSession, press, type Session, withDecided } from '../session.ts';
import { openMeans, totalsOf } from '../totals.ts';
import { detailView } from './detail.ts';
import { button, h } from './dom.ts';
import { filterBar } from './filter-bar.ts';
import { headerOf } from './header.ts';
import { helpDialog } from './help.ts';
import { changeList } from './list.ts';
import { liveStore } from './store.ts';

const data = JSON.parse(document.getElementById('plan')?.textContent ?? '') as PageData;
const whole = newSession(data.changes);
/** The changes that pass the filter; decisions are about all of them. */
let session: Session = { ...whole, told: '' };

const store = data.live ? liveStore(takeDecisions, showFailure) : undefined;
const bar = filterBar(whole.changes, refilter);
const list = changeList(
  choose,
  store && ((changes, decision) => decide(new Map(changes.map((change) => [keyOf(change), decision])))),
);
const help = helpDialog(data.live);
const header = headerOf(data, {
  help: () => help.dialog.showModal(),
  left: () => goTo(session.changes.length),
  done: store && finish,
});
const main = h('main', { id: 'change', tabindex: -1 });
const live = h('div', { role: 'status', class: 'hidden' });
const failure = h('div', { role: 'alert', class: 'failure', hidden: true });
const wide = matchMedia('(min-width: 70rem)');

document.body.append(
  h('a', { class: 'skip', href: '#change' }, 'Skip to the change'),
  header.element,
  failure,
  bar.element,
  h('div', { class: 'columns' }, list.element, main),
  help.dialog,
  live,
);
show();
document.addEventListener('keydown', onKey);
wide.addEventListener('change', showChange);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') store?.refresh();
});

function decisionAbout(change: Change): Decision {
  return decisionOf(session, change);
}

/** Shows everything again, after the filter or the groups have changed. */
function show(): void {
  const hadFocus = list.element.contains(document.activeElement);
  list.show(session.groups, decisionAbout);
  bar.count(decisionAbout);
  bar.tell(session.changes.length, whole.changes.length);
  showTotals();
  showChange();
  if (hadFocus) list.focus();
}

function showTotals(): void {
  header.tell(totalsOf(whole.changes, session.decisions));
}

function showChange(): void {
  const change = session.changes[session.at];
  list.select(change);
  main.replaceChildren(change ? detailOf(change) : endView());
  main.scrollTop = 0;
}

function detailOf(change: Change): HTMLElement {
  return detailView(change, {
    decision: decisionAbout(change),
    here: groupAt(session),
    after: neededBy(change, whole.changes).map((needed) => ({
      change: needed,
      decision: decisionAbout(needed),
    })),
    split: wide.matches,
    press: store && act,
    go: act,
    choose,
    announce,
  });
}

/** What stands in the place of a change after the last one, and where there is none. */
function endView(): HTMLElement {
  const isEmpty = session.changes.length === 0;
  return h(
    'article',
    { class: 'end' },
    h('h2', {}, isEmpty ? 'No change is shown' : 'That was the last change'),
    h('p', {}, openMeans(whole.changes, session.decisions)),
    h('p', {}, 'To apply what was decided: ', h('code', {}, data.next)),
    isEmpty ? button('Show all changes', clearFilter) : button('To the first', () => goTo(0)),
    ...leftView(),
  );
}

/** The fixes that did not make it into the plan, each with the reason and what the compiler or the tests said. */
function leftView(): readonly HTMLElement[] {
  if (data.left.length === 0) return [];
  const items = data.left.map(({ at, fixId, ruleId, why, reason, output }) =>
    h(
      'li',
      {},
      h('code', {}, `${at.path}:${at.line}`),
      ` ${fixId} (${ruleId}), ${why}: ${reason}`,
      output && h('pre', { class: 'raw', tabindex: 0 }, output),
    ),
  );
  return [h('h3', {}, 'Fixes that are not in the plan'), h('ul', { class: 'left' }, ...items)];
}

/** Does what a key of the terminal review does. */
function act(key: string): void {
  const before = session.changes[session.at];
  const pressed = press(session, key, 0);
  session = pressed.session;
  if (pressed.decided.size > 0) {
    decide(pressed.decided);
    announce(`${pressed.decided.size} ${[...pressed.decided.values()][0]}. ${session.told}`);
  } else if (session.told) announce(session.told);
  const change = session.changes[session.at];
  if (change !== before && !main.contains(document.activeElement)) list.focus();
}

/** Takes decisions over at once, and sends them. */
function decide(decided: ReadonlyMap<string, Decision>): void {
  session = withDecided(session, decided);
  store?.send(decided);
  showDecisions();
}

/** Decisions that the plan has by now, whoever made them. */
function takeDecisions(decisions: ReadonlyMap<string, Decision>): void {
  failure.hidden = true;
  const isNew = whole.changes.some(
    (change) => decisionAbout(change) !== (decisions.get(keyOf(change)) ?? decisionAbout(change)),
  );
  session = withDecided(session, decisions);
  if (isNew) showDecisions();
}

function showDecisions(): void {
  if (bar.filter().decision !== '') return refilter();
  list.mark(decisionAbout);
  bar.count(decisionAbout);
  showTotals();
  showChange();
}

/** Shows the changes that pass the filter, and stays with the change that is shown if it does. */
function refilter(): void {
  const shown = session.changes[session.at];
  const filter = bar.filter();
  const passing = whole.changes.filter((change) => passes(filter, change, decisionAbout(change)));
  const next = newSession(passing);
  const at = shown ? next.changes.indexOf(shown) : -1;
  session = { ...next, decisions: session.decisions, told: '', at: at >= 0 ? at : firstOf(next) };
  show();
  announce(`${passing.length} of ${whole.changes.length} changes are shown.`);
}

function firstOf({ at, changes }: Session): number {
  return at < changes.length ? at : 0;
}

function choose(change: Change): void {
  const at = session.changes.indexOf(change);
  if (at >= 0) return goTo(at);
  clearFilter();
  goTo(session.changes.indexOf(change));
}

function clearFilter(): void {
  bar.clear();
  refilter();
}

function goTo(at: number): void {
  session = { ...session, at };
  showChange();
}

function announce(text: string): void {
  live.textContent = text;
}

function showFailure(reason: string): void {
  failure.hidden = false;
  failure.textContent = `Not saved: ${reason} Your decisions are kept on this page and are sent with the next one.`;
}

async function finish(): Promise<void> {
  try {
    await store?.done();
  } catch (error) {
    return showFailure((error as Error).message);
  }
  document.removeEventListener('keydown', onKey);
  document.body.replaceChildren(
    h(
      'main',
      { class: 'finished' },
      h('h1', {}, 'The review is saved'),
      h('p', {}, openMeans(whole.changes, session.decisions)),
      h('p', {}, 'To apply it: ', h('code', {}, data.next)),
      h('p', {}, 'This page can be closed.'),
    ),
  );
}

const deciding = new Set(['y', 'n', 'a', 'd', 'u']);
const moving = new Set(['j', 'k', 'J', 'K', 'g', 'G']);

function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || help.dialog.open) return;
  if (event.key === 'Escape' && target === bar.search) {
    // Without this the browser would empty the field.
    event.preventDefault();
    if (!list.focus()) main.focus();
    return;
  }
  if (target.matches('input, select, textarea')) return;
  const arrow = { ArrowDown: 'j', ArrowUp: 'k' }[event.key];
  const key = arrow && list.element.contains(target) ? arrow : event.key;
  const isArrow = key === arrow;
  if (!isArrow && !help.areKeysOn()) return;
  if (key === '/') bar.search.select();
  else if (key === '?') help.dialog.showModal();
  else if (moving.has(key) || (store && deciding.has(key))) {
    act(key);
    if (!deciding.has(key)) showChange();
    if (isArrow) list.focus();
  } else return;
  event.preventDefault();
}
