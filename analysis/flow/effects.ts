// What one entry of a flow can change, as far as conditions can see it.

import { argumentsOf, child, childrenIn, type Node, operatorOf, textOf, unparen } from '../syntax/node.ts';
import { constantOf, type Name, type Vocabulary } from './terms.ts';

/** A set of things that get new values. */
export interface Change {
  readonly variables: Set<Name>;
  /** Names of fields, whatever they are fields of. */
  readonly fields: Set<string>;
  /** Elements or lengths of some map, slice or array. */
  elements: boolean;
  /** Something behind a pointer. */
  pointees: boolean;
}

/** The value that a variable has after an entry: that it is, or is not, this constant (as in `Atom`, or `true`). */
export interface Value {
  readonly variable: Name;
  readonly constant: bigint | string;
  readonly outcome: boolean;
}

export interface Effects {
  readonly now: Change;
  /** What closures and pointers made here may change at any later entry that runs other code. */
  readonly later: Change;
  /** Whether other code may run: a call, a channel operation, a write through a pointer. */
  readonly runsCode: boolean;
  readonly values: readonly Value[];
}

interface Walk {
  readonly v: Vocabulary;
  readonly now: Change;
  readonly later: Change;
  readonly todo: { readonly node: Node; readonly into: Change }[];
  runsCode: boolean;
}

/** The effects of an entry; undefined if it has none. A deferred literal runs at the end, where no condition follows. */
export function effectsOf(v: Vocabulary, entry: Node): Effects | undefined {
  const walk: Walk = { v, now: change(), later: change(), todo: [], runsCode: false };
  walk.todo.push({ node: entry, into: walk.now });
  for (let part = walk.todo.pop(); part; part = walk.todo.pop()) {
    visit(walk, part.node, part.into, entry.kind === 'defer_statement');
  }
  const values = valuesOf(v, entry);
  const { now, later, runsCode } = walk;
  return isNone(now) && isNone(later) && !runsCode && values.length === 0
    ? undefined
    : { now, later, runsCode, values };
}

function change(): Change {
  return { variables: new Set(), fields: new Set(), elements: false, pointees: false };
}

export function isNone(c: Change): boolean {
  return c.variables.size === 0 && c.fields.size === 0 && !c.elements && !c.pointees;
}

function visit(walk: Walk, node: Node, into: Change, isDeferred: boolean): void {
  let inside = into;
  switch (node.kind) {
    case 'assignment_statement':
    case 'short_var_declaration':
    case 'range_clause':
    case 'receive_statement':
      assign(walk, child(node, 'left'), into);
      break;
    case 'inc_statement':
    case 'dec_statement':
      assign(walk, node, into);
      break;
    case 'var_spec':
      for (const name of childrenIn(node, 'name')) assignTo(walk, name, into);
      break;
    case 'send_statement':
      walk.runsCode = true;
      break;
    case 'unary_expression':
      if (operatorOf(node) === '<-') walk.runsCode = true;
      if (operatorOf(node) === '&') takeAddress(walk, node, into);
      break;
    case 'call_expression':
      call(walk, node, into);
      break;
    case 'func_literal':
      if (isDeferred) return;
      if (!isCalledHere(node)) inside = walk.later;
      break;
  }
  for (const part of node.children) walk.todo.push({ node: part, into: inside });
}

/** Assigns to every expression of a list. */
function assign(walk: Walk, targets: Node | undefined, into: Change): void {
  for (const target of targets?.children ?? []) assignTo(walk, target, into);
}

function assignTo(walk: Walk, target: Node, into: Change): void {
  const at = unparen(target);
  if (at.kind === 'identifier') {
    const variable = walk.v.names.bindingOf(at);
    if (variable) into.variables.add(variable);
  } else if (at.kind === 'selector_expression') {
    const field = child(at, 'field');
    if (field) into.fields.add(textOf(field));
  } else if (at.kind === 'index_expression') into.elements = true;
  else if (at.kind === 'unary_expression') {
    into.pointees = true;
    walk.runsCode = true;
  }
}

/** `&x` as an argument is taken for the call's time only; kept anywhere else, it may be written through later. */
function takeAddress(walk: Walk, node: Node, into: Change): void {
  const operand = child(node, 'operand');
  if (!operand) return;
  assignTo(walk, operand, into);
  if (node.parent?.kind !== 'argument_list') assignTo(walk, operand, walk.later);
}

