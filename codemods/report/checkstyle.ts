// Checkstyle's XML, which many review tools and CI plugins read.

import { type Severity, toldInOrder } from '../../analysis/index.ts';
import type { LocatedFinding } from '../located.ts';
import { byFile, type Report, type ReportOptions } from './report.ts';
import { block, document, element } from './xml.ts';

const severities: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'info' };

export const checkstyleReport: Report = ({ findings, problems }, { show }) => {
  const files = byFile([
    ...findings.map((finding) => ({ path: finding.at.path, line: errorOf(finding, show) })),
    ...problems.map(({ path, line = 1, message }) => ({
      path,
      line: element('error', { line, severity: 'error', message, source: 'goleash' }),
    })),
  ]).map(([path, errors]) =>
    element('file', { name: show(path) }, block(errors.map(({ line }) => `    ${line}`)).concat('  ')),
  );
  return document(element('checkstyle', { version: '4.3' }, block(files.map((file) => `  ${file}`))));
};

function errorOf(finding: LocatedFinding, show: ReportOptions['show']): string {
  const { ruleId, severity, at, message, related } = finding;
  const notes = related.map((note) => `\n${show(note.at.path)}:${note.at.start.line}: ${toldInOrder(note)}`);
  return element('error', {
    line: at.start.line,
    column: at.start.column,
    severity: severities[severity],
    message: message + notes.join(''),
    source: `goleash.${ruleId}`,
  });
}
