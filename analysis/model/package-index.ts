// Package-level names of one package. Nothing is parsed to build it: a declaration is parsed when it is asked for.

import { child, childrenIn, type Node, nodesOf, textOf } from '../syntax/node.ts';
import { type Declaration, headerOf, type SourceFile } from '../syntax/source-file.ts';
import type { GoPackage, Library } from './package.ts';
import type { Type } from './types.ts';

/**
 * A package-level object: `node` is the function or method declaration, or the spec that declares it. Whether that
 * of a function holds the body is chance: it does if the body was asked for before.
 */
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
}

/** All packages that the code of one package can name. */
export interface World {
  packageAt(importPath: string): PackageIndex | undefined;
  /**
   * Where the types of the package-level objects of a package are remembered, by `Name` and `Type.Method`. Bodies
   * have no part in them, so edits of bodies leave the same map.
   */
  memo(importPath: string): Map<string, Type>;
}

interface Place {
  readonly file: SourceFile;
  readonly declaration: Declaration;
}

/** What a declaration declares, whatever file it stands in. */
type Declared = Pick<Entity, 'kind' | 'node' | 'identifier'>;

interface FileNames {
  readonly importPath: string;
  readonly objects: ReadonlyMap<string, readonly Place[]>;
  /** By receiver base type, then by method name. */
  readonly methods: ReadonlyMap<string, ReadonlyMap<string, Place>>;
  /** What was found before, by `Name` and `Type.Method`. */
  readonly entities: Map<string, Entity | null>;
}

/** Where names are declared: the same for all packages of one surface, whose files differ in bodies alone. */
interface Layout {
  /** The position of the file that declares `Name` or `Type.Method`; of what no file declares, nothing is kept. */
  readonly files: Map<string, number>;
  readonly methodNames: Map<string, readonly string[]>;
}

const declared = new WeakMap<Declaration, ReadonlyMap<string, Declared>>();
const fileNames = new WeakMap<SourceFile, FileNames>();
const layouts = new WeakMap<object, Layout>();
const indexes = new WeakMap<GoPackage, PackageIndex>();
const libraryIndexes = new WeakMap<Library, Map<string, PackageIndex | null>>();
const types = new WeakMap<Library, WeakMap<object, Map<string, Type>>>();

/** The names of an analysed package; of a variant, those of its main package behind its own. */
export function indexOf(pkg: GoPackage): PackageIndex {
  return remember(indexes, pkg, () => {
    const layout = remember(layouts, pkg.surface, newLayout);
    const own = packageIndex(pkg.importPath, pkg.name, pkg.files, layout);
    return pkg.variantOf ? inFront(own, indexOf(pkg.variantOf)) : own;
  });
}

/** What the code of a package can import: the library and, from an external test, the package under test. */
export function worldOf(pkg: GoPackage, library: Library): World {
  const analysed = (importPath: string): GoPackage | undefined =>
    [pkg, pkg.tests].find((p) => p?.importPath === importPath);
  // Types are made of names in the library too.
  const memos = remember(types, library, () => new WeakMap<object, Map<string, Type>>());
  return {
    packageAt(importPath) {
      const own = analysed(importPath);
      return own ? indexOf(own) : libraryIndex(library, importPath);
    },
    memo(importPath) {
      const key = analysed(importPath)?.surface ?? libraryIndex(library, importPath);
      return key ? remember(memos, key, () => new Map<string, Type>()) : new Map<string, Type>();
    },
  };
}

function libraryIndex(library: Library, importPath: string): PackageIndex | undefined {
  const known = remember(libraryIndexes, library, () => new Map<string, PackageIndex | null>());
  let index = known.get(importPath);
  if (index === undefined) {
    const files = library.files(importPath);
    index = files?.[0] ? packageIndex(importPath, files[0].packageName, files, newLayout()) : null;
    known.set(importPath, index);
  }
  return index ?? undefined;
}

function newLayout(): Layout {
  return { files: new Map(), methodNames: new Map() };
}

