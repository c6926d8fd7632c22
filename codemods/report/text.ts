// The report for people: where, what, the line itself, the second place, why, and what to do next.

import { rules } from '../../analysis/index.ts';
import { rulePageUrl } from '../../analysis/node/rule-page.ts';
import type { LocatedFinding, LocatedRelated } from '../located.ts';
import type { Region } from '../positions.ts';
import { blankAsWideAs, printable, type Style, shellWord, widthOf } from '../terminal.ts';
import type { CheckResult, Invocation, Report, ReportOptions } from './report.ts';

export const textReport: Report = (result, options) => {
  const parts = result.findings.map((finding) => findingText(finding, options));
  if (!options.quiet) parts.push(`${summary(result, options)}\n`);
  return parts.join('\n');
};

/** One finding, several lines. */
export function findingText(
  finding: LocatedFinding,
  { style, show }: Pick<ReportOptions, 'style' | 'show'>,
): string {
  const { colors, link } = style;
  const dress = { error: colors.red, warning: colors.yellow, hint: colors.cyan }[finding.severity];
  const rule = link(`[${finding.ruleId}]`, rulePageUrl(finding.ruleId));
  const why = reasons.get(finding.ruleId);
  const lines = [
    `${colors.bold(place(finding.at, show))}: ${dress(finding.severity)}: ${printable(finding.message)} ${colors.dim(rule)}`,
    ...sourceLines(finding, style, dress),
    ...finding.related
      .filter(({ step }) => !step)
      .map(({ at, message }) => `${place(at, show)}: ${colors.cyan('note')}: ${printable(message)}`),
    ...witnessLines(finding.related, style, show),
    ...(why ? [`  ${colors.dim('why:')} ${why}`] : []),
    ...finding.fixes.map(({ title, safety }) => `  ${colors.green('fix:')} ${title} (${safety})`),
  ];
  return `${lines.join('\n')}\n`;
}

function place({ path, start }: Region, show: (path: string) => string): string {
  return `${printable(show(path))}:${start.line}:${start.column}`;
}

/** The source line and the carets under the finding; a finding of several lines is marked to the end of its first. */
function sourceLines(
  { at, excerpt }: LocatedFinding,
  { colors }: Style,
  dress: (text: string) => string,
): string[] {
  const from = at.start.unit - 1 - excerpt.from;
  const to = at.end.line === at.start.line ? at.end.unit - 1 - excerpt.from : excerpt.text.length;
  const source = printable(excerpt.text);
  const marked = [...source.slice(from, to)].reduce((width, c) => width + (c === '\t' ? 1 : widthOf(c)), 0);
  const head = excerpt.from > 0 ? '…' : '';
  const number = String(at.start.line).padStart(5);
  return [
    `${colors.dim(`${number} |`)} ${head}${source}${excerpt.cut ? '…' : ''}`,
    `${colors.dim('      |')} ${blankAsWideAs(head + source.slice(0, from))}${dress('^'.repeat(Math.max(1, marked)))}`,
  ];
}

/** The steps of a witness under one another; of those that happen at once, the first has the number. */
function witnessLines(
  related: readonly LocatedRelated[],
  { colors }: Style,
  show: ReportOptions['show'],
): string[] {
  const steps = related.filter(({ step }) => step);
  if (steps.length === 0) return [];
  const width = String(steps.at(-1)?.step?.order).length;
  const lines = steps.map(({ at, message, step }, i) => {
    const isSame = i > 0 && steps[i - 1]?.step?.order === step?.order;
    const number = isSame ? ' '.repeat(width + 1) : `${String(step?.order).padStart(width)}.`;
    return `    ${colors.cyan(number)} ${place(at, show)}: ${printable(message)}`;
  });
  return [`  ${colors.dim('steps:')}`, ...lines];
}

const reasons: ReadonlyMap<string, string> = new Map(rules.map((rule) => [rule.id, firstSentence(rule.why)]));

/** The first sentence of a Markdown text, on one line. */
export function firstSentence(markdown: string): string {
  const paragraph = markdown.trim().split(/\n\s*\n/)[0] ?? '';
  const line = paragraph.replace(/\s+/g, ' ');
  return /^.*?[.!?](?= [A-Z`*]|$)/.exec(line)?.[0] ?? line;
}

/** One line that counts the findings and ends in the command to type next. */
function summary(result: CheckResult, { style, invocation, show }: ReportOptions): string {
  const { findings } = result;
  const { bold } = style.colors;
  const known = result.known ?? 0;
  if (findings.length === 0) {
    const files = count(result.files, 'file');
    return known === 0
      ? `No findings in ${files}.`
      : `No new findings in ${files}; ${known} ${known === 1 ? 'is' : 'are'} in the baseline.`;
  }
  return `${bold(tally(result, show))}; ${next(findings, invocation, bold)}`;
}

/** `3 findings (1 error, 2 hints) in 2 files` */
export function tally({ findings }: Pick<CheckResult, 'findings'>, show: ReportOptions['show']): string {
  const bySeverity = (['error', 'warning', 'hint'] as const)
    .map(
      (severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const,
    )
    .filter(([, n]) => n > 0)
    .map(([severity, n]) => count(n, severity));
  const files = new Set(findings.map((finding) => show(finding.at.path))).size;
  return `${count(findings.length, 'finding')} (${bySeverity.join(', ')}) in ${count(files, 'file')}`;
}

function next(
  findings: readonly LocatedFinding[],
  { command, selection }: Invocation,
  bold: Style['colors']['bold'],
): string {
  const safe = findings.filter(({ fixes }) => fixes.some((fix) => fix.safety === 'safe')).length;
  const fixable = findings.filter(({ fixes }) => fixes.length > 0).length;
  const typed = (...words: readonly string[]) => bold([command, ...words.map(shellWord)].join(' '));
  if (safe > 0)
    return `${count(safe, 'safe fix', 'safe fixes')}, to see them: ${typed('fix', '--diff', ...selection)}`;
  if (fixable > 0) {
    return `${count(fixable, 'fix', 'fixes')} to review, to see them: ${typed('fix', '--diff', '--unsafe', ...selection)}`;
  }
  return `to read more: ${typed('explain', findings[0]?.ruleId ?? '')}`;
}

/** `1 file`, `2 files`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
