// The views of `npm run inspect`, as text.

import { edgesOf } from '../analysis/callgraph/call-graph.ts';
import { loopFunctionsOf } from '../analysis/concurrency/loop-functions.ts';
import { lower } from '../analysis/concurrency/lower.ts';
import { printBehaviour } from '../analysis/concurrency/print.ts';
import { checkBehaviour } from '../analysis/concurrency/sanity.ts';
import { printFlow } from '../analysis/flow/print.ts';
import {
  analyze,
  defaultConfig,
  type GoPackage,
  type Library,
  type SourceFile,
  toldInOrder,
} from '../analysis/index.ts';
import type { Code } from '../analysis/model/code.ts';
import { show } from '../analysis/model/types.ts';
import { child, descendants, type Node, textOf } from '../analysis/syntax/node.ts';
import { type Site, siteOf } from '../analysis/syntax/source-file.ts';

export interface Inspected {
  readonly file: SourceFile;
  readonly pkg: GoPackage;
  readonly library: Library;
  /** Of the file's declarations that parse. */
  readonly codes: readonly Code[];
}

export type View = (inspected: Inspected) => string;

export const views: Readonly<Record<string, View>> = {
  tree: ({ codes }) => codes.map((code) => treeText(code.root, '')).join('\n'),
  flow: ({ codes }) => codes.flatMap((code) => code.functions.map((fn) => flowText(code, fn))).join('\n'),
  types: ({ codes }) =>
    codes
      .map(typesText)
      .filter((text) => text !== '')
      .join('\n'),
  calls: ({ codes }) => codes.flatMap((code) => code.functions.map((fn) => callsText(code, fn))).join('\n'),
  behaviour: ({ codes }) =>
    codes
      .flatMap((code) => [...code.functions, ...loopFunctionsOf(code)].map((fn) => behaviourText(code, fn)))
      .join('\n'),
  findings: findingsText,
};

function treeText(node: Node, indent: string): string {
  const field = node.field ? `${node.field}: ` : '';
  const leaf = node.children.length === 0 ? ` ${shorten(textOf(node))}` : '';
  return `${indent}${field}${node.kind}${leaf}\n${node.children.map((c) => treeText(c, `${indent}  `)).join('')}`;
}

function flowText(code: Code, fn: Node): string {
  return `${place(code.file, siteOf(code.file, fn))} ${shorten(textOf(fn))}\n${printFlow(code.flowOf(fn))}`;
}

/** A behaviour, and what is wrong with it. */
function behaviourText(code: Code, fn: Node): string {
  const behaviour = lower(code, fn);
  const wrong = checkBehaviour(behaviour, (literal) => lower(code, literal));
  const head = `${place(code.file, siteOf(code.file, fn))} ${shorten(textOf(fn))}\n`;
  return `${head}${printBehaviour(behaviour)}${wrong.map((what) => `WRONG ${what}\n`).join('')}`;
}

/** What each call in a function can reach, and on which goroutine; `?` where that may not be all. */
function callsText(code: Code, fn: Node): string {
  const lines = edgesOf(code, fn).map(({ site, runs, targets }) => {
    const functions = targets.functions.map((f) => {
      const at = siteOf(f.code.file, f.node);
      const where = place(code.file, at);
      return nameOf(f.node) ?? `literal ${where}`;
    });
    const all = [...functions, ...targets.outside, ...(targets.complete ? [] : ['?'])].join(' | ');
    return `  ${place(code.file, siteOf(code.file, site))} ${runs} ${shorten(textOf(site))} -> ${all}\n`;
  });
  return `${place(code.file, siteOf(code.file, fn))} ${shorten(textOf(fn))}\n${lines.join('')}`;
}

/** Every expression that has a type or a meaning. */
function typesText(code: Code): string {
  const lines: string[] = [];
  for (const node of descendants(code.root)) {
    if (!/identifier|expression|literal/.test(node.kind)) continue;
    const type = show(code.typeOf(node));
    const callee = node.kind === 'call_expression' ? code.calleeOf(node)?.name : undefined;
    const object = code.objectName(node);
    const binding = /identifier/.test(node.kind) ? code.bindingOf(node) : undefined;
    const facts = [
      type === '?' ? '' : type,
      callee ? `calls ${callee}` : '',
      object ? `is ${object}` : '',
      binding ? `${binding.scope} ${binding.kind}` : '',
    ].filter((fact) => fact !== '');
    if (facts.length === 0) continue;
    lines.push(
      `${place(code.file, siteOf(code.file, node))} ${shorten(textOf(node))}: ${facts.join('; ')}\n`,
    );
  }
  return lines.join('');
}

function findingsText({ file, pkg, library }: Inspected): string {
  const { findings, crashes } = analyze(pkg, { config: defaultConfig, library, only: new Set([file.path]) });
  const lines = findings.map(({ at, ruleId, severity, confidence, message, related, fixes }) =>
    [
      `${place(file, at)} ${severity} ${ruleId} (${confidence}): ${message}`,
      ...related.map((r) => `    ${place(file, r.at)} ${toldInOrder(r)}`),
      ...fixes.flatMap((fix) => [
        `    fix ${fix.id} (${fix.safety}): ${fix.title}`,
        ...fix.edits.map((e) => `      [${e.start}, ${e.end}) -> ${JSON.stringify(e.newText)}`),
      ]),
    ].join('\n'),
  );
  return [...lines, ...crashes.map((crash) => `CRASH ${crash.ruleId}: ${crash.error}`)].join('\n');
}

/** Line and column, from 1; with the path if it is another file. */
function place(file: SourceFile, site: Site): string {
  if (site.path !== file.path) return `${site.path}@${site.start}`;
  const before = file.text.slice(0, site.start).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The name of a function or, with its receiver's type, of a method; undefined for a literal. */
function nameOf(fn: Node): string | undefined {
  const name = child(fn, 'name');
  const receiver = child(fn, 'receiver')?.children[0];
  const type = receiver && child(receiver, 'type');
  return name && (type ? `(${textOf(type)}).${textOf(name)}` : textOf(name));
}

/** One line of at most 60 characters. */
function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
