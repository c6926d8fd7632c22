// The places that hold values between statements, told apart by declaration and not by instance, and everything
// that a package writes to them.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isExported } from '../syntax/names.ts';
import { child, closest, enclosingFunction, type Node, nodesOf, textOf, unparen } from '../syntax/node.ts';
import { isAddressTaken, isTarget, isVariadicAt, parameterAt } from '../syntax/roles.ts';
import {
  containersOf,
  type FieldCell,
  fieldOf,
  isConvertible,
  isOfPackage,
  isSameField,
  selectedField,
  typeNameOf,
} from './fields.ts';
import { mentioning, type Search } from './search.ts';

/** A place that holds values. A field is one cell for all values of its struct type. */
export type Cell =
  | { readonly kind: 'local'; readonly code: Code; readonly binding: Binding }
  | { readonly kind: 'global'; readonly name: string }
  | FieldCell;

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
  return selectedField(code, node);
}

/** What tells a cell from others of the same package: a place, and what of it. */
export function keyOf(cell: Cell): { readonly place: Node | string; readonly part: string } {
  switch (cell.kind) {
    case 'local':
      return { place: cell.binding.declaredAt as Node, part: '' };
    case 'global':
      return { place: cell.name, part: '' };
    case 'field':
      return {
        place: cell.within?.root ?? cell.owner,
        part: `.${cell.within ? cell.owner : ''}.${cell.name}`,
      };
  }
}

/** Every place in the package where the cell stands, as it stands: `f`, `s.f`. Keys of composite literals are not among them. */
export function usesOfCell(
  code: Code,
  cell: Cell,
  search: Search,
): readonly { readonly code: Code; readonly at: Node }[] {
  if (cell.kind === 'local') return cell.code.usesOf(cell.binding).map((at) => ({ code: cell.code, at }));
  const kind = cell.kind === 'global' ? 'identifier' : 'selector_expression';
  return codesOf(code, cell, [cell.name], search).flatMap((other) =>
    nodesOf(other.root.tree, kind)
      .filter(
        (at) => mentions(at, cell.name) && isSameCell(cellOf(other, at) ?? declaredGlobal(other, at), cell),
      )
      .map((at) => ({ code: other, at })),
  );
}

