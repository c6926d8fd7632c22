// The places that hold values between statements, told apart by declaration and not by instance, and everything
// that a package writes to them.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { child, closest, enclosingFunction, type Node, nodesOf, textOf, unparen } from '../syntax/node.ts';
import { isAddressTaken, isTarget, parameterAt } from '../syntax/roles.ts';

/** A place that holds values. A field is one cell for all values of its struct type. */
export type Cell =
  | { readonly kind: 'local'; readonly code: Code; readonly binding: Binding }
  | { readonly kind: 'global'; readonly name: string }
  /** `owner` is `import/path.Type`. */
  | { readonly kind: 'field'; readonly owner: string; readonly name: string };

/** Something that a cell gets: a value, an element of the container that it holds, or one that it ranges over. */
export interface Write {
  readonly code: Code;
  readonly value: Node;
  /** Which result of `value`, if it has several. */
  readonly result: number;
  /** `element`: `value` becomes an element of the cell; `element of`: the cell becomes an element of `value`. */
  readonly how: 'whole' | 'element' | 'element of';
}

export interface Writes {
  readonly writes: readonly Write[];
  /** False if something may write to the cell that is not visible or not understood. */
  readonly complete: boolean;
}

/** The cell that an identifier or selector stands for; undefined for everything else. */
export function cellOf(code: Code, expression: Node): Cell | undefined {
  const node = unparen(expression);
  if (node.kind === 'identifier') {
    const binding = code.bindingOf(node);
    if (binding?.kind !== 'variable') return undefined;
    if (binding.declaredAt) return { kind: 'local', code, binding };
    return binding.scope === 'package' ? { kind: 'global', name: binding.name } : undefined;
  }
  const member = code.memberOf(node);
  if (member?.kind !== 'field' || member.owner === undefined) return undefined;
  return { kind: 'field', owner: member.owner, name: member.name };
}

/** What tells a cell from others of the same package. */
export function keyOf(cell: Cell): Node | string {
  switch (cell.kind) {
    case 'local':
      return cell.binding.declaredAt as Node;
    case 'global':
      return cell.name;
    case 'field':
      return `${cell.owner}.${cell.name}`;
  }
}

/** Every place in the package where the cell stands, as it stands: `f`, `s.f`. Keys of composite literals are not among them. */
export function usesOfCell(code: Code, cell: Cell): readonly { readonly code: Code; readonly at: Node }[] {
  if (cell.kind === 'local') return cell.code.usesOf(cell.binding).map((at) => ({ code: cell.code, at }));
  const kind = cell.kind === 'global' ? 'identifier' : 'selector_expression';
  return code.packageCode(cell.name).flatMap((other) =>
    nodesOf(other.root.tree, kind)
      .filter((at) => mentions(at, cell.name) && isSame(cellOf(other, at) ?? declaredGlobal(other, at), cell))
      .map((at) => ({ code: other, at })),
  );
}

function mentions(at: Node, name: string): boolean {
  const named = at.kind === 'selector_expression' ? child(at, 'field') : at;
  return named !== undefined && textOf(named) === name;
}

/** The name in the `var` declaration of a package-level variable. */
function declaredGlobal(code: Code, at: Node): Cell | undefined {
  const isName = at.kind === 'identifier' && at.parent?.kind === 'var_spec' && at.field === 'name';
  return isName && code.root.kind === 'var_declaration' && !enclosingFunction(at)
    ? { kind: 'global', name: textOf(at) }
    : undefined;
}

function isSame(a: Cell | undefined, b: Cell): boolean {
  return a !== undefined && a.kind === b.kind && keyOf(a) === keyOf(b);
}

/**
 * Everything that the package writes to a cell; arguments for a parameter are not among them. Whether code of
 * another package can write there decides `complete`.
 */
export function writesTo(code: Code, cell: Cell): Writes {
  const writes: Write[] = [];
  let complete = !isExportedCell(code, cell);
  for (const use of usesOfCell(code, cell)) {
    if (isAddressTaken(use.at)) complete = false;
    const write = writeAt(use.code, use.at);
    if (write === 'unknown') complete = false;
    else if (write) writes.push(write);
  }
  if (cell.kind === 'local') {
    const alias = aliased(cell.binding);
    if (alias) writes.push({ code: cell.code, value: alias, result: 0, how: 'whole' });
  }
  if (cell.kind === 'field') writes.push(...literalWrites(code, cell));
  return { writes, complete };
}

/** Whether another package can write to the cell. Nothing can import a program. */
function isExportedCell(code: Code, cell: Cell): boolean {
  if (cell.kind === 'local' || code.pkg.name === 'main') return false;
  return /^\p{Lu}/u.test(cell.name);
}

