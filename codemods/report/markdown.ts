// Markdown for the summary of a job or a comment on a pull request.

import { rules, toldInOrder } from '../../analysis/index.ts';
import { rulePageUrl } from '../../analysis/node/rule-page.ts';
import type { LocatedFinding } from '../located.ts';
import { printable } from '../terminal.ts';
import type { Report, ReportOptions } from './report.ts';
import { count, firstSentence, tally } from './text.ts';

/** GitHub refuses a comment with more characters; what does not fit is counted. */
const longest = 60_000;

export const markdownReport: Report = (result, { show }) => {
  const { findings, problems, files } = result;
  const head =
    findings.length === 0
      ? `### goleash: no findings in ${count(files, 'file')}\n`
      : `### goleash: ${tally(result, show)}\n`;
  const notAnalysed = problems.map(
    ({ path, line, message }) =>
      `- ${code(line === undefined ? show(path) : `${show(path)}:${line}`)}: ${escaped(message)}\n`,
  );
  const tail = notAnalysed.length > 0 ? `\n**Not analysed**\n\n${fitting(notAnalysed, longest / 10)}` : '';
  return `${head}\n${fitting(
    findings.map((finding) => section(finding, show)),
    longest - head.length - tail.length,
  )}${tail}`;
};

/** As many of the parts as there is room for. */
function fitting(parts: readonly string[], room: number): string {
  let text = '';
  for (const [i, part] of parts.entries()) {
    if (text.length + part.length > room) return `${text}\n… and ${parts.length - i} more.\n`;
    text += part;
  }
  return text;
}

function section(finding: LocatedFinding, show: ReportOptions['show']): string {
  const { ruleId, severity, at, message, excerpt, related, fixes } = finding;
  const place = (path: string, line: number) => code(`${show(path)}:${line}`);
  const why = rules.find((rule) => rule.id === ruleId)?.why;
  const lines = [
    `<details><summary>${severity}: <code>${inert(`${show(at.path)}:${at.start.line}`)}</code>: ${inert(message)}</summary>\n`,
    `${fenced(excerpt.text)}\n`,
    ...related.map((note) => `- ${place(note.at.path, note.at.start.line)}: ${escaped(toldInOrder(note))}`),
    ...(related.length > 0 ? [''] : []),
    `[${ruleId}](${rulePageUrl(ruleId)})${why ? `: ${firstSentence(why)}` : ''}\n`,
    ...fixes.map(({ title, safety }) => `- fix: ${escaped(title)} (${safety})`),
    ...(fixes.length > 0 ? [''] : []),
    '</details>\n',
  ];
  return `${lines.join('\n')}\n`;
}

/** Text that means nothing in Markdown: no links, no tags, and nobody is mentioned. */
function escaped(text: string): string {
  return inert(text.replace(/[\\`*_{}[\]()+!|~$]/g, '\\$&'));
}

/** Text inside a line of HTML, where Markdown is not read. */
function inert(text: string): string {
  return printable(text.replaceAll('\n', ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[@#]|:(?=\/\/)/g, `$&${nothing}`);
}

/** A space without width: references and addresses are found in what is shown, so that escaping them does not help. */
const nothing = '\u200B';

/** A code span for any text: its fence is longer than what it holds. */
function code(text: string): string {
  const shown = printable(text.replaceAll('\n', ' '));
  const fence = '`'.repeat(longestRun(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}go\n${printable(text)}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
