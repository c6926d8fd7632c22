// The findings that a repository lives with: kept in a file by fingerprint, so that only others are told.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type { LocatedFinding } from './located.ts';
import { writeWholeFile } from './plan/whole-file.ts';
import { reasonOf, UsageError } from './problem.ts';

/** A finding that is known. */
export interface Entry {
  readonly rule: string;
  /** Relative to the folder of the baseline, with `/` separators. */
  readonly file: string;
  readonly fingerprint: string;
}

export interface Baseline {
  /** Absolute. */
  readonly path: string;
  /** As the user calls it. */
  readonly name: string;
  readonly entries: readonly Entry[];
}

/** What a run could see: only of that it can be said that a finding is gone. */
export interface Seen {
  /** Whether all findings of this absolute path were looked for. */
  file(path: string): boolean;
  rule(id: string): boolean;
}

export interface Comparison {
  /** Findings that are not in the baseline. */
  readonly fresh: readonly LocatedFinding[];
  /** Entries that were looked for and not found; those of files that do not exist any more are among them. */
  readonly gone: readonly Entry[];
  /** Entries that stand for a finding. */
  readonly found: readonly Entry[];
  /** Entries that were not looked for. */
  readonly unseen: readonly Entry[];
}

const version = 1;

/** Reads a baseline; undefined if there is no such file. Throws a UsageError for one that is none. */
export function readBaseline(name: string, cwd: string): Baseline | undefined {
  const path = resolve(cwd, name);
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'not valid JSON' : reasonOf(error);
    throw new UsageError(`${name}: ${why}; repair it, or remove it and run goleash check --write-baseline`);
  }
  if (!isBaseline(value)) {
    throw new UsageError(
      `${name}: not a baseline of this version of goleash; remove it and run goleash check --write-baseline`,
    );
  }
  return { path, name, entries: value.findings };
}

function isBaseline(value: unknown): value is { readonly findings: readonly Entry[] } {
  const { version: its, findings } = (value ?? {}) as { version?: unknown; findings?: unknown };
  return its === version && Array.isArray(findings) && findings.every(isEntry);
}

function isEntry(value: unknown): value is Entry {
  const { rule, file, fingerprint } = (value ?? {}) as Record<string, unknown>;
  return [rule, file, fingerprint].every((part) => typeof part === 'string');
}

/**
 * Holds findings against a baseline. An entry stands for one finding of its rule with its fingerprint, in its file if
 * there is one, else in any other: files move too.
 */
export function compare(findings: readonly LocatedFinding[], baseline: Baseline, seen: Seen): Comparison {
  const open = new Map<string, Entry[]>();
  for (const entry of baseline.entries) {
    const key = keyOf(entry.rule, entry.fingerprint);
    open.set(key, [...(open.get(key) ?? []), entry]);
  }
  const found: Entry[] = [];
  const take = (finding: LocatedFinding, accepts: (entry: Entry) => boolean): boolean => {
    const entries = open.get(keyOf(finding.ruleId, finding.fingerprint)) ?? [];
    const index = entries.findIndex(accepts);
    if (index >= 0) found.push(...entries.splice(index, 1));
    return index >= 0;
  };
  const elsewhere = findings.filter(
    (finding) => !take(finding, ({ file }) => file === nameIn(baseline, finding.at.path)),
  );
  const fresh = elsewhere.filter((finding) => !take(finding, () => true));
  const left = [...open.values()].flat();
  const wasSeen = ({ rule, file }: Entry) => {
    const path = resolve(dirname(baseline.path), file);
    return seen.rule(rule) && (seen.file(slashed(path)) || !existsSync(path));
  };
  return {
    fresh,
    found,
    gone: left.filter(wasSeen).sort(inOrder),
    unseen: left.filter((entry) => !wasSeen(entry)),
  };
}

/** Writes a baseline with these findings and entries; throws a UsageError if that is not possible. */
export function writeBaseline(
  baseline: Baseline,
  findings: readonly LocatedFinding[],
  entries: readonly Entry[],
): void {
  const now = findings.map(
    ({ ruleId, at, fingerprint }): Entry => ({
      rule: ruleId,
      file: nameIn(baseline, at.path),
      fingerprint,
    }),
  );
  // An entry is a line, in a fixed order: a change is a small diff, and two branches merge.
  const lines = [...entries, ...now]
    .sort(inOrder)
    .map(({ rule, file, fingerprint }) => `    ${JSON.stringify({ rule, file, fingerprint })}`);
  const text = `{\n  "version": ${version},\n  "findings": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]\n}\n`;
  const failed = writeWholeFile(baseline.path, text);
  if (failed !== undefined) throw new UsageError(`cannot write ${baseline.name}: ${failed}`);
}

/** How many entries each rule has. */
export function countByRule(rules: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

function nameIn({ path }: Baseline, file: string): string {
  return slashed(relative(dirname(path), file));
}

function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

function keyOf(rule: string, fingerprint: string): string {
  return `${rule}\0${fingerprint}`;
}

function inOrder(a: Entry, b: Entry): number {
  return byText(a.file, b.file) || byText(a.rule, b.rule) || byText(a.fingerprint, b.fingerprint);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
