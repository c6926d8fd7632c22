// One change: what is wrong, what is done about it, how far that was checked, the diff, and how it comes about.

import { type Change, type Decision, rungs } from '../../plan/plan.ts';
import type { groupAt } from '../session.ts';
import { tallied } from '../totals.ts';
import { diffView } from './diff-view.ts';
import { button, h } from './dom.ts';
import { witnessView } from './witness-view.ts';

export interface DetailOptions {
  readonly decision: Decision;
  readonly here: ReturnType<typeof groupAt>;
  /** The changes that have to be made before this one. */
  readonly after: readonly { readonly change: Change; readonly decision: Decision }[];
  /** Whether both sides of the diff stand beside each other. */
  readonly split: boolean;
  /** Does what a key does; absent where nothing can be decided. */
  readonly press: ((key: string) => void) | undefined;
  readonly go: (key: string) => void;
  readonly choose: (change: Change) => void;
  /** Tells somebody who does not see the page. */
  readonly announce: (text: string) => void;
}

export function detailView(change: Change, options: DetailOptions): HTMLElement {
  const { at, message, title } = change;
  const article = h('article', { 'aria-labelledby': 'change-title', 'data-decision': options.decision });
  const open = (path: string, line: number) => showLine(article, path, line, options.announce);
  article.append(
    groupLine(options),
    h('h2', { id: 'change-title' }, title),
    h('p', { class: 'message' }, message),
    facts(change, open),
    ...needs(options),
    decisionBar(options),
    diffView(change, options.split),
  );
  const witness = witnessView(change, open);
  if (witness) article.append(witness);
  article.append(...seeAlso(change, open));
  article.append(
    h(
      'p',
      { class: 'fingerprint' },
      `${at.path}:${at.line}:${at.column} · ${change.fixId} · ${change.fingerprint.slice(0, 12)}`,
    ),
  );
  return article;
}

function groupLine({ here }: DetailOptions): HTMLElement {
  if (!here) return h('p');
  const { group, index } = here;
  return h(
    'p',
    { class: 'of-group' },
    h('strong', {}, group.ruleId),
    ` · ${index + 1} of ${group.changes.length} for this reason`,
  );
}

function facts(change: Change, open: (path: string, line: number) => void): HTMLElement {
  const { at, safety, severity, confidence, verified } = change;
  const reached = rungs.indexOf(verified.rung);
  const ladder = rungs.map((rung, i) =>
    h(
      'li',
      { class: i <= reached ? 'held' : 'not' },
      rung,
      h('span', { class: 'hidden' }, i <= reached ? ': held' : ': not tried'),
    ),
  );
  return h(
    'div',
    { class: 'facts' },
    placeButton(at.path, at.line, open),
    h('span', { class: `badge ${safety}` }, safety),
    h('span', { class: `badge ${severity}` }, severity),
    h('span', { class: 'badge' }, confidence),
    h('ol', { class: 'ladder', 'aria-label': 'Checked' }, ...ladder),
    ...verified.notes.map((note) => h('span', { class: 'note' }, note)),
  );
}

function placeButton(path: string, line: number, open: (path: string, line: number) => void): HTMLElement {
  return button(`${path}:${line}`, () => open(path, line), {
    class: 'place',
    title: 'Show this line, and copy its place',
  });
}

function needs({ after, choose }: DetailOptions): readonly HTMLElement[] {
  if (after.length === 0) return [];
  const isLost = after.some(({ decision }) => decision === 'rejected');
  const summary = `Only together with ${after.length === 1 ? '1 change' : `${after.length} changes`} before it: ${tallied(after.map(({ decision }) => decision))}`;
  const items = after.map(({ change, decision }) =>
    h(
      'li',
      {},
      button(`${change.at.path}:${change.at.line}`, () => choose(change), { class: 'place' }),
      ` ${change.title} (${decision})`,
    ),
  );
  const list = h('ul', {}, ...items);
  return [h('details', { class: isLost ? 'needs rejected' : 'needs' }, h('summary', {}, summary), list)];
}

const words = { open: 'Open', accepted: '✓ Accepted', rejected: '✗ Rejected' } as const;

function decisionBar({ decision, press, go }: DetailOptions): HTMLElement {
  const state = h('strong', { class: `state ${decision}` }, words[decision]);
  const ways = [
    button('Previous', () => go('k'), { key: 'k', class: 'quiet' }),
    button('Next', () => go('j'), { key: 'j', class: 'quiet' }),
  ];
  if (!press) return h('div', { class: 'bar' }, state, ...ways);
  return h(
    'div',
    { class: 'bar', role: 'group', 'aria-label': 'Decide' },
    state,
    button('Accept', () => press('y'), { key: 'y', class: 'accept' }),
    button('Reject', () => press('n'), { key: 'n', class: 'reject' }),
    button('Accept the rest', () => press('a'), {
      key: 'a',
      class: 'quiet',
      title: 'this and all later open changes of the group',
    }),
    button('Reject the rest', () => press('d'), {
      key: 'd',
      class: 'quiet',
      title: 'this and all later open changes of the group',
    }),
    decision === 'open' ? undefined : button('Undo', () => press('u'), { key: 'u', class: 'quiet' }),
    h('span', { class: 'space' }),
    ...ways,
  );
}

function seeAlso({ related }: Change, open: (path: string, line: number) => void): readonly HTMLElement[] {
  const notes = related.filter(({ step }) => !step);
  if (notes.length === 0) return [];
  const items = notes.map(({ message, path, line }) =>
    h('li', {}, `${message} `, placeButton(path, line, open)),
  );
  return [h('section', { class: 'also' }, h('h3', {}, 'See also'), h('ul', {}, ...items))];
}

/** Shows a line in the diff if it is there, and puts its place on the clipboard, for the editor. */
function showLine(article: HTMLElement, path: string, line: number, announce: (text: string) => void): void {
  const file = [...article.querySelectorAll<HTMLElement>('.file')].find(
    (section) => section.dataset['path'] === path,
  );
  const row = file?.querySelector<HTMLElement>(`tr[data-line="${line}"]`);
  for (const other of article.querySelectorAll('tr.shown')) other.classList.remove('shown');
  row?.classList.add('shown');
  row?.scrollIntoView({ block: 'center' });
  const place = `${path}:${line}`;
  const copied = navigator.clipboard?.writeText(place) ?? Promise.reject();
  const where = row ? 'is marked in the diff' : 'is not in the diff';
  copied.then(
    () => announce(`${place} ${where}; its place is copied.`),
    () => announce(`${place} ${where}.`),
  );
}
