// Fields of structs as cells: one for all values of a struct type, whether it has a name in the package, in a
// function, or none.

import type { Code } from '../model/code.ts';
import type { GoPackage } from '../model/package.ts';
import { deref, show, type Type } from '../model/types.ts';
import { child, childrenIn, type Node, nodesOf, textOf } from '../syntax/node.ts';
import { treeOf } from '../syntax/source-file.ts';

export interface FieldCell {
  readonly kind: 'field';
  /** `import/path.Type`; the name of a type of a function; all of a struct type without a name. */
  readonly owner: string;
  readonly name: string;
  /** For a type that is declared in a function: all code that can name it. */
  readonly within: Code | undefined;
}

/** The field that a selector selects; undefined for methods and where types are not visible. */
export function selectedField(code: Code, selector: Node): FieldCell | undefined {
  const member = code.memberOf(selector);
  if (member?.kind !== 'field') return undefined;
  if (member.owner !== undefined)
    return { kind: 'field', owner: member.owner, name: member.name, within: undefined };
  const operand = child(selector, 'operand');
  const holder = member.through.at(-1)?.type ?? (operand && code.typeOf(operand));
  return holder && fieldOf(code, holder, member.name);
}

/** The field of a struct type, behind at most one pointer. */
export function fieldOf(code: Code, type: Type, name: string): FieldCell | undefined {
  const holder = deref(type);
  if (holder.kind === 'named') {
    const owner = holder.local ? holder.name : `${holder.pkg}.${holder.name}`;
    return { kind: 'field', owner, name, within: holder.local ? code : undefined };
  }
  // What a type parameter stands for is another type elsewhere.
  if (holder.kind !== 'struct' || isGeneric(code)) return undefined;
  const owner = show(holder);
  return owner.includes('?') ? undefined : { kind: 'field', owner, name, within: undefined };
}

function isGeneric({ root }: Code): boolean {
  const receiver = child(root, 'receiver');
  return (
    child(root, 'type_parameters') !== undefined ||
    (receiver !== undefined && nodesOf(root.tree, 'generic_type').some((t) => t.end <= receiver.end))
  );
}

export function isSameField(a: FieldCell, b: FieldCell): boolean {
  return a.owner === b.owner && a.name === b.name && a.within?.root === b.within?.root;
}

/** Whether the struct type has no name. */
function isUnnamed({ owner }: FieldCell): boolean {
  return owner.startsWith('struct{');
}

/** The name of the type in its package or function, `''` if it has none. */
export function typeNameOf(field: FieldCell): string {
  return isUnnamed(field) ? '' : field.owner.slice(field.owner.lastIndexOf('.') + 1);
}

/** Whether the struct type belongs to the package, so that it shows every literal of it that it has itself. */
export function isOfPackage(field: FieldCell, pkg: GoPackage): boolean {
  return field.within !== undefined || isUnnamed(field) || field.owner.startsWith(`${pkg.importPath}.`);
}

/**
 * Whether values of other struct types can become values of the field's type: such with the same fields, where one of
 * the two has no name, or by a conversion. `codes` is all that can mention them.
 */
export function isConvertible(field: FieldCell, code: Code, codes: readonly Code[]): boolean {
  const { shapes, sources, named, unnamed } = typesOf(code.pkg);
  const name = typeNameOf(field);
  const own = field.within && localStruct(field.within, name);
  if (field.within && !own) return true;
  const shape = name === '' ? shapeOfShown(field.owner) : own ? shapeOf(own) : shapes.get(name);
  if (shape === undefined || sources.has(name)) return true;
  const type = own || name === '' ? field.owner : shownStruct(code, name);
  const isSame = (other: string | undefined) =>
    own || type === undefined || other === undefined || type === other;
  if (name !== '' && unnamed.has(shape)) return true;
  const others = (named.get(shape) ?? []).filter((other) => own || other !== name);
  if (others.some((other) => isSame(shownStruct(code, other)))) return true;
  return codes.some((other) =>
    nodesOf(other.root.tree, 'struct_type').some(
      (node) =>
        node !== own &&
        (name !== '' || node.parent?.kind === 'type_spec') &&
        shapeOf(node) === shape &&
        isSame(known(show(other.typeOfTypeNode(node)))),
    ),
  );
}

/** The struct under a declared type of the package; undefined if it is not visible or generic. */
function shownStruct(code: Code, name: string): string | undefined {
  const { pkg } = code;
  if (typesOf(pkg).generic.has(name)) return undefined;
  return known(show(code.underlyingOf({ kind: 'named', pkg: pkg.importPath, name, args: [] })));
}

function known(shown: string): string | undefined {
  return shown.includes('?') ? undefined : shown;
}

