// The page: one file that has everything in it and asks for nothing.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../../../analysis/node/reason.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PageData } from '../page-data.ts';

/** What the page is made of beside the plan. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/** The bundled script and style. Throws an Error that names the remedy if they are not there. */
export function pageParts(): PageParts {
  // Bundled, they lie beside this; unbuilt, where the build has put them.
  const folder = new URL(import.meta.url).pathname.endsWith('.ts') ? '../../../dist/' : './';
  const read = (name: string) => {
    const path = fileURLToPath(new URL(folder + name, import.meta.url));
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const remedy = folder === './' ? 'install goleash again' : 'run npm run build in the repository';
      throw new Error(`${path}: ${reasonOf(error)}; ${remedy}`);
    }
  };
  return { script: read('review-page.js'), style: read('review-page-style.css') };
}

/** What the page shows of a plan; edits stay behind, they are not for reading. */
export function pageData(plan: Plan, around: Pick<PageData, 'named' | 'live' | 'next'>): PageData {
  const changes = plan.changes.map(
    ({
      fingerprint,
      ruleId,
      fixId,
      title,
      safety,
      severity,
      confidence,
      message,
      at,
      related,
      diff,
      after,
      verified,
      decision,
    }) => ({
      fingerprint,
      ruleId,
      fixId,
      title,
      safety,
      severity,
      confidence,
      message,
      at,
      related,
      diff,
      after,
      verified,
      decision,
      edits: [],
      against: [],
    }),
  );
  return { ...around, goleash: plan.goleash, selection: plan.selection, changes, left: plan.left };
}

/** What a page may do: run and dress itself, and nothing else; a live one also talks to the goleash that served it. */
export function contentPolicy(nonce: string, live: boolean): string {
  const own = live ? ["connect-src 'self'"] : [];
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    'img-src data:',
    ...own,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

export function newNonce(): string {
  return randomBytes(18).toString('base64');
}

/** The text of the page. Whatever the plan has in it, it stays data. */
export function pageText(data: PageData, { script, style }: PageParts, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(nonce, data.live)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escaped(data.named)} · goleash review</title>
<style nonce="${nonce}">${style.replaceAll('</', '<\\/')}</style>
</head>
<body>
<noscript>This page needs JavaScript. Without it: goleash review --list ${escaped(data.named)}</noscript>
<script type="application/json" id="plan">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script nonce="${nonce}">${script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}</script>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
