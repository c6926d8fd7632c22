// Where a value goes from where it stands, one step at a time: into a variable, out of a function, into a container.

import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  closest,
  enclosingFunction,
  type Node,
  operatorOf,
  textOf,
} from '../syntax/node.ts';
import { isAddressTaken, isBlank, isTarget, isVariadicAt, parameterAt } from '../syntax/roles.ts';
import { callSites } from './call-sites.ts';
import { type Cell, cellOf, cellOfElement, elementPosition, resultParameters } from './cells.ts';
import type { Located, Search } from './search.ts';
import { isConversion, reachedBy } from './targets.ts';

/** One step of a value. */
export type Step =
  /** The value is called. */
  | { readonly kind: 'called'; readonly code: Code; readonly node: Node }
  /** Another expression has the same value. */
  | { readonly kind: 'same'; readonly code: Code; readonly node: Node }
  /** A cell gets the value. */
  | { readonly kind: 'held'; readonly code: Code; readonly cell: Cell }
  /** It becomes an element of what an expression makes, of what an expression stands for, of what a cell holds. */
  | { readonly kind: 'element of new'; readonly code: Code; readonly node: Node }
  | { readonly kind: 'element of'; readonly code: Code; readonly node: Node }
  | { readonly kind: 'element of held'; readonly code: Code; readonly cell: Cell };

/** One step of a container: other than a value, it can be read at a node, or into a cell, or be copied. */
export type ContainerStep =
  | Extract<Step, { kind: 'same' | 'held' }>
  | { readonly kind: 'read'; readonly code: Code; readonly node: Node }
  | { readonly kind: 'read into'; readonly code: Code; readonly cell: Cell }
  | { readonly kind: 'copied'; readonly code: Code; readonly node: Node };

export interface Steps<S = Step> {
  readonly steps: readonly S[];
  /** False if the value may go elsewhere too. */
  readonly complete: boolean;
}

const nowhere = { steps: [], complete: true };
const anywhere = { steps: [], complete: false };

function only<S>(step: S): Steps<S> {
  return { steps: [step], complete: true };
}

function all(list: readonly Steps[]): Steps {
  return { steps: list.flatMap((s) => s.steps), complete: list.every((s) => s.complete) };
}

/** Where the value of an expression goes next. */
export function stepsOf(code: Code, at: Node, search: Search): Steps {
  const { parent } = at;
  switch (parent?.kind) {
    case 'parenthesized_expression':
    case 'type_assertion_expression':
    case 'type_instantiation_expression':
      return only({ kind: 'same', code, node: parent });
    case 'index_expression':
      // `f[int]`
      return at.field === 'operand' && code.entityOf(at)?.kind === 'function'
        ? only({ kind: 'same', code, node: parent })
        : anywhere;
    case 'call_expression':
      return at.field === 'function' ? only({ kind: 'called', code, node: parent }) : anywhere;
    case 'generic_type': {
      // `f[*T](x)`
      const call = parent.parent;
      const isCalled = call?.kind === 'type_conversion_expression' && !isConversion(code, call);
      return isCalled && at.field === 'type' ? only({ kind: 'called', code, node: call }) : anywhere;
    }
    case 'type_conversion_expression':
      return argumentSteps(code, parent, 0, false, search);
    case 'argument_list':
      return parent.parent
        ? argumentSteps(code, parent.parent, parent.children.indexOf(at), false, search)
        : anywhere;
    case 'variadic_argument':
      return spreadSteps(code, parent, search);
    case 'expression_list':
      return listSteps(code, at, parent, search);
    case 'literal_element':
      return elementSteps(code, parent);
    case 'send_statement': {
      const channel = child(parent, 'channel');
      return at.field === 'value' && channel ? only({ kind: 'element of', code, node: channel }) : anywhere;
    }
    case 'receive_statement':
      return at.field === 'right' ? targetSteps(code, child(parent, 'left')?.children[0]) : anywhere;
    case 'expression_statement':
    case 'go_statement':
    case 'defer_statement':
      return nowhere;
    case 'binary_expression':
      return /^[!=]=$/.test(operatorOf(parent)) ? nowhere : anywhere;
    default:
      return anywhere;
  }
}