/** What the type declarations of a package say of its structs. */
interface StructTypes {
  /** The shape of each named struct type, and their names by shape. */
  readonly shapes: ReadonlyMap<string, string>;
  readonly named: ReadonlyMap<string, readonly string[]>;
  readonly generic: ReadonlySet<string>;
  /** Types that others are made of: `B` of `type A B`. */
  readonly sources: ReadonlySet<string>;
  /** The shapes of structs without a name. */
  readonly unnamed: ReadonlySet<string>;
  /** The text of each declared type that leads to others, by its name: `[]T` of `type Ts []T`. */
  readonly containers: ReadonlyMap<string, string>;
}

const remembered = new WeakMap<object, StructTypes>();

/** Follows from the surface of the package: bodies have no part in it. */
function typesOf(pkg: GoPackage): StructTypes {
  let types = remembered.get(pkg.surface);
  if (!types) {
    types = readTypes(pkg);
    remembered.set(pkg.surface, types);
  }
  return types;
}

function readTypes(pkg: GoPackage): StructTypes {
  const shapes = new Map<string, string>();
  const named = new Map<string, string[]>();
  const generic = new Set<string>();
  const sources = new Set<string>();
  const unnamed = new Set<string>();
  const containers = new Map<string, string>();
  const trees = pkg.files.flatMap((file) =>
    file.declarations.flatMap((d) => (d.kind === 'type' ? (treeOf(d) ?? []) : [])),
  );
  for (const spec of trees.flatMap((tree) => nodesOf(tree, 'type_spec', 'type_alias'))) {
    const type = child(spec, 'type');
    const name = textOf(child(spec, 'name') ?? spec);
    if (!type) continue;
    if (child(spec, 'type_parameters')) generic.add(name);
    if (type.kind === 'struct_type' && spec.kind === 'type_spec') {
      const shape = shapeOf(type);
      shapes.set(name, shape);
      named.set(shape, [...(named.get(shape) ?? []), name]);
      continue;
    }
    if (!/^(?:function|interface)_type$/.test(type.kind)) containers.set(name, textOf(type));
    // Either is made of the values of the other.
    const isMade = /^(?:type_identifier|generic_type|qualified_type)$/.test(type.kind);
    if (isMade && spec.kind === 'type_spec') sources.add(textOf(type).replace(/\[.*$/s, '')).add(name);
  }
  for (const type of trees.flatMap((tree) => nodesOf(tree, 'struct_type')))
    if (type.parent?.kind !== 'type_spec') unnamed.add(shapeOf(type));
  return { shapes, named, generic, sources, unnamed, containers };
}

/** The declared types that lead to one that is mentioned by a word, through elements and other names alone. */
export function containersOf(pkg: GoPackage, word: string): readonly string[] {
  const { containers } = typesOf(pkg);
  const found = new Set<string>();
  addContainers(containers, word, found);
  return [...found];
}

function addContainers(containers: ReadonlyMap<string, string>, word: string, found: Set<string>): void {
  for (const [name, type] of containers) {
    if (found.has(name) || !type.includes(word) || !new RegExp(`\\b${word}\\b`).test(type)) continue;
    found.add(name);
    addContainers(containers, name, found);
  }
}

/** The names of the fields, in order: what struct types of the same underlying type have in common. */
function shapeOf(struct: Node): string {
  return nodesOf(struct.tree, 'field_declaration')
    .filter((field) => field.parent?.parent === struct)
    .flatMap((field) => {
      const names = childrenIn(field, 'name').map(textOf);
      return names.length > 0 ? names : [embeddedName(textOf(child(field, 'type') ?? field))];
    })
    .join(' ');
}

function embeddedName(type: string): string {
  return type.replace(/\[.*$/s, '').replace(/^.*[.*\s]/s, '');
}

/** The same for what `show` made of a struct type. */
function shapeOfShown(struct: string): string {
  const names: string[] = [];
  let depth = 0;
  let field = '';
  for (const c of `${struct.slice('struct{'.length, -1)};`) {
    if (/[([{]/.test(c)) depth++;
    if (/[)\]}]/.test(c)) depth--;
    if (c !== ';' || depth > 0) field += c;
    else {
      const [name = ''] = /^[\p{L}_][\p{L}\p{N}_]*(?= )/u.exec(field.trim()) ?? [];
      if (field.trim() !== '') names.push(name === '' ? embeddedName(field.trim()) : name);
      field = '';
    }
  }
  return names.join(' ');
}

/** A struct type that a function declares, if it is the only one of its name and nothing is defined by it. */
function localStruct({ root }: Code, name: string): Node | undefined {
  const specs = nodesOf(root.tree, 'type_spec', 'type_alias');
  const own = specs.filter((spec) => textOf(child(spec, 'name') ?? spec) === name);
  const type = own[0] && child(own[0], 'type');
  const isSource = specs.some((spec) => {
    const made = child(spec, 'type');
    return made !== undefined && made.kind !== 'struct_type' && textOf(made).startsWith(name);
  });
  return own.length === 1 && type?.kind === 'struct_type' && !isSource ? type : undefined;
}
