// What `goleash plan` and `goleash fix` are told to change.

import type { SharedOptions } from '../check.ts';
import type { Host } from '../host.ts';
import { repairsFor, typedRecipes } from '../recipes.ts';
import type { Target } from '../targets.ts';
import type { Request } from './planning.ts';

/** The options that choose fixes, as commander gives them. */
export interface FixChoice extends SharedOptions {
  readonly unsafe?: boolean;
  /** Ids of fixes, which exist. */
  readonly fix?: readonly string[];
}

export function requestOf(
  targets: readonly Target[],
  options: FixChoice,
  { write }: { readonly write: boolean },
  host: Host,
): Request {
  const { rule, fix, unsafe, jobs, config, tags } = options;
  const ids = fix ? { ids: fix } : {};
  const selection = { unsafe: unsafe === true, write, base: host.cwd, ...ids };
  return { targets, rules: rule, repairs: repairsFor(options), selection, jobs, config, tags };
}

/** What chooses rules, fixes and files, as it is typed after the command. */
export function selectionOf(
  paths: readonly string[],
  { recipe, rule, fix, unsafe, config, tags }: FixChoice,
): readonly string[] {
  return [
    ...(unsafe ? ['--unsafe'] : []),
    ...typedRecipes(recipe),
    ...(rule ? ['--rule', rule.join(',')] : []),
    ...(fix ? ['--fix', fix.join(',')] : []),
    ...(config === undefined ? [] : ['--config', config]),
    ...(tags ? ['--tags', tags.join(',')] : []),
    ...(paths.length > 0 ? paths : ['.']),
  ];
}
