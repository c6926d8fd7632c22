// Where a value goes: followed forwards through variables, fields, parameters, results and elements of one package.
// Of a function, to the calls that it ends in.

import type { Code } from '../model/code.ts';
import { isExported } from '../syntax/names.ts';
import { argumentsOf, child, type Node, nodesOf, textOf, unparen } from '../syntax/node.ts';
import { isAddressTaken, isTarget } from '../syntax/roles.ts';
import { type Cell, cellOf, isExportedCell, isSameCell, keyOf, usesOfCell, writesTo } from './cells.ts';
import {
  enters,
  isSpent,
  isWhole,
  type Located,
  mentioning,
  newSearch,
  type Search,
  within,
} from './search.ts';
import { containerSteps, namedResultSteps, type Steps, stepsOf } from './steps.ts';

export interface CallSites {
  /** The calls, each a `call_expression` in its code. */
  readonly sites: readonly Located[];
  /** False if the function may be called from elsewhere. */
  readonly complete: boolean;
}

interface Collected {
  readonly sites: Located[];
  complete: boolean;
  /** Whether the value is followed no further from a place, since the asker knows what becomes of it there. */
  readonly ends?: (place: Located) => boolean;
  /** The cells that have the value, if the asker wants to know. */
  readonly cells?: Cell[];
}

/** Where a value that is made somewhere can get to. */
export interface Reach {
  /** The variables and fields that can have it. */
  readonly cells: readonly Cell[];
  /** False if it may get to places that are not visible, or to some where neither Go nor `ends` says what happens. */
  readonly complete: boolean;
}

/** Follows the value of an expression to all places where it can stand; `ends` is asked at each. */
export function reachOf(code: Code, value: Node, ends: (place: Located) => boolean): Reach {
  const search = newSearch();
  const cells: Cell[] = [];
  const found: Collected = { sites: [], complete: code.pkg.variantOf === undefined, ends, cells };
  follow(code, value, found, search);
  return { cells, complete: found.complete && isWhole(search) };
}

/** All calls of a function declaration, method declaration or function literal that the package shows. */
export function callSites(code: Code, fn: Node, search: Search = newSearch()): CallSites {
  const known = search.calls.get(fn);
  // Of what is being collected, more may come.
  if (known) return known.isDone ? known : { sites: known.sites, complete: false };
  const found = { sites: [] as Located[], complete: code.pkg.variantOf === undefined, isDone: false };
  search.calls.set(fn, found);
  const inner = within(search);
  if (fn.kind === 'func_literal') follow(code, fn, found, inner);
  else if (fn.kind === 'method_declaration') followMethod(code, fn, found, inner);
  else followFunction(code, fn, found, inner);
  if (!isWhole(search)) found.complete = false;
  found.isDone = true;
  return found;
}

