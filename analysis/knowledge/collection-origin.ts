// Who decides how many elements a collection has: a directory, a table, a service, a request, a caller, or nobody that
// is visible. Values are followed backwards through variables, fields, parameters and results of the package.

import { targetsOf } from '../callgraph/call-graph.ts';
import { callSites } from '../callgraph/call-sites.ts';
import { type Cell, cellOf, isSameCell, parameterPosition, writesTo } from '../callgraph/cells.ts';
import { type Located, newSearch, type Search } from '../callgraph/search.ts';
import { isConversion } from '../callgraph/targets.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { deref, isNamed, show, type Type } from '../model/types.ts';
import { isExported } from '../syntax/names.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isAddressTaken } from '../syntax/roles.ts';
import { isOfFew, isOfMany } from './few-or-many.ts';
import { listingCall } from './listing-calls.ts';
import { type Loop, loopsAround } from './spawning-loop.ts';

/** Where a number comes from that is out of the program's hands. */
export interface Origin extends Located {
  /** What is counted, after `every`: `element of entries`, `line that scanner has`. */
  readonly each: string;
  /** What `node` says about the number. */
  readonly why: string;
}

/** What is the same for all steps of one search. */
export interface Trace {
  /** The calls by which the search went into functions, the last one at the end. */
  readonly calls: readonly { readonly fn: Node; readonly call: Node; readonly code: Code }[];
  readonly search: Search;
  readonly budget: { steps: number };
  /** Who decides how often a loop goes round. */
  readonly ofLoop: (code: Code, loop: Loop, at: Node, trace: Trace) => Origin | undefined;
}

const mostSteps = 200;

export function newTrace(ofLoop: Trace['ofLoop']): Trace {
  return { calls: [], search: newSearch(), budget: { steps: mostSteps }, ofLoop };
}

