// Where the values of an expression come from: an inclusion-based flow of values backwards through variables,
// fields, parameters, results and elements of one package, without regard to order (Andersen, 1994; one cell for each
// field of a type).

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import {
  argumentsOf,
  child,
  contains,
  enclosingFunction,
  type Node,
  nodesOf,
  unparen,
} from '../syntax/node.ts';
import { isVariadicAt } from '../syntax/roles.ts';
import { callSites } from './call-sites.ts';
import { type Cell, cellOf, elementValue, keyOf, parameterPosition, type Write, writesTo } from './cells.ts';
import { enters, isSpent, type Located, newSearch, type Search } from './search.ts';

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
      found.values.push({ code, node, receiver: undefined });
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

/** `&T{}`, `xs[1:]` and `f.(func())` stand for what their operand stands for. */
function collectOperand(code: Code, node: Node, part: Part, found: Collected, search: Search): void {
  const operand = child(node, 'operand');
  const operator = child(node, 'operator');
  const isPlain = !operator || (node.tree.text[operator.start] === '&' && isLiteral(operand));
  if (operand && isPlain) collect(code, operand, part, found, search);
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
  const { methods, complete } = member.entity
    ? { methods: [member.entity], complete: true }
    : code.implementationsOf(code.typeOf(operand), member.name);
  for (const method of methods) {
    const body = code.bodyOf({ declaration: method });
    if (body) addFunction(found, { code: body, node: body.root, receiver });
    else found.outside.push(`${member.owner}.${member.name}`);
  }
  if (!complete) found.complete = false;
  return true;
}

function collectCell(code: Code, cell: Cell, part: Part, found: Collected, search: Search): void {
  if (!enters(search, keyOf(cell), part)) return;
  const { writes, complete } = writesTo(code, cell);
  if (!complete) found.complete = false;
  for (const write of writes) collectWrite(write, part, found, search);
  if (cell.kind === 'local' && cell.binding.scope === 'parameter')
    collectParameter(cell.code, cell.binding, part, found, search);
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
    const args = argumentsOf(call);
    const arg = args[index];
    const isSpread = isVariadicAt(fn, index) || args.some((a) => a.kind === 'variadic_argument');
    if (arg && !isSpread) collect(caller, arg, part, found, search);
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
  const [first, ...rest] = argumentsOf(call);
  switch (callee?.name) {
    case 'builtin.make':
    case 'builtin.new':
      if (part === 'whole') found.values.push({ code, node: call, receiver: undefined });
      return;
    case 'builtin.append':
      if (part === 'whole') found.values.push({ code, node: call, receiver: undefined });
      else collectAppended(code, first, rest, found, search);
      return;
    case undefined:
      if (isConversion(code, call)) {
        const operand = child(call, 'operand') ?? first;
        if (operand) collect(code, operand, part, found, search);
      } else found.complete = false;
      return;
  }
  const body = callee && code.bodyOf(callee);
  if (body) collectReturned(body, body.root, result, part, found, search);
  else found.complete = false;
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

/** Whether a call is a conversion: `http.HandlerFunc(f)`, `string(b)`, `(<-chan int)(c)`. */
export function isConversion(code: Code, call: Node): boolean {
  if (call.kind === 'type_conversion_expression') return true;
  const fn = child(call, 'function');
  const named = fn && unparen(fn);
  if (!named) return false;
  return (
    named.kind.endsWith('_type') ||
    code.entityOf(named)?.kind === 'type' ||
    (named.kind === 'identifier' && code.bindingOf(named)?.kind === 'type')
  );
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
    // Named results of a bare `return`.
    else found.complete = false;
  }
}