function packageIndex(
  importPath: string,
  name: string,
  files: readonly SourceFile[],
  layout: Layout,
): PackageIndex {
  const absent = new Set<string>();
  const search = (key: string, inFile: (names: FileNames) => Entity | undefined): Entity | undefined => {
    const known = layout.files.get(key);
    if (known !== undefined) return inFile(namesOf(files[known] as SourceFile, importPath));
    if (absent.has(key)) return undefined;
    for (const [i, file] of files.entries()) {
      const entity = inFile(namesOf(file, importPath));
      if (!entity) continue;
      layout.files.set(key, i);
      return entity;
    }
    absent.add(key);
    return undefined;
  };
  return {
    importPath,
    name,
    find: (wanted) => search(wanted, (names) => entityOf(names, wanted, names.objects.get(wanted), wanted)),
    method(typeName, wanted) {
      const key = `${typeName}.${wanted}`;
      return search(key, (names) => {
        const place = names.methods.get(typeName)?.get(wanted);
        return entityOf(names, key, place && [place], wanted);
      });
    },
    methodNames: (typeName) =>
      remember(layout.methodNames, typeName, () =>
        files.flatMap((file) => [...(namesOf(file, importPath).methods.get(typeName)?.keys() ?? [])]),
      ),
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
  };
}

/** The name of the type that a method is declared for, by value or pointer; undefined for anything else. */
export function receiverOf({ kind, text }: Declaration): string | undefined {
  return kind === 'func' ? receiverType.exec(text)?.[1] : undefined;
}

const receiverType = /^func\s*\(\s*(?:[\p{L}_][\p{L}\p{N}_]*[ \t]+)?[*(\s]*([\p{L}_][\p{L}\p{N}_]*)/u;

function namesOf(file: SourceFile, importPath: string): FileNames {
  let names = fileNames.get(file);
  // A program that is now beside a package, or alone again, has another import path.
  if (names?.importPath === importPath) return names;
  const objects = new Map<string, Place[]>();
  const methods = new Map<string, Map<string, Place>>();
  for (const declaration of file.declarations) {
    const place = { file, declaration };
    const receiver = receiverOf(declaration);
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
  names = { importPath, objects, methods, entities: new Map() };
  fileNames.set(file, names);
  return names;
}

/** The object that one of the places really declares; undefined where it does not parse or does not. */
function entityOf(
  { entities, importPath }: FileNames,
  key: string,
  places: readonly Place[] | undefined,
  name: string,
): Entity | undefined {
  if (!places) return undefined;
  let entity = entities.get(key);
  if (entity === undefined) {
    entity = null;
    for (const place of places) {
      const found = declaredBy(place.declaration).get(name);
      if (found) {
        entity = { name, importPath, ...place, ...found };
        break;
      }
    }
    entities.set(key, entity);
  }
  return entity ?? undefined;
}

/** What a declaration declares, by name; remembered, so that an edit elsewhere in its file costs nothing. */
function declaredBy(declaration: Declaration): ReadonlyMap<string, Declared> {
  return remember(declared, declaration, () => {
    const objects = new Map<string, Declared>();
    const tree = headerOf(declaration);
    if (!tree) return objects;
    const add = (kind: Entity['kind'], node: Node, identifier: Node | undefined): void => {
      if (!identifier) return;
      const name = textOf(identifier);
      if (!objects.has(name)) objects.set(name, { kind, node, identifier });
    };
    switch (declaration.kind) {
      case 'func':
        add('function', tree.root, child(tree.root, 'name'));
        break;
      case 'type':
        for (const spec of nodesOf(tree, 'type_spec', 'type_alias')) {
          if (isTopLevel(spec)) add('type', spec, child(spec, 'name'));
        }
        break;
      case 'var':
      case 'const':
        for (const spec of nodesOf(tree, 'var_spec', 'const_spec')) {
          const kind = declaration.kind === 'var' ? 'variable' : 'constant';
          for (const name of isTopLevel(spec) ? childrenIn(spec, 'name') : []) add(kind, spec, name);
        }
    }
    return objects;
  });
}

/** Whether a spec belongs to the declaration itself and not to a function literal inside it. */
function isTopLevel(spec: Node): boolean {
  const parent = spec.parent;
  return parent === spec.tree.root || (parent?.kind === 'var_spec_list' && parent.parent === spec.tree.root);
}

/** What a cache has for the key, computed first if it has nothing. */
function remember<K, V>(
  cache: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  compute: () => V,
): V {
  let value = cache.get(key);
  if (value === undefined) {
    value = compute();
    cache.set(key, value);
  }
  return value;
}
