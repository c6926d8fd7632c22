// Comments that silence nothing any more. Only names of this tool are judged: what other tools find is not known here.

import { finished } from './edit/finish.ts';
import type { Edit, Finding, Fix, Severity } from './finding.ts';
import type { Rule } from './rules/rule.ts';
import type { Suppression } from './suppress.ts';
import type { SourceFile } from './syntax/source-file.ts';

/** What the rules that have looked at a file have made of its comments. */
export interface Silenced {
  readonly file: SourceFile;
  readonly suppressions: readonly Suppression[];
  /** By suppression, those of its names that have silenced a finding or would have with a reason. */
  readonly used: ReadonlyMap<Suppression, ReadonlySet<string>>;
}

/** What is known of a name in a comment: the rule has run, or all of them for `all`; there is none; or neither. */
export type Verdict = 'ran' | 'missing' | 'unsaid';

/** The findings of `rule`, which is about comments. */
export function unusedSuppressions(
  { file, suppressions, used }: Silenced,
  rule: Rule,
  severity: Severity,
  verdictOn: (name: string) => Verdict,
): readonly Finding[] {
  return suppressions.flatMap((suppression): Finding[] => {
    const verdicts = new Map(
      judged(suppression)
        .filter((name) => !used.get(suppression)?.has(name))
        .map((name) => [name, verdictOn(name)] as const),
    );
    const idle = [...verdicts].filter(([, verdict]) => verdict !== 'unsaid').map(([name]) => name);
    if (idle.length === 0) return [];
    const rest = suppression.names.filter((name) => !idle.includes(name));
    return [
      {
        ruleId: rule.id,
        severity,
        confidence: 'proved',
        at: { path: file.path, ...suppression.comment },
        message: messageOf(verdicts, idle, rest.length === 0),
        related: [],
        fixes: file.generated ? [] : fixesOf(file, suppression, rest, rule),
      },
    ];
  });
}

/** The names of a comment that are about goleash. */
function judged({ form, names }: Suppression): readonly string[] {
  if (form === 'ignore') return names;
  return form === 'nolint' ? names.filter((name) => name === 'goleash') : [];
}

function messageOf(verdicts: ReadonlyMap<string, Verdict>, idle: readonly string[], isAll: boolean): string {
  const missing = idle.filter((name) => verdicts.get(name) === 'missing');
  const ran = idle.filter((name) => verdicts.get(name) === 'ran');
  const clauses = [
    ...(missing.length > 0 ? [`there is no rule ${missing.join(' and no rule ')}`] : []),
    ...(ran.some((name) => name === 'all' || name === 'goleash') ? ['nothing is found here'] : []),
    ...ran.filter((name) => name !== 'all' && name !== 'goleash').map((name) => `${name} finds nothing here`),
  ];
  const all = isAll ? 'silences nothing' : `need not name ${idle.length === 1 ? 'it' : 'them'}`;
  return `${clauses.join(', ')}, so this comment ${all}`;
}

function fixesOf(
  file: SourceFile,
  suppression: Suppression,
  rest: readonly string[],
  rule: Rule,
): readonly Fix[] {
  const draft = rest.length > 0 ? shortened(file, suppression, rest) : removed(file, suppression);
  const edits = draft && finished(file, [draft]);
  return Object.entries(rule.fixes).flatMap(([id, { title, safety }]) =>
    edits && edits.length > 0 ? [{ id, title, safety, edits }] : [],
  );
}

const listed = /^(\/\/\s?(?:goleash:ignore[ \t]+|nolint:\s*))([\w.-]+(?:\s*,\s*[\w.-]+)*)/i;

/** The comment without the names that silence nothing. */
function shortened(file: SourceFile, { comment }: Suppression, rest: readonly string[]): Edit | undefined {
  const text = file.text.slice(comment.start, comment.end);
  const [all, head = '', names = ''] = listed.exec(text) ?? [];
  if (all === undefined) return undefined;
  const kept = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => rest.includes(name) || rest.includes(name.toLowerCase()));
  const start = comment.start + head.length;
  return { path: file.path, start, end: start + names.length, newText: kept.join(',') };
}

/** The comment goes with its line if nothing else is on it, and with the empty line of a doc comment that led to it. */
function removed({ path, text }: SourceFile, { comment }: Suppression): Edit {
  let lineStart = text.lastIndexOf('\n', comment.start - 1) + 1;
  const before = text.slice(lineStart, comment.start);
  if (before.trim() !== '') {
    const start = lineStart + before.trimEnd().length;
    return { path, start, end: comment.end, newText: '' };
  }
  let end = nextLine(text, comment.end);
  const isLast = !/^[\t ]*\/\//.test(text.slice(end, nextLine(text, end)));
  const above = text.slice(0, lineStart);
  const lead = /(?:^|\n)([\t ]*\/\/[\t ]*\r?\n)$/.exec(above)?.[1];
  if (isLast && lead !== undefined) lineStart -= lead.length;
  // gofmt leaves one empty line where there were two.
  else if (/(?:^|\n)[\t ]*\r?\n$/.test(above)) end += /^[\t ]*\r?\n/.exec(text.slice(end))?.[0].length ?? 0;
  return { path, start: lineStart, end, newText: '' };
}

function nextLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}
