// Where a function is called: its value followed forwards to the calls that it ends in.

import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  closest,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isAddressTaken, isTarget, parameterAt } from '../syntax/roles.ts';
import { type Cell, cellOf, cellOfKey, keyOf, usesOfCell } from './cells.ts';
import { enters, isSpent, type Located, newSearch, type Search, within } from './search.ts';

export interface CallSites {
  /** The calls, each a `call_expression` in its code. */
  readonly sites: readonly Located[];
  /** False if the function may be called from elsewhere. */
  readonly complete: boolean;
}

interface Collected {
  readonly sites: Located[];
  complete: boolean;
}

/** All calls of a function declaration, method declaration or function literal that the package shows. */
export function callSites(code: Code, fn: Node, search: Search = newSearch()): CallSites {
  const known = search.calls.get(fn);
  if (known) return known;
  const found: Collected = { sites: [], complete: true };
  search.calls.set(fn, found);
  const inner = within(search);
  if (fn.kind === 'func_literal') follow(code, fn, found, inner);
  else if (fn.kind === 'method_declaration') followMethod(code, fn, found, inner);
  else followFunction(code, fn, found, inner);
  return found;
}

function followFunction(code: Code, fn: Node, found: Collected, search: Search): void {
  const name = nameOf(fn);
  if (isVisibleOutside(code, name)) found.complete = false;
  for (const other of code.packageCode(name)) {
    for (const use of nodesOf(other.root.tree, 'identifier')) {
      if (textOf(use) !== name || use.parent === fn) continue;
      const entity = other.entityOf(use);
      if (entity?.kind === 'function' && other.bodyOf({ declaration: entity })?.root === fn)
        follow(other, use, found, search);
    }
  }
}

/** The runtime calls `main` and `init`; `go test` calls what it finds by name, which is exported in that sense. */
function isVisibleOutside(code: Code, name: string): boolean {
  if (name === 'init' || name === 'main') return true;
  return /^\p{Lu}/u.test(name) && (code.pkg.name !== 'main' || code.isTest);
}

/** Uses of a method by its own type, and calls through interfaces of the package that its type implements. */
function followMethod(code: Code, fn: Node, found: Collected, search: Search): void {
  const name = nameOf(fn);
  // Code elsewhere can call an exported method through an interface, whatever its type is called.
  if (/^\p{Lu}/u.test(name)) found.complete = false;
  for (const other of code.packageCode(name)) {
    for (const use of nodesOf(other.root.tree, 'selector_expression')) {
      const field = child(use, 'field');
      if (!field || textOf(field) !== name) continue;
      const reaches = reachesMethod(other, use, name, fn);
      if (reaches === undefined) found.complete = false;
      else if (reaches) follow(other, use, found, search);
    }
  }
}

/** Whether a selector of that name selects the method; undefined if that cannot be told. */
function reachesMethod(code: Code, use: Node, name: string, fn: Node): boolean | undefined {
  if (code.objectName(use) !== undefined) return false;
  const member = code.memberOf(use);
  if (!member) return undefined;
  if (member.kind === 'field') return false;
  if (member.entity) return code.bodyOf({ declaration: member.entity })?.root === fn;
  const operand = child(use, 'operand');
  const { methods } = operand ? code.implementationsOf(code.typeOf(operand), name) : { methods: [] };
  return methods.some((method) => code.bodyOf({ declaration: method })?.root === fn);
}

/** Follows a function value from where it stands. */
function follow(code: Code, value: Node, found: Collected, search: Search): void {
  let at = value;
  while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
  if (!enters(search, at, 'followed')) return;
  if (isSpent(search)) {
    found.complete = false;
    return;
  }
  const { parent } = at;
  switch (parent?.kind) {
    case 'call_expression':
      if (at.field === 'function') found.sites.push({ code, node: parent });
      return;
    case 'argument_list':
      followArgument(code, at, parent, found, search);
      return;
    case 'type_conversion_expression':
      follow(code, parent, found, search);
      return;
    case 'expression_list':
      followAssigned(code, at, parent, found, search);
      return;
    case 'literal_element':
      followElement(code, parent, found, search);
      return;
    case 'binary_expression':
      if (!/^[!=]=$/.test(operatorOf(parent))) found.complete = false;
      return;
    default:
      found.complete = false;
  }
}

function followArgument(code: Code, at: Node, list: Node, found: Collected, search: Search): void {
  const call = list.parent;
  if (call?.kind !== 'call_expression') {
    found.complete = false;
    return;
  }
  const callee = code.calleeOf(call);
  const fn = child(call, 'function');
  if (!callee && fn && code.entityOf(unparen(fn))?.kind === 'type') {
    follow(code, call, found, search);
    return;
  }
  const body = callee && code.bodyOf(callee);
  const parameter = body && parameterAt(body.root, argumentsOf(call).indexOf(at));
  const cell = parameter && cellOf(body, parameter);
  if (cell) followCell(body, cell, found, search);
  else found.complete = false;
}

function followAssigned(code: Code, at: Node, list: Node, found: Collected, search: Search): void {
  const statement = list.parent;
  if (list.field === 'left' || !statement) return;
  const targets =
    statement.kind === 'var_spec'
      ? statement.children.filter((c) => c.field === 'name')
      : (child(statement, 'left')?.children ?? []);
  const target = targets[list.children.indexOf(at)];
  if (target && textOf(target) === '_') return;
  const cell = target && cellAt(code, target);
  if (cell) followCell(code, cell, found, search);
  else found.complete = false;
}

function cellAt(code: Code, target: Node): Cell | undefined {
  const cell = cellOf(code, target);
  if (cell || target.kind !== 'identifier' || code.root.kind !== 'var_declaration') return cell;
  return { kind: 'global', name: textOf(target) };
}

function followElement(code: Code, element: Node, found: Collected, search: Search): void {
  const keyed = closest(element, 'keyed_element');
  const cell = keyed && keyed === element.parent ? cellOfKey(code, keyed) : undefined;
  if (cell) followCell(code, cell, found, search);
  else found.complete = false;
}

/** Every read of a cell has the value. */
function followCell(code: Code, cell: Cell, found: Collected, search: Search): void {
  if (!enters(search, keyOf(cell), 'read')) return;
  if (cell.kind !== 'local' && /^\p{Lu}/u.test(cell.name) && code.pkg.name !== 'main') found.complete = false;
  if (cell.kind === 'field' && !cell.owner.startsWith(`${code.pkg.importPath}.`)) found.complete = false;
  for (const use of usesOfCell(code, cell)) {
    const isDeclared =
      use.at === declarationOf(cell) || (use.at.parent?.kind === 'var_spec' && use.at.field === 'name');
    if (isDeclared || isTarget(use.at)) continue;
    if (isAddressTaken(use.at)) found.complete = false;
    else follow(use.code, use.at, found, search);
  }
}

function declarationOf(cell: Cell): Node | undefined {
  return cell.kind === 'local' ? cell.binding.declaredAt : undefined;
}

function nameOf(fn: Node): string {
  const name = child(fn, 'name');
  return name ? textOf(name) : '';
}
