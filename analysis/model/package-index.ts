// Package-level names of one package. Nothing is parsed to build it: a declaration is parsed when it is asked for.

import { child, type Node, nodesOf, textOf } from '../syntax/node.ts';
import { type Declaration, headerOf, type SourceFile } from '../syntax/source-file.ts';
import type { GoPackage, Library } from './package.ts';
import type { Type } from './types.ts';

/** A package-level object: `node` is the function or method declaration, or the spec that declares it. */
export interface Entity {
  readonly kind: 'function' | 'type' | 'variable' | 'constant';
  readonly name: string;
  readonly importPath: string;
  readonly file: SourceFile;
  readonly declaration: Declaration;
  readonly node: Node;
  /** The identifier that declares it. */
  readonly identifier: Node;
}

export interface PackageIndex {
  readonly importPath: string;
  /** The name in the package clause. */
  readonly name: string;
  /** The package-level object of that name; methods are not among them. */
  find(name: string): Entity | undefined;
  /** The method that is declared for the type (not a promoted one), by value or pointer receiver. */
  method(typeName: string, name: string): Entity | undefined;
  /** The names of the methods declared for a type. */
  methodNames(typeName: string): readonly string[];
  /** Types of this package that were resolved before, by name. */
  readonly types: Map<string, Type>;
}

/** All packages that the code of one package can name. */
export interface World {
  packageAt(importPath: string): PackageIndex | undefined;
  /** Where the declared types of a package are remembered, by name. */
  memo(importPath: string): Map<string, Type>;
}

interface Place {
  readonly file: SourceFile;
  readonly declaration: Declaration;
}

interface FileNames {
  readonly objects: ReadonlyMap<string, readonly Place[]>;
  /** By receiver base type, then by method name. */
  readonly methods: ReadonlyMap<string, ReadonlyMap<string, Place>>;
}

const fileNames = new WeakMap<SourceFile, FileNames>();
const indexes = new WeakMap<GoPackage, PackageIndex>();
const libraryIndexes = new WeakMap<Library, Map<string, PackageIndex | null>>();

/** The names of an analysed package; of a variant, those of its main package behind its own. */
export function indexOf(pkg: GoPackage): PackageIndex {
  let index = indexes.get(pkg);
  if (!index) {
    const own = packageIndex(pkg.importPath, pkg.name, pkg.files);
    index = pkg.variantOf ? inFront(own, indexOf(pkg.variantOf)) : own;
    indexes.set(pkg, index);
  }
  return index;
}

/** What the code of a package can import: the library and, from an external test, the package under test. */
export function worldOf(pkg: GoPackage, library: Library): World {
  const packageAt = (importPath: string): PackageIndex | undefined => {
    if (importPath === pkg.importPath) return indexOf(pkg);
    if (pkg.tests && importPath === pkg.tests.importPath) return indexOf(pkg.tests);
    return libraryIndex(library, importPath);
  };
  return { packageAt, memo: (importPath) => packageAt(importPath)?.types ?? new Map<string, Type>() };
}

function libraryIndex(library: Library, importPath: string): PackageIndex | undefined {
  let known = libraryIndexes.get(library);
  if (!known) {
    known = new Map();
    libraryIndexes.set(library, known);
  }
  let index = known.get(importPath);
  if (index === undefined) {
    const files = library.files(importPath);
    index = files?.[0] ? packageIndex(importPath, files[0].packageName, files) : null;
    known.set(importPath, index);
  }
  return index ?? undefined;
}

