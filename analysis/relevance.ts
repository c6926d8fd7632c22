// The cheap text tests that come before any parsing.

import { declaredWith } from './model/mentions.ts';
import type { GoPackage } from './model/package.ts';
import { rules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';
import type { Declaration } from './syntax/source-file.ts';

/** Whether any rule could say something about a file with this text, whatever else is in its package. */
export function isRelevant(text: string): boolean {
  return rules.some(
    (rule) => mayMatter(rule, text) && (rule.mentionedByCallees !== undefined || mentions(rule, text)),
  );
}

/** Whether a file's text has the imports that a rule needs. */
export function mayMatter(rule: Rule, text: string): boolean {
  return rule.imports.length === 0 || rule.imports.some((path) => text.includes(`"${path}"`));
}

interface Looks {
  readonly surface: object;
  readonly byRule: Map<Rule, boolean>;
}

const known = new WeakMap<Declaration, Looks>();

/** Those of the rules that look at a declaration: by its words, and by the headers of what it calls. */
export function rulesFor(declaration: Declaration, pkg: GoPackage, among: readonly Rule[]): readonly Rule[] {
  let looks = known.get(declaration);
  if (looks?.surface !== pkg.surface) {
    looks = { surface: pkg.surface, byRule: new Map() };
    known.set(declaration, looks);
  }
  const { byRule } = looks;
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
  return rule.mentions.some((word) => text.includes(word)) && mentionsAlso(rule, text);
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
