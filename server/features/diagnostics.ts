// Findings as the editor shows them.

import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
} from 'vscode-languageserver/node';
import { type Finding, type Severity, toldInOrder } from '../../analysis/index.ts';
import { fingerprintsOf } from '../../analysis/node/fingerprint.ts';
import { rulePageUrl } from '../../analysis/node/rule-page.ts';
import type { Client } from '../client.ts';
import { positionAt, rangeAt } from '../convert.ts';
import type { Snapshot } from '../snapshot.ts';

/** What a diagnostic carries for the actions that repair it; it stays the same when the finding moves. */
export interface DiagnosticData {
  readonly ruleId: string;
  /** The ids of the fixes on offer. */
  readonly fixes: readonly string[];
  readonly fingerprint: string;
}

/** A finding beside its diagnostic. */
export interface Reported {
  readonly finding: Finding;
  readonly fingerprint: string;
  readonly diagnostic: Diagnostic;
}

/** The findings of a snapshot in order, each with its diagnostic. */
export function reportedIn(snapshot: Snapshot, client: Client): readonly Reported[] {
  const { analysed, findings } = snapshot;
  const names = analysed ? fingerprintsOf(analysed.pkg, findings) : [];
  return findings.map((finding, i): Reported => {
    const fingerprint = names[i] ?? '';
    return { finding, fingerprint, diagnostic: diagnosticOf(finding, fingerprint, snapshot, client) };
  });
}

/** The diagnostics of a snapshot in order. */
export function diagnosticsOf(snapshot: Snapshot, client: Client): Diagnostic[] {
  return reportedIn(snapshot, client).map(({ diagnostic }) => diagnostic);
}

function diagnosticOf(finding: Finding, fingerprint: string, snapshot: Snapshot, client: Client): Diagnostic {
  const { ruleId, at } = finding;
  const data: DiagnosticData = { ruleId, fixes: finding.fixes.map((fix) => fix.id), fingerprint };
  return {
    range: rangeAt(snapshot.document.text, at.start, at.end, client.encoding),
    severity: severityOf(finding.severity),
    code: ruleId,
    codeDescription: { href: rulePageUrl(ruleId) },
    source: 'goleash',
    message: messageOf(finding, snapshot),
    ...(client.relatedInformation && { relatedInformation: relatedTo(finding, snapshot, client) }),
    data,
  };
}

/** The second place is part of the text as well: not every editor shows related information. */
function messageOf({ message, related }: Finding, snapshot: Snapshot): string {
  const second = related[0];
  const place = second && snapshot.place(second.at.path);
  if (!place) return message;
  const line = positionAt(place.text, second.at.start, 'utf-16').line + 1;
  return `${message}; ${toldInOrder(second)} (${second.at.path.slice(second.at.path.lastIndexOf('/') + 1)}:${line})`;
}

function relatedTo({ related }: Finding, snapshot: Snapshot, client: Client): DiagnosticRelatedInformation[] {
  return related.flatMap((second) => {
    const { at } = second;
    const place = snapshot.place(at.path);
    if (!place) return [];
    return {
      location: { uri: place.uri, range: rangeAt(place.text, at.start, at.end, client.encoding) },
      message: toldInOrder(second),
    };
  });
}

/** A hint is shown as information: editors all but hide what the protocol calls a hint. */
function severityOf(severity: Severity): DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return DiagnosticSeverity.Error;
    case 'warning':
      return DiagnosticSeverity.Warning;
    case 'hint':
      return DiagnosticSeverity.Information;
  }
}