function packageIndex(importPath: string, name: string, files: readonly SourceFile[]): PackageIndex {
  const found = new Map<string, Entity | null>();
  const once = (key: string, search: () => Entity | undefined): Entity | undefined => {
    let entity = found.get(key);
    if (entity === undefined) {
      entity = search() ?? null;
      found.set(key, entity);
    }
    return entity ?? undefined;
  };
  return {
    importPath,
    name,
    find: (wanted) =>
      once(wanted, () => {
        for (const file of files) {
          for (const place of namesOf(file).objects.get(wanted) ?? []) {
            const entity = entityAt(place, wanted, importPath);
            if (entity) return entity;
          }
        }
        return undefined;
      }),
    method: (typeName, wanted) =>
      once(`${typeName}.${wanted}`, () => {
        for (const file of files) {
          const place = namesOf(file).methods.get(typeName)?.get(wanted);
          const node = place && headerOf(place.declaration)?.root;
          const identifier = node && child(node, 'name');
          if (place && node && identifier) {
            return { kind: 'function', name: wanted, importPath, ...place, node, identifier };
          }
        }
        return undefined;
      }),
    methodNames: (typeName) =>
      files.flatMap((file) => [...(namesOf(file).methods.get(typeName)?.keys() ?? [])]),
    types: new Map(),
  };
}

function inFront(first: PackageIndex, second: PackageIndex): PackageIndex {
  return {
    importPath: first.importPath,
    name: first.name,
    find: (name) => first.find(name) ?? second.find(name),
    method: (typeName, name) => first.method(typeName, name) ?? second.method(typeName, name),
    methodNames: (typeName) => [
      ...new Set([...first.methodNames(typeName), ...second.methodNames(typeName)]),
    ],
    types: new Map(),
  };
}

const receiverType = /^func\s*\(\s*(?:[\p{L}_][\p{L}\p{N}_]*[ \t]+)?[*(\s]*([\p{L}_][\p{L}\p{N}_]*)/u;

function namesOf(file: SourceFile): FileNames {
  let names = fileNames.get(file);
  if (names) return names;
  const objects = new Map<string, Place[]>();
  const methods = new Map<string, Map<string, Place>>();
  for (const declaration of file.declarations) {
    const place = { file, declaration };
    const receiver = declaration.kind === 'func' ? receiverType.exec(declaration.text)?.[1] : undefined;
    for (const name of declaration.kind === 'package' || declaration.kind === 'import'
      ? []
      : declaration.names) {
      if (receiver !== undefined) {
        const own = methods.get(receiver) ?? new Map<string, Place>();
        methods.set(receiver, own.set(name, place));
      } else {
        const places = objects.get(name);
        if (places) places.push(place);
        else objects.set(name, [place]);
      }
    }
  }
  names = { objects, methods };
  fileNames.set(file, names);
  return names;
}

/** The object that the declaration really declares under the name; undefined if it does not parse or does not. */
function entityAt(place: Place, name: string, importPath: string): Entity | undefined {
  const tree = headerOf(place.declaration);
  if (!tree) return undefined;
  const make = (kind: Entity['kind'], node: Node, identifier: Node): Entity => ({
    kind,
    name,
    importPath,
    ...place,
    node,
    identifier,
  });
  switch (place.declaration.kind) {
    case 'func': {
      const identifier = child(tree.root, 'name');
      return identifier && make('function', tree.root, identifier);
    }
    case 'type': {
      for (const spec of nodesOf(tree, 'type_spec', 'type_alias')) {
        const identifier = child(spec, 'name');
        if (identifier && isTopLevel(spec) && textOf(identifier) === name)
          return make('type', spec, identifier);
      }
      return undefined;
    }
    case 'var':
    case 'const': {
      const kind = place.declaration.kind === 'var' ? 'variable' : 'constant';
      for (const spec of nodesOf(tree, 'var_spec', 'const_spec')) {
        if (!isTopLevel(spec)) continue;
        for (const identifier of spec.children) {
          if (identifier.field === 'name' && textOf(identifier) === name) return make(kind, spec, identifier);
        }
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

/** Whether a spec belongs to the declaration itself and not to a function literal inside it. */
function isTopLevel(spec: Node): boolean {
  const parent = spec.parent;
  return parent === spec.tree.root || (parent?.kind === 'var_spec_list' && parent.parent === spec.tree.root);
}
