// Runs the rules over a package. The only caller of rules, and the place where a rule that throws is contained.

import type { Config } from './config.ts';
import { buildFix } from './edit/build-fix.ts';
import type { MergeableFix } from './edit/merge.ts';
import type { Finding, Fix, Related } from './finding.ts';
import { type CodeContext, codeOf, type TracedCode } from './model/code.ts';
import { namesAt } from './model/names-at.ts';
import type { GoPackage, Library } from './model/package.ts';
import { worldOf } from './model/package-index.ts';
import { mayMatter, mentions } from './relevance.ts';
import { rules } from './rules/index.ts';
import type { FixBody, Report, Rule } from './rules/rule.ts';
import { concerns, type Suppression, suppressionsOf } from './suppress.ts';
import type { Node } from './syntax/node.ts';
import {
  type Declaration,
  declarationOf,
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

type Reported = Parameters<Report<string>>[0] & TracedCode;

/** What the rules said about one declaration; it holds while neither the text nor the package surface changes. */
interface Remembered {
  readonly surface: object;
  readonly config: Config;
  readonly library: Library;
  readonly byRule: Map<string, readonly Reported[]>;
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
    const wanted = relevant.filter((rule) => mentions(rule, declaration.text));
    if (wanted.length === 0) return;
    for (const rule of wanted) {
      if (crashed.has(rule)) continue;
      try {
        const reports = reportsOf(rule, file, declaration, context);
        if (!reports) {
          const start = file.starts[i] ?? 0;
          result.broken.push({ path: file.path, start, end: start + declaration.text.length });
          return;
        }
        for (const reported of reports) {
          const finding = findingOf(rule, reported, file, context);
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

/** What a rule says about a declaration, from memory if that is still true; undefined if it does not parse. */
function reportsOf(
  rule: Rule,
  file: SourceFile,
  declaration: Declaration,
  context: Context,
): readonly Reported[] | undefined {
  let memory = remembered.get(declaration);
  const { config, library } = context;
  const { surface } = context.pkg;
  if (memory?.surface !== surface || memory.config !== config || memory.library !== library) {
    memory = { surface, config, library, byRule: new Map() };
    remembered.set(declaration, memory);
  }
  const known = memory.byRule.get(rule.id);
  if (known) return known;
  const traced = codeOf(file, declaration, context);
  if (!traced) return undefined;
  // What others have read of this declaration is not of this rule's doing.
  traced.hasReadOthers();
  const reports: Reported[] = [];
  rule.check(traced.code, (report) => reports.push({ ...report, ...traced }));
  const isOwn = reports.every((report) => isWithin(declaration, report));
  if (isOwn && !traced.hasReadOthers()) memory.byRule.set(rule.id, reports);
  return reports;
}

/** Whether no place of a report moves with edits of other declarations. */
function isWithin(declaration: Declaration, { at, related = [] }: Reported): boolean {
  return [at, ...related.map((r) => r.at)].every((p) => 'tree' in p && declarationOf(p) === declaration);
}

function findingOf(rule: Rule, reported: Reported, file: SourceFile, context: Context): Finding {
  const place = (at: Node | Site): Site => ('path' in at ? at : siteOf(fileOf(at, file, context.pkg), at));
  const related: Related[] = (reported.related ?? []).map((r) => ({ at: place(r.at), message: r.message }));
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
  const fixes = Object.entries(rule.fixes).flatMap(([id, description]): Fix[] => {
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
  if (reported.hasReadOthers()) remembered.get(declarationOf(reported.code.root))?.byRule.delete(rule.id);
  return fixes;
}

/** The file of the package that holds a node's declaration. */
function fileOf(node: Node, first: SourceFile, pkg: GoPackage): SourceFile {
  const declaration = declarationOf(node);
  if (first.declarations.includes(declaration)) return first;
  return pkg.files.find((file) => file.declarations.includes(declaration)) ?? first;
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
