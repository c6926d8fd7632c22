// The precision log: verdicts on findings in real code, one a line, and what is counted and drawn of them.

import { type Confidence, rules } from '../analysis/index.ts';

export type Verdict = 'true' | 'false' | 'doubtful';

/** One finding that was drawn; the verdict and its reason are empty until somebody has read the code. */
export interface Entry {
  readonly rule: string;
  readonly confidence: Confidence;
  /** `path@version`. */
  readonly module: string;
  /** `file:line`, relative to the root of the module. */
  readonly at: string;
  readonly verdict: Verdict | '';
  readonly why: string;
}

const columns = ['rule', 'confidence', 'module', 'at', 'verdict', 'why'] as const;

export const header = columns.join('\t');

export const verdicts: readonly Verdict[] = ['true', 'false', 'doubtful'];

/** An entry as a line of the log, without its newline. */
export function lineOf(entry: Entry): string {
  return columns.map((column) => entry[column]).join('\t');
}

/** The entries of a log; what is wrong with its lines is left to `problemsOf`. */
export function entriesOf(log: string): readonly Entry[] {
  const lines = log.split('\n').filter((line, i) => i > 0 && line !== '');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])) as unknown as Entry;
  });
}

/** What is wrong with a log, each with its line. */
export function problemsOf(log: string): readonly string[] {
  const lines = log.split('\n');
  const problems: string[] = [];
  if (lines[0] !== header) problems.push(`1: the first line is not ${header.replaceAll('\t', ' ')}`);
  if (lines.at(-1) !== '') problems.push(`${lines.length}: the last line does not end`);
  const seen = new Set<string>();
  lines.slice(1, -1).forEach((line, i) => {
    const say = (what: string) => problems.push(`${i + 2}: ${what}`);
    if (line.split('\t').length !== columns.length) {
      say(`does not have ${columns.length} columns`);
      return;
    }
    const [entry] = entriesOf(`\n${line}`);
    if (!entry) return;
    for (const what of wrongIn(entry)) say(what);
    if (seen.has(keyOf(entry))) say('is there twice');
    seen.add(keyOf(entry));
  });
  return problems;
}

function wrongIn({ rule, confidence, module, at, verdict, why }: Entry): readonly string[] {
  const wrong: string[] = [];
  if (!rules.some(({ id }) => id === rule)) wrong.push(`there is no rule ${rule}`);
  if (confidence !== 'proved' && confidence !== 'likely') wrong.push(`${confidence} is no confidence`);
  if (!/^[\w.~/-]+@[\w.+-]+$/.test(module)) wrong.push(`${module} is not module@version`);
  if (!/^[^/:][^:]*\.go:[1-9]\d*$/.test(at)) wrong.push(`${at} is not file.go:line below the module`);
  if (verdict === '' || !verdicts.includes(verdict)) wrong.push(`'${verdict}' is no verdict`);
  if (!/^\S.{9,298}\S$/.test(why)) wrong.push('why is not one sentence');
  return wrong;
}

function keyOf({ rule, module, at }: Entry): string {
  return [rule, module, at].join('\t');
}

/** The part of a finding of `goleash check --format jsonl` that is drawn. */
export interface Drawable {
  readonly ruleId: string;
  readonly confidence: Confidence;
  readonly file: string;
  readonly line: number;
}

export interface Draw {
  readonly module: string;
  readonly count: number;
  readonly seed: number;
  /** The only rules to draw from. */
  readonly rules?: readonly string[] | undefined;
  /** What the paths of the findings begin with and those of the log do not. */
  readonly root?: string | undefined;
}

/** Some findings as entries, whatever their order: the first of a shuffle that depends on the seed alone. */
export function draw(
  findings: readonly Drawable[],
  known: readonly Entry[],
  options: Draw,
): readonly Entry[] {
  const root = options.root === undefined ? '' : `${options.root.replace(/\/$/, '')}/`;
  const verdictOf = new Map(known.map((entry) => [keyOf(entry), entry]));
  const all = findings
    .filter(({ ruleId }) => options.rules?.includes(ruleId) ?? true)
    .map(({ ruleId, confidence, file, line }): Entry => {
      const path = file.startsWith(root) ? file.slice(root.length) : file;
      return {
        rule: ruleId,
        confidence,
        module: options.module,
        at: `${path}:${line}`,
        verdict: '',
        why: '',
      };
    });
  const unique = [...new Map(all.map((entry) => [keyOf(entry), entry])).values()];
  return shuffled(unique.sort(inOrder), options.seed)
    .slice(0, options.count)
    .map((entry) => verdictOf.get(keyOf(entry)) ?? entry);
}

function inOrder(a: Entry, b: Entry): number {
  const [x, y] = [keyOf(a), keyOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Fisher and Yates's shuffle with Steele and Vigna's SplitMix generator of 32 bits. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const result = [...items];
  let state = seed | 0;
  const below = (count: number): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % count;
  };
  for (let i = result.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** The counts of a log by rule and confidence, then by confidence. */
export function precisionTable(entries: readonly Entry[]): string {
  const confidences: readonly Confidence[] = ['proved', 'likely'];
  const ids = [...new Set(entries.map(({ rule }) => rule))].sort();
  const rows = ids.flatMap((rule) =>
    confidences.map((confidence) =>
      countsOf(
        rule,
        confidence,
        entries.filter((e) => e.rule === rule),
      ),
    ),
  );
  const totals = confidences.map((confidence) => countsOf('all', confidence, entries));
  const shown = [...rows, ...totals].filter((row) => row[2] !== '0');
  if (shown.length === 0) return 'no verdicts yet';
  const head = ['rule', 'confidence', 'judged', ...verdicts, 'share true'];
  const widths = head.map((_, i) => Math.max(...[head, ...shown].map((row) => row[i]?.length ?? 0)));
  return [head, ...shown]
    .map((row) =>
      row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}

/** A row of the table. What is doubtful is not true. */
function countsOf(title: string, confidence: Confidence, entries: readonly Entry[]): readonly string[] {
  const judged = entries.filter((entry) => entry.confidence === confidence && entry.verdict !== '');
  const counts = verdicts.map((verdict) => judged.filter((entry) => entry.verdict === verdict).length);
  const share = judged.length === 0 ? 0 : (counts[0] ?? 0) / judged.length;
  return [title, confidence, String(judged.length), ...counts.map(String), `${Math.round(share * 100)} %`];
}
