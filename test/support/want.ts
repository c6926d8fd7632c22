// `// want` comments: what a fixture says must be found, and by being absent, what must not.

import type { Finding } from '../../analysis/index.ts';
import { lineAt } from './go.ts';

/** One expected finding. */
export interface Want {
  readonly line: number;
  readonly ruleId: string;
  readonly pattern: RegExp;
}

const comment = /[ \t]*\/\/ want\b[ \t]*(.*)$/;
const form = /^(?:(?:[a-z0-9-]+:)?`[^`]+`(?:\s+|$))+$/;
const pattern = /(?:([a-z0-9-]+):)?`([^`]+)`/g;

/**
 * The wants of a file. `// want` takes one or more patterns in back-quotes, each of which may name the rule of its
 * finding if that is not the fixture's own: // want `never closed` lost-cancel:`not called`.
 */
export function wantsOf(path: string, text: string, ruleId: string): readonly Want[] {
  return text.split('\n').flatMap((content, index): Want[] => {
    const found = comment.exec(content.trimEnd());
    if (!found) return [];
    const patterns = found[1] ?? '';
    if (!form.test(patterns))
      throw new Error(`${path}:${index + 1}: write // want followed by patterns in back-quotes`);
    return [...patterns.matchAll(pattern)].map((m) => ({
      line: index + 1,
      ruleId: m[1] ?? ruleId,
      pattern: new RegExp(m[2] ?? ''),
    }));
  });
}

/** The text without its want comments, as documentation shows it. */
export function withoutWants(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(comment, ''))
    .join('\n');
}

/** One line for each want without a finding and each finding without a want. */
export function compareWants(
  path: string,
  text: string,
  wants: readonly Want[],
  findings: readonly Finding[],
): readonly string[] {
  const problems: string[] = [];
  const open = [...wants];
  for (const finding of findings) {
    const line = lineAt(text, finding.at.start);
    const index = open.findIndex(
      (want) => want.line === line && want.ruleId === finding.ruleId && want.pattern.test(finding.message),
    );
    if (index < 0) problems.push(`${path}:${line}: unexpected finding ${finding.ruleId}: ${finding.message}`);
    else open.splice(index, 1);
  }
  for (const want of open) {
    problems.push(`${path}:${want.line}: no finding ${want.ruleId}: ${want.pattern.source}`);
  }
  return problems;
}
