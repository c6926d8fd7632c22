// One page for a browser that needs nothing else: no script, no picture, no font, no request.

import { rules } from '../../analysis/index.ts';
import { rulePageUrl } from '../../analysis/node/rule-page.ts';
import type { LocatedFinding, LocatedRelated } from '../located.ts';
import type { Region } from '../positions.ts';
import { printable } from '../terminal.ts';
import { byFile, type Report, type ReportOptions } from './report.ts';
import { count, firstSentence, tally } from './text.ts';

export const htmlReport: Report = (result, { show }) => {
  const { findings, problems, files } = result;
  const title = findings.length === 0 ? `No findings in ${count(files, 'file')}` : tally(result, show);
  const sections = byFile(findings.map((finding) => ({ path: finding.at.path, finding }))).map(
    ([path, group]) =>
      `<section>\n<h2>${text(show(path))}</h2>\n${group.map(({ finding }) => article(finding, show)).join('')}</section>\n`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>goleash: ${text(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>goleash: ${text(title)}</h1>
${ruleTable(findings)}${sections.join('')}${problemList(problems, show)}</main>
</body>
</html>
`;
};

/** How often each rule has found something; each links to its page. */
function ruleTable(findings: readonly LocatedFinding[]): string {
  if (findings.length === 0) return '';
  const counts = new Map<string, number>();
  for (const { ruleId } of findings) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  const rows = [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([id, n]) => {
      const why = rules.find((rule) => rule.id === id)?.summary ?? '';
      return `<tr><td class="n">${n}</td><th scope="row">${ruleLink(id)}</th><td>${text(why)}</td></tr>\n`;
    });
  return `<table>\n<thead><tr><th scope="col">findings</th><th scope="col">rule</th><th scope="col">what it finds</th></tr></thead>\n<tbody>\n${rows.join('')}</tbody>\n</table>\n`;
}

function article(finding: LocatedFinding, show: ReportOptions['show']): string {
  const { ruleId, severity, at, message, related, fixes } = finding;
  const why = rules.find((rule) => rule.id === ruleId)?.why;
  const notes = related.filter(({ step }) => !step);
  const steps = related.filter(({ step }) => step);
  return `<article class="${severity}">
<h3><span class="severity">${severity}</span> ${text(message)}</h3>
<p class="place">${text(place(at, show))} ${ruleLink(ruleId)}</p>
${source(finding)}${list('ul', notes, show)}${list('ol', steps, show)}${
  why ? `<p class="why">${text(firstSentence(why))}</p>\n` : ''
}${fixes.map(({ title, safety }) => `<p class="fix">Fix: ${text(title)} (${safety})</p>\n`).join('')}</article>
`;
}

/** The line of the finding, with what is meant marked. */
function source({ at, excerpt }: LocatedFinding): string {
  const from = at.start.unit - 1 - excerpt.from;
  const to = at.end.line === at.start.line ? at.end.unit - 1 - excerpt.from : excerpt.text.length;
  const [before, marked, after] = [
    excerpt.text.slice(0, from),
    excerpt.text.slice(from, to),
    excerpt.text.slice(to),
  ].map(text);
  const head = excerpt.from > 0 ? '…' : '';
  return `<pre><span class="line">${at.start.line}</span> ${head}${before}<mark>${marked}</mark>${after}${excerpt.cut ? '…' : ''}</pre>\n`;
}

/** Second places, or the steps of a witness; those that happen at once have one number. */
function list(kind: 'ul' | 'ol', notes: readonly LocatedRelated[], show: ReportOptions['show']): string {
  if (notes.length === 0) return '';
  const items = notes.map(({ at, message, step }) => {
    const number = step ? ` value="${step.order}"` : '';
    return `<li${number}><code>${text(place(at, show))}</code> ${text(message)}</li>\n`;
  });
  return `<${kind}>\n${items.join('')}</${kind}>\n`;
}

function problemList(problems: Parameters<Report>[0]['problems'], show: ReportOptions['show']): string {
  if (problems.length === 0) return '';
  const items = problems.map(
    ({ path, line, message }) =>
      `<li><code>${text(line === undefined ? show(path) : `${show(path)}:${line}`)}</code> ${text(message)}</li>\n`,
  );
  return `<section>\n<h2>Not analysed</h2>\n<ul>\n${items.join('')}</ul>\n</section>\n`;
}

function place({ path, start }: Region, show: ReportOptions['show']): string {
  return `${show(path)}:${start.line}:${start.column}`;
}

function ruleLink(id: string): string {
  return `<a href="${text(rulePageUrl(id))}" rel="noreferrer">${text(id)}</a>`;
}

function text(raw: string): string {
  return printable(raw)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = `
:root{color-scheme:light dark;--edge:light-dark(#d0d7de,#30363d);--soft:light-dark(#57606a,#8b949e);--error:light-dark(#cf222e,#ff7b72);--warning:light-dark(#9a6700,#e3b341);--hint:light-dark(#0969da,#79c0ff);--mark:light-dark(#fff1b8,#5c4813)}
body{margin:0;font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;overflow-wrap:anywhere}h3{font-size:1rem;margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}.n{text-align:right}
article{border:1px solid var(--edge);border-left-width:.4rem;border-radius:.3rem;padding:.6rem 1rem;margin:0 0 1rem}
article.error{border-left-color:var(--error)}article.warning{border-left-color:var(--warning)}article.hint{border-left-color:var(--hint)}
.error .severity{color:var(--error)}.warning .severity{color:var(--warning)}.hint .severity{color:var(--hint)}
.place,.line,.why{color:var(--soft)}p{margin:.3rem 0}
pre,code{font-family:ui-monospace,monospace;font-size:.875rem}pre{overflow-x:auto;tab-size:4}code{overflow-wrap:anywhere}
mark{background:var(--mark);color:inherit}
`;