function followFunction(code: Code, fn: Node, found: Collected, search: Search): void {
  const name = nameOf(fn);
  if (isVisibleOutside(code, name)) found.complete = false;
  for (const other of mentioning(code, name, search)) {
    // `f[*T](x)` is read as a conversion, and what `f` is there as a type.
    for (const use of nodesOf(other.root.tree, 'identifier', 'type_identifier')) {
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
  return isExported(name) && (code.pkg.name !== 'main' || code.isTest);
}

/** Uses of a method by its own type, and calls through interfaces of the package that its type implements. */
function followMethod(code: Code, fn: Node, found: Collected, search: Search): void {
  const name = nameOf(fn);
  // Code elsewhere can call an exported method through an interface, whatever its type is called.
  if (isExported(name)) found.complete = false;
  for (const other of mentioning(code, name, search)) {
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
  const holder = member.through.at(-1)?.type ?? (operand && code.typeOf(operand));
  if (!holder) return undefined;
  const { methods, standIns, complete } = code.implementationsOf(holder, name);
  if ([...methods, ...standIns].some((method) => code.bodyOf({ declaration: method })?.root === fn))
    return true;
  return complete ? false : undefined;
}

/** Follows a function value from where it stands. */
function follow(code: Code, at: Node, found: Collected, search: Search): void {
  if (!goesOn(at, 'followed', found, search) || found.ends?.({ code, node: at })) return;
  followSteps(stepsOf(code, at, search), found, search);
}

function followSteps({ steps, complete }: Steps, found: Collected, search: Search): void {
  if (!complete) found.complete = false;
  for (const step of steps) {
    switch (step.kind) {
      case 'called':
        found.sites.push({ code: step.code, node: step.node });
        break;
      case 'same':
        follow(step.code, step.node, found, search);
        break;
      case 'held':
        followCell(step.code, step.cell, found, search);
        break;
      case 'element of new':
        followElements(step.code, step.node, found, search);
        break;
      case 'element of held':
        followElementsOfCell(step.code, step.cell, found, search);
        break;
      case 'element of':
        followStored(step.code, step.node, found, search);
    }
  }
}

function goesOn(place: Node | string, role: string, found: Collected, search: Search): boolean {
  if (!enters(search, place, role)) return false;
  if (!isSpent(search)) return true;
  found.complete = false;
  return false;
}

/** Every read of a cell has the value. */
function followCell(code: Code, cell: Cell, found: Collected, search: Search): void {
  const reads = readsOf(code, cell, 'read', found, search);
  if (!reads) return;
  for (const use of reads) follow(use.code, use.node, found, search);
  followSteps(namedResultSteps(cell, search), found, search);
}

/** The function is an element of the container that an expression stands for. */
function followElements(code: Code, at: Node, found: Collected, search: Search): void {
  if (!goesOn(at, 'elements', found, search)) return;
  const { steps, complete } = containerSteps(code, at, search);
  if (!complete) found.complete = false;
  for (const step of steps) {
    switch (step.kind) {
      case 'read':
        follow(step.code, step.node, found, search);
        break;
      case 'read into':
        followCell(step.code, step.cell, found, search);
        break;
      case 'held':
        followElementsOfCell(step.code, step.cell, found, search);
        break;
      case 'same':
      case 'copied':
        followElements(step.code, step.node, found, search);
    }
  }
}

function followElementsOfCell(code: Code, cell: Cell, found: Collected, search: Search): void {
  const reads = readsOf(code, cell, 'elements read', found, search);
  if (!reads) return;
  for (const use of reads) followElements(use.code, use.node, found, search);
  const { steps, complete } = namedResultSteps(cell, search);
  if (!complete) found.complete = false;
  for (const step of steps) {
    if (step.kind === 'same') followElements(step.code, step.node, found, search);
    else if (step.kind === 'held') followElementsOfCell(step.code, step.cell, found, search);
    else found.complete = false;
  }
}

/** The function is put into a container that a cell holds. Others can have the container too. */
function followStored(code: Code, container: Node, found: Collected, search: Search): void {
  const cell = cellOf(code, container);
  if (!cell || !holdsItsOwn(code, cell, search)) found.complete = false;
  if (cell) followElementsOfCell(code, cell, found, search);
}

/** Whether all containers of a cell are made where they are assigned to it. */
function holdsItsOwn(code: Code, cell: Cell, search: Search): boolean {
  if (cell.kind === 'local' && cell.binding.scope === 'parameter') return false;
  const { writes, complete } = writesTo(code, cell, search);
  return complete && writes.every((w) => w.how === 'element' || isNew(w.code, unparen(w.value), cell));
}

function isNew(code: Code, value: Node, cell: Cell): boolean {
  if (value.kind === 'composite_literal' || value.kind === 'nil') return true;
  const name = value.kind === 'call_expression' ? code.calleeName(value) : '';
  const [first] = argumentsOf(value);
  if (name === 'builtin.append') return first !== undefined && isSameCell(cellOf(code, first), cell);
  return name === 'builtin.make';
}

/** The reads of a cell; undefined if they were seen before. */
function readsOf(
  code: Code,
  cell: Cell,
  role: string,
  found: Collected,
  search: Search,
): readonly Located[] | undefined {
  const { place, part } = keyOf(cell);
  if (!goesOn(place, role + part, found, search)) return undefined;
  found.cells?.push(cell);
  if (isExportedCell(code, cell)) found.complete = false;
  const reads: Located[] = [];
  for (const use of usesOfCell(code, cell, search)) {
    const isDeclared =
      use.at === declarationOf(cell) || (use.at.parent?.kind === 'var_spec' && use.at.field === 'name');
    if (isDeclared || isTarget(use.at)) continue;
    if (isAddressTaken(use.at)) found.complete = false;
    else reads.push({ code: use.code, node: use.at });
  }
  return reads;
}

function declarationOf(cell: Cell): Node | undefined {
  return cell.kind === 'local' ? cell.binding.declaredAt : undefined;
}

function nameOf(fn: Node): string {
  const name = child(fn, 'name');
  return name ? textOf(name) : '';
}
