import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { LocatedFinding } from '../../codemods/located.ts';
import { reports } from '../../codemods/report/formats.ts';
import type { CheckResult, ReportOptions } from '../../codemods/report/report.ts';
import { plain, shownPath } from '../../codemods/terminal.ts';
import { checkstyleSchema, gitlabSchema, junitSchema, rdjsonSchema } from './ci-schemas.ts';
import { goleash, leakedSender, lostCancel } from './command.ts';
import { tree } from './tree.ts';

const options: ReportOptions = {
  style: plain,
  show: (path) => shownPath(path, '/w'),
  quiet: false,
  invocation: { command: 'goleash', selection: ['.'] },
};

const nasty = `<b>"a" & 'b'</b> ]]> \`x\` | @all #1 [l](http://x) \u0007\uD800 --> end`;

const at = {
  path: '/w/a"<&>.go',
  start: { line: 3, column: 2, unit: 2 },
  end: { line: 3, column: 9, unit: 9 },
};

const finding: LocatedFinding = {
  fingerprint: '0123456789abcdef',
  ruleId: 'lost-cancel',
  severity: 'error',
  confidence: 'proved',
  at,
  message: `${nasty}\nmore`,
  excerpt: { text: `\t${nasty}`, from: 0, cut: false },
  related: [
    { at, message: nasty },
    { at, message: 'f waits', step: { order: 1, goroutine: 'f' } },
  ],
  fixes: [
    {
      id: 'mend',
      title: nasty,
      safety: 'review',
      edits: [{ at, newText: nasty }],
      lines: { start: 2, end: 4, text: '<&>\n' },
    },
  ],
};

const hint: LocatedFinding = { ...finding, severity: 'hint', fixes: [], related: [] };
const result: CheckResult = {
  findings: [finding, hint],
  problems: [{ path: '/w/b.go', line: 2, message: nasty }],
  files: 3,
};
const nothing: CheckResult = { findings: [], problems: [], files: 3 };

function assertValid(schema: object, value: unknown): void {
  const validate = new Ajv({ allErrors: true }).compile(schema);
  validate(value);
  assert.deepEqual(validate.errors, null);
}

/** A document as an object; throws if it is not well-formed. */
function xml(text: string) {
  assert.equal(XMLValidator.validate(text), true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    trimValues: false,
    ignoreDeclaration: true,
    htmlEntities: true,
    isArray: (_name, path) => typeof path !== 'string' || !path.includes('@'),
  });
  return withoutBlanks(parser.parse(text));
}

/** Without the white space between elements; an element with nothing in it is an empty object. */
function withoutBlanks(value: unknown, isElement = true): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutBlanks(item));
  if (typeof value !== 'object' || value === null) return isElement ? value : String(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => key !== '#text' || String(item).trim() !== '')
      .map(([key, item]) => {
        if (!key.startsWith('@')) return [key, key === '#text' ? String(item) : withoutBlanks(item)];
        return [key, Array.isArray(item) ? String(item[0]) : String(item)];
      }),
  );
}

test('the GitLab report is valid, and no two issues have one fingerprint', () => {
  const issues = JSON.parse(reports.gitlab(result, options)) as Record<string, unknown>[];
  assertValid(gitlabSchema, issues);
  assert.deepEqual(
    issues.map((issue) => [issue['fingerprint'], issue['severity']]),
    [
      ['0123456789abcdef', 'critical'],
      ['0123456789abcdef-2', 'info'],
    ],
  );
  assert.equal(reports.gitlab(nothing, options), '[]\n');
});

test('rdjson is valid, and a suggestion is whole lines on the lines of its diagnostic', () => {
  const { diagnostics } = JSON.parse(reports.rdjson(result, options));
  assertValid(rdjsonSchema, JSON.parse(reports.rdjson(result, options)));
  const lines = { start: { line: 2 }, end: { line: 4 } };
  assert.deepEqual(diagnostics[0].location.range, lines);
  assert.deepEqual(diagnostics[0].suggestions, [{ range: lines, text: '<&>\n' }]);
  assert.deepEqual(diagnostics[1].location.range, {
    start: { line: 3, column: 2 },
    end: { line: 3, column: 9 },
  });
  assert.equal('suggestions' in diagnostics[1], false);
});

test('the XML reports are well-formed and valid, whatever the text', () => {
  assertValid(checkstyleSchema, xml(reports.checkstyle(result, options)));
  assertValid(checkstyleSchema, xml(reports.checkstyle(nothing, options)));
  assertValid(junitSchema, xml(reports.junit(result, options)));
  assertValid(junitSchema, xml(reports.junit(nothing, options)));
  const text = reports.checkstyle(result, options);
  assert.ok(text.includes('name="a&quot;&lt;&amp;&gt;.go"'), text);
  assert.ok(
    text.includes('\uFFFD\uFFFD --&gt; end&#10;more'),
    'what XML cannot say is replaced, line breaks stay',
  );
});

test('in JUnit a finding fails and a hint does not, what was not analysed is an error, and nothing found passes', () => {
  const text = reports.junit(result, options);
  assert.match(text, /<testsuites name="goleash" tests="3" failures="1" errors="1">/);
  assert.equal(text.match(/<failure /g)?.length, 1);
  assert.match(
    reports.junit(nothing, options),
    /tests="1" failures="0" errors="0"[\s\S]*name="no findings in 3 files"/,
  );
});

