// Type expressions to types, and declared types to what lies under them.

import { guessedPackageName, importsOf } from '../syntax/imports.ts';
import { child, childOfKind, childrenIn, closest, type Node, textOf } from '../syntax/node.ts';
import type { SourceFile } from '../syntax/source-file.ts';
import type { Entity, PackageIndex, World } from './package-index.ts';
import { substitute } from './substitute.ts';
import { constraintNodes, typeParameterNames } from './type-parameters.ts';
import {
  basic,
  errorType,
  type Field,
  type FunctionType,
  type Method,
  named,
  type Parameter,
  type ParameterType,
  type Type,
  unknown,
} from './types.ts';
import { predeclaredTypes } from './universe.ts';

/** Where a type expression stands: what its names can mean. */
export interface Place {
  readonly file: SourceFile;
  readonly index: PackageIndex;
  readonly world: World;
  /** The meaning of a name that is not at package level: a type parameter or a local type. */
  local(name: string, node: Node): Type | undefined;
}

const aliases: Readonly<Record<string, string>> = { byte: 'uint8', rune: 'int32' };
const emptyInterface: Type = { kind: 'interface', methods: [], embeds: [] };

/** The import path that a package name stands for in a file; undefined if no import has that name. */
export function importPathOf(file: SourceFile, name: string, world: World): string | undefined {
  for (const spec of importsOf(file)) {
    if (spec.alias === name) return spec.path;
    if (spec.alias === undefined && packageName(spec.path, world) === name) return spec.path;
  }
  return undefined;
}

/** The name of a package: from its clause where the world has it, else by the convention for import paths. */
export function packageName(importPath: string, world: World): string {
  return world.packageAt(importPath)?.name ?? guessedPackageName(importPath);
}

/** The packages that a file dot-imports. */
export function dotImports(file: SourceFile, world: World): readonly PackageIndex[] {
  return importsOf(file).flatMap((spec) => {
    const index = spec.alias === '.' ? world.packageAt(spec.path) : undefined;
    return index ? [index] : [];
  });
}

/** The package-level object that a bare name means in a file; undefined also if a dot import may hide it. */
export function packageLevel(
  name: string,
  place: Pick<Place, 'file' | 'index' | 'world'>,
): Entity | undefined {
  const own = place.index.find(name);
  if (own) return own;
  for (const index of dotImports(place.file, place.world)) {
    const entity = index.find(name);
    if (entity) return entity;
  }
  return undefined;
}

/** The type that a type expression denotes. */
export function typeOfNode(node: Node, place: Place): Type {
  switch (node.kind) {
    case 'type_identifier':
    case 'identifier':
    case 'qualified_type':
      return typeOfName(node, place, []);
    case 'generic_type': {
      const base = child(node, 'type');
      const args = (child(node, 'type_arguments')?.children ?? []).map((arg) => typeOfNode(arg, place));
      return base ? typeOfName(base, place, args) : unknown;
    }
    case 'negated_type': // The `~[]E` of a constraint: what a type argument has under it.
    case 'type_elem':
    case 'type_constraint':
      return node.children.length === 1 && node.children[0] ? typeOfNode(node.children[0], place) : unknown;
    case 'parenthesized_type':
    case 'parenthesized_expression':
      return node.children[0] ? typeOfNode(node.children[0], place) : unknown;
    case 'pointer_type':
      return { kind: 'pointer', elem: node.children[0] ? typeOfNode(node.children[0], place) : unknown };
    case 'slice_type':
      return { kind: 'slice', elem: typeOfChild(node, 'element', place) };
    case 'array_type':
    case 'implicit_length_array_type':
      return { kind: 'array', elem: typeOfChild(node, 'element', place) };
    case 'map_type':
      return { kind: 'map', key: typeOfChild(node, 'key', place), elem: typeOfChild(node, 'value', place) };
    case 'channel_type':
      return { kind: 'chan', direction: directionOf(node), elem: typeOfChild(node, 'value', place) };
    case 'function_type':
      return signatureOf(node, place);
    case 'struct_type':
      return { kind: 'struct', fields: fieldsOf(node, place) };
    case 'interface_type':
      return interfaceType(node, place);
    case 'selector_expression': {
      // An expression that denotes a type, as in a conversion `http.HandlerFunc(f)`.
      const operand = child(node, 'operand');
      const field = child(node, 'field');
      return operand?.kind === 'identifier' && field
        ? importedType(textOf(operand), textOf(field), place, [])
        : unknown;
    }
    case 'unary_expression': {
      const operand = child(node, 'operand');
      return operand && textOf(node).startsWith('*')
        ? { kind: 'pointer', elem: typeOfNode(operand, place) }
        : unknown;
    }
    default:
      return unknown;
  }
}

