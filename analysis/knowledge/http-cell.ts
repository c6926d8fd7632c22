// Where a variable, field, parameter or result stands, in all code of its package.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { deref, type Type } from '../model/types.ts';
import { isExported } from '../syntax/names.ts';
import { child, type Node, nodesOf, textOf } from '../syntax/node.ts';
import type { Declaration } from '../syntax/source-file.ts';

/** A variable, field, parameter or result that holds a value. */
export type Cell =
  | { readonly kind: 'local'; readonly code: Code; readonly binding: Binding }
  | { readonly kind: 'package'; readonly code: Code; readonly name: string }
  | ({ readonly kind: 'field'; readonly code: Code } & OwnField)
  | {
      readonly kind: 'result';
      readonly code: Code;
      readonly of: Declaration;
      readonly fn: Node;
      readonly index: number;
    };

/** A field of one of the package's struct types. */
export interface OwnField {
  readonly type: string;
  readonly field: string;
}

/** A place at which a cell, or what it holds, stands. */
export interface Place {
  /**
   * `value`: the node denotes what the cell holds. `perhaps`: it may. `member`: the node selects a member of what an
   * embedded field holds. `results`: the node is a call, one of whose results it is. `replaced`: the cell is given
   * another value. `away`: somebody unseen can get at the cell.
   */
  readonly kind: 'value' | 'perhaps' | 'member' | 'results' | 'replaced' | 'away';
  readonly node: Node;
  readonly code: Code;
}

export function isSameCell(a: Cell, b: Cell): boolean {
  switch (a.kind) {
    case 'local':
      return b.kind === 'local' && a.binding.declaredAt === b.binding.declaredAt;
    case 'package':
      return b.kind === 'package' && a.name === b.name;
    case 'field':
      return b.kind === 'field' && a.type === b.type && a.field === b.field;
    case 'result':
      return b.kind === 'result' && a.of === b.of && a.index === b.index;
  }
}

/** All places of a cell. `promoted` names the members that matter of what an embedded field holds. */
export function placesOf(cell: Cell, promoted: readonly string[]): readonly Place[] {
  const { code } = cell;
  switch (cell.kind) {
    case 'local':
      return code.usesOf(cell.binding).flatMap((use) => placeOfName(code, use, cell.binding.declaredAt));
    case 'package':
      return placesOfVariable(code, cell.name);
    case 'field': {
      const places = placesOfField(code, cell);
      // The name of an embedded field is that of its type.
      const isEmbedded = cell.field === 'Client' || cell.field === 'Server';
      return isEmbedded
        ? [...places, ...promoted.flatMap((name) => selections(code, cell.type, name))]
        : places;
    }
    case 'result':
      return placesOfResult(cell);
  }
}

function placeOfName(code: Code, node: Node, declaredAt: Node | undefined): readonly Place[] {
  const isAgain = declaredAt !== undefined && node !== declaredAt && isDeclared(node);
  if (isTarget(node) || isAgain) return [{ kind: 'replaced', node, code }];
  return isDeclared(node) ? [] : [{ kind: 'value', node, code }];
}

function placesOfVariable(code: Code, name: string): readonly Place[] {
  const object = `${code.pkg.importPath}.${name}`;
  return code.packageCode(name).flatMap((c) =>
    nodesOf(c.root.tree, 'identifier')
      .filter((i) => textOf(i) === name && c.objectName(i) === object)
      .flatMap((i) => placeOfName(c, i, undefined)),
  );
}

