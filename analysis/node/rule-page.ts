// Where the documentation of a rule, refactoring or recipe is, on the web and in this installation.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** The address of the project's own page. */
export const homepage: string = manifest.homepage.replace(/#.*$/, '');

/** The address of the page of a rule, or of a recipe. */
export function rulePageUrl(id: string, kind: 'rules' | 'recipes' = 'rules'): string {
  return `${homepage}/blob/main/docs/${kind}/${id}.md`;
}

/** The Markdown of the page of a rule, refactoring or recipe; undefined if this installation lacks it. */
export function readPage(kind: 'rules' | 'refactorings' | 'recipes', id: string): string | undefined {
  const root = import.meta.url.endsWith('.ts') ? '../../' : '../';
  try {
    return readFileSync(fileURLToPath(new URL(`${root}docs/${kind}/${id}.md`, import.meta.url)), 'utf8');
  } catch {
    return undefined;
  }
}
