// The contract of a recipe: a change to a whole repository that has a name. It finds and edits nothing itself; it says
// which fixes of which rules belong together, and which of a finding's fixes is the one to take.

import type { Finding } from '../finding.ts';

/** By rule id, the ids of the fixes that may be applied, the preferred one first. */
export type Repairs = Readonly<Record<string, readonly string[]>>;

export interface Recipe {
  /** Names the subject, kebab-case: `http-timeouts`. No rule or refactoring has the same id. */
  readonly id: string;
  /** The first version of goleash that has it. */
  readonly since: string;
  /** Imperative and complete. */
  readonly title: string;
  /** Markdown: what it changes, and which of several fixes it takes. */
  readonly description: string;
  /** What a person could expect of it in vain, one clause each. */
  readonly leaves: readonly string[];
  /** Its rules and their fixes. */
  readonly repairs: Repairs;
  /** The settings of the configuration that its fixes follow, as paths into it: `timeouts.client`. */
  readonly settings: readonly string[];
}

/** The repairs of several recipes together; those of the first come first. */
export function repairsOf(recipes: readonly Recipe[]): Repairs {
  const all: Record<string, readonly string[]> = {};
  for (const { repairs } of recipes)
    for (const [rule, fixes] of Object.entries(repairs))
      all[rule] = [...new Set([...(all[rule] ?? []), ...fixes])];
  return all;
}

/** A finding with the fixes that belong to the repairs alone, the preferred one first. */
export function withRepairs(finding: Finding, repairs: Repairs): Finding {
  const order = repairs[finding.ruleId] ?? [];
  return { ...finding, fixes: order.flatMap((id) => finding.fixes.filter((fix) => fix.id === id)) };
}

/** The fixes that no recipe has, as `rule fix`, with the reason. */
export const inNoRecipe: Readonly<Record<string, string>> = {
  'http-body-not-closed defer-body-close': 'an open body is no matter of time limits: ask for the rule',
  'http-body-not-closed close-body': 'an open body is no matter of time limits: ask for the rule',
  'http-body-not-closed close-before-return': 'an open body is no matter of time limits: ask for the rule',
  'http-body-not-closed defer-after-check': 'an open body is no matter of time limits: ask for the rule',
  'leaked-receiver select-on-timeout': 'how long a wait may take is a question for each of them',
  'leaked-select select-on-timeout': 'how long a wait may take is a question for each of them',
  'leaked-sender select-on-timeout': 'how long a wait may take is a question for each of them',
  'leaked-sender add-receiver': 'whether somebody needs what is sent is a question for each send',
  'unused-suppression remove-comment':
    'a comment that silences nothing is no defect of goroutines: ask for the rule',
};
