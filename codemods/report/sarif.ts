// SARIF 2.1.0, which code hosts and editors import. Columns are UTF-16 code units, and the log says so.

import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  CodeFlow,
  Fix,
  Location,
  Log,
  Notification,
  PhysicalLocation,
  ReportingDescriptor,
  Result,
  Region as SarifRegion,
  ThreadFlow,
} from 'sarif';
import { type Rule, rules, type Severity } from '../../analysis/index.ts';
import { homepage, rulePageUrl, version } from '../../analysis/node/rule-page.ts';
import type { LocatedFinding, LocatedFix, LocatedRelated } from '../located.ts';
import type { Region } from '../positions.ts';
import type { Problem } from '../problem.ts';
import type { Report } from './report.ts';

type Show = (path: string) => string;

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  hint: 'note',
};

export const sarifReport: Report = ({ findings, problems }, { show }) => {
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: { name: 'goleash', version, informationUri: homepage, rules: rules.map(descriptor) },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: problems.length === 0,
            toolExecutionNotifications: problems.map((problem) => notification(problem, show)),
          },
        ],
        results: findings.map((finding) => resultOf(finding, show)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

function descriptor(rule: Rule): ReportingDescriptor {
  const why = rule.why.trim().replace(/\n[ \t]+/g, '\n');
  return {
    id: rule.id,
    shortDescription: { text: rule.summary },
    fullDescription: { text: why, markdown: why },
    helpUri: rulePageUrl(rule.id),
    defaultConfiguration: { level: levels[rule.severity] },
  };
}

function resultOf(finding: LocatedFinding, show: Show): Result {
  const { ruleId, severity, confidence, at, message, fixes } = finding;
  const ruleIndex = rules.findIndex((rule) => rule.id === ruleId);
  const notes = finding.related.filter(({ step }) => !step);
  const codeFlows = flowsOf(finding, show);
  return {
    ruleId,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: levels[severity],
    message: { text: message },
    locations: [{ physicalLocation: physical(at, show) }],
    ...(notes.length > 0
      ? { relatedLocations: notes.map((note, id) => ({ id, ...noteLocation(note, show) })) }
      : {}),
    ...(codeFlows.length > 0 ? { codeFlows } : {}),
    ...(fixes.length > 0 ? { fixes: fixes.map((fix) => fixOf(fix, show)) } : {}),
    partialFingerprints: { 'goleash/v1': finding.fingerprint },
    properties: { confidence },
  };
}

/** The witness, with a thread for each goroutine; without one, the places of the reason and the finding at their end. */
function flowsOf({ at, message, related }: LocatedFinding, show: Show): CodeFlow[] {
  const steps = related.filter(({ step }) => step);
  if (steps.length > 0) return [{ threadFlows: threadsOf(steps, show) }];
  if (related.length < 2) return [];
  const locations = [...related, { at, message }].map((note) => ({ location: noteLocation(note, show) }));
  return [{ threadFlows: [{ locations }] }];
}

/** In the order in which the goroutines first act. What has the same number in two of them happens at once. */
function threadsOf(steps: readonly LocatedRelated[], show: Show): ThreadFlow[] {
  const goroutines = [...new Set(steps.map(({ step }) => step?.goroutine ?? ''))];
  return goroutines.map((id) => ({
    id,
    locations: steps
      .filter(({ step }) => step?.goroutine === id)
      .map((note) => ({ location: noteLocation(note, show), executionOrder: note.step?.order ?? -1 })),
  }));
}

function noteLocation({ at, message }: { at: Region; message: string }, show: Show): Location {
  return { physicalLocation: physical(at, show), message: { text: message } };
}

function fixOf({ id, title, safety, edits }: LocatedFix, show: Show): Fix {
  const paths = [...new Set(edits.map((edit) => edit.at.path))];
  return {
    description: { text: title },
    artifactChanges: paths.map((path) => ({
      artifactLocation: { uri: uriOf(show(path)) },
      replacements: edits
        .filter((edit) => edit.at.path === path)
        .map((edit) => ({ deletedRegion: region(edit.at), insertedContent: { text: edit.newText } })),
    })),
    properties: { id, safety },
  };
}

function notification({ path, line, message }: Problem, show: Show): Notification {
  const at: PhysicalLocation = { artifactLocation: { uri: uriOf(show(path)) } };
  return {
    level: 'error',
    message: { text: message },
    locations: [{ physicalLocation: line === undefined ? at : { ...at, region: { startLine: line } } }],
  };
}

function physical(at: Region, show: Show): PhysicalLocation {
  return { artifactLocation: { uri: uriOf(show(at.path)) }, region: region(at) };
}

function region({ start, end }: Region): SarifRegion {
  return { startLine: start.line, startColumn: start.unit, endLine: end.line, endColumn: end.unit };
}

function uriOf(path: string): string {
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.split('/').map(encodeURIComponent).join('/');
}
