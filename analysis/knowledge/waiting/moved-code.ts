// Code that moves into a block of its own: one step to the right, and with the labels that its jumps then need.

import type { FixBuilder } from '../../edit/fix-builder.ts';
import {
  child,
  closest,
  contains,
  enclosingFunction,
  type Node,
  nodesOf,
  textOf,
} from '../../syntax/node.ts';

/** Whether nothing but indentation stands before a node on its line. */
export function isFirstOnLine({ tree, start }: Node): boolean {
  return tree.text.slice(lineStart(tree.text, start), start).trim() === '';
}

/** The offset of the first character of a line. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** On how many lines the text from the start of one node to the end of another stands. */
export function linesFrom(first: Node, last: Node): number {
  return first.tree.text.slice(first.start, last.end).trimEnd().split('\n').length;
}

/** Moves the lines that begin between two offsets of a declaration one step to the right. */
export function indentLines(edit: FixBuilder, within: Node, start: number, end: number): void {
  const { text } = within.tree;
  const raw = nodesOf(within.tree, 'raw_string_literal');
  for (let at = text.indexOf('\n', start); at >= 0 && at + 1 < end; at = text.indexOf('\n', at + 1)) {
    const line = at + 1;
    const isBlank = /^[\t ]*\r?(?:\n|$)/.test(text.slice(line));
    const isInString = raw.some((literal) => literal.start < line && line < literal.end);
    if (!isBlank && !isInString) edit.replaceRange(within, line, line, '\t');
  }
}

const breakable = [
  'for_statement',
  'select_statement',
  'expression_switch_statement',
  'type_switch_statement',
] as const;

/** The `break` statements without a label in some statements that end something around them. */
export function breaksOut(statements: readonly Node[]): readonly Node[] {
  return statements.flatMap((statement) =>
    nodesOf(statement.tree, 'break_statement').filter((jump) => {
      if (!contains(statement, jump) || jump.children.length > 0) return false;
      const target = closest(jump, ...breakable);
      const isOwn = enclosingFunction(jump) === enclosingFunction(statement);
      return isOwn && target !== undefined && !contains(statement, target);
    }),
  );
}

/** The label of a statement, which is given one if it has none; undefined where none can stand. */
export type Labels = (target: Node) => string | undefined;

/** Labels for the edits of one fix. */
export function labelsFor(edit: FixBuilder): Labels {
  const given = new Map<Node, string>();
  return (target) => {
    const known = given.get(target) ?? ownLabel(target);
    if (known !== undefined) return known;
    if (!isFirstOnLine(target) || target.parent?.kind !== 'statement_list') return undefined;
    const label = freshLabel(target, new Set(given.values()));
    const line = lineStart(target.tree.text, target.start);
    // gofmt has labels one step to the left of the statements around them.
    const margin = target.tree.text.slice(line, target.start).slice(1);
    edit.replaceRange(target, line, line, `${margin}${label}:\n`);
    given.set(target, label);
    return label;
  };
}

/** Gives each `break` the label of what it ends; false if one cannot have it. */
export function labelBreaks(edit: FixBuilder, jumps: readonly Node[], labels: Labels): boolean {
  return jumps.every((jump) => {
    const target = closest(jump, ...breakable);
    const label = target && labels(target);
    if (label !== undefined) edit.insertAfter(jump, ` ${label}`);
    return label !== undefined;
  });
}

function ownLabel(target: Node): string | undefined {
  const label = target.parent?.kind === 'labeled_statement' ? child(target.parent, 'label') : undefined;
  return label && textOf(label);
}

function freshLabel({ kind, tree }: Node, given: ReadonlySet<string>): string {
  const taken = new Set([...given, ...nodesOf(tree, 'label_name').map(textOf)]);
  const base = kind === 'for_statement' ? 'loop' : 'choice';
  let label: string = base;
  for (let n = 2; taken.has(label); n++) label = `${base}${n}`;
  return label;
}

/** Whether comments stand between the last statement of a list, with its line, and the end of the list's block. */
export function hasCommentBelow(last: Node): boolean {
  const block = last.parent?.parent;
  const end = block?.kind === 'block' ? block.end - 1 : (block?.end ?? last.end);
  const below = last.tree.text.slice(last.end, end);
  return below.includes('\n') && below.slice(below.indexOf('\n')).trim() !== '';
}

/** `break loop`; undefined if the loop can have no label. */
export function breakTo(labels: Labels, loop: Node): string | undefined {
  const label = labels(loop);
  return label && `break ${label}`;
}
