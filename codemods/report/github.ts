// Workflow commands: GitHub Actions shows each of these lines beside the code of a pull request.

import { type Severity, toldInOrder } from '../../analysis/index.ts';
import type { LocatedFinding } from '../located.ts';
import type { Report } from './report.ts';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'notice' };

export const githubReport: Report = ({ findings }, { show }) =>
  findings.map((finding) => `${annotation(finding, show)}\n`).join('');

function annotation(
  { ruleId, severity, at, message, related }: LocatedFinding,
  show: (path: string) => string,
): string {
  const sameLine = at.start.line === at.end.line;
  const properties = {
    file: show(at.path),
    line: at.start.line,
    endLine: at.end.line,
    // GitHub refuses columns for several lines.
    ...(sameLine ? { col: at.start.column, endColumn: at.end.column } : {}),
    title: `goleash ${ruleId}`,
  };
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(String(value))}`,
  );
  const notes = related.map((note) => `\n${show(note.at.path)}:${note.at.start.line}: ${toldInOrder(note)}`);
  return `::${levels[severity]} ${written.join(',')}::${escapeMessage(message + notes.join(''))}`;
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