/** The code of the package that mentions one of the texts and can name the cell. */
function codesOf(code: Code, cell: Cell, texts: readonly string[], search: Search): readonly Code[] {
  if (cell.kind === 'field' && cell.within) return [cell.within];
  return [...new Set(texts.flatMap((text) => mentioning(code, text, search)))];
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

/** Whether two cells of one package are the same. */
export function isSameCell(a: Cell | undefined, b: Cell): boolean {
  if (a?.kind === 'field' && b.kind === 'field') return isSameField(a, b);
  return a !== undefined && a.kind === b.kind && keyOf(a).place === keyOf(b).place;
}

/**
 * Everything that the package writes to a cell; arguments for a parameter are not among them. Whether code of
 * another package can write there decides `complete`.
 */
export function writesTo(code: Code, cell: Cell, search: Search): Writes {
  const writes: Write[] = [];
  let complete = !isExportedCell(code, cell);
  for (const use of usesOfCell(code, cell, search)) {
    if (isAddressTaken(use.at)) complete = false;
    const write = writeAt(use.code, use.at);
    if (write === 'unknown') complete = false;
    else if (write) writes.push(write);
  }
  if (cell.kind === 'local') {
    const alias = aliased(cell.binding);
    if (alias) writes.push({ code: cell.code, value: alias, result: 0, how: 'whole' });
  }
  if (cell.kind === 'field') {
    const literals = literalWrites(code, cell, search);
    writes.push(...literals.writes);
    if (!literals.complete) complete = false;
  }
  return { writes, complete };
}

/** Whether code that is not in the package can read and write the cell. Nothing can import a program. */
export function isExportedCell({ pkg }: Code, cell: Cell): boolean {
  if (cell.kind === 'local' || (cell.kind === 'field' && cell.within)) return false;
  if (pkg.variantOf || (cell.kind === 'field' && !isOfPackage(cell, pkg))) return true;
  const isClosed = pkg.name === 'main' && !(cell.kind === 'field' && typeNameOf(cell) === '');
  return isExported(cell.name) && !isClosed;
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
  if (use.parent?.kind === 'send_statement' && use.field === 'channel') {
    const value = child(use.parent, 'value');
    return value && { code, value, result: 0, how: 'element' };
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
      return right && how === 'whole' && position === elementPosition(code, right)
        ? { code, value: right, result: 0, how: 'element of' }
        : 'unknown';
    case 'receive_statement':
      return right && position === 0 ? { code, value: right, result: 0, how } : undefined;
    default:
      return 'unknown';
  }
}

/** Which variable of a range clause has the elements; the others have nothing that anything follows. */
export function elementPosition(code: Code, ranged: Node): number {
  return code.underlyingOf(code.typeOf(ranged)).kind === 'chan' ? 0 : 1;
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
function literalWrites(code: Code, cell: FieldCell, search: Search): Writes {
  const type = typeNameOf(cell);
  const names = [...(type === '' ? [] : [type]), ...containersOf(code.pkg, type === '' ? cell.name : type)];
  // A literal without keys names a type alone. How it goes on keeps out what merely has values of the type.
  const literals = names.flatMap((name) => [`${name}{`, `${name} {`, `${name}[`, `${name}]{`]);
  const codes = codesOf(code, cell, [cell.name, ...literals], search);
  const writes: Write[] = [];
  let complete = !isConvertible(cell, code, codes);
  for (const other of codes) {
    for (const literal of nodesOf(other.root.tree, 'literal_value')) {
      const value = fieldIn(other, literal, cell);
      if (value === 'unknown') complete = false;
      else if (value) writes.push({ code: other, value, result: 0, how: 'whole' });
    }
  }
  return { writes, complete };
}

function fieldIn(code: Code, literal: Node, cell: FieldCell): Node | 'unknown' | undefined {
  const [first] = literal.children;
  if (!first) return undefined;
  const keyed =
    first.kind === 'keyed_element' ? literal.children.find((c) => keyText(c) === cell.name) : undefined;
  if (first.kind === 'keyed_element' && !keyed) return undefined;
  const type = code.typeOfLiteral(literal);
  if (type.kind === 'unknown') return 'unknown';
  const own = fieldOf(code, type, cell.name);
  if (!own) return keyed && code.underlyingOf(type).kind === 'struct' ? 'unknown' : undefined;
  if (!isSameField(own, cell)) return undefined;
  if (keyed) return elementValue(keyed);
  const struct = code.underlyingOf(type);
  const position = struct.kind === 'struct' ? struct.fields.findIndex((f) => f.name === cell.name) : -1;
  const element = literal.children[position];
  return element && elementValue(element);
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
function cellOfKey(code: Code, element: Node): Cell | undefined {
  const literal = closest(element.parent, 'literal_value');
  const name = keyText(element);
  const type = literal && code.typeOfLiteral(literal);
  if (!type || name === undefined || code.underlyingOf(type).kind !== 'struct') return undefined;
  return fieldOf(code, type, name);
}

/** The field that an element of a struct's composite literal gives a value, by its key or position. */
export function cellOfElement(code: Code, element: Node): Cell | undefined {
  if (element.parent?.kind === 'keyed_element') return cellOfKey(code, element.parent);
  const literal = element.parent;
  if (literal?.kind !== 'literal_value') return undefined;
  const type = code.typeOfLiteral(literal);
  const struct = code.underlyingOf(type);
  const field = struct.kind === 'struct' ? struct.fields[literal.children.indexOf(element)] : undefined;
  return field && fieldOf(code, type, field.name);
}

/** The identifiers of a function's results, by position; none if they have no names. */
export function resultParameters(fn: Node): readonly Node[] {
  const list = child(fn, 'result');
  if (list?.kind !== 'parameter_list') return [];
  return list.children.flatMap((parameter) => parameter.children.filter((c) => c.field === 'name'));
}

/** The position of a parameter in its function; undefined for receivers and results. `fn` declares it. */
export function parameterPosition(
  binding: Binding,
): { readonly fn: Node; readonly index: number } | undefined {
  const at = binding.declaredAt;
  const list = at?.parent?.parent;
  const fn = list?.parent;
  if (binding.scope !== 'parameter' || !at || !fn || list.field !== 'parameters') return undefined;
  for (let index = 0; index < 64; index++) {
    if (parameterAt(fn, index) === at) return { fn, index };
    if (isVariadicAt(fn, index))
      return at.parent?.kind === 'variadic_parameter_declaration' ? { fn, index } : undefined;
  }
  return undefined;
}