function spreadSteps(code: Code, spread: Node, search: Search): Steps {
  const list = spread.parent;
  const call = list?.kind === 'argument_list' ? list.parent : undefined;
  return list && call ? argumentSteps(code, call, list.children.indexOf(spread), true, search) : anywhere;
}

/** What a call does with an argument; a spread one is the slice of a variadic parameter. */
function argumentSteps(code: Code, call: Node, index: number, isSpread: boolean, search: Search): Steps {
  if (isConversion(code, call)) return only({ kind: 'same', code, node: call });
  const name = code.calleeName(call);
  if (name === 'builtin.append')
    return index > 0 && !isSpread ? only({ kind: 'element of new', code, node: call }) : anywhere;
  if (name.startsWith('builtin.')) return anywhere;
  const { functions, outside, complete } = reachedBy(code, call, search);
  const found = all(functions.map((fn) => parameterSteps(fn, index, isSpread)));
  return { steps: found.steps, complete: found.complete && complete && outside.length === 0 };
}

function parameterSteps({ code, node }: Located, index: number, isSpread: boolean): Steps {
  const isVariadic = isVariadicAt(node, index);
  const parameter = isVariadic ? variadicName(node) : parameterAt(node, index);
  // Without a name, nothing can be done with it.
  if (!parameter || isBlank(parameter)) return nowhere;
  const cell = cellOf(code, parameter);
  if (!cell) return anywhere;
  return only({ kind: isVariadic && !isSpread ? 'element of held' : 'held', code, cell });
}

function variadicName(fn: Node): Node | undefined {
  const last = child(fn, 'parameters')?.children.at(-1);
  return last?.kind === 'variadic_parameter_declaration' ? child(last, 'name') : undefined;
}

function listSteps(code: Code, at: Node, list: Node, search: Search): Steps {
  const statement = list.parent;
  if (!statement) return anywhere;
  const position = list.children.indexOf(at);
  if (statement.kind === 'return_statement')
    return returnSteps(code, statement, position, list.children.length, search);
  const targets = targetsOfList(list);
  if (!targets) return anywhere;
  return targetSteps(code, targets[targets.length === list.children.length ? position : 0]);
}

/** What the values of a list are assigned to. */
function targetsOfList({ field, parent }: Node): readonly Node[] | undefined {
  if (field === 'left') return undefined;
  switch (parent?.kind) {
    case 'var_spec':
      return parent.children.filter((c) => c.field === 'name');
    case 'assignment_statement':
    case 'short_var_declaration':
      return child(parent, 'left')?.children;
    default:
      return undefined;
  }
}

function targetSteps(code: Code, target: Node | undefined): Steps {
  if (!target) return anywhere;
  if (isBlank(target)) return nowhere;
  const container = target.kind === 'index_expression' ? child(target, 'operand') : undefined;
  if (container) return only({ kind: 'element of', code, node: container });
  const cell = cellAt(code, target);
  return cell ? only({ kind: 'held', code, cell }) : anywhere;
}

function cellAt(code: Code, target: Node): Cell | undefined {
  const cell = cellOf(code, target);
  if (cell || target.kind !== 'identifier' || code.root.kind !== 'var_declaration') return cell;
  return { kind: 'global', name: textOf(target) };
}

/** A returned value is what the calls of its function yield, and what a result with a name has in deferred calls. */
function returnSteps(code: Code, statement: Node, position: number, count: number, search: Search): Steps {
  const fn = enclosingFunction(statement);
  if (!fn) return anywhere;
  const { sites, complete } = callSites(code, fn, search);
  const named = resultParameters(fn)[position];
  const cell = named && cellOf(code, named);
  const found = all([
    ...sites.map((site) => resultSteps(site.code, site.node, position, count, search)),
    ...(cell ? [only<Step>({ kind: 'held', code, cell })] : []),
  ]);
  return { steps: found.steps, complete: found.complete && complete };
}

