// Waits of Go functions rewritten, compared, and judged by Go's own tools.

import assert from 'node:assert/strict';
import { applyEdits } from '../../analysis/edit/apply.ts';
import { buildFix } from '../../analysis/edit/build-fix.ts';
import { labelsFor } from '../../analysis/knowledge/waiting/moved-code.ts';
import { selectAround, type WayOut } from '../../analysis/knowledge/waiting/select-rewrite.ts';
import { namesAt } from '../../analysis/model/names-at.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { descendants, type Node, textOf } from '../../analysis/syntax/node.ts';
import { gofmtDiff, withGo } from '../edit/support.ts';
import { lastCode } from '../support/code.ts';
import { library } from '../support/runtime.ts';

const head = `package p

import "context"

func use(...any)         {}
func next() int          { return 1 }
func kind(int) any       { return 1 }
func run(f func()) error { return nil }

type pair struct{ a, b int }

`;

export const out: WayOut = { communication: '<-ctx.Done()', leave: 'return ctx.Err()' };

/** A function with these statements. */
function inFunction(statements: string): string {
  const lines = statements
    .replace(/^\n/, '')
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' || /^(?!default)\w+:$/.test(line) ? line : `\t${line}`));
  return `func f(ctx context.Context, in chan int, out chan int, p *pair) error {\n${lines.join('\n')}\n}\n`;
}

const waits = /^(?:send_statement|unary_expression|select_statement|range_clause)$/;

/** The statements of the function after the wait with this text has got a way out; undefined if it gets none. */
async function rewritten(statements: string, wait: string, way = out): Promise<string | undefined> {
  const text = `${head}${inFunction(statements)}`;
  const code = await lastCode(text);
  const found = [...descendants(code.root)].find((n) => waits.test(n.kind) && textOf(n).startsWith(wait));
  assert.ok(found, `there is a wait ${wait}`);
  const changed = await changedText(code, found, text, way);
  if (changed === undefined) return undefined;
  results.push(changed);
  const start = changed.indexOf('func f(');
  const body = changed.slice(changed.indexOf('\n', start) + 1, changed.lastIndexOf('\n}'));
  return body.replace(/^\t/gm, '');
}

async function changedText(
  code: Awaited<ReturnType<typeof lastCode>>,
  wait: Node,
  text: string,
  way: WayOut,
): Promise<string | undefined> {
  const rewrite = selectAround(code, wait);
  const { pkg, config } = code;
  const names = namesAt(code, code.file, {
    pkg,
    config,
    world: worldOf(pkg, await library()),
    codes: new Map(),
  });
  const fix = rewrite && buildFix({ file: code.file, names }, (edit) => rewrite(edit, way, labelsFor(edit)));
  return fix && applyEdits(text, fix.edits);
}

const results: string[] = [];

/** Compares without the empty lines around. */
export async function becomes(before: string, wait: string, after: string, way?: WayOut): Promise<void> {
  assert.equal(await rewritten(before, wait, way), after.trim());
}

export async function stays(before: string, wait: string): Promise<void> {
  assert.equal(await rewritten(before, wait), undefined);
}

/** Whether all that came out of `becomes` in this process is in gofmt form and compiles. */
export function assertCompiles(atLeast: number): void {
  assert.ok(results.length >= atLeast);
  assert.equal(gofmtDiff(results), '');
  const files = new Map(results.map((text, i) => [`p${i}/a.go`, text]));
  files.set('go.mod', 'module example.com/m\n\ngo 1.26\n');
  assert.equal(withGo(['go', 'build', './...'], files) ?? '', '');
}
