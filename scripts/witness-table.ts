// The table of `npm run eval:witness`.

/** What came of building and running a program: the leaked goroutines of each run, or why there is none. */
export type Runs = { readonly leaks: readonly (readonly string[])[] } | { readonly failure: string };

export interface Row {
  readonly kernel: string;
  readonly safety: 'safe' | 'review';
  readonly fixes: readonly string[];
  readonly before: Runs;
  readonly after: Runs;
}

/** What a row says of its fixes. */
export type Outcome =
  | 'leaked before, none after'
  | 'some leaks gone'
  | 'leaks as before'
  | 'new leaks'
  | 'gets past the leak into a panic of the kernel'
  | 'never leaked'
  | 'not run'
  | 'broken';

export function outcomeOf({ before, after }: Row): Outcome {
  if ('failure' in before) return 'not run';
  if ('failure' in after) {
    // Some kernels are sure that they leak.
    return after.failure.includes('should not be reached')
      ? 'gets past the leak into a panic of the kernel'
      : 'broken';
  }
  const [leaked, left] = [new Set(before.leaks.flat()), new Set(after.leaks.flat())];
  if ([...left].some((leak) => !leaked.has(leak))) return 'new leaks';
  if (leaked.size === 0) return 'never leaked';
  if (left.size === 0) return 'leaked before, none after';
  return left.size < leaked.size ? 'some leaks gone' : 'leaks as before';
}

/** A line for each kernel with a fix, and the counts of the outcomes for each safety. */
export function witnessTable(rows: readonly Row[], kernels: number, runs: number): string {
  const lines = rows.map((row) => [
    row.kernel,
    row.safety,
    row.fixes.join(', ') || '?',
    shown(row.before),
    shown(row.after),
    [outcomeOf(row), ...detailsOf(row)].join('; '),
  ]);
  const head = ['kernel', 'fixes', 'which', 'before', 'after', 'outcome'];
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => (line[i] as string).length)));
  const table = [head, ...lines].map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd(),
  );
  const counts = (['safe', 'review'] as const).map((safety) => countsOf(rows, safety));
  return [
    `${kernels} kernels, each run ${runs} times before and after; a cell is the number of runs that leaked`,
    '',
    ...table,
    '',
    ...counts,
    '',
  ].join('\n');
}

function countsOf(rows: readonly Row[], safety: Row['safety']): string {
  const outcomes = rows.filter((row) => row.safety === safety).map(outcomeOf);
  const parts = [...new Set(outcomes)].sort().map((o) => `${outcomes.filter((x) => x === o).length} ${o}`);
  const title = safety === 'safe' ? 'safe fixes' : 'what fixes to review change besides';
  return `${title}: ${outcomes.length} kernels${parts.map((part) => `; ${part}`).join('')}`;
}

/** Why there is nothing to compare, or what leaks after the fix. */
function detailsOf({ before, after }: Row): readonly string[] {
  if ('failure' in before) return [before.failure];
  if ('failure' in after) return [after.failure];
  const left = new Set(after.leaks.flat());
  return left.size > 0 ? [`left: ${[...left].sort().join(', ')}`] : [];
}

function leaking(result: { readonly leaks: readonly (readonly string[])[] }): number {
  return result.leaks.filter((leaks) => leaks.length > 0).length;
}

function shown(result: Runs): string {
  return 'failure' in result ? '-' : `${leaking(result)}/${result.leaks.length}`;
}
