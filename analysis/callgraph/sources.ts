// Where the values of an expression come from: an inclusion-based flow of values backwards through variables,
// fields, parameters, results and elements of one package, without regard to order (Andersen, 1994; one cell for each
// field of a type).

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import {
  child,
  contains,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  unparen,
} from '../syntax/node.ts';
import { isTarget, isVariadicAt } from '../syntax/roles.ts';
import { callSites } from './call-sites.ts';
import {
  type Cell,
  cellOf,
  elementValue,
  keyOf,
  parameterPosition,
  resultParameters,
  usesOfCell,
  type Write,
  writesTo,
} from './cells.ts';
import { enters, isSpent, isWhole, type Located, newSearch, type Search } from './search.ts';
import { containerSteps } from './steps.ts';
import { argumentsOfCall, isConversion, reachedBy } from './targets.ts';

/** What an expression can stand for. */
export interface Sources {
  /**
   * Nodes that make a value: a function literal, the declaration of a function or method, a composite literal, a
   * call of `make` or `new`. `receiver` is what a method is bound to.
   */
  readonly values: readonly Source[];
  /** Functions of other packages, as `net/http.NotFound`. */
  readonly outside: readonly string[];
  /** False if there can be other values. */
  readonly complete: boolean;
}

export interface Source extends Located {
  readonly receiver: Located | undefined;
}

interface Collected {
  readonly values: Source[];
  readonly outside: string[];
  complete: boolean;
}

/** The value itself, or an element of the container that it is. */
type Part = 'whole' | 'element';

/** All that an expression can stand for, as far as the package shows. */
export function sourcesOf(code: Code, expression: Node, search = newSearch()): Sources {
  const found: Collected = { values: [], outside: [], complete: true };
  collect(code, expression, 'whole', found, search);
  if (!isWhole(search)) found.complete = false;
  return found;
}

function collect(code: Code, expression: Node, part: Part, found: Collected, search: Search): void {
  const node = unparen(expression);
  if (!enters(search, node, part)) return;
  if (isSpent(search)) {
    found.complete = false;
    return;
  }
  switch (node.kind) {
    case 'func_literal':
      // What a range over a function yields is not followed.
      if (part === 'element') found.complete = false;
      else found.values.push({ code, node, receiver: undefined });
      return;
    case 'composite_literal':
    case 'literal_value':
      collectLiteral(code, node, part, found, search);
      return;
    case 'unary_expression':
    case 'slice_expression':
    case 'type_assertion_expression':
      collectOperand(code, node, part, found, search);
      return;
    case 'call_expression':
    case 'type_conversion_expression':
      collectResult(code, node, 0, part, found, search);
      return;
    case 'index_expression':
      collectElement(code, node, part, found, search);
      return;
    case 'identifier':
    case 'selector_expression':
      collectNamed(code, node, part, found, search);
      return;
    case 'nil':
      return;
    default:
      found.complete = false;
  }
}

function collectLiteral(code: Code, node: Node, part: Part, found: Collected, search: Search): void {
  if (part === 'whole') {
    found.values.push({ code, node, receiver: undefined });
    return;
  }
  const body = node.kind === 'literal_value' ? node : child(node, 'body');
  for (const element of body?.children ?? []) {
    const value = elementValue(element);
    if (value) collect(code, value, 'whole', found, search);
  }
}

/** `&T{}`, `xs[1:]` and `f.(func())` stand for what their operand stands for, `<-c` for an element of it. */
function collectOperand(code: Code, node: Node, part: Part, found: Collected, search: Search): void {
  const operand = child(node, 'operand');
  const operator = operatorOf(node);
  const isPlain = operator === '' || (operator === '&' && isLiteral(operand));
  if (operand && isPlain) collect(code, operand, part, found, search);
  else if (operand && operator === '<-' && part === 'whole') collect(code, operand, 'element', found, search);
  else found.complete = false;
}

function isLiteral(node: Node | undefined): boolean {
  return node !== undefined && unparen(node).kind === 'composite_literal';
}

