// JUnit's XML: a test suite for each file and a test for each finding, which fails unless it is a hint, as for the exit
// status. Without findings there is one test that passes, because an empty report counts as an error in some places.

import { toldInOrder } from '../../analysis/index.ts';
import type { LocatedFinding } from '../located.ts';
import type { Problem } from '../problem.ts';
import { byFile, type Report, type ReportOptions } from './report.ts';
import { count } from './text.ts';
import { block, document, element, escapeXml } from './xml.ts';

interface TestCase {
  readonly path: string;
  readonly outcome: 'passed' | 'failure' | 'error';
  readonly xml: string;
}

export const junitReport: Report = ({ findings, problems, files }, { show }) => {
  const cases = [
    ...findings.map((finding) => caseOf(finding, show)),
    ...problems.map((problem) => problemCase(problem, show)),
  ];
  const suites = byFile(cases).map(([path, tests]) => suite(show(path), tests));
  if (suites.length === 0) {
    const name = `no findings in ${count(files, 'file')}`;
    const xml = element('testcase', { name, classname: 'goleash', time: 0 });
    suites.push(suite('goleash', [{ path: '', outcome: 'passed', xml }]));
  }
  const root = element('testsuites', { name: 'goleash', ...totals(cases) }, block(suites));
  return document(root);
};

function suite(name: string, cases: readonly TestCase[]): string {
  return `  ${element('testsuite', { name, ...totals(cases), skipped: 0, time: 0 }, `${block(cases.map(({ xml }) => `    ${xml}`))}  `)}`;
}

function totals(cases: readonly TestCase[]) {
  const are = (outcome: TestCase['outcome']) => cases.filter((c) => c.outcome === outcome).length;
  return { tests: Math.max(1, cases.length), failures: are('failure'), errors: are('error') };
}

function caseOf(finding: LocatedFinding, show: ReportOptions['show']): TestCase {
  const { ruleId, severity, at, message, related } = finding;
  const file = show(at.path);
  const place = `${file}:${at.start.line}:${at.start.column}`;
  const lines = [
    `${place}: ${severity}: ${message}`,
    ...related.map((note) => `${show(note.at.path)}:${note.at.start.line}: ${toldInOrder(note)}`),
  ];
  const text = escapeXml(lines.join('\n'));
  const isHint = severity === 'hint';
  const inside = isHint
    ? element('system-out', {}, text)
    : element('failure', { type: severity, message }, text);
  return {
    path: at.path,
    outcome: isHint ? 'passed' : 'failure',
    xml: element('testcase', { name: ruleId, classname: place, file, line: at.start.line, time: 0 }, inside),
  };
}

function problemCase({ path, line, message }: Problem, show: ReportOptions['show']): TestCase {
  const classname = line === undefined ? show(path) : `${show(path)}:${line}`;
  const inside = element('error', { type: 'not analysed', message });
  return {
    path,
    outcome: 'error',
    xml: element('testcase', { name: 'not analysed', classname, time: 0 }, inside),
  };
}