/** The outsider that decides how many elements a collection has; undefined if none is seen, or somebody sets a limit. */
export function originOf(code: Code, expression: Node, t: Trace, result = 0): Origin | undefined {
  const node = unparen(expression);
  if (t.budget.steps-- < 0) return undefined;
  switch (node.kind) {
    case 'identifier':
      return ofVariable(code, node, t);
    case 'selector_expression':
      return ofField(code, node, t);
    case 'call_expression':
    case 'type_conversion_expression':
      return ofCall(code, node, result, t);
    case 'unary_expression':
    case 'type_assertion_expression': {
      const operand = child(node, 'operand');
      return operand && operatorOf(node) !== '<-' ? originOf(code, operand, t, result) : undefined;
    }
    case 'slice_expression': {
      const operand = child(node, 'operand');
      return operand && !isPart(node) ? originOf(code, operand, t) : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether a slice expression has an end: then somebody has set a limit. */
function isPart(slice: Node): boolean {
  return child(slice, 'end') !== undefined;
}

function ofVariable(code: Code, identifier: Node, t: Trace): Origin | undefined {
  const cell = cellOf(code, identifier);
  if (cell?.kind !== 'local' || isCapped(code, cell.binding)) return undefined;
  const found = ofCell(code, cell, t) ?? ofFilling(code, cell.binding, t);
  return found ?? (cell.binding.scope === 'parameter' ? ofParameter(code, cell.binding, t) : undefined);
}

/** Whether somewhere the length of a variable is held against a limit, or a part of it is taken. */
function isCapped(code: Code, binding: Binding): boolean {
  return code.usesOf(binding).some((use) => {
    if (use.parent?.kind === 'slice_expression' && use.field === 'operand') return isPart(use.parent);
    const length = use.parent?.kind === 'argument_list' ? use.parent.parent : undefined;
    const comparison = length?.parent;
    if (!length || code.calleeName(length) !== 'builtin.len' || comparison?.kind !== 'binary_expression')
      return false;
    const limit = comparison.children.find((c) => c !== length && c.kind !== 'operator');
    const isLimit = limit !== undefined && !/^[01]$|^len\(/.test(textOf(limit));
    return isLimit && /^[<>]=?$/.test(operatorOf(comparison)) && comparison.parent?.kind !== 'for_clause';
  });
}

function ofField(code: Code, selector: Node, t: Trace): Origin | undefined {
  const base = child(selector, 'operand');
  if (!base || code.objectName(selector) !== undefined) return undefined;
  const cell = cellOf(code, selector);
  const found = ofRequest(code, selector) ?? originOf(code, base, t);
  return found ?? (cell?.kind === 'field' ? ofCell(code, cell, t) : undefined);
}

/** `req.Items` of a parameter whose type is that of a request. */
function ofRequest(code: Code, selector: Node): Origin | undefined {
  let root: Node | undefined = selector;
  while (root?.kind === 'selector_expression') root = child(root, 'operand');
  const binding = root?.kind === 'identifier' ? code.bindingOf(root) : undefined;
  if (binding?.scope !== 'parameter' || !parameterPosition(binding)) return undefined;
  const type = deref(code.typeOfBinding(binding));
  if (type.kind !== 'named' || !/(?:Request|Req)$/.test(type.name) || isNamed(type, 'net/http', 'Request'))
    return undefined;
  return { code, node: selector, each: 'element', why: bySender };
}

const bySender = 'whoever sends the request decides how many there are';

/** What a variable or field of the package is given, and how it grows. */
function ofCell(code: Code, cell: Cell, t: Trace): Origin | undefined {
  for (const { code: writer, value, result, how } of writesTo(code, cell, t.search).writes) {
    if (how !== 'whole' || (writer.isTest && !code.isTest)) continue;
    const node = unparen(value);
    const [list] = writer.calleeName(node) === 'builtin.append' ? argumentsOf(node) : [];
    const isGrown = list !== undefined && isSameCell(cellOf(writer, list), cell);
    const found = isGrown ? ofGrowth(writer, node, t) : originOf(writer, node, t, result);
    if (found) return found;
  }
  return undefined;
}

/** `xs = append(xs, x)` in a loop, and `xs = append(xs, more...)`. */
function ofGrowth(code: Code, append: Node, t: Trace): Origin | undefined {
  const spread = argumentsOf(append).flatMap((arg) => (arg.kind === 'variadic_argument' ? arg.children : []));
  const copied = firstOf(spread, (list) => originOf(code, list, t));
  if (copied) return copied;
  for (const loop of loopsAround(code, append)) {
    const found = t.ofLoop(code, loop, append, t);
    if (found) return found;
  }
  return undefined;
}

/** Methods that fill what they are given a pointer to. */
const filling = /\.(?:List|Find|FindAll|Select|SelectContext|All|GetAll)$/;

/** `json.Unmarshal(data, &xs)`, `db.Select(&xs, query)`, and functions of the package that do this. */
function ofFilling(code: Code, binding: Binding, t: Trace): Origin | undefined {
  for (const use of code.usesOf(binding)) {
    const given = isAddressTaken(use) ? (use.parent as Node) : use;
    const call = given.parent?.kind === 'argument_list' ? given.parent.parent : undefined;
    const isPointer = given !== use || code.typeOf(use).kind === 'pointer';
    const found = call?.kind === 'call_expression' && isPointer && filledBy(code, call, given, t);
    if (found) return found;
  }
  return undefined;
}

function filledBy(code: Code, call: Node, given: Node, t: Trace): Origin | undefined {
  if (t.budget.steps-- < 0) return undefined;
  const name = code.calleeName(call);
  const [data] = argumentsOf(call);
  if (name === 'encoding/json.Unmarshal') return data && data !== given ? ofText(code, data) : undefined;
  if (name === 'encoding/json.Decoder.Decode') {
    const decoder = code.calleeOf(call)?.receiver;
    return decoder && ofText(code, decoder);
  }
  const listed = filling.test(name) ? listingCall(code, call) : undefined;
  if (listed) return { code, node: call, each: 'element', why: `${listed} yields as many as there are` };
  const position = argumentsOf(call).indexOf(given);
  for (const target of targetsOf(code, call).functions) {
    const names = (child(target.node, 'parameters')?.children ?? []).flatMap((p) => childrenIn(p, 'name'));
    const binding = names[position] && target.code.bindingOf(names[position]);
    for (const use of binding ? target.code.usesOf(binding) : []) {
      const inner = use.parent?.kind === 'argument_list' ? use.parent.parent : undefined;
      const found = inner?.kind === 'call_expression' && filledBy(target.code, inner, use, t);
      if (found) return found;
    }
  }
  return undefined;
}

/** Text that came in a request or as the answer to one. */
function ofText(code: Code, expression: Node, depth = 0): Origin | undefined {
  if (depth > 6) return undefined;
  for (const node of descendants(expression)) {
    const operand =
      node.kind === 'selector_expression' && /\.Body$/.test(textOf(node)) && child(node, 'operand');
    const type = operand && code.typeOf(operand);
    if (type && isNamed(type, 'net/http', 'Request')) return { code, node, each: 'element', why: bySender };
    if (type && isNamed(type, 'net/http', 'Response'))
      return { code, node, each: 'element', why: 'the server that answers decides how many there are' };
    const cell = node.kind === 'identifier' ? cellOf(code, node) : undefined;
    if (cell?.kind !== 'local' || cell.binding.scope !== 'local') continue;
    for (const { value } of writesTo(code, cell, newSearch()).writes) {
      const found = contains(value, node) ? undefined : ofText(code, value, depth + 1);
      if (found) return found;
    }
  }
  return undefined;
}

function ofCall(code: Code, call: Node, result: number, t: Trace): Origin | undefined {
  const name = code.calleeName(call);
  const args = argumentsOf(call);
  if (isConversion(code, call)) return args[0] && originOf(code, args[0], t);
  if (name === 'builtin.append') {
    const lists = args.flatMap((arg, i) =>
      i === 0 ? arg : arg.kind === 'variadic_argument' ? arg.children : [],
    );
    return firstOf(lists, (list) => originOf(code, list, t));
  }
  if (name.startsWith('builtin.')) return undefined;
  const { functions } = targetsOf(code, call);
  for (const target of functions) {
    const found = ofReturned(target, result, { ...t, calls: [...t.calls, { fn: target.node, call, code }] });
    if (found) return found;
  }
  if (functions.length > 0) return undefined;
  const listed = listingCall(code, call);
  if (listed) return { code, node: call, each: 'element', why: `${listed} returns as many as there are` };
  return firstOf(args, (arg) => (passesOn(code, call, arg) ? originOf(code, arg, t) : undefined));
}

function firstOf<T>(list: readonly Node[], find: (node: Node) => T | undefined): T | undefined {
  for (const node of list) {
    const found = find(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a function that is not visible is given the collection that it returns, or a text that it splits. */
function passesOn(code: Code, call: Node, arg: Node): boolean {
  if (/^(?:strings|bytes)\.(?:Split|Fields|SplitAfter|TrimSpace|Trim)$/.test(code.calleeName(call)))
    return true;
  const type = code.typeOf(call);
  const own = type.kind === 'tuple' ? type.elems[0] : type;
  const given = code.typeOf(arg);
  return own?.kind === 'slice' && given.kind === 'slice' && show(own.elem) === show(given.elem);
}

function ofReturned({ code, node: fn }: Located, result: number, t: Trace): Origin | undefined {
  for (const statement of nodesOf(fn.tree, 'return_statement')) {
    if (!contains(fn, statement) || enclosingFunction(statement) !== fn) continue;
    const values = statement.children[0]?.children ?? [];
    const value = values.length === 1 ? values[0] : values[result];
    const found = value && originOf(code, value, t, values.length === 1 ? result : 0);
    if (found) return found;
  }
  return undefined;
}

/** What the calls of a function give for a parameter; for an exported one, what any caller may give. */
function ofParameter(code: Code, binding: Binding, t: Trace): Origin | undefined {
  const place = parameterPosition(binding);
  if (!place) return undefined;
  const frame = t.calls.at(-1);
  if (frame?.fn === place.fn) {
    const given = argumentsOf(frame.call)[place.index];
    return given && originOf(frame.code, given, { ...t, calls: t.calls.slice(0, -1) });
  }
  const sites = callSites(code, place.fn).sites.filter((site) => code.isTest || !site.code.isTest);
  const given = sites.flatMap(({ code: caller, node: call }) => {
    const arg = argumentsOf(call)[place.index];
    return arg ? [{ caller, arg: arg.kind === 'variadic_argument' ? (arg.children[0] ?? arg) : arg }] : [];
  });
  // A caller that gives a part of what it has sets a limit.
  if (given.some(({ arg }) => arg.kind === 'slice_expression' && isPart(arg))) return undefined;
  for (const { caller, arg } of given) {
    const found = originOf(caller, arg, { ...t, calls: [] });
    if (found) return found;
  }
  return ofAnyCaller(code, binding, place.fn);
}

/** Names of functions that are given what a program is set up with. */
const preparing =
  /^(?:New|With|Set|Init|Open|Configure|Setup|Register|Must|Start|Run|Main|Build|Create)(?![a-z])/;

/** A slice that callers in other packages give: of data, not of parts of the program. */
function ofAnyCaller(code: Code, binding: Binding, fn: Node): Origin | undefined {
  const nameNode = child(fn, 'name');
  const name = nameNode ? textOf(nameNode) : '';
  const type = code.typeOfBinding(binding);
  const elem = type.kind === 'slice' ? type.elem : undefined;
  if (!elem || !isExported(name) || code.pkg.name === 'main' || preparing.test(name)) return undefined;
  if (!isData(code, elem) || !isOfMany(binding.name) || isOfFew(`${name} ${binding.name}`)) return undefined;
  const node = binding.declaredAt as Node;
  return { code, node, each: 'element', why: `callers of ${name} decide how many there are` };
}

/** What a part of a program can do, and data cannot. */
const actions = [
  ...['Close', 'Stop', 'Shutdown', 'Run', 'Start', 'Do', 'Connect', 'Dial', 'Ping', 'Serve', 'Execute'],
];

function isData(code: Code, type: Type): boolean {
  const { kind } = code.underlyingOf(deref(type));
  if (/^(?:interface|func|chan|parameter)$/.test(kind)) return false;
  return !actions.some((action) => code.memberOfType(type, action)?.kind === 'method');
}