/** An element of a container, or a type argument: `f[int]`. */
function collectElement(code: Code, node: Node, part: Part, found: Collected, search: Search): void {
  const operand = child(node, 'operand');
  if (!operand) return;
  const isInstance = code.entityOf(operand)?.kind === 'function';
  if (part === 'element') found.complete = false;
  else collect(code, operand, isInstance ? 'whole' : 'element', found, search);
}

function collectNamed(code: Code, node: Node, part: Part, found: Collected, search: Search): void {
  const cell = cellOf(code, node);
  if (cell) {
    collectCell(code, cell, part, found, search);
    return;
  }
  if (part === 'element' || !collectFunction(code, node, found)) found.complete = false;
}

function addFunction(found: Collected, source: Source): void {
  if (!found.values.some((v) => v.node === source.node && v.receiver?.node === source.receiver?.node))
    found.values.push(source);
}

/** A function or a method value; false if the node is neither. */
function collectFunction(code: Code, node: Node, found: Collected): boolean {
  const entity = code.entityOf(node);
  if (entity) {
    if (entity.kind !== 'function') return false;
    const body = code.bodyOf({ declaration: entity });
    if (body) addFunction(found, { code: body, node: body.root, receiver: undefined });
    else found.outside.push(`${entity.importPath}.${entity.name}`);
    return true;
  }
  const member = code.memberOf(node);
  const operand = child(node, 'operand');
  if (member?.kind !== 'method' || !operand) return false;
  const receiver = { code, node: operand };
  // Of an embedded interface, it is that of the field.
  const { methods, standIns, complete } = member.entity
    ? { methods: [member.entity], standIns: [], complete: true }
    : code.implementationsOf(member.through.at(-1)?.type ?? code.typeOf(operand), member.name);
  for (const method of code.isTest ? [...methods, ...standIns] : methods) {
    const body = code.bodyOf({ declaration: method });
    if (body) addFunction(found, { code: body, node: body.root, receiver });
    else found.outside.push(`${member.owner}.${member.name}`);
  }
  if (!complete) found.complete = false;
  return true;
}

function collectCell(code: Code, cell: Cell, part: Part, found: Collected, search: Search): void {
  const { place, part: key } = keyOf(cell);
  if (!enters(search, place, part + key)) return;
  const { writes, complete } = writesTo(code, cell, search);
  if (!complete) found.complete = false;
  for (const write of writes) collectWrite(write, part, found, search);
  if (cell.kind === 'local' && cell.binding.scope === 'parameter')
    collectParameter(cell.code, cell.binding, part, found, search);
  if (part === 'whole') return;
  // Others that have the container can put elements into it.
  for (const use of usesOfCell(code, cell, search))
    if (!isTarget(use.at) && !isDeclared(cell, use.at)) collectAliases(use.code, use.at, found, search);
}

function isDeclared(cell: Cell, at: Node): boolean {
  const declaredAt = cell.kind === 'local' ? cell.binding.declaredAt : undefined;
  return at === declaredAt || (at.parent?.kind === 'var_spec' && at.field === 'name');
}

/** The elements that a container gets where it goes from an expression. */
function collectAliases(code: Code, at: Node, found: Collected, search: Search): void {
  if (!enters(search, at, 'alias')) return;
  if (isSpent(search)) {
    found.complete = false;
    return;
  }
  const { steps, complete } = containerSteps(code, at, search);
  if (!complete) found.complete = false;
  for (const step of steps) {
    if (step.kind === 'held') collectCell(step.code, step.cell, 'element', found, search);
    else if (step.kind === 'same') {
      if (code.calleeName(step.node) === 'builtin.append') collect(code, step.node, 'element', found, search);
      collectAliases(step.code, step.node, found, search);
    }
  }
}

