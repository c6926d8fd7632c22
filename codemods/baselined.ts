// What `--baseline`, `--write-baseline` and `--ratchet` make of the findings of a run.

import { dirname } from 'node:path';
import {
  type Baseline,
  type Comparison,
  compare,
  countByRule,
  type Entry,
  readBaseline,
  type Seen,
  writeBaseline,
} from './baseline.ts';
import type { Host } from './host.ts';
import type { LocatedFinding } from './located.ts';
import { UsageError } from './problem.ts';
import { count } from './report/text.ts';
import type { Outcome } from './run.ts';
import { absolute } from './targets.ts';

export interface BaselineOptions {
  readonly baseline?: string;
  readonly writeBaseline?: boolean;
  readonly ratchet?: boolean;
  readonly rule?: readonly string[];
  readonly quiet?: boolean;
}

export interface Baselined {
  /** What is to be told. */
  readonly findings: readonly LocatedFinding[];
  /** How many more there are that the baseline has now. */
  readonly known: number;
  /** Whether there are more findings of some rule than in the baseline that is not to grow. */
  readonly grown: boolean;
}

/** Where the baseline is unless it is named. */
export const baselineName = 'goleash-baseline.json';

/** The baseline that the options ask for; undefined if they ask for none. Throws a UsageError if it is not there. */
export function baselineOf(options: BaselineOptions, host: Host): Baseline | undefined {
  if (options.baseline === undefined && !options.writeBaseline && !options.ratchet) return undefined;
  const name = options.baseline ?? baselineName;
  const found = readBaseline(name, host.cwd);
  if (found) return found;
  if (options.writeBaseline) return { path: absolute(name, host.cwd), name, entries: [] };
  const where = name === baselineName ? '' : ` --baseline ${name}`;
  throw new UsageError(
    `there is no ${name}: to accept all that is found today, run goleash check --write-baseline${where}`,
  );
}

/**
 * Takes the known findings away. `partial` says that the run has not looked for all findings of its files, so that none
 * can be called gone.
 */
export function baselined(
  outcome: Outcome,
  baseline: Baseline,
  options: BaselineOptions & { readonly partial: boolean },
  host: Host,
): Baselined {
  const comparison = compare(outcome.findings, baseline, seenBy(outcome, options));
  const tell = (text: string) => host.err(`goleash: ${baseline.name}: ${text}\n`);
  if (options.writeBaseline) {
    for (const line of named(comparison.gone)) tell(`removed: ${line}`);
    writeBaseline(baseline, outcome.findings, comparison.unseen);
    const all = count(outcome.findings.length + comparison.unseen.length, 'finding');
    if (!options.quiet) tell(`${all}, ${comparison.fresh.length} of them new`);
    return { findings: [], known: outcome.findings.length, grown: false };
  }
  if (options.ratchet) return ratcheted(outcome, baseline, comparison, tell);
  for (const line of named(comparison.gone)) tell(`no longer found: ${line}`);
  if (comparison.gone.length > 0 && !options.quiet)
    tell('to remove what is no longer found, run goleash check with --write-baseline or --ratchet');
  return { findings: comparison.fresh, known: comparison.found.length, grown: false };
}

/** Tells what is new of the rules that have grown; if none has, the baseline becomes what there is now. */
function ratcheted(
  { findings }: Outcome,
  baseline: Baseline,
  { fresh, found, gone, unseen }: Comparison,
  tell: (text: string) => void,
): Baselined {
  const before = countByRule([...found, ...gone].map(({ rule }) => rule));
  const now = countByRule(findings.map(({ ruleId }) => ruleId));
  const grown = [...now].filter(([rule, n]) => n > (before.get(rule) ?? 0));
  for (const [rule, n] of grown)
    tell(`${rule} has grown: ${count(n, 'finding')} where there may be ${before.get(rule) ?? 0}`);
  if (grown.length > 0) {
    const rules = new Set(grown.map(([rule]) => rule));
    return { findings: fresh.filter(({ ruleId }) => rules.has(ruleId)), known: found.length, grown: true };
  }
  if (gone.length > 0) {
    for (const line of named(gone)) tell(`removed: ${line}`);
    writeBaseline(baseline, findings, unseen);
  }
  return { findings: [], known: findings.length, grown: false };
}

/** In a folder where something could not be analysed, a finding that is missing may still be there. */
function seenBy(
  { reported, problems }: Outcome,
  { rule, partial }: BaselineOptions & { partial: boolean },
): Seen {
  const files = new Set(reported);
  const broken = new Set(problems.map(({ path }) => dirname(path)));
  return {
    file: (path) => files.has(path) && !broken.has(dirname(path)),
    rule: (id) => !partial && (rule?.includes(id) ?? true),
  };
}

/** `lost-cancel in a.go`, `2 × lost-cancel in b.go` */
function named(entries: readonly Entry[]): readonly string[] {
  return [...countByRule(entries.map(({ rule, file }) => `${rule} in ${file}`))].map(([name, n]) =>
    n === 1 ? name : `${n} × ${name}`,
  );
}
