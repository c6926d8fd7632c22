// Comments that silence findings: `//goleash:ignore rule reason`, and those of other tools, each with the range that
// its tool gives it: `//nolint:name` of golangci-lint, `//#nosec G101` of gosec, `//lint:ignore SA1000 reason` of
// staticcheck. A person who has silenced a peer of a rule has answered the question that the rule asks. A comment of
// another tool that names nothing may have answered any other question.

import { descendants, type Node } from './syntax/node.ts';
import { type SourceFile, treeOf } from './syntax/source-file.ts';

/** A comment that silences findings whose first offset lies in its range. */
export interface Suppression {
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Rule ids, linter names or checks, as the tool of that form calls them; never empty. */
  readonly names: readonly string[];
  readonly form: Form;
  /** A `//goleash:ignore` must say why, unless the configuration lets it; without a reason it silences nothing. */
  readonly hasReason: boolean;
  /** Where the comment itself is. */
  readonly comment: { readonly start: number; readonly end: number };
}

type Form = 'ignore' | 'nolint' | 'nosec' | 'lint:ignore';

type Directive = Pick<Suppression, 'names' | 'form' | 'hasReason'> & { readonly reaches: Reach };

/**
 * What a comment alone on its line covers besides a whole declaration that starts below it: the next line, all of the
 * next statement, the next line even if a declaration starts there, or the file.
 */
type Reach = 'line' | 'statement' | 'first line' | 'file';

const goleash = /^\/\/\s?goleash:ignore[ \t]+([\w,-]+)(?:[ \t]+(\S.*))?$/;
const nolint = /^\/\/\s?nolint:\s*([\w\s,.-]+?)(?:\s*\/\/.*|\s*)$/i;
const nosec = /^(?:\/\/|\/\*)\s*(?:#nosec|gosec:disable)\b([\s\S]*)$/;
const lint = /^\/\/lint:(file-)?ignore[ \t]+(\S+)(?:[ \t]+(\S.*))?$/;

/** The suppressions of a file. */
export function suppressionsOf(file: SourceFile): readonly Suppression[] {
  if (!/nolint|goleash:|nosec|gosec:|lint:/i.test(file.text)) return [];
  const found: Suppression[] = [];
  for (let i = 0; i + 1 < file.comments.length; i += 2) {
    const start = file.comments[i] as number;
    const end = file.comments[i + 1] as number;
    const directive = directiveOf(file.text.slice(start, end).trimEnd());
    if (!directive || directive.names.length === 0) continue;
    const { reaches, ...what } = directive;
    found.push({ ...what, ...rangeOf(file, start, end, reaches), comment: { start, end } });
  }
  return found;
}

function directiveOf(comment: string): Directive | undefined {
  const listed = (names: string | undefined): readonly string[] =>
    names?.split(',').map((name) => name.trim()) ?? [];
  const asIgnore = goleash.exec(comment);
  if (asIgnore)
    return {
      form: 'ignore',
      names: listed(asIgnore[1]),
      hasReason: asIgnore[2] !== undefined,
      reaches: 'line',
    };
  const asNolint = nolint.exec(comment);
  if (asNolint)
    return {
      form: 'nolint',
      names: listed(asNolint[1]?.toLowerCase()),
      hasReason: true,
      reaches: 'statement',
    };
  const asNosec = nosec.exec(comment);
  if (asNosec) {
    const [rules = ''] = (asNosec[1] ?? '').split('--');
    return { form: 'nosec', names: rules.match(/\bG\d{3}\b/g) ?? [], hasReason: true, reaches: 'statement' };
  }
  const asLint = lint.exec(comment);
  if (!asLint?.[3]) return undefined;
  return {
    form: 'lint:ignore',
    names: listed(asLint[2]),
    hasReason: true,
    reaches: asLint[1] ? 'file' : 'first line',
  };
}

/** Whether a suppression is about a rule with that id and those peers, such as `bodyclose`, `gosec G112`, `go vet lostcancel`. */
export function concerns(
  { form, names }: Suppression,
  rule: { readonly id: string; readonly peers: readonly string[] },
): boolean {
  const own = ['goleash', rule.id];
  const peers = rule.peers.map(peerOf);
  switch (form) {
    case 'ignore':
      return names.includes(rule.id) || names.includes('all');
    case 'nolint':
      return (
        names.includes('all') || names.includes('goleash') || peers.some((p) => names.includes(p.linter))
      );
    case 'nosec':
      return peers.some((p) => p.linter === 'gosec' && names.includes(p.check));
    case 'lint:ignore':
      return [...own, ...peers.map((p) => p.check)].some((check) => names.some((n) => matches(n, check)));
  }
}

/** Those names of a suppression that concern the rule, for the forms of this tool. */
export function namesFor({ names }: Suppression, ruleId: string): readonly string[] {
  return names.filter((name) => name === ruleId || name === 'all' || name === 'goleash');
}

/** The name of a peer as golangci-lint has it, and that of its check, which may be the same. */
export function peerOf(peer: string): { readonly linter: string; readonly check: string } {
  const words = peer.split(' ');
  const linter = peer.startsWith('go vet') ? 'govet' : (words[0] ?? peer);
  return { linter, check: words.at(-1) ?? peer };
}

/** Staticcheck takes `SA1*` for all checks that begin so; `*` alone says no more than a bare directive. */
function matches(pattern: string, check: string): boolean {
  const star = pattern.indexOf('*');
  return star > 0 ? check.startsWith(pattern.slice(0, star)) : pattern === check;
}

/** What a comment covers: the line that it ends; alone on its line, what follows, as far as it reaches. */
function rangeOf(
  file: SourceFile,
  start: number,
  end: number,
  reaches: Reach,
): { start: number; end: number } {
  const { text } = file;
  if (reaches === 'file') return { start: 0, end: text.length + 1 };
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (text.slice(lineStart, start).replace('\uFEFF', '').trim() !== '')
    return { start: lineStart, end: endOfLine(text, end) };
  const code = nextCode(file, end);
  const index = reaches === 'first line' ? -1 : file.starts.indexOf(code);
  if (index >= 0) {
    const declaration = file.declarations[index];
    if (declaration?.kind === 'package') return { start: 0, end: text.length + 1 };
    return { start: lineStart, end: code + (declaration?.text.length ?? 0) };
  }
  const statement = reaches === 'statement' ? endOfStatement(file, code) : code;
  return { start: lineStart, end: endOfLine(text, Math.max(code, statement)) };
}

/** The offset behind the end of the line that holds an offset. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return (end < 0 ? text.length : end) + 1;
}

/** The end of the outermost node inside a declaration that begins at an offset. */
function endOfStatement(file: SourceFile, at: number): number {
  const index = file.declarations.findIndex((d, i) => {
    const start = file.starts[i] as number;
    return start < at && at < start + d.text.length;
  });
  const declaration = file.declarations[index];
  const tree = declaration && treeOf(declaration);
  const offset = file.starts[index] ?? 0;
  if (!tree) return at;
  const begins = ({ start, kind }: Node): boolean =>
    start === at - offset && kind !== 'statement_list' && kind !== 'expression_list';
  for (const node of descendants(tree.root)) if (begins(node)) return offset + node.end;
  return at;
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
