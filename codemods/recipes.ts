// Recipes on the command line: what they choose, and the list of them.

import { type Repairs, recipes, repairsOf } from '../analysis/index.ts';
import { rulePageUrl } from '../analysis/node/rule-page.ts';
import type { Host } from './host.ts';
import { UsageError } from './problem.ts';
import { styleFor } from './terminal.ts';

/** What options choose among rules and fixes. */
export interface RecipeChoice {
  /** Ids of recipes, which exist. */
  readonly recipe?: readonly string[];
  /** Ids of rules, which exist. */
  readonly rule?: readonly string[];
  /** Ids of fixes, which exist. */
  readonly fix?: readonly string[];
}

/**
 * What the chosen recipes may repair with, the first one's preference first; undefined without recipes. `rule` and `fix`
 * narrow it: throws a UsageError if they leave nothing.
 */
export function repairsFor({ recipe, rule, fix }: RecipeChoice): Repairs | undefined {
  if (!recipe) return undefined;
  const chosen = recipe.flatMap((id) => recipes.filter((known) => known.id === id));
  const entries = Object.entries(repairsOf(chosen));
  const narrowed = entries
    .filter(([id]) => rule?.includes(id) ?? true)
    .map(([id, fixes]) => [id, fixes.filter((one) => fix?.includes(one) ?? true)] as const)
    .filter(([, fixes]) => fixes.length > 0);
  if (narrowed.length === 0) {
    const asked = [rule && `--rule ${rule.join(',')}`, fix && `--fix ${fix.join(',')}`].filter(Boolean);
    throw new UsageError(
      `--recipe ${recipe.join(',')} has nothing in common with ${asked.join(' ')}: \`goleash recipes\` lists its rules and fixes`,
    );
  }
  return Object.fromEntries(narrowed);
}

/** The options that were given for recipes, as they are typed. */
export function typedRecipes(recipe: readonly string[] | undefined): readonly string[] {
  return recipe ? ['--recipe', [...new Set(recipe)].join(',')] : [];
}

/** Lists all recipes. */
export function listRecipes(format: 'text' | 'json', host: Host): void {
  if (format === 'json') {
    const list = recipes.map(({ id, since, title, repairs, settings, leaves }) => ({
      id,
      since,
      title,
      repairs,
      settings,
      leaves,
      url: rulePageUrl(id, 'recipes'),
    }));
    host.out(`${JSON.stringify(list, null, 2)}\n`);
    return;
  }
  const { colors, link } = styleFor(host.isTerminal, host.env);
  const widest = Math.max(...recipes.map(({ id }) => id.length));
  for (const { id, title, repairs } of recipes) {
    host.out(
      `${link(colors.bold(id), rulePageUrl(id, 'recipes'))}${' '.repeat(widest - id.length)}  ${title}\n`,
    );
    for (const [rule, fixes] of Object.entries(repairs))
      host.out(`${' '.repeat(widest)}  ${colors.dim(`${rule}: ${fixes.join(', ')}`)}\n`);
  }
}
