// What narrows the list: a text, and a choice for each aspect of a change.

import type { Change, Decision } from '../../plan/plan.ts';
import { rungs } from '../../plan/plan.ts';
import { aspects, type Filter, noFilter, valuesOf } from '../filter.ts';
import { button, h } from './dom.ts';

export interface FilterBar {
  readonly element: HTMLElement;
  readonly search: HTMLInputElement;
  readonly filter: () => Filter;
  /** Counts the values again, after decisions. */
  count(decisionOf: (change: Change) => Decision): void;
  /** Says how many changes are shown. */
  tell(shown: number, all: number): void;
  clear(): void;
}

type Aspect = keyof typeof aspects;

const labels: Readonly<Record<Aspect, string>> = {
  rule: 'Rule',
  safety: 'Safety',
  folder: 'Package',
  rung: 'Checked',
  decision: 'Decision',
};

/** The bar; `changed` is called after every change of the filter. */
export function filterBar(changes: readonly Change[], changed: () => void): FilterBar {
  const search = h('input', {
    type: 'search',
    placeholder: 'Search',
    'aria-label': 'Search in changes',
    'aria-keyshortcuts': '/',
  });
  const names = Object.keys(aspects) as Aspect[];
  const selects = new Map(names.map((name) => [name, h('select', { 'aria-label': labels[name] })]));
  const told = h('output', { class: 'shown' });
  const clear = button('Clear', () => {
    bar.clear();
    changed();
  });
  let pause: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(changed, 120);
  });
  for (const select of selects.values()) select.addEventListener('change', changed);
  const bar: FilterBar = {
    element: h('search', { class: 'filters' }, search, ...selects.values(), clear, told),
    search,
    filter: () =>
      Object.fromEntries([
        ['text', search.value.trim()],
        ...[...selects].map(([name, select]) => [name, select.value]),
      ]) as unknown as Filter,
    count(decisionOf) {
      for (const [name, select] of selects)
        fill(name, select, inOrder(name, valuesOf(name, changes, decisionOf)));
    },
    tell(shown, all) {
      told.textContent = shown === all ? `${all} changes` : `${shown} of ${all} changes`;
      clear.hidden = shown === all;
    },
    clear() {
      search.value = noFilter.text;
      for (const select of selects.values()) select.value = '';
    },
  };
  return bar;
}

/** Rungs come from the lowest to the highest. */
function inOrder(name: Aspect, values: ReturnType<typeof valuesOf>): ReturnType<typeof valuesOf> {
  if (name !== 'rung') return values;
  const rank = (rung: string) => (rungs as readonly string[]).indexOf(rung);
  return [...values].sort(([a], [b]) => rank(a) - rank(b));
}

function fill(name: Aspect, select: HTMLSelectElement, values: ReturnType<typeof valuesOf>): void {
  const chosen = select.value;
  const isThere = chosen === '' || values.some(([value]) => value === chosen);
  const all = isThere ? values : [...values, [chosen, 0] as const];
  select.replaceChildren(
    h('option', { value: '' }, `${labels[name]}: all`),
    ...all.map(([value, count]) => h('option', { value }, `${value} (${count})`)),
  );
  select.value = chosen;
}
