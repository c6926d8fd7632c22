// What was applied to a package, as the changes of a plan.

import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import {
  type AppliedFix,
  applyEdits,
  type Fix,
  type FixedPackage,
  type GoPackage,
} from '../../analysis/index.ts';
import { fingerprintOf } from '../../analysis/node/fingerprint.ts';
import { type Locate, locator } from '../located.ts';
import type { Region } from '../positions.ts';
import { filePatch } from '../report/diff.ts';
import type { Change, LeftOut, PlannedEdit, PlannedPlace } from './plan.ts';

/** What was applied, in order; paths are relative to `base`. */
export function changesOf({ applied }: FixedPackage, base: string): readonly Change[] {
  const named = applied.map((fix) => ({
    fix,
    fingerprint: fingerprintOf(fix.identity),
    touches: new Set(fix.fix.edits.map((edit) => edit.path)),
  }));
  const locate = locators();
  return named.map(({ fix, fingerprint, touches }) => {
    const after = named
      .filter((other) => other.fix.round < fix.round && [...other.touches].some((path) => touches.has(path)))
      .map((other) => other.fingerprint);
    return changeOf(fix, fingerprint, [...new Set(after)], locate(fix.pkg), base);
  });
}

function changeOf(
  { finding, fix, pkg }: AppliedFix,
  fingerprint: string,
  after: readonly string[],
  locate: Locate,
  base: string,
): Change {
  const { ruleId, severity, confidence, message } = finding;
  const files = pkg.files.filter(({ path }) => fix.edits.some((edit) => edit.path === path));
  const patches = files.map(({ path, text }) =>
    filePatch({
      path: pathFrom(base, path),
      before: text,
      after: applyEdits(
        text,
        fix.edits.filter((edit) => edit.path === path),
      ),
    }),
  );
  return {
    fingerprint,
    ruleId,
    fixId: fix.id,
    title: fix.title,
    safety: fix.safety,
    severity,
    confidence,
    message,
    at: placeOf(locate(finding.at), base),
    related: finding.related.map(({ at, message, step }) => ({
      ...placeOf(locate(at), base),
      message,
      ...(step ? { step } : {}),
    })),
    edits: plannedEdits(fix, pkg, base),
    against: files.map(({ path, text }) => ({ path: pathFrom(base, path), sha256: sha256(text) })),
    diff: patches.join(''),
    after,
    // Nothing was applied that the analysis did not see again.
    verified: { rung: 'model', notes: [] },
    decision: 'open',
  };
}

/** The edits of a fix for a package. */
export function plannedEdits({ edits }: Fix, { files }: GoPackage, base: string): readonly PlannedEdit[] {
  return edits.map(({ path, start, end, newText }) => ({
    path: pathFrom(base, path),
    start,
    end,
    removed: files.find((file) => file.path === path)?.text.slice(start, end) ?? '',
    inserted: newText,
  }));
}

/** The edits without their offsets, as a text to compare. */
export function shownEdits(edits: readonly PlannedEdit[]): string {
  return JSON.stringify(edits.map(({ path, removed, inserted }) => [path, removed, inserted]));
}

/** Selected fixes that were not applied. */
export function leftOut({ deferred, failed }: FixedPackage, base: string): readonly LeftOut[] {
  const locate = locators();
  return [
    ...deferred.map((fix) => ({ ...fix, why: 'deferred' as const })),
    ...failed.map((fix) => ({ ...fix, why: 'failed' as const })),
  ].map(({ identity, finding, fix, pkg, why, reason, ...rest }) => {
    const rival = 'rival' in rest ? rest.rival?.edits[0] : undefined;
    const place = rival && placeOf(locate(pkg)(rival), base);
    return {
      fingerprint: fingerprintOf(identity),
      ruleId: finding.ruleId,
      fixId: fix.id,
      at: placeOf(locate(pkg)(finding.at), base),
      why,
      reason: place ? `${reason} at ${place.path}:${place.line}` : reason,
    };
  });
}

/** The SHA-256 of the UTF-8 of a text, in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function locators(): (pkg: GoPackage) => Locate {
  const known = new Map<GoPackage, Locate>();
  return (pkg) => {
    const locate =
      known.get(pkg) ??
      locator(new Map([...pkg.files, ...pkg.leftOut].map((file) => [file.path, file.text])));
    known.set(pkg, locate);
    return locate;
  };
}

function placeOf({ path, start, end }: Region, base: string): PlannedPlace {
  return {
    path: pathFrom(base, path),
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

function pathFrom(base: string, path: string): string {
  const below = relative(base, path);
  return sep === '/' ? below : below.replaceAll(sep, '/');
}
