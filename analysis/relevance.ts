// The cheap text test that comes before any parsing.

import { rules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';

/** Whether any rule could say something about a file with this text. */
export function isRelevant(text: string): boolean {
  return rules.some((rule) => mayMatter(rule, text) && rule.mentions.some((word) => text.includes(word)));
}

/** Whether a file's text has the imports that a rule needs. */
export function mayMatter(rule: Rule, text: string): boolean {
  return rule.imports.length === 0 || rule.imports.some((path) => text.includes(`"${path}"`));
}
