// What `goleash fix` says for people: what was fixed, what was put off and why, what is left, what to do next.

import type { LocatedFinding } from '../located.ts';
import type { Change, LeftOut } from '../plan/plan.ts';
import { printable, shellWord } from '../terminal.ts';
import { ladderLines, outputLines } from './ladder.ts';
import type { ReportOptions } from './report.ts';
import { count } from './text.ts';

export interface Fixed {
  readonly applied: readonly Change[];
  /** Fixes that were put off or backed out. */
  readonly left: readonly LeftOut[];
  /** The findings that are left. */
  readonly findings: readonly LocatedFinding[];
}

export interface FixedOptions extends Omit<ReportOptions, 'quiet'> {
  /** Whether a patch was printed and nothing written. */
  readonly diff: boolean;
  /** How a path of a change is shown. */
  readonly showPlanned: (path: string) => string;
}

export function fixedReport(fixed: Fixed, options: FixedOptions): string {
  const { diff, style } = options;
  const show = (path: string) => printable(options.show(path));
  const showPlanned = (path: string) => printable(options.showPlanned(path));
  const lines: string[] = [];
  for (const [path, fixes] of byPath(fixed.applied))
    lines.push(`${style.colors.bold(showPlanned(path))}: ${counts(fixes)}`);
  lines.push(...ladderLines(fixed.applied));
  for (const fix of inOrder(fixed.left)) {
    const { at, fixId, why, reason } = fix;
    const what = why === 'deferred' ? 'was put off' : 'was backed out';
    lines.push(`${showPlanned(at.path)}:${at.line}:${at.column}: ${fixId} ${what}: ${printable(reason)}`);
    lines.push(...outputLines(fix));
  }
  if (!diff) {
    for (const { at, severity, message, ruleId } of fixed.findings) {
      lines.push(
        `${show(at.path)}:${at.start.line}:${at.start.column}: ${severity}: ${printable(message)} [${ruleId}]`,
      );
    }
  }
  const files = new Set(fixed.applied.flatMap(({ against }) => against.map(({ path }) => path))).size;
  const verb = diff ? 'Would fix' : 'Fixed';
  const done =
    fixed.applied.length === 0
      ? 'Nothing to fix'
      : `${verb} ${count(fixed.applied.length, 'finding')} in ${count(files, 'file')}`;
  lines.push(`${style.colors.bold(done)}; ${left(fixed, options)}`);
  return `${lines.join('\n')}\n`;
}

/** What is left and the command to type next. */
function left({ applied, findings }: Fixed, { diff, invocation, style }: FixedOptions): string {
  const typed = (...words: readonly string[]) =>
    style.colors.bold(
      [invocation.command, ...words, ...invocation.selection]
        .map((word, i) => (i === 0 ? word : shellWord(word)))
        .join(' '),
    );
  if (diff && applied.length > 0) {
    const needsUnsafe = applied.some(({ safety }) => safety === 'review');
    return `to do it, pipe this patch into git apply or: ${typed('fix', ...(needsUnsafe ? ['--unsafe'] : []))}`;
  }
  if (findings.length === 0) return 'nothing is left';
  const isLeft = `${count(findings.length, 'finding')} ${findings.length === 1 ? 'is' : 'are'} left`;
  const fixable = findings.filter((finding) => finding.fixes.length > 0).length;
  return fixable > 0
    ? `${isLeft}, ${fixable} with a fix to review: ${typed('fix', '--diff', '--unsafe')}`
    : `${isLeft}, without a fix`;
}

/** `defer-cancel (lost-cancel), 2 × set-timeout (http-client-without-timeout)` */
export function counts(fixes: readonly Change[]): string {
  const times = new Map<string, number>();
  for (const { fixId, ruleId } of fixes) {
    const name = `${fixId} (${ruleId})`;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return [...times]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, n]) => (n === 1 ? name : `${n} × ${name}`))
    .join(', ');
}

/** Changes by the file of their finding, in order. */
export function byPath(fixes: readonly Change[]): readonly [string, readonly Change[]][] {
  const groups = new Map<string, Change[]>();
  for (const fix of fixes) groups.set(fix.at.path, [...(groups.get(fix.at.path) ?? []), fix]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function inOrder(left: readonly LeftOut[]): readonly LeftOut[] {
  return [...left].sort((a, b) =>
    a.at.path < b.at.path ? -1 : a.at.path > b.at.path ? 1 : a.at.line - b.at.line,
  );
}
