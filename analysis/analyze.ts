// Runs the rules over a package. The only caller of rules, and the place where a rule that throws is contained.

import { type Context, type Reported, withReports } from './check.ts';
import { type Explorations, explorationsOf } from './concurrency/defects.ts';
import type { Config } from './config.ts';
import { buildFix } from './edit/build-fix.ts';
import type { MergeableFix } from './edit/merge.ts';
import type { Finding, Fix, Related } from './finding.ts';
import { namesAt } from './model/names-at.ts';
import type { GoPackage, Library } from './model/package.ts';
import { worldOf } from './model/package-index.ts';
import { readBody, readFile } from './model/reads.ts';
import { rulesFor, rulesForFile } from './relevance.ts';
import { rules } from './rules/index.ts';
import type { FixBody, Rule } from './rules/rule.ts';
import { concerns, type Suppression, suppressionsOf } from './suppress.ts';
import type { Node } from './syntax/node.ts';
import { declarationOf, isParsed, type Site, type SourceFile, siteOf } from './syntax/source-file.ts';
import { tried } from './trial-memory.ts';

export interface AnalyzeOptions {
  readonly config: Config;
  readonly library: Library;
  /** Report only on files with these paths. */
  readonly only?: ReadonlySet<string>;
  /** The rules to run; all of them by default. */
  readonly rules?: readonly Rule[];
}

/** A rule threw: its findings in that file are missing, all others are there. */
export interface Crash {
  readonly ruleId: string;
  readonly path: string;
  readonly error: string;
}

export interface Analysis {
  /** In order of path and offset; those that a comment suppresses are left out. */
  readonly findings: readonly Finding[];
  readonly suppressed: number;
  readonly crashes: readonly Crash[];
  /** Declarations that a rule would have looked at and that are not valid Go. */
  readonly broken: readonly Site[];
}

/** What the analyses of a package have done so far. */
export interface Effort {
  readonly declarations: number;
  /** Of them, those that were parsed. */
  readonly parsed: number;
  readonly explorations: Explorations;
}

/** The findings of all rules in a package. Pure: the same package and options give the same findings. */
export function analyze(pkg: GoPackage, options: AnalyzeOptions): Analysis {
  const { config, library, only } = options;
  const active = (options.rules ?? rules).filter((rule) => config.rules[rule.id] !== 'off');
  const context = { pkg, world: worldOf(pkg, library), config, codes: new Map(), library, active };
  const result = { findings: [] as Finding[], suppressed: 0, crashes: [] as Crash[], broken: [] as Site[] };
  for (const file of pkg.files) {
    if (only && !only.has(file.path)) continue;
    analyzeFile(file, context, result);
  }
  result.findings.sort(
    (a, b) =>
      compare(a.at.path, b.at.path) ||
      a.at.start - b.at.start ||
      a.at.end - b.at.end ||
      compare(a.ruleId, b.ruleId),
  );
  return result;
}

/** What it has taken to know what is known of a package; earlier versions of it count where they still hold. */
export function effortOf(pkg: GoPackage): Effort {
  const declarations = pkg.files.flatMap((file) => file.declarations);
  return {
    declarations: declarations.length,
    parsed: declarations.filter(isParsed).length,
    explorations: explorationsOf(pkg),
  };
}

/** The context of all checks, and the rules that run. */
type Run = Context & { readonly active: readonly Rule[] };

type Result = { findings: Finding[]; suppressed: number; crashes: Crash[]; broken: Site[] };

function analyzeFile(file: SourceFile, context: Run, result: Result): void {
  const relevant = rulesForFile(file, context.active);
  if (relevant.length === 0) return;
  let suppressions: readonly Suppression[] | undefined;
  const crashed = new Set<Rule>();
  const found = new Map<Rule, Finding[]>();
  file.declarations.forEach((declaration, i) => {
    const wanted = rulesFor(declaration, context.pkg, relevant);
    if (wanted.length === 0) return;
    for (const rule of wanted) {
      if (crashed.has(rule)) continue;
      try {
        const findings = withReports(rule, file, declaration, context, (reports) =>
          reports.map((reported) => findingOf(rule, reported, file, context)),
        );
        if (!findings) {
          const start = file.starts[i] ?? 0;
          result.broken.push({ path: file.path, start, end: start + declaration.text.length });
          return;
        }
        for (const finding of findings) {
          suppressions ??= suppressionsOf(file);
          const answer = suppressedBy(finding, rule, suppressions);
          if (answer === 'suppressed') result.suppressed++;
          else
            found.set(rule, [
              ...(found.get(rule) ?? []),
              answer ? { ...finding, message: finding.message + answer } : finding,
            ]);
        }
      } catch (error) {
        crashed.add(rule);
        result.crashes.push({
          ruleId: rule.id,
          path: file.path,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    }
  });
  for (const [rule, findings] of found) if (!crashed.has(rule)) result.findings.push(...findings);
}

function findingOf(rule: Rule, reported: Reported, file: SourceFile, context: Run): Finding {
  const place = (at: Node | Site): Site => siteIn(context.pkg, file, at);
  const related = (reported.related ?? []).map((r): Related => ({ ...r, at: place(r.at) }));
  const configured = context.config.rules[rule.id];
  return {
    ruleId: rule.id,
    severity: configured && configured !== 'off' ? configured : (reported.severity ?? rule.severity),
    confidence: reported.confidence ?? 'proved',
    at: place(reported.at),
    message: reported.message,
    related,
    fixes: file.generated ? [] : fixesOf(rule, reported, file, context),
  };
}

function fixesOf(rule: Rule, reported: Reported, file: SourceFile, context: Run): readonly Fix[] {
  return Object.entries(rule.fixes).flatMap(([id, description]): Fix[] => {
    const offered = reported.fixes?.[id];
    if (!offered) return [];
    const body: FixBody = typeof offered === 'function' ? offered : offered.edit;
    const names = namesAt(reported.code, file, context);
    const others = context.pkg.files.filter((f) => f !== file && !f.generated);
    const built = buildFix({ file, names, otherFiles: others }, body);
    if (!built || built.edits.length === 0) return [];
    const asked = typeof offered === 'function' ? description.safety : offered.safety;
    const proposal = { rule, reported, edits: built.edits, safety: asked };
    const outcome = description.explored
      ? tried(proposal, id, context, context.active)
      : { safety: asked, touched: [] };
    if (!outcome) return [];
    const { safety, touched } = outcome;
    const fix: MergeableFix = { id, title: description.title, safety, ...built, tried: touched };
    return [fix];
  });
}

/** Where a place of a report is now. The report holds no longer than what it names stands as it does. */
function siteIn(pkg: GoPackage, first: SourceFile, at: Node | Site): Site {
  if ('path' in at) {
    const file = pkg.files.find(({ path }) => path === at.path);
    if (file) readFile(file);
    return at;
  }
  const declaration = declarationOf(at);
  readBody(declaration);
  const holds = (file: SourceFile) => file.declarations.includes(declaration);
  return siteOf(holds(first) ? first : (pkg.files.find(holds) ?? first), at);
}

/** `suppressed`, or what to add to the message of a finding whose suppression is incomplete. */
function suppressedBy(
  finding: Finding,
  rule: Rule,
  suppressions: readonly Suppression[],
): string | undefined {
  for (const s of suppressions) {
    if (finding.at.start < s.start || finding.at.start >= s.end) continue;
    if (!concerns(s, rule)) continue;
    return s.hasReason ? 'suppressed' : ' (the goleash:ignore here gives no reason, so it does not count)';
  }
  return undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
