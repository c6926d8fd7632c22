// Names and types of the expressions of one top-level declaration. Cheap and honest: what cannot be told from the
// text that is visible is `unknown`.

import { child, closest, type Node, type Tree, textOf, unparen } from '../syntax/node.ts';
import { type SourceFile, treeOf } from '../syntax/source-file.ts';
import { bindingType } from './binding-type.ts';
import { type Callee, calleeOf, functionValue, resultOf } from './calls.ts';
import { isUntyped, widerConstant } from './infer.ts';
import { elidedType, typeOfLiteral } from './literals.ts';
import { memberOf } from './members.ts';
import type { Entity, PackageIndex, World } from './package-index.ts';
import {
  dotImports,
  importPathOf,
  type Place,
  packageLevel,
  placeOf,
  signatureOf,
  typeOfNode,
  typeParameterAt,
  underlying,
} from './resolve.ts';
import { type Binding, type Scopes, scopesOf } from './scope.ts';
import { basic, deref, named, type Type, unknown } from './types.ts';
import { predeclaredFunctions, predeclaredTypes } from './universe.ts';

/** Resolves the names and types of one declaration. All results are memoised. */
export interface Typer {
  readonly place: Place;
  readonly scopes: Scopes;
  bindingOf(identifier: Node): Binding | undefined;
  lookup(name: string, at: Node): Binding | undefined;
  typeOf(expression: Node): Type;
  typeOfBinding(binding: Binding): Type;
  /** The package-level object that an identifier or `pkg.Name` selector names, with its import path. */
  objectOf(
    expression: Node,
  ): { readonly importPath: string; readonly name: string; readonly entity: Entity | undefined } | undefined;
  calleeOf(call: Node): Callee | undefined;
}

/** Makes the typer of a declaration's tree. */
export function typerOf(tree: Tree, file: SourceFile, index: PackageIndex, world: World): Typer {
  const scopes = scopesOf(tree);
  const outer = new Map<string, Binding | null>();
  const bindings = new Map<Node, Binding | null>();
  const types = new Map<Node, Type>();
  const variableTypes = new Map<Binding, Type>();
  const callees = new Map<Node, Callee | null>();

  const place: Place = {
    file,
    index,
    world,
    local(name, node) {
      const binding = node.tree === tree ? scopes.lookup(name, node, node.start) : undefined;
      if (!binding?.declaredAt) return undefined;
      // A local variable hides a type of the package.
      return localType(binding, place) ?? unknown;
    },
  };

  const typer: Typer = {
    place,
    scopes,
    bindingOf(identifier) {
      return remember(bindings, identifier, () => {
        if (!isReference(identifier, typer)) return undefined;
        const declared = scopes.declared(identifier);
        return declared ?? typer.lookup(textOf(identifier), identifier);
      });
    },
    lookup(name, at) {
      if (name === '_') return undefined;
      return scopes.lookup(name, at, at.start) ?? remember(outer, name, () => outerBinding(name, place));
    },
    typeOf(expression) {
      const known = types.get(expression);
      if (known) return known;
      types.set(expression, unknown);
      const type = typeOfExpression(expression, typer);
      types.set(expression, type);
      return type;
    },
    typeOfBinding(binding) {
      const known = variableTypes.get(binding);
      if (known) return known;
      variableTypes.set(binding, unknown);
      const type = bindingType(binding, typer);
      variableTypes.set(binding, type);
      return type;
    },
    objectOf: (expression) => objectOf(expression, typer),
    calleeOf: (call) => remember(callees, call, () => calleeOf(call, typer)),
  };
  return typer;
}

/** The type of a package-level function, variable or constant. */
export function typeOfEntity(entity: Entity, world: World): Type {
  if (entity.kind === 'type') return unknown;
  const memo = world.memo(entity.importPath);
  const known = memo.get(entity.name);
  if (known) return known;
  memo.set(entity.name, unknown);
  const type =
    entity.kind === 'function' ? signatureOf(entity.node, placeOf(entity, world)) : valueType(entity, world);
  memo.set(entity.name, type);
  return type;
}

function valueType(entity: Entity, world: World): Type {
  const index = world.packageAt(entity.importPath);
  const tree = treeOf(entity.declaration);
  if (!index || !tree) return unknown;
  const typer = typerOf(tree, entity.file, index, world);
  const binding: Binding = {
    kind: 'variable',
    name: entity.name,
    scope: 'package',
    declaredAt: entity.identifier,
  };
  return bindingType(binding, typer);
}

