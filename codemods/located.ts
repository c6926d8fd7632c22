// Findings with lines and columns instead of offsets: all that a report needs, so that no source text is kept.

import type { Confidence, Finding, Fix, Safety, Severity, Site, Step } from '../analysis/index.ts';
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
  /** Set if all of the fix, and all of the finding, is on few lines of one file. */
  readonly lines?: ReplacedLines;
}

/** A fix as whole lines and what they become. */
export interface ReplacedLines {
  /** The first line and the last, which count from 1. */
  readonly start: number;
  readonly end: number;
  /** Without the line break at its end. */
  readonly text: string;
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
    fixes: finding.fixes.map((fix) => locateFix(fix, at, texts.get(at.path) ?? '', locate)),
  };
}

function locateFix({ id, title, safety, edits }: Fix, at: Region, text: string, locate: Locate): LocatedFix {
  const located = edits.map((edit) => ({ at: locate(edit), newText: edit.newText }));
  const lines = linesOf(edits, at, located, text);
  return { id, title, safety, edits: located, ...(lines ? { lines } : {}) };
}

/** What a person takes in at once. */
const fewLines = 25;

function linesOf(
  edits: Fix['edits'],
  at: Region,
  located: LocatedFix['edits'],
  text: string,
): ReplacedLines | undefined {
  if (located.some((edit) => edit.at.path !== at.path)) return undefined;
  const places = [at, ...located.map((edit) => edit.at)];
  const start = Math.min(...places.map((place) => place.start.line));
  const end = Math.max(...places.map((place) => place.end.line));
  const first = edits[0];
  if (!first || end - start >= fewLines) return undefined;
  const starts = lineStarts(text);
  const from = starts[start - 1] ?? 0;
  const to = starts[end] ?? text.length;
  let changed = '';
  let done = from;
  for (const edit of edits) {
    changed += text.slice(done, edit.start) + edit.newText;
    done = edit.end;
  }
  changed += text.slice(done, to);
  return { start, end, text: changed.replace(/\r?\n$/, '') };
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
