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

/** Where a refactoring is asked for: `// refactor: label` at the end of a line, before what is wanted there. */
const mark = /[ \t]*\/\/ refactor: ([a-z0-9-]+)(?=$| \/\/ want)/;

/** The lines that a fixture asks about, by label: offsets of the first character and of the mark. */
export function marksOf(text: string): ReadonlyMap<string, { readonly start: number; readonly end: number }> {
  const marks = new Map<string, { start: number; end: number }>();
  let start = 0;
  for (const line of text.split('\n')) {
    const found = mark.exec(line.trimEnd());
    const label = found?.[1];
    const indent = line.length - line.trimStart().length;
    if (found && label !== undefined) marks.set(label, { start: start + indent, end: start + found.index });
    start += line.length + 1;
  }
  return marks;
}

/** The text without its marks and want comments, nor lines that have nothing else, as documentation shows it. */
export function withoutMarks(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const left = line.replace(comment, '').replace(mark, '');
      return left.trim() === '' && line.trim() !== '' ? [] : [left];
    })
    .join('\n');
}

/** One line for each want without a finding and each finding without a want. */
export function compareWants(
  path: string,
  text: string,
  wants: readonly Want[],
  findings: readonly Pick<Finding, 'ruleId' | 'message' | 'at'>[],
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
