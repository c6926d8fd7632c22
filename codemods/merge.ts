// Joins the SARIF files of several shards into one: code hosts take one run of a tool.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Log, Notification, Result, Run } from 'sarif';
import { type ExitStatus, exit, type Host } from './host.ts';
import { reasonOf, UsageError } from './problem.ts';
import { absolute } from './targets.ts';

export interface MergeOptions {
  readonly output?: string;
}

/** Runs the command; throws a UsageError for a file that goleash has not written, or that another version has. */
export function merge(files: readonly string[], { output }: MergeOptions, host: Host): ExitStatus {
  const runs = files.map((file) => runOf(file, host));
  const [first] = runs;
  if (!first) throw new UsageError('name the SARIF files to merge');
  const other = runs.findIndex((run) => run.tool.driver.version !== first.tool.driver.version);
  if (other >= 0) {
    throw new UsageError(
      `${files[0]} is of goleash ${first.tool.driver.version} and ${files[other]} of ${runs[other]?.tool.driver.version}: make all of them with one version`,
    );
  }
  const notifications = distinct(
    runs.flatMap((run) => run.invocations?.flatMap((i) => i.toolExecutionNotifications ?? []) ?? []),
  );
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        ...first,
        invocations: [
          {
            executionSuccessful: runs.every((run) => run.invocations?.every((i) => i.executionSuccessful)),
            toolExecutionNotifications: notifications,
          },
        ],
        results: distinct(runs.flatMap((run) => run.results ?? [])).sort(inOrder),
      },
    ],
  };
  const text = `${JSON.stringify(log, null, 2)}\n`;
  if (output === undefined) host.out(text);
  else write(output, text, host);
  return exit.clean;
}

function runOf(file: string, host: Host): Run {
  let log: Partial<Log>;
  try {
    log = JSON.parse(readFileSync(absolute(file, host.cwd), 'utf8')) as Partial<Log>;
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof SyntaxError ? 'not valid JSON' : reasonOf(error)}`);
  }
  const [run, second] = log?.runs ?? [];
  if (log?.version !== '2.1.0' || !run || second || run.tool?.driver?.name !== 'goleash')
    throw new UsageError(`${file}: not a SARIF file that goleash has written`);
  return run;
}

function write(output: string, text: string, host: Host): void {
  try {
    writeFileSync(absolute(output, host.cwd), text);
  } catch (error) {
    throw new UsageError(`cannot write ${output}: ${reasonOf(error)}`);
  }
}

/** Two shards of different runs may have looked at one package. */
function distinct<T extends Result | Notification>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function inOrder(a: Result, b: Result): number {
  const [x, y] = [a, b].map(({ locations }) => locations?.[0]?.physicalLocation);
  return (
    compare(x?.artifactLocation?.uri ?? '', y?.artifactLocation?.uri ?? '') ||
    (x?.region?.startLine ?? 0) - (y?.region?.startLine ?? 0) ||
    (x?.region?.startColumn ?? 0) - (y?.region?.startColumn ?? 0) ||
    compare(a.ruleId ?? '', b.ruleId ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