/** The switched value, for the variable of a type switch. */
function aliased({ declaredAt }: Binding): Node | undefined {
  const clause =
    declaredAt?.kind === 'type_case' || declaredAt?.kind === 'default_case' ? declaredAt : undefined;
  return clause?.parent && child(clause.parent, 'value');
}

/** What is written where a cell stands, if it is written there. */
function writeAt(code: Code, use: Node): Write | 'unknown' | undefined {
  if (use.parent?.kind === 'var_spec' && use.field === 'name') {
    const names = use.parent.children.filter((c) => c.field === 'name');
    return valueAt(code, child(use.parent, 'value'), names.indexOf(use), names.length, 'whole');
  }
  const index = use.parent?.kind === 'index_expression' && use.field === 'operand' ? use.parent : undefined;
  const target = index && isTarget(index) ? index : use;
  if (!isTarget(target)) return undefined;
  const list = target.parent as Node;
  const statement = list.parent;
  const position = list.children.indexOf(target);
  const right = statement && child(statement, 'right');
  const how = target === index ? 'element' : 'whole';
  switch (statement?.kind) {
    case 'short_var_declaration':
    case 'assignment_statement':
      return valueAt(code, right, position, list.children.length, how);
    case 'range_clause':
      // The index of a slice and the key of a map are no values that anything follows.
      return right && how === 'whole' && position === 1
        ? { code, value: right, result: 0, how: 'element of' }
        : 'unknown';
    case 'receive_statement':
      return right && position === 0 ? { code, value: right, result: 0, how } : undefined;
    default:
      return 'unknown';
  }
}

function valueAt(
  code: Code,
  list: Node | undefined,
  position: number,
  count: number,
  how: Write['how'],
): Write | 'unknown' | undefined {
  if (!list) return undefined;
  const values = list.kind === 'expression_list' ? list.children : [list];
  const value = values.length === count ? values[position] : values[0];
  return value ? { code, value, result: values.length === count ? 0 : position, how } : 'unknown';
}

/** What composite literals of a struct type put into a field. */
function literalWrites(code: Code, { owner, name }: Cell & { kind: 'field' }): readonly Write[] {
  const type = owner.slice(owner.lastIndexOf('.') + 1);
  const codes = new Set([...code.packageCode(name), ...code.packageCode(type)]);
  return [...codes].flatMap((other) =>
    nodesOf(other.root.tree, 'literal_value').flatMap((literal): Write[] => {
      const value = fieldIn(other, literal, owner, name);
      return value ? [{ code: other, value, result: 0, how: 'whole' }] : [];
    }),
  );
}

function fieldIn(code: Code, literal: Node, owner: string, name: string): Node | undefined {
  const keyed = literal.children.some((c) => c.kind === 'keyed_element');
  if (keyed) {
    const element = literal.children.find((c) => keyText(c) === name);
    const value = element && elementValue(element);
    return value && ownerOfLiteral(code, literal) === owner ? value : undefined;
  }
  if (literal.children.length === 0 || ownerOfLiteral(code, literal) !== owner) return undefined;
  const struct = code.underlyingOf(code.typeOfLiteral(literal));
  const position = struct.kind === 'struct' ? struct.fields.findIndex((f) => f.name === name) : -1;
  const element = literal.children[position];
  return element && elementValue(element);
}

function ownerOfLiteral(code: Code, literal: Node): string | undefined {
  const type = code.typeOfLiteral(literal);
  return type.kind === 'named' && !type.local ? `${type.pkg}.${type.name}` : undefined;
}

function keyText(element: Node): string | undefined {
  const key = element.kind === 'keyed_element' ? child(element, 'key') : undefined;
  return key && textOf(key);
}

/** The value of an element of a composite literal, behind its key; a nested literal without a type is itself. */
export function elementValue(element: Node): Node | undefined {
  const value = element.kind === 'keyed_element' ? child(element, 'value') : element;
  return value?.kind === 'literal_element' ? value.children[0] : value;
}

/** The field that a key of a composite literal names, as a cell; undefined for maps, slices and unknown types. */
export function cellOfKey(code: Code, element: Node): Cell | undefined {
  const literal = closest(element.parent, 'literal_value');
  const name = keyText(element);
  const owner = literal && ownerOfLiteral(code, literal);
  return owner !== undefined && name !== undefined ? { kind: 'field', owner, name } : undefined;
}

/** The position of a parameter in its function; undefined for receivers and results. `fn` declares it. */
export function parameterPosition(
  binding: Binding,
): { readonly fn: Node; readonly index: number } | undefined {
  const at = binding.declaredAt;
  const list = at?.parent?.parent;
  const fn = list?.parent;
  if (binding.scope !== 'parameter' || !at || !fn || list.field !== 'parameters') return undefined;
  for (let index = 0; index < 64; index++) if (parameterAt(fn, index) === at) return { fn, index };
  return undefined;
}
