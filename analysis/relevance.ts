// The cheap text test that comes before any parsing.

import { rules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';

/** Whether any rule could say something about a file with this text. */
export function isRelevant(text: string): boolean {
  return rules.some((rule) => mayMatter(rule, text) && mentions(rule, text));
}

/** Whether a file's text has the imports that a rule needs. */
export function mayMatter(rule: Rule, text: string): boolean {
  return rule.imports.length === 0 || rule.imports.some((path) => text.includes(`"${path}"`));
}

/** Whether a text, of a file or of one declaration, has the words that a rule looks for. */
export function mentions(rule: Rule, text: string): boolean {
  const has = (word: string): boolean => text.includes(word);
  return rule.mentions.some(has) && (rule.alsoMentions?.some(has) ?? true);
}
