// What `go test -json` says, as data.

/** The tests of one package in one run. */
export interface TestResult {
  /** Names of tests that failed; `''` for the package itself, as when it does not end or fails outside of any test. */
  readonly failed: ReadonlySet<string>;
  /** How many tests passed. */
  readonly passed: number;
  /** What was printed, by test; that of the package is under `''`. */
  readonly output: ReadonlyMap<string, string>;
}

interface Event {
  readonly Action: string;
  readonly Package?: string;
  readonly ImportPath?: string;
  readonly Test?: string;
  readonly Output?: string;
}

/** Reads the results by import path. Lines that are no events are left out. */
export function testResults(text: string): ReadonlyMap<string, TestResult> {
  const results = new Map<string, { failed: Set<string>; passed: number; output: Map<string, string> }>();
  const unfinished = new Map<string, Set<string>>();
  for (const { Action, Package, ImportPath, Test = '', Output = '' } of eventsIn(text)) {
    // What the compiler says comes before the package does.
    const path = Package ?? (ImportPath ?? '').replace(/ \[.*\]$/, '').replace(/[_.]test$/, '');
    if (path === '') continue;
    const result = results.get(path) ?? { failed: new Set(), passed: 0, output: new Map() };
    results.set(path, result);
    const open = unfinished.get(path) ?? new Set();
    unfinished.set(path, open);
    if (Action === 'run') open.add(Test);
    if (Action === 'pass' || Action === 'fail' || Action === 'skip') open.delete(Test);
    if (Action === 'fail') result.failed.add(Test);
    if (Action === 'pass' && Test !== '') result.passed++;
    if (Action.endsWith('output')) result.output.set(Test, (result.output.get(Test) ?? '') + Output);
  }
  for (const [path, open] of unfinished) for (const test of open) results.get(path)?.failed.add(test);
  return results;
}

function* eventsIn(text: string): Generator<Event> {
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue;
    try {
      yield JSON.parse(line) as Event;
    } catch {
      // The last line of a run that was killed.
    }
  }
}

/**
 * What the first of these tests has printed, without the frame around it: from a race or a panic on, or else its end, where it
 * says what is wrong.
 */
export function excerptOf({ output }: TestResult, tests: Iterable<string>): string {
  // A subtest says more than the test around it, and that more than its package.
  const depth = (test: string) => (test === '' ? 0 : test.split('/').length);
  const ordered = [...tests].sort((a, b) => depth(b) - depth(a) || (a < b ? -1 : 1));
  const [first = ''] = ordered;
  const said = output.get(first) ?? output.get('') ?? '';
  const lines = said
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^=== (?:RUN|PAUSE|CONT|NAME)/.test(line));
  const start = lines.findIndex((line) => /^(?:WARNING: DATA RACE|panic: |fatal error: )/.test(line));
  return (start < 0 ? lines.slice(-shownLines) : lines.slice(start, start + shownLines)).join('\n');
}

const shownLines = 20;
