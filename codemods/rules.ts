// goleash rules and goleash explain: what goleash knows, without any code to look at. Recipes have a list of their own.

import { type Recipe, type Rule, recipes, refactorings, rules } from '../analysis/index.ts';
import { nearest } from '../analysis/node/nearest.ts';
import { readPage, rulePageUrl } from '../analysis/node/rule-page.ts';
import type { Host } from './host.ts';
import { UsageError } from './problem.ts';
import { type Colors, styleFor } from './terminal.ts';

/** Lists all rules. */
export function listRules(format: 'text' | 'json', host: Host): void {
  if (format === 'json') {
    host.out(`${JSON.stringify(rules.map(ruleJson), null, 2)}\n`);
    return;
  }
  const { colors, link } = styleFor(host.isTerminal, host.env);
  const widest = Math.max(...rules.map((rule) => rule.id.length));
  for (const { id, severity, summary, fixes } of rules) {
    const ids = Object.entries(fixes).map(([fix, { safety }]) =>
      safety === 'safe' ? fix : `${fix} (review)`,
    );
    host.out(
      `${link(colors.bold(id), rulePageUrl(id))}${' '.repeat(widest - id.length)}  ${severity.padEnd(7)}  ${summary}\n`,
    );
    if (ids.length > 0) host.out(`${' '.repeat(widest)}  ${colors.dim(`fixes: ${ids.join(', ')}`)}\n`);
  }
}

function ruleJson({ id, since, severity, summary, why, silentWhen, peers, fixes }: Rule) {
  const list = Object.entries(fixes).map(([fixId, { title, safety }]) => ({ id: fixId, title, safety }));
  return {
    id,
    since,
    severity,
    summary,
    why: unindented(why),
    silentWhen,
    peers,
    fixes: list,
    url: rulePageUrl(id),
  };
}

/** Prints the page of a rule, refactoring or recipe; throws a UsageError if there is none of that id. */
export function explain(id: string, host: Host): void {
  host.out(renderMarkdown(pageOf(id), styleFor(host.isTerminal, host.env).colors));
}

function pageOf(id: string): string {
  const refactoring = refactorings.find((known) => known.id === id);
  if (refactoring)
    return (
      readPage('refactorings', id) ??
      `# ${id}\n\n${refactoring.summary}.\n\n${unindented(refactoring.description)}\n`
    );
  const recipe = recipes.find((known) => known.id === id);
  if (recipe) return readPage('recipes', id) ?? shortRecipePage(recipe);
  const rule = rules.find((known) => known.id === id);
  if (rule) return readPage('rules', id) ?? shortPage(rule);
  const guess = nearest(
    id,
    [...rules, ...refactorings, ...recipes].map((known) => known.id),
  );
  throw new UsageError(
    `there is no rule, refactoring or recipe "${id}": ${guess ? `did you mean ${guess}?` : '`goleash rules` and `goleash recipes` list them'}`,
  );
}

/** The id itself; throws a UsageError, with the rule that may have been meant, if no rule has it. */
export function existingRule(id: string): string {
  return existing(
    'rule',
    id,
    rules.map((rule) => rule.id),
  );
}

/** Likewise for the id of a refactoring. */
export function existingRefactoring(id: string): string {
  return existing(
    'refactoring',
    id,
    refactorings.map((refactoring) => refactoring.id),
    '`goleash refactor --help`',
  );
}

/** Likewise for the id of a recipe. */
export function existingRecipe(id: string): string {
  return existing(
    'recipe',
    id,
    recipes.map((recipe) => recipe.id),
    '`goleash recipes`',
  );
}

/** Likewise for the id of a fix. */
export function existingFix(id: string): string {
  return existing(
    'fix',
    id,
    rules.flatMap((rule) => Object.keys(rule.fixes)),
  );
}

function existing(what: string, id: string, known: readonly string[], listing = '`goleash rules`'): string {
  if (known.includes(id)) return id;
  const guess = nearest(id, known);
  throw new UsageError(
    `there is no ${what} "${id}": ${guess ? `did you mean ${guess}?` : `${listing} lists them all`}`,
  );
}

/** The page of a rule whose written one is missing. */
function shortPage({ id, summary, why, silentWhen }: Rule): string {
  const silent = silentWhen.map((reason) => `- ${reason}\n`).join('');
  return `# ${id}\n\n${summary}.\n\n${unindented(why)}\n${silent === '' ? '' : `\n## When it is silent\n\n${silent}`}`;
}

function shortRecipePage({ id, title, description, leaves }: Recipe): string {
  const list = leaves.map((what) => `- ${what}\n`).join('');
  return `# ${id}\n\n${title}.\n\n${unindented(description)}\n\n## What it leaves\n\n${list}`;
}

function unindented(text: string): string {
  return text.trim().replace(/\n[ \t]+/g, '\n');
}

/** Makes a Markdown page of ours readable on a terminal: code is indented, marks become colours or go. */
function renderMarkdown(markdown: string, colors: Colors): string {
  let inCode = false;
  const lines = markdown.replace(/^<!--[\s\S]*?-->\s*/, '').split('\n');
  return lines
    .flatMap((line) => {
      if (line.startsWith('```')) {
        inCode = !inCode;
        return [];
      }
      if (inCode) return [line === '' ? '' : `    ${colors.cyan(line)}`];
      if (/^\|[ :|-]+\|$/.test(line)) return [];
      if (line.startsWith('#')) return [colors.bold(line.replace(/^#+ /, ''))];
      const row = /^\| (.*?) ?\|$/.exec(line)?.[1];
      const text =
        row === undefined
          ? line
          : `  ${row
              .split(' | ')
              .filter((cell) => cell.trim() !== '')
              .join('  ')}`;
      return [
        text
          .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
          .replace(/`([^`]+)`/g, (_, code: string) => colors.cyan(code)),
      ];
    })
    .join('\n');
}
