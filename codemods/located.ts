// Findings with lines and columns instead of offsets: all that a report needs, so that no source text is kept.

import type { Confidence, Finding, Safety, Severity, Site, Step } from '../analysis/index.ts';
import { lineStarts, positionAt, type Region } from './positions.ts';

export interface LocatedFinding {
  /** Names it in its package, as long as it is there, also when lines move and local names change. */
  readonly fingerprint: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly at: Region;
  readonly message: string;
  readonly excerpt: Excerpt;
  readonly related: readonly LocatedRelated[];
  readonly fixes: readonly LocatedFix[];
}

/** A second place; with `step` it is one step of the witness. */
export interface LocatedRelated {
  readonly at: Region;
  readonly message: string;
  readonly step?: Step;
}

export interface LocatedFix {
  readonly id: string;
  readonly title: string;
  readonly safety: Safety;
  readonly edits: readonly { readonly at: Region; readonly newText: string }[];
}

/** The part of a finding's first line that is worth showing, without its newline. */
export interface Excerpt {
  readonly text: string;
  /** How many UTF-16 code units of the line come before `text`. */
  readonly from: number;
  /** Whether the line goes on after `text`. */
  readonly cut: boolean;
}

/** Turns sites into regions of the files with these texts, by path. */
export type Locate = (site: Site) => Region;

export function locator(texts: ReadonlyMap<string, string>): Locate {
  const starts = new Map<string, readonly number[]>();
  return ({ path, start, end }) => {
    const text = texts.get(path) ?? '';
    let lines = starts.get(path);
    if (!lines) {
      lines = lineStarts(text);
      starts.set(path, lines);
    }
    return { path, start: positionAt(text, lines, start), end: positionAt(text, lines, end) };
  };
}

/** Locates a finding, its related places and the edits of its fixes; `texts` has the text of every file it names. */
export function locateFinding(
  finding: Finding,
  fingerprint: string,
  texts: ReadonlyMap<string, string>,
  locate: Locate,
): LocatedFinding {
  const { ruleId, severity, confidence, message } = finding;
  const at = locate(finding.at);
  return {
    fingerprint,
    ruleId,
    severity,
    confidence,
    at,
    message,
    excerpt: excerptOf(texts.get(finding.at.path) ?? '', finding.at.start, at.start.unit - 1),
    related: finding.related.map((related) => ({ ...related, at: locate(related.at) })),
    fixes: finding.fixes.map(({ id, title, safety, edits }) => ({
      id,
      title,
      safety,
      edits: edits.map((edit) => ({ at: locate(edit), newText: edit.newText })),
    })),
  };
}

/** Longer lines are cut: nobody reads the 50,000 characters of a generated line. */
const widest = 200;

function excerptOf(text: string, offset: number, unit: number): Excerpt {
  const start = offset - unit;
  const newline = text.indexOf('\n', offset);
  const line = text.slice(start, newline < 0 ? text.length : newline).replace(/\r$/, '');
  if (line.length <= widest) return { text: line, from: 0, cut: false };
  const from = wholeCharacter(line, Math.max(0, unit - widest / 4));
  const to = wholeCharacter(line, from + widest);
  return { text: line.slice(from, to), from, cut: to < line.length };
}

/** Moves an offset out of the middle of a surrogate pair. */
function wholeCharacter(line: string, offset: number): number {
  return /[\uDC00-\uDFFF]/.test(line[offset] ?? '') ? offset - 1 : offset;
}
