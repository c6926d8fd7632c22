// The cheap text tests that come before any parsing.

import { declaredWith } from './model/mentions.ts';
import type { GoPackage } from './model/package.ts';
import { rules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';
import { type Declaration, isTestFile, type SourceFile } from './syntax/source-file.ts';

/** Whether any rule could say something about a file with this text, whatever else is in its package. */
export function isRelevant(text: string): boolean {
  return rules.some(
    (rule) => mayMatter(rule, text) && (rule.mentionedByCallees !== undefined || mentions(rule, text)),
  );
}

/** Whether a file's text has the imports that a rule needs. */
function mayMatter(rule: Rule, text: string): boolean {
  return rule.imports.length === 0 || rule.imports.some((path) => text.includes(`"${path}"`));
}

/** Those of the rules that can say something about a file. */
export function rulesForFile(file: SourceFile, among: readonly Rule[]): readonly Rule[] {
  const isTest = isTestFile(file);
  return among.filter((rule) => (!isTest || rule.inTests !== false) && mayMatter(rule, file.text));
}

/** By the surface of the package, then by declaration. */
const known = new WeakMap<object, WeakMap<Declaration, Map<Rule, boolean>>>();

/** Those of the rules that look at a declaration: by its words, and by the headers of what it calls. */
export function rulesFor(declaration: Declaration, pkg: GoPackage, among: readonly Rule[]): readonly Rule[] {
  if (declaration.kind !== 'func' && declaration.kind !== 'var') return [];
  const ofSurface = known.get(pkg.surface) ?? new WeakMap<Declaration, Map<Rule, boolean>>();
  known.set(pkg.surface, ofSurface);
  const byRule = ofSurface.get(declaration) ?? new Map<Rule, boolean>();
  ofSurface.set(declaration, byRule);
  return among.filter((rule) => {
    let answer = byRule.get(rule);
    if (answer === undefined) {
      answer = mentions(rule, declaration.text) || callsMentioning(rule, declaration.text, pkg);
      byRule.set(rule, answer);
    }
    return answer;
  });
}

/** Whether a text has the words that a rule looks for. */
function mentions(rule: Rule, text: string): boolean {
  return (
    rule.mentions.some((word) => (typeof word === 'string' ? text.includes(word) : word.test(text))) &&
    mentionsAlso(rule, text)
  );
}

function mentionsAlso({ alsoMentions }: Rule, text: string): boolean {
  return alsoMentions?.some((word) => text.includes(word)) ?? true;
}

/** Whether a text calls what is declared with a word that a rule looks for. */
function callsMentioning(rule: Rule, text: string, pkg: GoPackage): boolean {
  return (
    (rule.mentionedByCallees?.some((word) => callsOf(pkg, word)?.test(text)) ?? false) &&
    mentionsAlso(rule, text)
  );
}

const calls = new WeakMap<object, Map<string, RegExp | undefined>>();

/** What calls of the functions and methods that a package declares with a word look like. */
function callsOf(pkg: GoPackage, word: string): RegExp | undefined {
  const ofSurface = calls.get(pkg.surface) ?? new Map<string, RegExp | undefined>();
  calls.set(pkg.surface, ofSurface);
  if (!ofSurface.has(word)) {
    const names = [...declaredWith(pkg, word)];
    ofSurface.set(word, names.length > 0 ? new RegExp(`\\b(?:${names.join('|')})[[(]`) : undefined);
  }
  return ofSurface.get(word);
}
