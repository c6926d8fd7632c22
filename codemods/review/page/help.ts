// The keys of the page, in a dialog.

import { keys } from '../session.ts';
import { button, h } from './dom.ts';

/** Keys of the terminal that mean nothing here, and what others are for here. */
const elsewhere = new Set(['s', 'e', 'q', '/']);

export interface Help {
  readonly dialog: HTMLDialogElement;
  /** Whether single letters are keys; somebody who speaks to the computer may not want that. */
  areKeysOn(): boolean;
}

export function helpDialog(live: boolean): Help {
  const deciding = new Set(['y', 'n', 'a', 'd', 'u']);
  const rows = keys
    .filter(([key]) => !elsewhere.has(key) && (live || !deciding.has(key)))
    .concat([['/', 'search']])
    .map(([key, does]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)));
  const on = h('input', { type: 'checkbox', checked: true });
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, 'Keys'),
    h('dl', {}, ...rows),
    h('label', { class: 'switch' }, on, 'Single letters are keys'),
    h(
      'p',
      {},
      'Open changes that are safe are applied, those to review are not. Nothing leaves this computer.',
    ),
    button('Close', () => dialog.close()),
  );
  return { dialog, areKeysOn: () => on.checked };
}
