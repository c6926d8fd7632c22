// The plan as edits.

import type { FixBuilder } from '../../edit/fix-builder.ts';
import { argumentsOf, child, childrenIn, type Node } from '../../syntax/node.ts';
import { isMain } from '../entry-point.ts';
import type { Passed, Recipient, Threading } from './plan.ts';
import { variableOf } from './variable.ts';

/** Writes a plan, in all files that it concerns. */
export function writeThreading(edit: FixBuilder, { recipients, calls, roots }: Threading): void {
  for (const recipient of recipients) {
    if (recipient.unnamed) nameParameter(edit, recipient.unnamed, recipient.name);
    else addParameters(edit, recipient);
    for (const { variable } of recipient.replaced) if (variable) edit.removeStatement(variable.statement);
  }
  for (const { call, text } of roots) edit.replace(call, text);
  const names = new Map<Node, string>();
  for (const passed of calls) addArgument(edit, passed.call, textFor(edit, passed, calls, names));
}

function textFor(edit: FixBuilder, passed: Passed, all: readonly Passed[], names: Map<Node, string>): string {
  const { call, text, isOver } = passed;
  if (text === undefined) return rootFor(edit, passed, all, names);
  return isOver ? `${edit.importName('context', call)}.WithoutCancel(${text})` : text;
}

/** `context.Background()`, or a variable of `main` that stands for it if several calls need one. */
function rootFor(
  edit: FixBuilder,
  { code, call }: Passed,
  all: readonly Passed[],
  names: Map<Node, string>,
): string {
  const root = `${edit.importName('context', call)}.Background()`;
  const others = all.filter((other) => other.text === undefined && other.code === code);
  const body = child(code.root, 'body');
  const first = body?.children[0]?.children[0];
  if (!isMain(code, code.root) || others.length < 2 || !body || !first) return root;
  let name = names.get(code.root);
  if (name === undefined) {
    name = edit.freshName('ctx', first);
    if (name !== 'ctx') return root;
    edit.insertFirst(body, `${name} := ${edit.importName('context', first)}.Background()`);
    names.set(code.root, name);
  }
  return name;
}

function addParameters(edit: FixBuilder, { code, fn, name }: Recipient): void {
  const list = child(fn, 'parameters');
  if (list) addParameter(edit, list, name);
  const type = fn.kind === 'func_literal' ? variableOf(code, fn)?.type : undefined;
  const written = type && child(type, 'parameters');
  if (written) addParameter(edit, written, isNamed(written) ? name : undefined);
}

/** Puts the context first in a list of parameters; without a name where the others have none either. */
function addParameter(edit: FixBuilder, list: Node, name: string | undefined): void {
  const type = edit.qualified('context', 'Context', list);
  const text = name === undefined ? type : `${name} ${type}`;
  edit.addFirst(list, text);
  // Go wants names for all or for none.
  if (name !== undefined && !isNamed(list))
    for (const parameter of list.children) edit.insertBefore(parameter, '_ ');
}

function isNamed(list: Node): boolean {
  return list.children.some((parameter) => childrenIn(parameter, 'name').length > 0);
}

/** Gives a name to a parameter that has none or `_`. */
function nameParameter(edit: FixBuilder, parameter: Node, name: string): void {
  const [blank] = childrenIn(parameter, 'name');
  if (blank) edit.replace(blank, name);
  for (const other of blank ? [] : (parameter.parent?.children ?? []))
    edit.insertBefore(other, other === parameter ? `${name} ` : '_ ');
}

function addArgument(edit: FixBuilder, call: Node, text: string): void {
  const list = child(call, 'arguments');
  const [first] = argumentsOf(call);
  if (list) edit.addFirst(list, text);
  // What the grammar takes for a conversion has one argument.
  else if (first) edit.insertBefore(first, `${text}, `);
}

/** How a plan is told in one line. */
export function summaryOf({ recipients, calls, kept }: Threading): string {
  const added = recipients.filter(({ unnamed }) => !unnamed).length;
  const named = recipients.length - added;
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const parts = [
    ...(added > 0 ? [`${count(added, 'function')} with a new parameter`] : []),
    ...(named > 0 ? [`${count(named, 'parameter')} with a name`] : []),
    count(calls.length, 'call'),
    ...(kept > 0 ? [`${count(kept, 'root context')} left alone`] : []),
  ];
  return parts.join(', ');
}
