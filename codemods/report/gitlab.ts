// GitLab's Code Quality report: the merge request shows which findings are new and which are gone.

import { type Severity, toldInOrder } from '../../analysis/index.ts';
import type { LocatedFinding } from '../located.ts';
import type { Report, ReportOptions } from './report.ts';

const severities: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'major', hint: 'info' };

export const gitlabReport: Report = ({ findings }, { show }) => {
  const unique = uniqueNames();
  const issues = findings.map((finding) => issueOf(finding, unique(finding.fingerprint), show));
  return `${JSON.stringify(issues, null, 2)}\n`;
};

function issueOf(finding: LocatedFinding, fingerprint: string, show: ReportOptions['show']) {
  const { ruleId, severity, at, message, related } = finding;
  const notes = related.map((note) => `${show(note.at.path)}:${note.at.start.line}: ${toldInOrder(note)}`);
  return {
    type: 'issue',
    check_name: ruleId,
    description: message,
    ...(notes.length > 0 ? { content: { body: notes.join('\n') } } : {}),
    categories: ['Bug Risk'],
    severity: severities[severity],
    fingerprint,
    location: { path: show(at.path), lines: { begin: at.start.line, end: at.end.line } },
  };
}

/** GitLab shows one issue for each fingerprint: where packages without a module have the same one, a number is added. */
function uniqueNames(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name}-${before + 1}`;
  };
}
