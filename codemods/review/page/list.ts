// All changes that are shown, group by group, in one list. Groups out of sight are not laid out by the browser.

import type { Change, Decision } from '../../plan/plan.ts';
import type { Group } from '../groups.ts';
import { button, h } from './dom.ts';

export interface List {
  readonly element: HTMLElement;
  /** Shows these groups instead of those before. */
  show(groups: readonly Group[], decisionOf: (change: Change) => Decision): void;
  /** Shows other decisions about the same groups. */
  mark(decisionOf: (change: Change) => Decision): void;
  /** Marks the change that is shown beside, and scrolls to it; undefined for none. */
  select(change: Change | undefined): void;
  /** Moves the focus to the change that is selected; false if there is none. */
  focus(): boolean;
}

const marks = { open: '○', accepted: '✓', rejected: '✗' } as const;

/** The list; `chosen` is called with a change, `decided` with the changes of a group, absent where nothing can be decided. */
export function changeList(
  chosen: (change: Change) => void,
  decided: ((changes: readonly Change[], decision: Decision) => void) | undefined,
): List {
  const element = h('nav', { class: 'list', 'aria-label': 'Changes' });
  let items = new Map<Change, { change: Change; item: HTMLButtonElement; mark: HTMLElement }>();
  let selected: HTMLButtonElement | undefined;

  const itemOf = (change: Change) => {
    const mark = h('span', { class: 'mark' });
    const { path, line } = change.at;
    const slash = path.lastIndexOf('/') + 1;
    const item = h(
      'button',
      { type: 'button', class: 'item', tabindex: -1 },
      mark,
      h(
        'span',
        { class: 'where' },
        h('span', { class: 'folder' }, path.slice(0, slash)),
        h('span', { class: 'name' }, `${path.slice(slash)}:${line}`),
      ),
      h('span', { class: `badge ${change.safety}` }, change.safety),
    );
    item.addEventListener('click', () => chosen(change));
    items.set(change, { change, item, mark });
    return h('li', {}, item);
  };

  const groupOf = (group: Group, index: number) => {
    const id = `group-${index}`;
    const n = group.changes.length;
    const bulk = decided && [
      button('✓ all', () => decided(group.changes, 'accepted'), {
        'aria-label': `Accept all ${n} of ${group.ruleId}: ${group.reason}`,
        class: 'accept',
      }),
      button('✗ all', () => decided(group.changes, 'rejected'), {
        'aria-label': `Reject all ${n} of ${group.ruleId}: ${group.reason}`,
        class: 'reject',
      }),
    ];
    const section = h(
      'section',
      { class: 'group', 'aria-labelledby': id },
      h(
        'div',
        { class: 'group-head' },
        h('h2', { id }, group.ruleId, h('span', { class: 'count' }, String(n))),
        h('p', {}, group.reason),
        h('p', { class: 'fix' }, group.changes[0]?.title ?? group.fixId),
        bulk && h('div', { class: 'bulk' }, ...bulk),
      ),
      h('ul', {}, ...group.changes.map(itemOf)),
    );
    section.style.setProperty('contain-intrinsic-size', `auto ${110 + 30 * n}px`);
    return section;
  };

  return {
    element,
    show(groups, decisionOf) {
      items = new Map();
      selected = undefined;
      element.replaceChildren(...groups.map(groupOf));
      if (groups.length === 0)
        element.append(h('p', { class: 'nothing' }, 'No change has all that is asked for.'));
      this.mark(decisionOf);
    },
    mark(decisionOf) {
      for (const { change, item, mark } of items.values()) {
        const decision = decisionOf(change);
        if (item.dataset['decision'] === decision) continue;
        item.dataset['decision'] = decision;
        mark.textContent = marks[decision];
        const { path, line } = change.at;
        item.setAttribute('aria-label', `${path}:${line}, ${change.safety}, ${decision}`);
      }
    },
    select(change) {
      selected?.removeAttribute('aria-current');
      selected?.setAttribute('tabindex', '-1');
      selected = change && items.get(change)?.item;
      const first = items.values().next().value?.item;
      (selected ?? first)?.setAttribute('tabindex', '0');
      selected?.setAttribute('aria-current', 'true');
      selected?.scrollIntoView({ block: 'nearest' });
    },
    focus() {
      selected?.focus();
      return selected !== undefined;
    },
  };
}
