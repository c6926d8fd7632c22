// The head of the page: what is reviewed, and how far.

import type { PageData } from '../page-data.ts';
import type { totalsOf } from '../totals.ts';
import { button, h } from './dom.ts';

export interface Header {
  readonly element: HTMLElement;
  tell(totals: ReturnType<typeof totalsOf>): void;
}

export function headerOf(
  data: PageData,
  act: { help: () => void; left: () => void; done: (() => void) | undefined },
): Header {
  const parts = { accepted: h('span', { class: 'accepted' }), rejected: h('span', { class: 'rejected' }) };
  const told = h('p', { class: 'told' });
  const meter = h('div', { class: 'meter', role: 'img' }, parts.accepted, parts.rejected);
  const element = h(
    'header',
    {},
    h('h1', {}, 'goleash review'),
    h('p', { class: 'plan' }, data.named, !data.live && h('span', { class: 'badge' }, 'read-only')),
    meter,
    told,
    h('span', { class: 'space' }),
    data.left.length > 0 && button(`${data.left.length} left out`, act.left, { class: 'quiet' }),
    button('Keys', act.help, { key: '?', class: 'quiet', 'aria-haspopup': 'dialog' }),
    act.done && button('Done', act.done, { class: 'done' }),
  );
  return {
    element,
    tell({ accepted, rejected, open }) {
      const all = Math.max(1, accepted + rejected + open);
      parts.accepted.style.width = `${(100 * accepted) / all}%`;
      parts.rejected.style.width = `${(100 * rejected) / all}%`;
      told.textContent = `${accepted} accepted · ${rejected} rejected · ${open} open`;
      meter.setAttribute('aria-label', told.textContent);
    },
  };
}
