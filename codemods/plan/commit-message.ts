import { count } from '../report/text.ts';
import type { Change } from './plan.ts';

/** A message for a commit of changes: what was done, then each finding with its reason. Paths are those of the plan. */
export function commitMessage(name: string, per: 'rule' | 'package', changes: readonly Change[]): string {
  const findings = count(changes.length, 'finding');
  const subject = per === 'rule' ? `Repair ${findings} of ${name}` : `Repair ${findings} in ${name}`;
  return `${subject}\n\n${changes.map((change) => reasonOf(change)).join('\n')}`;
}

function reasonOf({ at, ruleId, message, related, title }: Change): string {
  const steps = related.map(
    (place) =>
      `    ${place.step ? `${place.step.order}. ` : ''}${place.path}:${place.line}: ${place.message}\n`,
  );
  return `${at.path}:${at.line}: ${message} [${ruleId}]\n${steps.join('')}  ${title}.\n`;
}