function remember<K, V>(cache: Map<K, V | null>, key: K, compute: () => V | undefined): V | undefined {
  let value = cache.get(key);
  if (value === undefined) {
    value = compute() ?? null;
    cache.set(key, value);
  }
  return value ?? undefined;
}

/** Names outside the declaration: package level, imports, dot imports, predeclared. */
function outerBinding(name: string, place: Place): Binding | undefined {
  const entity = place.index.find(name);
  if (entity) return { kind: entity.kind, name, scope: 'package', declaredAt: undefined };
  const importPath = importPathOf(place.file, name, place.world);
  if (importPath !== undefined)
    return { kind: 'package', name, scope: 'file', declaredAt: undefined, importPath };
  for (const index of dotImports(place.file, place.world)) {
    const imported = index.find(name);
    if (imported)
      return {
        kind: imported.kind,
        name,
        scope: 'file',
        declaredAt: undefined,
        importPath: index.importPath,
      };
  }
  if (predeclaredFunctions.has(name))
    return { kind: 'builtin', name, scope: 'universe', declaredAt: undefined };
  if (predeclaredTypes.has(name)) return { kind: 'type', name, scope: 'universe', declaredAt: undefined };
  return undefined;
}

/** A type parameter or a type declared in a function; undefined if the binding is no type. */
function localType(binding: Binding, place: Place): Type | undefined {
  if (binding.kind !== 'type') return undefined;
  if (binding.scope === 'parameter' && binding.declaredAt) return typeParameterAt(binding.declaredAt, place);
  const spec = binding.declaredAt?.parent;
  const type = spec && child(spec, 'type');
  if (!type) return unknown;
  if (spec.kind === 'type_alias') return typeOfNode(type, place);
  return { ...named(place.index.importPath, binding.name), local: () => typeOfNode(type, place) };
}

/** Whether an identifier is a use or declaration of a name in scope, not a field name in a struct literal. */
function isReference(identifier: Node, typer: Typer): boolean {
  if (
    identifier.kind !== 'identifier' &&
    identifier.kind !== 'type_identifier' &&
    identifier.kind !== 'package_identifier'
  ) {
    return false;
  }
  const element = identifier.parent;
  if (element?.kind !== 'literal_element' || element.field !== 'key') return true;
  const literal = closest(element, 'literal_value');
  if (!literal) return true;
  return underlying(typeOfLiteral(literal, typer.place), typer.place.world).kind !== 'struct';
}

function objectOf(expression: Node, typer: Typer): ReturnType<Typer['objectOf']> {
  const node = unparen(expression);
  if (node.kind === 'selector_expression' || node.kind === 'qualified_type') {
    const operand = child(node, node.kind === 'qualified_type' ? 'package' : 'operand');
    const field = child(node, node.kind === 'qualified_type' ? 'name' : 'field');
    const binding =
      operand && (operand.kind === 'identifier' || operand.kind === 'package_identifier')
        ? typer.bindingOf(operand)
        : undefined;
    if (binding?.kind !== 'package' || binding.importPath === undefined || !field) return undefined;
    const name = textOf(field);
    return {
      importPath: binding.importPath,
      name,
      entity: typer.place.world.packageAt(binding.importPath)?.find(name),
    };
  }
  const isName = /^(?:type_|package_)?identifier$/.test(node.kind);
  const binding = isName ? typer.bindingOf(node) : undefined;
  if (binding?.scope !== 'package' && !(binding?.scope === 'file' && binding.kind !== 'package'))
    return undefined;
  const entity = packageLevel(textOf(node), typer.place);
  return entity && { importPath: entity.importPath, name: entity.name, entity };
}

