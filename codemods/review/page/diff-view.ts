// A diff, side by side where there is room for it and stacked where there is not.

import type { Change } from '../../plan/plan.ts';
import { goTokens, piecesOf, type Token } from '../go-tokens.ts';
import { type DiffFile, type DiffLine, filesOf, type Hunk } from '../rows.ts';
import { h } from './dom.ts';

/** Longer lines are cut until somebody asks for the rest. */
const longest = 2000;

type Tokens = ReadonlyMap<DiffLine, readonly Token[]>;

/** The diff of a change; `split` is whether both sides stand beside each other. */
export function diffView({ diff, at }: Change, split: boolean): HTMLElement {
  const files = filesOf(diff);
  const view = h('div', { class: `diff ${split ? 'split' : 'stacked'}` });
  if (!files) view.append(h('pre', { class: 'raw', tabindex: 0 }, diff || 'This change has no diff.'));
  else for (const file of files) view.append(fileView(file.path ? file : { ...file, path: at.path }, split));
  return view;
}

function fileView({ path, hunks }: DiffFile, split: boolean): HTMLElement {
  const columns = split ? ['number', 'code', 'number', 'code'] : ['number', 'number', 'code'];
  const table = h('table', { 'aria-label': `Changes in ${path}` });
  table.append(h('colgroup', {}, ...columns.map((name) => h('col', { class: name }))));
  for (const hunk of hunks) {
    const tokens = tokensOf(hunk);
    const rows = split
      ? hunk.rows.map((row) => splitRow(row, tokens))
      : hunk.lines.map((line) => lineRow(line, tokens));
    const head = h('tr', { class: 'hunk' }, h('td', { colspan: columns.length }, hunkTitle(hunk)));
    table.append(h('tbody', {}, head, ...rows));
  }
  return h('section', { class: 'file', 'data-path': path }, h('h3', {}, path), table);
}

function hunkTitle({ old, new: now }: Hunk): string {
  const lines = (start: number, count: number) =>
    count > 1 ? `${start}–${start + count - 1}` : String(start);
  return `lines ${lines(old.start, old.lines)} become ${lines(now.start, now.lines)}`;
}

/** Each side is read for itself, as the file that it was or will be. */
function tokensOf({ lines }: Hunk): Tokens {
  const all = new Map<DiffLine, readonly Token[]>();
  for (const other of ['removed', 'added'] as const) {
    const side = lines.filter(({ kind }) => kind !== other);
    const tokens = goTokens(side.map(({ text }) => text));
    side.forEach((line, i) => {
      all.set(line, tokens[i] ?? []);
    });
  }
  return all;
}

function splitRow({ old, new: now }: Hunk['rows'][number], tokens: Tokens): HTMLElement {
  return h('tr', { 'data-line': old?.old }, ...side(old, old?.old, tokens), ...side(now, now?.new, tokens));
}

function side(
  line: DiffLine | undefined,
  number: number | undefined,
  tokens: Tokens,
): readonly HTMLElement[] {
  if (!line) return [h('td', { class: 'number none' }), h('td', { class: 'code none' })];
  return [h('td', { class: `number ${line.kind}` }, String(number ?? '')), codeCell(line, tokens)];
}

function lineRow(line: DiffLine, tokens: Tokens): HTMLElement {
  const number = (n: number | undefined) =>
    h('td', { class: `number ${line.kind}` }, n === undefined ? '' : String(n));
  return h('tr', { 'data-line': line.old }, number(line.old), number(line.new), codeCell(line, tokens));
}

const signs = { same: ' ', removed: '-', added: '+' } as const;

function codeCell(line: DiffLine, tokens: Tokens): HTMLElement {
  const cell = h('td', { class: `code ${line.kind}` }, h('span', { class: 'sign' }, signs[line.kind]));
  const isLong = line.text.length > longest;
  const shown = isLong ? [{ text: line.text.slice(0, longest), changed: false }] : line.parts;
  for (const { text, changed, kind } of piecesOf(shown, tokens.get(line) ?? [])) {
    const tag = changed ? (line.kind === 'removed' ? 'del' : 'ins') : 'span';
    cell.append(changed || kind ? h(tag, { class: kind }, text) : text);
  }
  if (isLong) cell.append(rest(line.text.slice(longest)));
  if (line.end)
    cell.append(h('span', { class: 'line-end' }, line.end === 'CR' ? '␍' : ' no newline at the end'));
  return cell;
}

function rest(text: string): HTMLElement {
  const more = h('button', { type: 'button', class: 'more' }, `… ${text.length} more characters`);
  more.addEventListener('click', () => more.replaceWith(h('span', {}, text)));
  return more;
}
