// Runs the rules over a package. The only caller of rules, and the place where a rule that throws is contained.

import { type Explorations, explorationsOf } from './concurrency/defects.ts';
import type { Config } from './config.ts';
import { buildFix } from './edit/build-fix.ts';
import type { MergeableFix } from './edit/merge.ts';
import type { Finding, Fix, Related } from './finding.ts';
import { type Code, type CodeContext, codeOf } from './model/code.ts';
import { namesAt } from './model/names-at.ts';
import type { GoPackage, Library } from './model/package.ts';
import { worldOf } from './model/package-index.ts';
import { holdsIn, type Recorded, readBody, readFile, record } from './model/reads.ts';
import { mayMatter, rulesFor } from './relevance.ts';
import { rules } from './rules/index.ts';
import type { FixBody, Report, Rule } from './rules/rule.ts';
import { concerns, type Suppression, suppressionsOf } from './suppress.ts';
import type { Node } from './syntax/node.ts';
import {
  type Declaration,
  declarationOf,
  isParsed,
  isTestFile,
  type Site,
  type SourceFile,
  siteOf,
} from './syntax/source-file.ts';

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

/** What a rule said, and the code that its fixes read. */
type Reported = Parameters<Report<string>>[0] & { readonly code: Code };

/** What the rules said about one declaration, with all that it depends on. */
interface Remembered {
  readonly config: Config;
  readonly library: Library;
  readonly byRule: Map<Rule, Recorded<readonly Reported[]>>;
}

const remembered = new WeakMap<Declaration, Remembered>();

/** The findings of all rules in a package. Pure: the same package and options give the same findings. */
export function analyze(pkg: GoPackage, options: AnalyzeOptions): Analysis {
  const { config, library, only } = options;
  const context: Context = { pkg, world: worldOf(pkg, library), config, codes: new Map(), library };
  const active = (options.rules ?? rules).filter((rule) => config.rules[rule.id] !== 'off');
  const result = { findings: [] as Finding[], suppressed: 0, crashes: [] as Crash[], broken: [] as Site[] };
  for (const file of pkg.files) {
    if (only && !only.has(file.path)) continue;
    analyzeFile(file, active, context, result);
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

/** What is the same for all declarations, and the library that the findings depend on. */
type Context = CodeContext & { readonly library: Library };

type Result = { findings: Finding[]; suppressed: number; crashes: Crash[]; broken: Site[] };

function analyzeFile(file: SourceFile, active: readonly Rule[], context: Context, result: Result): void {
  const isTest = isTestFile(file);
  const relevant = active.filter((rule) => (!isTest || rule.inTests !== false) && mayMatter(rule, file.text));
  if (relevant.length === 0) return;
  let suppressions: readonly Suppression[] | undefined;
  const crashed = new Set<Rule>();
  const found = new Map<Rule, Finding[]>();
  file.declarations.forEach((declaration, i) => {
    if (declaration.kind !== 'func' && declaration.kind !== 'var') return;
    const wanted = rulesFor(declaration, context.pkg, relevant);
    if (wanted.length === 0) return;
    for (const rule of wanted) {
      if (crashed.has(rule)) continue;
      try {
        const findings = findingsOf(rule, file, declaration, context);
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

/** What a rule finds in a declaration; undefined if it does not parse. Checks again only what may have changed. */
function findingsOf(
  rule: Rule,
  file: SourceFile,
  declaration: Declaration,
  context: Context,
): readonly Finding[] | undefined {
  const { pkg } = context;
  const byRule = memoryOf(declaration, context);
  const asFindings = (reports: readonly Reported[]) =>
    reports.map((reported) => findingOf(rule, reported, file, context));
  const known = byRule.get(rule);
  // Fixes are made anew, for the file as it is now. What they read of the package is what they read at first.
  if (known && holdsIn(known, pkg)) return asFindings(known.value);
  byRule.delete(rule);
  const code = codeOf(file, declaration, context);
  if (!code) return undefined;
  const { value, reads } = record(pkg, () => {
    const reports: Reported[] = [];
    rule.check(code, (report) => reports.push({ ...report, code }));
    return { reports, findings: asFindings(reports) };
  });
  byRule.set(rule, { value: value.reports, reads, holdsFor: pkg });
  return value.findings;
}

function memoryOf(declaration: Declaration, { config, library }: Context): Remembered['byRule'] {
  let memory = remembered.get(declaration);
  if (memory?.config !== config || memory.library !== library) {
    memory = { config, library, byRule: new Map() };
    remembered.set(declaration, memory);
  }
  return memory.byRule;
}

function findingOf(rule: Rule, reported: Reported, file: SourceFile, context: Context): Finding {
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

function fixesOf(rule: Rule, reported: Reported, file: SourceFile, context: Context): readonly Fix[] {
  return Object.entries(rule.fixes).flatMap(([id, description]): Fix[] => {
    const offered = reported.fixes?.[id];
    if (!offered) return [];
    const body: FixBody = typeof offered === 'function' ? offered : offered.edit;
    const names = namesAt(reported.code, file, context.world);
    const others = context.pkg.files.filter((f) => f !== file && !f.generated);
    const built = buildFix({ file, names, otherFiles: others }, body);
    if (!built || built.edits.length === 0) return [];
    const safety = typeof offered === 'function' ? description.safety : offered.safety;
    const fix: MergeableFix = { id, title: description.title, safety, ...built };
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