function typeOfExpression(node: Node, typer: Typer): Type {
  const { world } = typer.place;
  switch (node.kind) {
    case 'parenthesized_expression':
      return node.children[0] ? typer.typeOf(node.children[0]) : unknown;
    // The grammar takes the variables in `new(x)` and `s.table[key](x)` for types and packages.
    case 'type_identifier':
    case 'package_identifier':
    case 'identifier': {
      const binding = typer.bindingOf(node);
      if (binding?.kind === 'variable' || binding?.kind === 'constant') {
        if (binding.declaredAt) return typer.typeOfBinding(binding);
      }
      return functionValue(node, typer) ?? objectType(node, typer) ?? unknown;
    }
    case 'qualified_type':
    case 'selector_expression': {
      const object = typer.objectOf(node);
      if (object) return functionValue(node, typer) ?? objectType(node, typer) ?? unknown;
      const operand = child(node, 'operand') ?? child(node, 'package');
      const field = child(node, 'field') ?? child(node, 'name');
      return operand && field
        ? (memberOf(typer.typeOf(operand), textOf(field), world)?.type ?? unknown)
        : unknown;
    }
    case 'call_expression':
    case 'type_conversion_expression':
      return resultOf(node, typer);
    case 'composite_literal': {
      const type = child(node, 'type');
      return type ? typeOfNode(type, typer.place) : unknown;
    }
    case 'literal_value':
      return elidedType(node, typer.place);
    case 'func_literal':
      return signatureOf(node, typer.place);
    case 'unary_expression':
      return unaryType(node, typer);
    case 'binary_expression':
      return binaryType(node, typer);
    case 'index_expression':
      return functionValue(node, typer) ?? elementType(child(node, 'operand'), typer);
    case 'slice_expression': {
      const operand = child(node, 'operand');
      const type = operand ? typer.typeOf(operand) : unknown;
      const under = underlying(deref(type), world);
      return under.kind === 'array' ? { kind: 'slice', elem: under.elem } : type;
    }
    case 'type_assertion_expression': {
      const type = child(node, 'type');
      return type ? typeOfNode(type, typer.place) : unknown;
    }
    case 'type_instantiation_expression':
      return functionValue(node, typer) ?? unknown;
    case 'int_literal':
      return basic('untyped int');
    case 'float_literal':
      return basic('untyped float');
    case 'imaginary_literal':
      return basic('untyped complex');
    case 'rune_literal':
      return basic('untyped rune');
    case 'iota':
      return predeclared(node, basic('untyped int'), typer);
    case 'interpreted_string_literal':
    case 'raw_string_literal':
      return basic('untyped string');
    case 'true':
    case 'false':
      return predeclared(node, basic('untyped bool'), typer);
    case 'nil':
      return predeclared(node, { kind: 'nil' }, typer);
    default:
      return unknown;
  }
}

/** The grammar has tokens for what is a name like any other to Go, and may be declared anew. */
function predeclared(name: Node, type: Type, typer: Typer): Type {
  return typer.lookup(textOf(name), name) ? unknown : type;
}

function objectType(node: Node, typer: Typer): Type | undefined {
  const entity = typer.objectOf(node)?.entity;
  return entity && typeOfEntity(entity, typer.place.world);
}

function unaryType(node: Node, typer: Typer): Type {
  const operand = child(node, 'operand');
  if (!operand) return unknown;
  const type = typer.typeOf(operand);
  switch (child(node, 'operator') && textOf(child(node, 'operator') as Node)) {
    case '&':
      return { kind: 'pointer', elem: type };
    case '*': {
      const under = underlying(type, typer.place.world);
      return under.kind === 'pointer' ? under.elem : unknown;
    }
    case '<-': {
      const under = underlying(type, typer.place.world);
      return under.kind === 'chan' ? under.elem : unknown;
    }
    default:
      return type;
  }
}

function binaryType(node: Node, typer: Typer): Type {
  const left = child(node, 'left');
  const right = child(node, 'right');
  const operator = child(node, 'operator');
  if (!left || !right || !operator) return unknown;
  const text = textOf(operator);
  if (/^(?:==|!=|<|<=|>|>=)$/.test(text)) return basic('untyped bool');
  const type = typer.typeOf(left);
  if (text === '<<' || text === '>>') return type;
  const other = typer.typeOf(right);
  if (isUntyped(type) && isUntyped(other)) return widerConstant(type, other);
  return isUntyped(type) || type.kind === 'unknown' ? other : type;
}

/** The type of `x[i]`; unknown if the operand is not indexed but instantiated. */
export function elementType(operand: Node | undefined, typer: Typer): Type {
  if (!operand) return unknown;
  const under = underlying(deref(typer.typeOf(operand)), typer.place.world);
  switch (under.kind) {
    case 'slice':
    case 'array':
    case 'map':
      return under.elem;
    case 'basic':
      return under.name.endsWith('string') ? basic('uint8') : unknown;
    default:
      return unknown;
  }
}
