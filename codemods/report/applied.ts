// What `goleash apply` says for people: what was made, what was not and why, what is left to decide.

import { commandName, type Host } from '../host.ts';
import type { Change } from '../plan/plan.ts';
import { printable, type Style, shellWord } from '../terminal.ts';
import { byPath, counts } from './fixed.ts';
import { ladderLines } from './ladder.ts';
import { count } from './text.ts';

/** A wanted change that was not made. */
export interface NotApplied {
  readonly change: Change;
  /** One clause without a full stop. */
  readonly reason: string;
}

export interface Applied {
  readonly applied: readonly Change[];
  readonly not: readonly NotApplied[];
  /** How many changes of the plan nobody wants, or nobody has looked at. */
  readonly skipped: number;
  /** The name of the plan, as it was typed. */
  readonly plan: string;
}

export interface AppliedOptions {
  readonly style: Style;
  readonly show: (path: string) => string;
  readonly host: Host;
}

export function appliedReport(
  { applied, not, skipped, plan }: Applied,
  { style: { colors }, show, host }: AppliedOptions,
): string {
  const lines = byPath(applied).map(
    ([path, changes]) => `${colors.bold(printable(show(path)))}: ${counts(changes)}`,
  );
  lines.push(...ladderLines(applied));
  for (const { change, reason } of not) {
    const { at, fixId, ruleId } = change;
    lines.push(
      `${printable(show(at.path))}:${at.line}:${at.column}: ${printable(fixId)} (${printable(ruleId)}) was not applied: ${printable(reason)}`,
    );
  }
  const files = new Set(applied.flatMap(({ against }) => against.map(({ path }) => path))).size;
  const done =
    applied.length === 0
      ? 'Nothing was applied'
      : `Applied ${count(applied.length, 'change')} in ${count(files, 'file')}`;
  const review = colors.bold(`${commandName(host.env)} review ${shellWord(plan)}`);
  const rest = [
    ...(not.length > 0
      ? [`${count(not.length, 'change')} of the plan ${not.length === 1 ? 'was' : 'were'} not`]
      : []),
    ...(skipped > 0 ? [`${count(skipped, 'change')} rejected or to review: ${review}`] : []),
  ];
  return `${[...lines, [colors.bold(done), ...rest].join('; ')].join('\n')}\n`;
}
