// Counts for `--stats`, as data and in words.

import { type Explorations, noExplorations, sumOfExplorations } from '../analysis/index.ts';
import { count } from './report/text.ts';

export interface Stats {
  readonly files: number;
  readonly characters: number;
  /** Files that rules can say something about. */
  readonly relevantFiles: number;
  /** Packages that were analysed, and their top-level declarations. */
  readonly packages: number;
  readonly declarations: number;
  /** The declarations that were parsed. */
  readonly parsed: number;
  /** Functions whose interleavings were explored, by how that ended. */
  readonly explorations: Explorations;
  /** Of the packages, those whose findings were known from an earlier run. */
  readonly known: number;
  /** Findings that a comment silences. */
  readonly suppressed: number;
  /** Of all threads together, in seconds. */
  readonly reading: number;
  readonly analysing: number;
}

export const noStats: Stats = {
  files: 0,
  characters: 0,
  relevantFiles: 0,
  packages: 0,
  declarations: 0,
  parsed: 0,
  explorations: noExplorations,
  known: 0,
  suppressed: 0,
  reading: 0,
  analysing: 0,
};

export function sumOfStats(a: Stats, b: Stats): Stats {
  return {
    files: a.files + b.files,
    characters: a.characters + b.characters,
    relevantFiles: a.relevantFiles + b.relevantFiles,
    packages: a.packages + b.packages,
    declarations: a.declarations + b.declarations,
    parsed: a.parsed + b.parsed,
    explorations: sumOfExplorations(a.explorations, b.explorations),
    known: a.known + b.known,
    suppressed: a.suppressed + b.suppressed,
    reading: a.reading + b.reading,
    analysing: a.analysing + b.analysing,
  };
}

/** What a whole run came to. */
export interface RunStats extends Stats {
  /** Findings of every severity, also those that are not shown. */
  readonly findings: number;
  /** From the start to the report, in seconds. */
  readonly elapsed: number;
}

/** The counts in lines for a terminal. */
export function statsText(stats: RunStats): string {
  const { complete, cut, spent } = stats.explorations;
  const seconds = (n: number): string => `${n.toFixed(2)} s`;
  const lines = [
    `${count(stats.files, 'file')} with ${(stats.characters / 1e6).toFixed(1)} million characters, ${stats.relevantFiles} of them relevant`,
    `${count(stats.packages, 'package')} analysed${stats.known > 0 ? `, ${stats.known} of them in an earlier run` : ''}; ${stats.parsed} of their ${stats.declarations} declarations parsed`,
    `${count(complete + cut + spent, 'function')} explored: ${complete} to the end, ${cut} cut where something is not followed, ${spent} out of budget`,
    `${count(stats.findings, 'finding')}, ${stats.suppressed} suppressed`,
    `${seconds(stats.elapsed)}; all threads together ${seconds(stats.reading)} reading and ${seconds(stats.analysing)} analysing`,
  ];
  return lines.map((line) => `goleash: ${line}\n`).join('');
}
