// The reports for programs. Lines and columns count from 1; columns are in bytes of UTF-8, as in the text report.

import type { LocatedFinding } from '../located.ts';
import type { Region } from '../positions.ts';
import type { Report } from './report.ts';

type Show = (path: string) => string;

/** One JSON object: all findings and problems, and the counts if they were asked for. */
export const jsonReport: Report = ({ findings, problems, files, stats }, { show }) => {
  const value = {
    findings: findings.map((finding) => findingJson(finding, show)),
    problems: problems.map(({ path, line, message }) => ({ file: show(path), line, message })),
    files,
    ...(stats ? { stats } : {}),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
};

/** One line of JSON for each finding. */
export const jsonlReport: Report = ({ findings }, { show }) =>
  findings.map((finding) => `${JSON.stringify(findingJson(finding, show))}\n`).join('');

function findingJson(finding: LocatedFinding, show: Show) {
  const { ruleId, severity, confidence, message } = finding;
  return {
    ruleId,
    severity,
    confidence,
    ...regionJson(finding.at, show),
    message,
    related: finding.related.map(({ at, message, step }) => ({
      ...regionJson(at, show),
      message,
      ...(step ? { step: step.order, goroutine: step.goroutine } : {}),
    })),
    fixes: finding.fixes.map(({ id, title, safety, edits }) => ({
      id,
      title,
      safety,
      edits: edits.map((edit) => ({ ...regionJson(edit.at, show), newText: edit.newText })),
    })),
  };
}

function regionJson({ path, start, end }: Region, show: Show) {
  return {
    file: show(path),
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}