/** The signature of a function declaration, method, literal, function type or interface method. */
export function signatureOf(node: Node, place: Place): FunctionType {
  const list = child(node, 'parameters');
  const result = child(node, 'result');
  const results: readonly Parameter[] =
    result?.kind === 'parameter_list'
      ? parametersOf(result, place)
      : result
        ? [{ name: '', type: typeOfNode(result, place) }]
        : [];
  return {
    kind: 'func',
    params: list ? parametersOf(list, place) : [],
    results,
    variadic: list?.children.at(-1)?.kind === 'variadic_parameter_declaration',
  };
}

/** The type declared by a `type_spec`, its own type parameters as `parameter` types; for an alias, its target. */
function declaredType(entity: Entity, world: World): Type {
  const memo = world.memo(entity.importPath);
  const known = memo.get(entity.name);
  if (known) return known;
  memo.set(entity.name, unknown);
  const spec = child(entity.node, 'type');
  const type = spec ? typeOfNode(spec, placeOf(entity, world)) : unknown;
  memo.set(entity.name, type);
  return type;
}

/** The place of a package-level object: its file, and its own type parameters. */
export function placeOf(entity: Entity, world: World): Place {
  const names = new Set(typeParameterNames(entity.node));
  const constraints = constraintNodes(entity.node);
  const index = world.packageAt(entity.importPath);
  if (!index) throw new Error(`no index of ${entity.importPath}, which declares ${entity.name}`);
  const place: Place = {
    file: entity.file,
    index,
    world,
    local: (name) => (names.has(name) ? parameterType(name, constraints.get(name), place) : undefined),
  };
  return place;
}

/** The type parameters of a function, with their constraints. */
export function parametersOfFunction(entity: Entity, world: World): readonly ParameterType[] {
  const names = typeParameterNames(entity.node);
  if (names.length === 0) return [];
  const place = placeOf(entity, world);
  const constraints = constraintNodes(entity.node);
  return names.map((name) => parameterType(name, constraints.get(name), place));
}

/** The type parameter that an identifier declares: in a type parameter list, or in the receiver of a method. */
export function typeParameterAt(identifier: Node, place: Place): ParameterType {
  const name = textOf(identifier);
  const { parent } = identifier;
  if (parent?.kind === 'type_parameter_declaration') return parameterType(name, child(parent, 'type'), place);
  const receiver = closest(identifier, 'generic_type');
  const base = receiver && child(receiver, 'type');
  const entity = base && place.index.find(textOf(base));
  if (!entity) return { kind: 'parameter', name };
  const names = typeParameterNames(entity.node);
  const own = child(receiver, 'type_arguments')?.children.map(textOf) ?? [];
  const constraint = constraintNodes(entity.node).get(names[own.indexOf(name)] ?? '');
  if (!constraint) return { kind: 'parameter', name };
  // The method has names of its own for what its type declares.
  const renamed = own.map((n): Type => ({ kind: 'parameter', name: n }));
  return {
    kind: 'parameter',
    name,
    constraint: () => substitute(typeOfNode(constraint, placeOf(entity, place.world)), names, renamed),
  };
}

/** The type that a type parameter denotes in the declaration that has it. */
function parameterType(name: string, constraint: Node | undefined, place: Place): ParameterType {
  return constraint
    ? { kind: 'parameter', name, constraint: () => typeOfNode(constraint, place) }
    : { kind: 'parameter', name };
}

/**
 * The type under a declared type, with its type arguments put in; for a type parameter, the one that lies under all
 * types of its constraint (`~[]E`), if there is one. Any other type is itself.
 */
export function underlying(type: Type, world: World): Type {
  let at = type;
  for (let depth = 0; depth < 20 && at.kind === 'named'; depth++) {
    if (at.local) {
      at = at.local();
      continue;
    }
    if (at.pkg === '') return errorInterface;
    const entity = world.packageAt(at.pkg)?.find(at.name);
    if (entity?.kind !== 'type') return unknown;
    at = substitute(declaredType(entity, world), typeParameterNames(entity.node), at.args);
  }
  if (at.kind === 'parameter') return (at.constraint && coreOf(at.constraint(), world)) ?? at;
  return at.kind === 'named' ? unknown : at;
}

/** The core type of a constraint; undefined if its types have none in common or are not all visible. */
function coreOf(constraint: Type, world: World, depth = 0): Type | undefined {
  const under = underlying(constraint, world);
  if (isNoCore(under) || depth > 8) return undefined;
  if (under.kind !== 'interface') return under;
  if (under.embeds.some((embed) => embed.kind === 'unknown')) return undefined;
  const cores = under.embeds.flatMap((embed) => coreOf(embed, world, depth + 1) ?? []);
  return cores.length === 1 ? cores[0] : undefined;
}