const harmless: ReadonlySet<string> = new Set([
  'len',
  'cap',
  'make',
  'new',
  'append',
  'min',
  'max',
  'real',
  'imag',
  'complex',
]);

function call(walk: Walk, node: Node, into: Change): void {
  const callee = child(node, 'function');
  const kind = callee?.kind === 'identifier' ? walk.v.names.bindingOf(callee)?.kind : 'other';
  const builtin = callee && (kind === undefined || kind === 'builtin') ? textOf(callee) : '';
  if (builtin === 'delete' || builtin === 'clear') into.elements = true;
  else if (!harmless.has(builtin)) walk.runsCode = true;
}

/** Whether the literal is called where it stands: `func() { … }()`, but not by `go`. */
function isCalledHere(literal: Node): boolean {
  return (
    literal.field === 'function' &&
    literal.parent?.kind === 'call_expression' &&
    literal.parent.parent?.kind !== 'go_statement'
  );
}

function valuesOf(v: Vocabulary, entry: Node): readonly Value[] {
  switch (entry.kind) {
    case 'assignment_statement':
      return operatorOf(entry) === '=' ? assignedValues(v, targetsOf(entry), child(entry, 'right')) : [];
    case 'short_var_declaration':
      return assignedValues(v, targetsOf(entry), child(entry, 'right'));
    case 'var_declaration':
      return specsOf(entry).flatMap((spec) => {
        const names = childrenIn(spec, 'name');
        const value = child(spec, 'value');
        return value ? assignedValues(v, names, value) : zeroValues(v, names, child(spec, 'type'));
      });
    default:
      return [];
  }
}

function targetsOf(statement: Node): readonly Node[] {
  return child(statement, 'left')?.children ?? [];
}

function specsOf(declaration: Node): readonly Node[] {
  return declaration.children.flatMap((c) => (c.kind === 'var_spec_list' ? c.children : [c]));
}

function assignedValues(v: Vocabulary, targets: readonly Node[], right: Node | undefined): Value[] {
  const values = right?.children ?? [];
  if (values.length !== targets.length) return [];
  return targets.flatMap((target, i) => knownValue(v, target, initialValue(v, values[i] as Node)));
}

function zeroValues(v: Vocabulary, names: readonly Node[], type: Node | undefined): Value[] {
  return names.flatMap((name) => knownValue(v, name, type && zeroValue(type)));
}

interface Known {
  readonly constant: bigint | string;
  readonly outcome: boolean;
}

function knownValue(v: Vocabulary, target: Node, known: Known | undefined): Value[] {
  const at = unparen(target);
  const variable = known && at.kind === 'identifier' ? v.names.bindingOf(at) : undefined;
  return known && variable ? [{ variable, ...known }] : [];
}

/** What is known of a variable that gets the value of this expression. */
function initialValue(v: Vocabulary, expression: Node): Known | undefined {
  const node = unparen(expression);
  const constant = constantOf(v, node);
  if (constant === 'false') return { constant: 'true', outcome: false };
  if (constant !== undefined) return { constant, outcome: true };
  const isAddress = node.kind === 'unary_expression' && operatorOf(node) === '&';
  if (isAddress || node.kind === 'func_literal' || isMade(v, node))
    return { constant: 'nil', outcome: false };
  return undefined;
}

/** `make(…)` or `new(…)`. */
function isMade(v: Vocabulary, node: Node): boolean {
  const callee = node.kind === 'call_expression' ? child(node, 'function') : undefined;
  if (callee?.kind !== 'identifier' || argumentsOf(node).length === 0) return false;
  const name = textOf(callee);
  const kind = v.names.bindingOf(callee)?.kind;
  return (name === 'make' || name === 'new') && (kind === undefined || kind === 'builtin');
}

const nilTypes: ReadonlySet<string> = new Set([
  'pointer_type',
  'function_type',
  'channel_type',
  'map_type',
  'slice_type',
  'interface_type',
]);

/** The zero value, where the text of the type tells it. */
function zeroValue(type: Node): Known | undefined {
  if (nilTypes.has(type.kind)) return { constant: 'nil', outcome: true };
  if (type.kind !== 'type_identifier') return undefined;
  switch (textOf(type)) {
    case 'bool':
      return { constant: 'true', outcome: false };
    case 'error':
    case 'any':
      return { constant: 'nil', outcome: true };
    case 'int':
      return { constant: 0n, outcome: true };
    case 'string':
      return { constant: 's:', outcome: true };
    default:
      return undefined;
  }
}