test('Markdown mentions nobody, links only to the rule and keeps code in code', () => {
  const text = reports.markdown(result, options);
  const outside = text.replace(/```go\n[\s\S]*?\n```/g, '').replace(/`[^`\n]*`/g, '');
  assert.ok(!outside.includes('@all') && outside.includes('@\u200Ball'), outside);
  assert.ok(!outside.includes('<b>') && !outside.includes('#1'), outside);
  assert.doesNotMatch(outside.replace(/<summary>.*/g, ''), /[^\\]\]\((?!https:\/\/github\.com)/m);
  const summary = /<summary>.*/.exec(text)?.[0] ?? '';
  assert.ok(summary.includes('"a" &amp; ') && !summary.includes('\\'), 'in HTML a backslash would be shown');
  assert.match(text, /^### goleash: 2 findings \(1 error, 1 hint\) in 1 file\n/);
  assert.equal(reports.markdown(nothing, options), '### goleash: no findings in 3 files\n\n');
});

test('Markdown stays below what a comment may have, and says how much is left out', () => {
  const many = { ...result, findings: Array.from({ length: 1000 }, () => finding) };
  const text = reports.markdown(many, options);
  assert.ok(text.length < 65_536);
  const shown = text.match(/<details>/g)?.length ?? 0;
  assert.ok(shown > 10);
  assert.ok(text.includes(`… and ${1000 - shown} more.`));
});

test('the page runs nothing, asks for nothing, and shows text as text', () => {
  const page = reports.html(result, options);
  assert.ok(page.includes("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
  assert.doesNotMatch(page, /<(?:script|img|link|iframe|b)\b|\bon\w+=|url\(/);
  assert.ok(page.includes('&lt;b&gt;&quot;a&quot; &amp;'));
  assert.match(page, /<mark>/);
  assert.match(page, /<ol>\n<li value="1"><code>a&quot;&lt;&amp;&gt;\.go:3:2<\/code> f waits<\/li>/);
  assert.match(page, /<h2>Not analysed<\/h2>/);
  for (const tag of ['article', 'section', 'ul', 'ol', 'pre', 'table', 'main'])
    assert.equal(page.split(`<${tag}`).length, page.split(`</${tag}>`).length, tag);
  assert.match(reports.html(nothing, options), /<h1>goleash: No findings in 3 files<\/h1>/);
});

test('the lines of a fix are those of the file with the fix applied', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel(), 'b/b.go': leakedSender });
  const { out } = await goleash(['check', '--format', 'rdjson'], { cwd });
  const { diagnostics } = JSON.parse(out);
  assertValid(rdjsonSchema, JSON.parse(out));
  const { range, text } = diagnostics[0].suggestions[0];
  const before = lostCancel().split('\n');
  const after = [...before.slice(0, range.start.line - 1), text, ...before.slice(range.end.line)].join('\n');
  await goleash(['fix', '-q', 'a.go'], { cwd });
  assert.equal(readFileSync(join(cwd, 'a.go'), 'utf8'), after);
});

test('several formats at once, each to its place', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel() });
  const ran = await goleash(['-f', 'text', '-f', 'sarif=x.sarif', '--format', 'gitlab=q=1.json'], { cwd });
  assert.equal(ran.status, 1);
  assert.deepEqual(ran.out, (await goleash(['check'], { cwd })).out);
  assert.equal(JSON.parse(readFileSync(join(cwd, 'x.sarif'), 'utf8')).version, '2.1.0');
  assert.equal(JSON.parse(readFileSync(join(cwd, 'q=1.json'), 'utf8')).length, 1);
  const silent = await goleash(['-f', 'html=x.html'], { cwd });
  assert.equal(silent.out, '', 'only files were asked for');
  const old = await goleash(['-f', 'jsonl', '-o', 'x.jsonl', '-f', 'junit=x.xml'], { cwd });
  assert.equal(old.out, '');
  assert.match(readFileSync(join(cwd, 'x.jsonl'), 'utf8'), /^\{"ruleId"/);
});

test('outputs that cannot be are refused before anything is done', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel() });
  const told = async (...args: string[]) => {
    const { status, out, err } = await goleash(args, { cwd });
    assert.deepEqual([status, out], [2, '']);
    return err;
  };
  assert.match(await told('-f', 'text', '-f', 'json'), /give one a file, as in --format json=FILE/);
  assert.match(await told('-f', 'json=x', '-o', 'y'), /--output is for a format without a file/);
  assert.match(await told('-f', 'json=x', '-f', 'sarif=./x'), /two formats would be written to \.\/x/);
  assert.match(await told('-f', 'xml'), /Allowed choices are text, json,/);
  assert.match(await told('-f', 'sarif='), /each alone or as in sarif=FILE/);
});

test('a report that cannot be written does not keep others from being written', async (t) => {
  const cwd = tree(t, { 'a.go': lostCancel(), 'b.go': 'package p\n\nfunc broken( { go }\n' });
  mkdirSync(join(cwd, 'dir'));
  const { status, err } = await goleash(['-f', 'json=dir', '-f', 'sarif=x.sarif'], { cwd });
  assert.equal(status, 2);
  assert.match(err, /b\.go:3: not checked[\s\S]*cannot write dir: is a directory/);
  assert.equal(JSON.parse(readFileSync(join(cwd, 'x.sarif'), 'utf8')).runs.length, 1);
});