function isNoCore(under: Type): boolean {
  const isComparable = under.kind === 'basic' && under.name === 'comparable';
  return isComparable || under.kind === 'unknown' || under.kind === 'parameter';
}

const errorInterface: Type = {
  kind: 'interface',
  methods: [
    {
      name: 'Error',
      type: { kind: 'func', params: [], results: [{ name: '', type: basic('string') }], variadic: false },
    },
  ],
  embeds: [],
};

/** A type that is written as a name, with type arguments or without. */
function typeOfName(node: Node, place: Place, args: readonly Type[]): Type {
  if (node.kind !== 'qualified_type') return typeNamed(textOf(node), node, place, args);
  const pkg = child(node, 'package');
  const name = child(node, 'name');
  return pkg && name ? importedType(textOf(pkg), textOf(name), place, args) : unknown;
}

function typeNamed(name: string, node: Node, place: Place, args: readonly Type[]): Type {
  const local = place.local(name, node);
  if (local) return local;
  const entity = packageLevel(name, place);
  if (entity) return typeOfEntity(entity, place.world, args);
  if (name === 'error') return errorType;
  if (name === 'any') return emptyInterface;
  return predeclaredTypes.has(name) ? basic(aliases[name] ?? name) : unknown;
}

function typeOfEntity(entity: Entity, world: World, args: readonly Type[]): Type {
  if (entity.kind !== 'type') return unknown;
  if (entity.node.kind === 'type_alias')
    return substitute(declaredType(entity, world), typeParameterNames(entity.node), args);
  return named(entity.importPath, entity.name, args);
}

/** A type of another package. One that the world does not have is known by name, and nothing else of it. */
function importedType(pkg: string, name: string, place: Place, args: readonly Type[]): Type {
  const importPath = importPathOf(place.file, pkg, place.world);
  if (importPath === undefined) return unknown;
  const index = place.world.packageAt(importPath);
  if (!index) return named(importPath, name, args);
  const entity = index.find(name);
  return entity ? typeOfEntity(entity, place.world, args) : unknown;
}

function typeOfChild(node: Node, field: 'type' | 'element' | 'key' | 'value', place: Place): Type {
  const c = child(node, field);
  return c ? typeOfNode(c, place) : unknown;
}

function directionOf(node: Node): 'both' | 'send' | 'receive' {
  const text = textOf(node);
  if (text.startsWith('<-')) return 'receive';
  return /^chan\s*<-/.test(text) ? 'send' : 'both';
}

function parametersOf(list: Node, place: Place): readonly Parameter[] {
  return list.children.flatMap((declaration): Parameter[] => {
    const elem = typeOfChild(declaration, 'type', place);
    const type: Type = declaration.kind === 'variadic_parameter_declaration' ? { kind: 'slice', elem } : elem;
    const names = childrenIn(declaration, 'name');
    return names.length > 0 ? names.map((n) => ({ name: textOf(n), type })) : [{ name: '', type }];
  });
}

function fieldsOf(struct: Node, place: Place): readonly Field[] {
  const list = childOfKind(struct, 'field_declaration_list');
  return (list?.children ?? []).flatMap((declaration): Field[] => {
    const type = typeOfChild(declaration, 'type', place);
    const names = childrenIn(declaration, 'name');
    if (names.length > 0) return names.map((n) => ({ name: textOf(n), type, embedded: false }));
    const base = child(declaration, 'type');
    const name = base && embeddedName(base);
    const pointer = textOf(declaration).startsWith('*');
    return name ? [{ name, type: pointer ? { kind: 'pointer', elem: type } : type, embedded: true }] : [];
  });
}

function embeddedName(type: Node): string | undefined {
  if (type.kind === 'generic_type') {
    const base = child(type, 'type');
    return base && embeddedName(base);
  }
  if (type.kind === 'pointer_type') return type.children[0] && embeddedName(type.children[0]);
  const name = type.kind === 'qualified_type' ? child(type, 'name') : type;
  return name && textOf(name);
}

function interfaceType(node: Node, place: Place): Type {
  const methods: Method[] = [];
  const embeds: Type[] = [];
  for (const element of node.children) {
    const name = child(element, 'name');
    if (element.kind === 'method_elem' && name)
      methods.push({ name: textOf(name), type: signatureOf(element, place) });
    else if (element.kind === 'type_elem') embeds.push(typeOfNode(element, place));
  }
  return { kind: 'interface', methods, embeds };
}
