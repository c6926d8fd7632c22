// Type expressions to types, and declared types to what lies under them.

import { guessedPackageName, importsOf } from '../syntax/imports.ts';
import { child, childOfKind, childrenIn, type Node, textOf } from '../syntax/node.ts';
import type { SourceFile } from '../syntax/source-file.ts';
import { substitute } from './infer.ts';
import type { Entity, PackageIndex, World } from './package-index.ts';
import {
  basic,
  errorType,
  type Field,
  type FunctionType,
  type Method,
  named,
  type Parameter,
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
      return typeNamed(textOf(node), node, place);
    case 'qualified_type':
      return qualifiedType(node, place);
    case 'generic_type': {
      const base = typeOfChild(node, 'type', place);
      const args = (child(node, 'type_arguments')?.children ?? []).map((arg) => typeOfNode(arg, place));
      return base.kind === 'named' ? named(base.pkg, base.name, args) : base;
    }
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
        ? importedType(textOf(operand), textOf(field), place)
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
  const parameters = new Set(typeParameterNames(entity.node));
  const index = world.packageAt(entity.importPath);
  if (!index) throw new Error(`no index of ${entity.importPath}, which declares ${entity.name}`);
  return {
    file: entity.file,
    index,
    world,
    local: (name) => (parameters.has(name) ? { kind: 'parameter', name } : undefined),
  };
}

/** The names of the type parameters of a type spec or function, for a method those of its receiver. */
export function typeParameterNames(node: Node): readonly string[] {
  const list = child(node, 'type_parameters');
  if (list) return list.children.flatMap((p) => childrenIn(p, 'name').map(textOf));
  let receiver = child(node, 'receiver')?.children[0];
  receiver = receiver && child(receiver, 'type');
  if (receiver?.kind === 'pointer_type') receiver = receiver.children[0];
  const args = receiver?.kind === 'generic_type' ? child(receiver, 'type_arguments') : undefined;
  return args ? args.children.map(textOf) : [];
}

/** The type under a declared type, with its type arguments put in; any other type is itself. */
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
  return at.kind === 'named' ? unknown : at;
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

function typeNamed(name: string, node: Node, place: Place): Type {
  const local = place.local(name, node);
  if (local) return local;
  const entity = packageLevel(name, place);
  if (entity) return typeOfEntity(entity, place.world);
  if (name === 'error') return errorType;
  if (name === 'any') return emptyInterface;
  return predeclaredTypes.has(name) ? basic(aliases[name] ?? name) : unknown;
}

function typeOfEntity(entity: Entity, world: World): Type {
  if (entity.kind !== 'type') return unknown;
  if (entity.node.kind === 'type_alias') return declaredType(entity, world);
  return named(entity.importPath, entity.name);
}

function qualifiedType(node: Node, place: Place): Type {
  const pkg = child(node, 'package');
  const name = child(node, 'name');
  return pkg && name ? importedType(textOf(pkg), textOf(name), place) : unknown;
}

/** A type of another package. One that the world does not have is known by name, and nothing else of it. */
function importedType(pkg: string, name: string, place: Place): Type {
  const importPath = importPathOf(place.file, pkg, place.world);
  if (importPath === undefined) return unknown;
  const index = place.world.packageAt(importPath);
  if (!index) return named(importPath, name);
  const entity = index.find(name);
  return entity ? typeOfEntity(entity, place.world) : unknown;
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
