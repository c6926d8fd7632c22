// What rules say about declarations, remembered over edits.

import { defectsOf } from './concurrency/defects.ts';
import type { Config } from './config.ts';
import { type Code, type CodeContext, codeOf } from './model/code.ts';
import type { Mention } from './model/mentions.ts';
import type { GoPackage, Library } from './model/package.ts';
import { holdsIn, type Recorded, recall, record } from './model/reads.ts';
import type { Report, Rule } from './rules/rule.ts';
import { type Declaration, isParsed, type SourceFile } from './syntax/source-file.ts';

/** What a rule said, and the code that its fixes read. */
export type Reported = Parameters<Report<string>>[0] & { readonly code: Code };

/** What is the same for all declarations, and the library that the findings depend on. */
export type Context = CodeContext & { readonly library: Library };

/** What a rule said about a declaration, with all that it depends on. */
export interface Checked extends Recorded<readonly Reported[]> {
  /** Later checks have higher numbers. */
  readonly number: number;
  /** The package that was checked: what fixes read, they read of this one. */
  readonly madeFor: GoPackage;
  /** Whether what the fixes read is among the reads. */
  readonly withFixes: boolean;
}

/** What the rules said about one declaration. */
interface Remembered {
  readonly config: Config;
  readonly library: Library;
  readonly byRule: Map<Rule, Checked>;
}

const remembered = new WeakMap<Declaration, Remembered>();
let checks = 0;

/** How many checks there were: the number of the last one. */
export function lastCheck(): number {
  return checks;
}

/**
 * What a rule says about a declaration; undefined if it does not parse. Checks again only what may have changed.
 * What is said of a trial is not remembered.
 */
export function checked(
  rule: Rule,
  file: SourceFile,
  declaration: Declaration,
  context: Context,
): Checked | undefined {
  const known = knownOf(rule, declaration, context);
  if (known) return known;
  const recorded = record(context.pkg, () => reportsOf(rule, file, declaration, context));
  const { value } = recorded;
  if (!value) return undefined;
  const made = { ...recorded, value, number: ++checks, madeFor: context.pkg, withFixes: false };
  if (!context.pkg.trialOf) memoryOf(declaration, context).set(rule, made);
  return made;
}

/** Undefined if the declaration does not parse. */
function reportsOf(
  rule: Rule,
  file: SourceFile,
  declaration: Declaration,
  context: Context,
): readonly Reported[] | undefined {
  if (rule.explores && !isParsed(declaration)) {
    const { pkg } = context;
    const codeAt = (at: Mention): Code | undefined => codeOf(at.file, at.declaration, context);
    // Where nothing can be found, whether it parses does not matter either.
    if (defectsOf(declaration, { pkg, codeAt }).length === 0 && !isParsed(declaration)) return [];
  }
  const code = codeOf(file, declaration, context);
  if (!code) return undefined;
  const reports: Reported[] = [];
  rule.check(code, (report) => reports.push({ ...report, code }));
  return reports;
}

/**
 * What becomes of what a rule says, its fixes among it. They are made anew each time, for the file as it is now; what
 * they read of the package is what they read at first, so it counts among what the rule has read.
 */
export function withReports<T>(
  rule: Rule,
  file: SourceFile,
  declaration: Declaration,
  context: Context,
  use: (reports: readonly Reported[]) => T,
): T | undefined {
  const known = knownOf(rule, declaration, context);
  if (known?.withFixes) return use(known.value);
  if (known && known.madeFor !== context.pkg) memoryOf(declaration, context).delete(rule);
  const made = checked(rule, file, declaration, context);
  if (!made) return undefined;
  const { value, reads } = record(context.pkg, () => use(recall(made)));
  memoryOf(declaration, context).set(rule, { ...made, reads, withFixes: true });
  return value;
}

function knownOf(rule: Rule, declaration: Declaration, context: Context): Checked | undefined {
  if (context.pkg.trialOf) return undefined;
  const byRule = memoryOf(declaration, context);
  const known = byRule.get(rule);
  if (!known || holdsIn(known, context.pkg)) return known;
  byRule.delete(rule);
  return undefined;
}

function memoryOf(declaration: Declaration, { config, library }: Context): Remembered['byRule'] {
  let memory = remembered.get(declaration);
  if (memory?.config !== config || memory.library !== library) {
    memory = { config, library, byRule: new Map() };
    remembered.set(declaration, memory);
  }
  return memory.byRule;
}