function placesOfField(code: Code, { type, field }: OwnField): readonly Place[] {
  return code.packageCode(field).flatMap((c) => [
    ...nodesOf(c.root.tree, 'selector_expression').flatMap((node): readonly Place[] => {
      if (nameOf(node) !== field) return [];
      const operand = child(node, 'operand') as Node;
      const owner = ownType(c, operand);
      if (owner === type) return [{ kind: isTarget(node) ? 'replaced' : 'value', node, code: c }];
      if (owner !== undefined && hasField(c, operand, field)) return [];
      const isPromoted = owner !== undefined && embeds(c, c.typeOf(operand), type);
      if (isPromoted) return [{ kind: isTarget(node) ? 'replaced' : 'value', node, code: c }];
      const isUnknown = owner === undefined && c.objectName(node) === undefined;
      return isUnknown ? [{ kind: 'perhaps', node, code: c }] : [];
    }),
    ...nodesOf(c.root.tree, 'keyed_element').flatMap((node): readonly Place[] => {
      const literal = node.parent?.parent;
      const isIt = literal?.kind === 'composite_literal' && textOf(child(node, 'key') ?? node) === field;
      return isIt && ownType(c, literal) === type ? [{ kind: 'replaced', node, code: c }] : [];
    }),
  ]);
}

/** `x.name` for each x of the type. */
function selections(code: Code, type: string, name: string): readonly Place[] {
  return code.packageCode(name).flatMap((c) =>
    nodesOf(c.root.tree, 'selector_expression')
      .filter((node) => nameOf(node) === name && ownType(c, child(node, 'operand') as Node) === type)
      .map((node): Place => ({ kind: 'member', node, code: c })),
  );
}

function placesOfResult({ code, of, fn }: Cell & { kind: 'result' }): readonly Place[] {
  const name = of.names[0] ?? '';
  const places: Place[] =
    isExported(name) && code.pkg.name !== 'main' ? [{ kind: 'away', node: fn, code }] : [];
  for (const c of code.packageCode(name)) {
    for (const node of c.calls) {
      const callee = c.calleeOf(node);
      if (callee?.declaration?.declaration !== of) continue;
      places.push({ kind: callee.signature?.results.length === 1 ? 'value' : 'results', node, code: c });
    }
    for (const node of nodesOf(c.root.tree, 'identifier')) {
      const isValue = textOf(node) === name && node.field !== 'function' && node.field !== 'name';
      if (isValue && c.bindingOf(node)?.kind === 'function') places.push({ kind: 'away', node, code: c });
    }
  }
  return places;
}

function nameOf(selector: Node): string {
  return textOf(child(selector, 'field') ?? selector);
}

/** The name of the package's own type that an expression has, behind at most one pointer. */
export function ownType(code: Code, expression: Node): string | undefined {
  const type = deref(code.typeOf(expression));
  return type.kind === 'named' && type.pkg === code.pkg.importPath ? type.name : undefined;
}

/** Whether the type of an expression has a field of that name itself, and not through a struct that it embeds. */
function hasField(code: Code, expression: Node, field: string): boolean {
  const under = code.underlyingOf(deref(code.typeOf(expression)));
  return under.kind === 'struct' && under.fields.some((f) => f.name === field);
}

/** Whether a struct embeds a type of the package, directly or not. */
function embeds(code: Code, outer: Type, type: string, depth = 0): boolean {
  const under = code.underlyingOf(deref(outer));
  if (under.kind !== 'struct' || depth > 4) return false;
  return under.fields.some((f) => {
    const inner = deref(f.type);
    if (!f.embedded || inner.kind !== 'named' || inner.pkg !== code.pkg.importPath) return false;
    return inner.name === type || embeds(code, inner, type, depth + 1);
  });
}

/** Whether the expression is assigned to. */
export function isTarget(expression: Node): boolean {
  const list = expression.parent;
  const isLeft = list?.kind === 'expression_list' && list.field === 'left';
  return isLeft && list.parent?.kind !== 'range_clause' && !isDeclared(expression);
}

/** Whether an identifier stands where it is declared. */
function isDeclared(identifier: Node): boolean {
  if (identifier.field === 'name') return true;
  const list = identifier.parent;
  const isLeft = list?.kind === 'expression_list' && list.field === 'left';
  return isLeft && list.parent?.kind === 'short_var_declaration';
}
