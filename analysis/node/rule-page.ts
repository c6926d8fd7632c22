// Where the documentation of a rule or refactoring is, on the web and in this installation.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** The address of the project's own page. */
export const homepage: string = manifest.homepage.replace(/#.*$/, '');

/** The address of a rule's page. */
export function rulePageUrl(ruleId: string): string {
  return `${homepage}/blob/main/docs/rules/${ruleId}.md`;
}

/** The Markdown of the page of a rule or refactoring; undefined if this installation lacks it. */
export function readPage(kind: 'rules' | 'refactorings', id: string): string | undefined {
  const root = import.meta.url.endsWith('.ts') ? '../../' : '../';
  try {
    return readFileSync(fileURLToPath(new URL(`${root}docs/${kind}/${id}.md`, import.meta.url)), 'utf8');
  } catch {
    return undefined;
  }
}