function collectWrite(write: Write, part: Part, found: Collected, search: Search): void {
  const { code, value, result, how } = write;
  if (how === 'whole' && result > 0) collectResult(code, unparen(value), result, part, found, search);
  else if (how === 'whole') collect(code, value, part, found, search);
  else if (how === 'element of' && part === 'whole') collect(code, value, 'element', found, search);
  else if (how === 'element' && part === 'element') collect(code, value, 'whole', found, search);
  else if (how === 'element of') found.complete = false;
}

/** What the calls of a function pass for its parameter. Results and receivers have no such calls. */
function collectParameter(code: Code, binding: Binding, part: Part, found: Collected, search: Search): void {
  const place = parameterPosition(binding);
  if (!place) {
    const list = binding.declaredAt?.parent?.parent;
    if (list?.field !== 'result') found.complete = false;
    return;
  }
  const { fn, index } = place;
  const { sites, complete } = callSites(code, fn, search);
  if (!complete) found.complete = false;
  for (const { code: caller, node: call } of sites) {
    const args = argumentsOfCall(call);
    const last = args.at(-1);
    if (isVariadicAt(fn, index)) collectVariadic(caller, args.slice(index), part, found, search);
    else if (args[index] && last?.kind !== 'variadic_argument')
      collect(caller, args[index], part, found, search);
    else if (args.length === 1 && args[0])
      collectResult(caller, unparen(args[0]), index, part, found, search);
    else found.complete = false;
  }
}

/** The arguments for a variadic parameter, which are the elements of its slice. */
function collectVariadic(
  code: Code,
  args: readonly Node[],
  part: Part,
  found: Collected,
  search: Search,
): void {
  for (const arg of args) {
    const spread = arg.kind === 'variadic_argument' ? arg.children[0] : undefined;
    if (spread) collect(code, spread, part, found, search);
    else if (part === 'element') collect(code, arg, 'whole', found, search);
    else found.complete = false;
  }
}

function collectResult(
  code: Code,
  call: Node,
  result: number,
  part: Part,
  found: Collected,
  search: Search,
): void {
  if (call.kind !== 'call_expression' && call.kind !== 'type_conversion_expression') {
    // The `ok` of `v, ok := m[k]`.
    found.complete = false;
    return;
  }
  const callee = code.calleeOf(call);
  const [first, ...rest] = argumentsOfCall(call);
  switch (callee?.name) {
    case 'builtin.make':
    case 'builtin.new':
      if (part === 'whole') found.values.push({ code, node: call, receiver: undefined });
      return;
    case 'builtin.append':
      if (part === 'whole') found.values.push({ code, node: call, receiver: undefined });
      else collectAppended(code, first, rest, found, search);
      return;
  }
  if (isConversion(code, call)) {
    if (first) collect(code, first, part, found, search);
    return;
  }
  const { functions, outside, complete } = reachedBy(code, call, search);
  if (!complete || outside.length > 0 || functions.length === 0) found.complete = false;
  for (const fn of functions) collectReturned(fn.code, fn.node, result, part, found, search);
}

function collectAppended(
  code: Code,
  list: Node | undefined,
  values: readonly Node[],
  found: Collected,
  search: Search,
): void {
  if (list) collect(code, list, 'element', found, search);
  for (const value of values) {
    if (value.kind === 'variadic_argument' && value.children[0])
      collect(code, value.children[0], 'element', found, search);
    else collect(code, value, 'whole', found, search);
  }
}

function collectReturned(
  code: Code,
  fn: Node,
  result: number,
  part: Part,
  found: Collected,
  search: Search,
): void {
  for (const statement of nodesOf(fn.tree, 'return_statement')) {
    if (!contains(fn, statement) || enclosingFunction(statement) !== fn) continue;
    const values = statement.children[0]?.children ?? [];
    const value = values[result];
    if (value) collect(code, value, part, found, search);
    else if (values.length === 1)
      collectResult(code, unparen(values[0] as Node), result, part, found, search);
    else if (values.length > 0) found.complete = false;
  }
  // A bare `return`, and what deferred functions make of a result.
  const named = resultParameters(fn)[result];
  const cell = named && cellOf(code, named);
  if (cell) collectCell(code, cell, part, found, search);
}
