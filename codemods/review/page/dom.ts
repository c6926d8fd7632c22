// Elements of the page. Text is only ever set as text, and made printable: nothing in a plan can become markup.

import { printable } from '../../printable.ts';

type Child = Node | string | undefined | false;

/** Attributes; `true` for one without a value, `undefined` and `false` for none. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, printable(String(value)));
  }
  for (const child of children) {
    if (child) element.append(typeof child === 'string' ? printable(child) : child);
  }
  return element;
}

/** A button that does something; `key` is the key that does the same. */
export function button(
  label: string,
  act: () => void,
  { key, ...attributes }: Attributes & { key?: string } = {},
) {
  const hint = key ? h('kbd', { 'aria-hidden': 'true' }, key) : undefined;
  const element = h('button', { type: 'button', 'aria-keyshortcuts': key, ...attributes }, label, hint);
  element.addEventListener('click', act);
  return element;
}
