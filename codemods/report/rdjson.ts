// The format of reviewdog, which writes findings into a pull request; a fix on few lines is a suggestion to accept there.

import { type Severity, toldInOrder } from '../../analysis/index.ts';
import { homepage, rulePageUrl } from '../../analysis/node/rule-page.ts';
import type { LocatedFinding } from '../located.ts';
import type { Position } from '../positions.ts';
import type { Report, ReportOptions } from './report.ts';

const severities: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', hint: 'INFO' };

export const rdjsonReport: Report = ({ findings }, { show }) => {
  const value = {
    source: { name: 'goleash', url: homepage },
    diagnostics: findings.map((finding) => diagnosticOf(finding, show)),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
};

function diagnosticOf(finding: LocatedFinding, show: ReportOptions['show']) {
  const { ruleId, severity, at, message, related, fixes } = finding;
  const notes = related.map((note) => `\n${show(note.at.path)}:${note.at.start.line}: ${toldInOrder(note)}`);
  const offered = fixes.map(({ title, safety }) => `\nfix: ${title} (${safety})`);
  const lines = fixes[0]?.lines;
  // reviewdog takes a suggestion only as whole lines, and only on the very lines of its diagnostic.
  const range = lines
    ? { start: { line: lines.start }, end: { line: lines.end } }
    : { start: place(at.start), end: place(at.end) };
  return {
    message: message + notes.join('') + offered.join(''),
    location: { path: show(at.path), range },
    severity: severities[severity],
    code: { value: ruleId, url: rulePageUrl(ruleId) },
    ...(lines ? { suggestions: [{ range, text: lines.text }] } : {}),
  };
}

function place({ line, column }: Position) {
  return { line, column };
}
