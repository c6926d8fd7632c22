// The parts that generated pages are made of.

import { withoutMarks } from '../test/support/want.ts';

/** A heading and what stands below it; `''` if that is nothing. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** A Go file of a fixture, as code. */
export function goBlock(text: string): string {
  return `\`\`\`go\n${withoutMarks(text).trim()}\n\`\`\``;
}

/** The text without the indentation that all of its lines share. */
export function dedent(text: string): string {
  const lines = text.replace(/^\n|\s+$/g, '').split('\n');
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents);
  return lines.map((line) => line.slice(shared)).join('\n');
}
