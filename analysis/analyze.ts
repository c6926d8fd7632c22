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
import { concerns, namesFor, type Suppression, suppressionsOf } from './suppress.ts';
import type { Node } from './syntax/node.ts';
import { declarationOf, isParsed, type Site, type SourceFile, siteOf } from './syntax/source-file.ts';
import { tried } from './trial-memory.ts';
import { type Silenced, unusedSuppressions } from './unused-suppressions.ts';

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
  const isOn = (rule: Rule) => config.rules[rule.id] !== 'off';
  const asked = (options.rules ?? rules).filter(isOn);
  const ofComments = asked.find((rule) => rule.ofComments);
  // Whether a comment silences nothing is known when all rules have run.
  const all = ofComments ? [...new Set([...asked, ...rules.filter(isOn)])] : asked;
  const active = all.filter((rule) => !rule.ofComments);
  const context = {
    pkg,
    world: worldOf(pkg, library),
    config,
    codes: new Map(),
    library,
    active,
    ofComments,
  };
  const result = { findings: [] as Finding[], suppressed: 0, crashes: [] as Crash[], broken: [] as Site[] };
  for (const file of pkg.files) {
    if (only && !only.has(file.path)) continue;
    analyzeFile(file, context, result);
  }
  if (all.length > asked.length) {
    const ids = new Set(asked.map(({ id }) => id));
    result.findings = result.findings.filter(({ ruleId }) => ids.has(ruleId));
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

/** The context of all checks, the rules that run, and the one that is about comments, if it is asked for. */
type Run = Context & { readonly active: readonly Rule[]; readonly ofComments: Rule | undefined };

type Result = { findings: Finding[]; suppressed: number; crashes: Crash[]; broken: Site[] };

function analyzeFile(file: SourceFile, context: Run, result: Result): void {
  const relevant = rulesForFile(file, context.active);
  const silence = silenceOf(file, context.config);
  const crashed = new Set<Rule>();
  const found = new Map<Rule, Finding[]>();
  let broken = false;
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
          broken = true;
          const start = file.starts[i] ?? 0;
          result.broken.push({ path: file.path, start, end: start + declaration.text.length });
          return;
        }
        const heard = findings.flatMap((finding) => silence.heard(finding, rule));
        result.suppressed += findings.length - heard.length;
        if (heard.length > 0) found.set(rule, [...(found.get(rule) ?? []), ...heard]);
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
  // What could not be looked at may be what a comment is for.
  if (!broken) result.findings.push(...ofComments(silence, crashed, context));
}

/** What silences findings in a file, and what it has silenced. */
interface Silence extends Silenced {
  /** The finding, with a note if a comment would silence it but for its reason; nothing if it is silenced. */
  heard(finding: Finding, rule: Rule): readonly Finding[];
}

function silenceOf(file: SourceFile, { suppressions: { requireReason } }: Config): Silence {
  const suppressions = suppressionsOf(file);
  const used = new Map<Suppression, Set<string>>();
  return {
    file,
    suppressions,
    used,
    heard(finding, rule) {
      const at = finding.at.start;
      // One that is for all rules does not keep itself alive.
      const isNamed = (s: Suppression) => !rule.ofComments || s.names.includes(rule.id);
      const covering = suppressions.find(
        (s) => s.start <= at && at < s.end && concerns(s, rule) && isNamed(s),
      );
      if (!covering) return [finding];
      const names = used.get(covering) ?? new Set();
      for (const name of namesFor(covering, rule.id)) names.add(name);
      used.set(covering, names);
      if (covering.hasReason || !requireReason) return [];
      const note = ' (the goleash:ignore here gives no reason, so it does not count)';
      return [{ ...finding, message: finding.message + note }];
    },
  };
}

/** The findings of the rule that is about comments, if it is asked for. */
function ofComments(
  silence: Silence,
  crashed: ReadonlySet<Rule>,
  { ofComments: rule, active, config }: Run,
): readonly Finding[] {
  if (!rule) return [];
  const running = new Set(active.filter((one) => !crashed.has(one)).map(({ id }) => id));
  const isWhole = rules.every((one) => one.ofComments || running.has(one.id));
  const configured = config.rules[rule.id];
  const severity = configured && configured !== 'off' ? configured : rule.severity;
  return unusedSuppressions(silence, rule, severity, (name) => {
    if (name === 'all' || name === 'goleash') return isWhole ? 'ran' : 'unsaid';
    if (running.has(name)) return 'ran';
    const exists = [...rules, ...active].some(({ id }) => id === name);
    return exists ? 'unsaid' : 'missing';
  }).flatMap((finding) => silence.heard(finding, rule));
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

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
