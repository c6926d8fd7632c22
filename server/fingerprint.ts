import { createHash } from 'node:crypto';
import type { Finding, SourceFile } from '../analysis/index.ts';

/**
 * A name for each of a file's findings that stays when the finding moves, and when other code changes: the rule,
 * the declaration that holds it and its text; equal ones are counted.
 */
export function fingerprints(file: SourceFile, findings: readonly Finding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map(({ ruleId, at }) => {
    const key = JSON.stringify([ruleId, declaredNames(file, at.start), file.text.slice(at.start, at.end)]);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return createHash('sha256').update(`${key}${count}`).digest('hex').slice(0, 16);
  });
}

function declaredNames(file: SourceFile, offset: number): readonly string[] {
  let index = file.starts.length - 1;
  while (index > 0 && (file.starts[index] ?? 0) > offset) index--;
  return file.declarations[index]?.names ?? [];
}
