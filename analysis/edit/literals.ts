// Elements added to composite literals. Columns are lined up afterwards, by columns.ts.

import { child, type Node, textOf } from '../syntax/node.ts';
import type { SourceFile } from '../syntax/source-file.ts';
import { eolAt, fitted, indentAt, isBlank, isFirstOnLine, onOneLine, spanOf, trailing } from './layout.ts';
import type { Draft } from './splice.ts';

export interface KeyedElement {
  readonly key: string;
  readonly value: string;
}

/**
 * Adds elements after the last one of a `literal_value`, each on a line of its own if the literal's braces are on
 * lines of their own. Undefined if the literal has an element without a key or one of these keys.
 */
export function addedElements(
  file: SourceFile,
  literal: Node,
  added: readonly KeyedElement[],
): readonly Draft[] | undefined {
  const keys = literal.children.map((e) =>
    e.kind === 'keyed_element' ? textOf(child(e, 'key') ?? e) : undefined,
  );
  const all = [...keys, ...added.map((e) => e.key)];
  if (literal.kind !== 'literal_value' || keys.includes(undefined) || new Set(all).size < all.length)
    return undefined;
  const last = literal.children.at(-1);
  const { start, end } = spanOf(file, literal);
  const close = end - 1;
  return last ? afterElement(file, spanOf(file, last), close, added) : intoEmpty(file, start, close, added);
}

type Range = { readonly start: number; readonly end: number };

function afterElement(
  file: SourceFile,
  last: Range,
  close: number,
  added: readonly KeyedElement[],
): readonly Draft[] {
  const { text, path } = file;
  const eol = eolAt(text, last.end);
  const put = (at: number, newText: string): Draft => ({ path, start: at, end: at, newText });
  const tail = trailing(file, last.end, ',');
  if (onOneLine(text, last.end, close) || !tail.last || !isFirstOnLine(text, close)) {
    const indent = indentAt(text, last.start);
    const list = added.map((e) => `${e.key}: ${fitted(e.value, indent, eol)}`).join(', ');
    const hasComma = commaAfter(file, last.end) >= 0;
    return hasComma ? [put(tail.end, ` ${list}`)] : [put(last.end, `, ${list}`)];
  }
  const indent = isFirstOnLine(text, last.start) ? indentAt(text, last.start) : `${indentAt(text, close)}\t`;
  const list = added.map((e) => `${eol + indent}${e.key}: ${fitted(e.value, indent, eol)},`).join('');
  return [put(tail.end, list)];
}

/** The offset of the comma that follows the element ending at `at`, before anything but comments; or -1. */
function commaAfter(file: SourceFile, at: number): number {
  const without = trailing(file, at, '').end;
  const gap = /^\s*,/.exec(file.text.slice(without));
  return gap ? without + gap[0].length - 1 : -1;
}

function intoEmpty(
  file: SourceFile,
  start: number,
  close: number,
  added: readonly KeyedElement[],
): readonly Draft[] {
  const { text, path } = file;
  const eol = eolAt(text, start);
  const outer = indentAt(text, close);
  if (onOneLine(text, start, close)) {
    const list = added.map((e) => `${e.key}: ${fitted(e.value, outer, eol)}`).join(', ');
    const hasComment = !isBlank(text, start + 1, close);
    const from = hasComment ? text.slice(0, close).trimEnd().length : start + 1;
    return [{ path, start: from, end: close, newText: (hasComment ? ' ' : '') + list }];
  }
  const indent = `${outer}\t`;
  const list = added.map((e) => `${indent}${e.key}: ${fitted(e.value, indent, eol)},`).join(eol);
  if (isBlank(text, start + 1, close))
    return [{ path, start: start + 1, end: close, newText: eol + list + eol + outer }];
  const from = text.slice(0, close).trimEnd().length;
  return [{ path, start: from, end: close, newText: eol + list + eol + outer }];
}
