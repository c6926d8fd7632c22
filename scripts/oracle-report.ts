// Counts what a comparison says of each fact, and prints the counts with examples and what was not compared.

import { dirname } from 'node:path';
import type { Facts, Place } from './oracle-facts.ts';

/** One comparison of goleash with Go. */
export interface Comparison {
  /** For the Go program. */
  readonly flags: readonly string[];
  /** What the answers to a fact can be, the good one first, the bad one last; all but the good one have examples. */
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** The answer for a fact; a text says why it is not compared. */
  judge(place: Place): Tally | string;
}

/** The answer for one fact. */
export interface Tally {
  readonly row: string;
  readonly column: string;
  readonly example?: string;
}

export interface Counts {
  count(place: Place): void;
  /** Facts that were not compared. */
  leave(reason: string, facts?: number): void;
  /** Prints all, with about so many examples of each answer that is not good. */
  print(facts: Facts, mostExamples: number): void;
}

export function countsOf({ columns, rows, judge }: Comparison): Counts {
  const cells = new Map<string, string[]>();
  const left = new Map<string, number>();
  const cell = (row: string, column: string): string[] => {
    const key = `${row}\t${column}`;
    const list = cells.get(key) ?? [];
    cells.set(key, list);
    return list;
  };
  const leave = (reason: string, facts = 1): void => {
    left.set(reason, (left.get(reason) ?? 0) + facts);
  };
  return {
    count(place) {
      const answer = judge(place);
      if (typeof answer === 'string') leave(answer);
      else cell(answer.row, answer.column).push(`${place.where().slice(0, 120)}  ${answer.example ?? ''}`);
    },
    leave,
    print({ byFile, skipped }, mostExamples) {
      const total = [...byFile.values()].reduce((sum, own) => sum + own.length, 0);
      console.log(`${total} facts in ${byFile.size} files`);
      const width = Math.max(...rows.map((row) => row.length)) + 1;
      for (const row of rows) {
        const all = columns.map((column) => ({ column, list: cell(row, column) }));
        const sum = all.reduce((n, { list }) => n + list.length, 0);
        const isShown = (column: string, length: number) =>
          length > 0 || column === columns[0] || column === columns.at(-1);
        const parts = all
          .filter(({ column, list }) => isShown(column, list.length))
          .map(
            ({ column, list: { length } }) =>
              `${column} ${length} (${((100 * length) / Math.max(sum, 1)).toFixed(2)} %)`,
          );
        console.log(`${row.padEnd(width)}${sum}: ${parts.join(', ')}`);
        for (const { column, list } of all.slice(1).reverse()) {
          const every = Math.max(1, Math.ceil(list.length / mostExamples));
          for (const example of list.filter((_, i) => i % every === 0))
            console.log(`  ${column}: ${example}`);
        }
      }
      for (const [reason, count] of left) console.log(`not compared: ${count} facts, ${reason}`);
      for (const [reason, files] of skipped) {
        const folders = new Set(files.map((file) => dirname(file))).size;
        console.log(
          `skipped: ${files.length} files in ${folders} folders, ${reason.slice(0, 150)} (${files.slice(0, 3).join(', ')})`,
        );
      }
    },
  };
}