/** Where the value of a result with a name goes by a bare `return`, or at the end of a deferred call. */
export function namedResultSteps(cell: Cell, search: Search): Steps {
  const at = cell.kind === 'local' ? cell.binding.declaredAt : undefined;
  const fn = at?.parent?.parent?.field === 'result' ? at.parent.parent.parent : undefined;
  const results = fn ? resultParameters(fn) : [];
  if (cell.kind !== 'local' || !at || !fn || !results.includes(at)) return nowhere;
  const { sites, complete } = callSites(cell.code, fn, search);
  const found = all(
    sites.map((site) => resultSteps(site.code, site.node, results.indexOf(at), results.length, search)),
  );
  return { steps: found.steps, complete: found.complete && complete };
}

/** Where one of the results of a call goes. */
function resultSteps(code: Code, call: Node, position: number, count: number, search: Search): Steps {
  if (count === 1) return only({ kind: 'same', code, node: call });
  const { parent } = call;
  switch (parent?.kind) {
    case 'expression_statement':
    case 'go_statement':
    case 'defer_statement':
      return nowhere;
    case 'argument_list':
      return parent.parent && parent.children.length === 1
        ? argumentSteps(code, parent.parent, position, false, search)
        : anywhere;
    case 'expression_list': {
      if (parent.children.length !== 1) return anywhere;
      if (parent.parent?.kind === 'return_statement')
        return returnSteps(code, parent.parent, position, count, search);
      return targetSteps(code, targetsOfList(parent)?.[position]);
    }
    default:
      return anywhere;
  }
}

/** An element of a composite literal: of a struct it is a field. */
function elementSteps(code: Code, element: Node): Steps {
  if (element.field === 'key') return anywhere;
  const literal = closest(element, 'literal_value');
  if (!literal) return anywhere;
  const type = code.underlyingOf(code.typeOfLiteral(literal));
  if (type.kind === 'struct') {
    const cell = cellOfElement(code, element);
    return cell ? only({ kind: 'held', code, cell }) : anywhere;
  }
  const made = literal.parent?.kind === 'composite_literal' ? literal.parent : literal;
  return /^(?:slice|array|map)$/.test(type.kind)
    ? only({ kind: 'element of new', code, node: made })
    : anywhere;
}

/** Functions of other packages that keep no container and put nothing into it. */
const keepsElements =
  /^(?:builtin\.(?:len|cap|clear|delete|close)|sort\.Slice(?:Stable)?|slices\.(?:Sort|Reverse|Contains|Index|BinarySearch)\w*)$/;

/** Where a slice, array, map or channel goes next, and its elements with it. */
export function containerSteps(code: Code, at: Node, search: Search): Steps<ContainerStep> {
  const { parent } = at;
  switch (parent?.kind) {
    case 'index_expression':
      if (at.field !== 'operand' || isAddressTaken(parent)) return anywhere;
      return isTarget(parent) ? nowhere : only({ kind: 'read', code, node: parent });
    case 'slice_expression':
      return at.field === 'operand' ? only({ kind: 'same', code, node: parent }) : anywhere;
    case 'unary_expression':
      return operatorOf(parent) === '<-' ? only({ kind: 'read', code, node: parent }) : anywhere;
    case 'send_statement':
      return at.field === 'channel' ? nowhere : anywhere;
    case 'range_clause':
      return rangeSteps(code, at, parent);
    case 'argument_list':
    case 'variadic_argument': {
      const call = closest(parent, 'call_expression');
      const name = call ? code.calleeName(call) : '';
      if (keepsElements.test(name)) return nowhere;
      if (call && name === 'builtin.append') return appendSteps(code, at, call);
    }
  }
  const { steps, complete } = stepsOf(code, at, search);
  const own = steps.filter((s) => s.kind === 'same' || s.kind === 'held');
  return { steps: own, complete: complete && own.length === steps.length };
}

function rangeSteps(code: Code, at: Node, clause: Node): Steps<ContainerStep> {
  if (at.field !== 'right') return anywhere;
  const target = child(clause, 'left')?.children[elementPosition(code, at)];
  if (!target || isBlank(target)) return nowhere;
  const cell = cellOf(code, target);
  return cell ? only({ kind: 'read into', code, cell }) : anywhere;
}

function appendSteps(code: Code, at: Node, call: Node): Steps<ContainerStep> {
  if (argumentsOf(call)[0] === at) return only({ kind: 'same', code, node: call });
  return at.parent?.kind === 'variadic_argument' ? only({ kind: 'copied', code, node: call }) : anywhere;
}
