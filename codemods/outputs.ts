// Where reports go: any number of formats, each to standard output or to a file of its own.

import { writeFileSync } from 'node:fs';
import { commandName, type Host } from './host.ts';
import { reasonOf, UsageError } from './problem.ts';
import { type Format, reports } from './report/formats.ts';
import type { CheckResult, Invocation } from './report/report.ts';
import { absolute } from './targets.ts';
import { plain, shownPath, styleFor } from './terminal.ts';

/** One report and where it goes. */
export interface Output {
  readonly format: Format;
  /** As it was given; absent for standard output. */
  readonly file?: string;
}

/** Reads `FORMAT` or `FORMAT=FILE`; undefined if there is no such format or the file has no name. */
export function parseOutput(value: string): Output | undefined {
  const [format = '', ...rest] = value.split('=');
  if (!Object.hasOwn(reports, format)) return undefined;
  if (rest.length === 0) return { format: format as Format };
  const file = rest.join('=');
  return file === '' ? undefined : { format: format as Format, file };
}

/**
 * The reports that were asked for; `file` is where the one without a file of its own goes. Throws a UsageError if two
 * reports would go to one place.
 */
export function outputsOf(
  asked: readonly Output[],
  file: string | undefined,
  cwd: string,
): readonly Output[] {
  const outputs = asked.length === 0 ? [{ format: 'text' } as const] : asked;
  const loose = outputs.filter((output) => output.file === undefined);
  const [first, second] = loose;
  if (first && second) {
    throw new UsageError(
      `--format ${first.format} and --format ${second.format} would be printed into one another: give one a file, as in --format ${second.format}=FILE`,
    );
  }
  if (file !== undefined && !first)
    throw new UsageError('--output is for a format without a file, and each one here has its own');
  const placed = outputs.map((output) =>
    output === first && file !== undefined ? { ...output, file } : output,
  );
  const taken = new Set<string>();
  for (const output of placed) {
    if (output.file === undefined) continue;
    const path = absolute(output.file, cwd);
    if (taken.has(path)) throw new UsageError(`two formats would be written to ${output.file}`);
    taken.add(path);
  }
  return placed;
}

export interface Written {
  readonly quiet: boolean;
  readonly selection: Invocation['selection'];
  /** How an absolute path is shown; relative to the current folder unless given. */
  readonly show?: (path: string) => string;
}

/** Prints or writes every report. Throws a UsageError, after all others are written, for one that cannot be. */
export function writeOutputs(
  outputs: readonly Output[],
  result: CheckResult,
  { quiet, selection, show: shown }: Written,
  host: Host,
): void {
  const show = shown ?? ((path: string) => shownPath(path, host.cwd));
  const failed: string[] = [];
  for (const { format, file } of outputs) {
    const style = file === undefined ? styleFor(host.isTerminal, host.env) : plain;
    const invocation = { command: commandName(host.env), selection };
    const text = reports[format](result, { style, show, quiet, invocation });
    if (file === undefined) {
      host.out(text);
      continue;
    }
    try {
      writeFileSync(absolute(file, host.cwd), text);
    } catch (error) {
      failed.push(`cannot write ${file}: ${reasonOf(error)}`);
    }
  }
  if (failed.length > 0) throw new UsageError(failed.join('\n'));
}
