// Plans made of what analysis really finds in the fixtures, so that diffs and witnesses are real.

import { createHash } from 'node:crypto';
import { applyEdits, type Edit, type Finding, type Fix } from '../../analysis/index.ts';
import { locator } from '../../codemods/located.ts';
import type { Change, Plan, PlannedPlace } from '../../codemods/plan/plan.ts';
import type { Region } from '../../codemods/positions.ts';
import { filePatch } from '../../codemods/report/diff.ts';
import { findingsIn } from './fix-fixture.ts';
import { readFixture } from './fixture.ts';
import { library } from './runtime.ts';

/**
 * The first fix of every finding in the fixtures of some rules, without the comments that say what is wanted;
 * `leaked-sender/example.go` is one file of them.
 */
export async function planOfFixtures(...names: readonly string[]): Promise<Plan> {
  const std = await library();
  const changes = names.flatMap((name) => {
    const [ruleId = '', file] = name.split('/');
    const whole = readFixture(ruleId);
    const fixture = {
      ...whole,
      files: whole.files.filter(({ path }) => !file || path === `fixtures/${name}`),
    };
    const texts = new Map(
      fixture.files.map(({ path, text }) => [path, text.replace(/ *\/\/ want .*$/gm, '')]),
    );
    return findingsIn(fixture, std, texts).flatMap(({ finding }) => {
      const fix = finding.fixes[0];
      return fix ? [changeOf(finding, fix, texts)] : [];
    });
  });
  return { plan: 1, goleash: '0.1.0', selection: ['--unsafe', 'fixtures'], changes, left: [] };
}

/** `count` changes: those of the plan again and again, in other folders. */
export function multiplied(plan: Plan, count: number): Plan {
  const changes = Array.from({ length: count }, (_, i): Change => {
    const change = plan.changes[i % plan.changes.length] as Change;
    const round = Math.floor(i / plan.changes.length);
    if (round === 0) return change;
    const moved = <T extends PlannedPlace>(place: T): T => ({ ...place, path: `part${round}/${place.path}` });
    return {
      ...change,
      fingerprint: sha256(`${change.fingerprint} ${round}`),
      at: moved(change.at),
      related: change.related.map(moved),
    };
  });
  return { ...plan, changes };
}

function changeOf(finding: Finding, fix: Fix, texts: ReadonlyMap<string, string>): Change {
  const { ruleId, severity, confidence, message } = finding;
  const locate = locator(texts);
  const paths = [...new Set(fix.edits.map((edit) => edit.path))];
  const diff = paths.map((path) => {
    const before = texts.get(path) ?? '';
    const edits = fix.edits.filter((edit) => edit.path === path);
    return filePatch({ path, before, after: applyEdits(before, edits) });
  });
  const at = placeOf(locate(finding.at));
  return {
    fingerprint: sha256([ruleId, fix.id, at.path, at.line, message].join('\0')),
    ruleId,
    fixId: fix.id,
    title: fix.title,
    safety: fix.safety,
    severity,
    confidence,
    message,
    at,
    related: finding.related.map(({ at: where, ...rest }) => ({ ...placeOf(locate(where)), ...rest })),
    edits: fix.edits.map((edit) => planned(edit, texts.get(edit.path) ?? '')),
    against: paths.map((path) => ({ path, sha256: sha256(texts.get(path) ?? '') })),
    diff: diff.join(''),
    after: [],
    verified: {
      rung: fix.safety === 'safe' ? 'compiler' : 'model',
      notes: [
        fix.safety === 'safe'
          ? 'not tested: --test was not asked for'
          : 'not compiled: there is no go command',
      ],
    },
    decision: 'open',
  };
}

function placeOf({ path, start, end }: Region): PlannedPlace {
  return { path, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

function planned({ path, start, end, newText }: Edit, text: string) {
  return { path, start, end, removed: text.slice(start, end), inserted: newText };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
