// The plan as a table, one change a line.

import type { Plan } from '../plan/plan.ts';
import { count } from '../report/text.ts';
import { printable, type Style } from '../terminal.ts';
import { groupsOf } from './groups.ts';
import { widthOfText } from './styled.ts';

/** The changes in the order of a review, under a line of headings; then the fixes that are not among them, with the reason. */
export function planTable({ changes, left }: Plan, { colors }: Style): string {
  const rows = groupsOf(changes).flatMap((group) =>
    group.changes.map((change) => [
      change.fingerprint.slice(0, 12),
      change.decision,
      change.safety,
      change.verified.rung,
      change.ruleId,
      change.fixId,
      `${change.at.path}:${change.at.line}`,
    ]),
  );
  const heads = ['FINGERPRINT', 'DECISION', 'SAFETY', 'CHECKED', 'RULE', 'FIX', 'PLACE'];
  const shown = [heads, ...rows].map((row) => row.map((cell) => printable(cell)));
  const widths = heads.map((_, i) => Math.max(...shown.map((row) => widthOfText(row[i] ?? ''))));
  const lines = shown.map((row, i) => {
    const line = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOfText(cell)));
    const text = line.join('  ').trimEnd();
    return i === 0 ? colors.dim(text) : text;
  });
  const leftOut = left.map(
    ({ ruleId, fixId, at, why, reason }) =>
      `${printable(at.path)}:${at.line}: ${fixId} (${ruleId}) is left out, ${why}: ${printable(reason)}`,
  );
  const told = changes.length === 0 ? ['The plan has no changes.'] : lines;
  return [
    ...told,
    ...(left.length > 0 ? ['', `${count(left.length, 'fix', 'fixes')} left out:`, ...leftOut] : []),
    '',
  ].join('\n');
}
