// Comments that silence findings: `//nolint` as golangci-lint reads it, and `//goleash:ignore rule reason`.

import type { SourceFile } from './syntax/source-file.ts';

/** A comment that silences findings whose first offset lies in its range. */
export interface Suppression {
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Rule ids of a `//goleash:ignore`, linter names of a `//nolint:a,b`; empty for all. */
  readonly names: readonly string[];
  readonly form: 'nolint' | 'ignore';
  /** A `//goleash:ignore` must say why; without a reason it silences nothing. */
  readonly hasReason: boolean;
}

const nolint = /^\/\/\s?nolint(?::\s*([\w\s,.-]+?))?(?:\s*\/\/.*|\s*)$/;
const ignore = /^\/\/\s?goleash:ignore[ \t]+([\w,-]+)(?:[ \t]+(\S.*))?$/;

/** The suppressions of a file. */
export function suppressionsOf(file: SourceFile): readonly Suppression[] {
  if (!file.text.includes('nolint') && !file.text.includes('goleash:')) return [];
  const found: Suppression[] = [];
  for (let i = 0; i + 1 < file.comments.length; i += 2) {
    const start = file.comments[i] as number;
    const end = file.comments[i + 1] as number;
    const comment = file.text.slice(start, end).trimEnd();
    const asNolint = nolint.exec(comment);
    const asIgnore = asNolint ? undefined : ignore.exec(comment);
    if (!asNolint && !asIgnore) continue;
    const listed = (asNolint ?? asIgnore)?.[1]?.split(',').map((name) => name.trim()) ?? [];
    found.push({
      ...rangeOf(file, start, end),
      names: listed.includes('all') ? [] : listed,
      form: asNolint ? 'nolint' : 'ignore',
      hasReason: asNolint !== null || asIgnore?.[2] !== undefined,
    });
  }
  return found;
}

/**
 * The linter names under which golangci-lint runs the checks a rule names as its peers: a person who silenced
 * `bodyclose` on a line has answered the same question.
 */
export function linterNames(peers: readonly string[]): readonly string[] {
  return [
    'goleash',
    ...peers.map((peer) => (peer.startsWith('go vet') ? 'govet' : (peer.split(' ')[0] ?? peer))),
  ];
}

/**
 * What a comment covers: the line it ends; alone on its line, the next line, the whole declaration if one
 * starts there, or the file if the package clause does.
 */
function rangeOf(file: SourceFile, start: number, end: number): { start: number; end: number } {
  const { text } = file;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end);
  if (text.slice(lineStart, start).replace('\uFEFF', '').trim() !== '')
    return { start: lineStart, end: lineEnd + 1 };
  const code = nextCode(file, end);
  const index = file.starts.indexOf(code);
  if (index >= 0) {
    const declaration = file.declarations[index];
    if (declaration?.kind === 'package') return { start: 0, end: text.length + 1 };
    return { start: lineStart, end: code + (declaration?.text.length ?? 0) };
  }
  const nextEnd = text.indexOf('\n', code);
  return { start: lineStart, end: (nextEnd < 0 ? text.length : nextEnd) + 1 };
}

/** The offset of the first character after `from` that is neither blank nor comment. */
function nextCode(file: SourceFile, from: number): number {
  let at = from;
  for (;;) {
    while (at < file.text.length && /\s/.test(file.text[at] as string)) at++;
    const comment = file.comments.findIndex((offset, i) => i % 2 === 0 && offset === at);
    if (comment < 0) return at;
    at = file.comments[comment + 1] as number;
  }
}
