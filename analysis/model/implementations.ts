// Which types of a package have all methods of an interface: class-hierarchy analysis within one package.

import { isExported } from '../syntax/names.ts';
import { isTestFile } from '../syntax/source-file.ts';
import { memberOf } from './members.ts';
import type { GoPackage } from './package.ts';
import { type Entity, indexOf, type World } from './package-index.ts';
import { underlying } from './resolve.ts';
import { deref, type Method, named, type Parameter, show, type Type, unknown } from './types.ts';

/** The methods that stand behind a method of an interface. */
export interface Implementations {
  readonly methods: readonly Entity[];
  /** Those of types of test files that were left out. */
  readonly standIns: readonly Entity[];
  /**
   * Whether, but for tests, no other type can stand there: only this package can name a method of the interface that
   * is not exported, and no type of another package can have it by embedding and the other methods of its own.
   */
  readonly complete: boolean;
}

const none: Implementations = { methods: [], standIns: [], complete: false };

/**
 * The declared methods that a call of `method` on a value of an interface type can reach, if the interface is
 * declared in the package: about others, its types say too little. Types of test files count only if no other
 * type has the methods, since what stands in for something in a test is not what runs outside it.
 */
export function implementationsOf(type: Type, method: string, pkg: GoPackage, world: World): Implementations {
  if (type.kind !== 'named' || type.local || type.pkg !== pkg.importPath) return none;
  const known = remembered.get(pkg) ?? new Map<string, Implementations>();
  remembered.set(pkg, known);
  const key = `${type.name}.${method}`;
  const found = known.get(key) ?? search(type, method, pkg, world);
  known.set(key, found);
  return found;
}

const remembered = new WeakMap<GoPackage, Map<string, Implementations>>();

function search(type: Type, method: string, pkg: GoPackage, world: World): Implementations {
  const wanted = methodsOf(type, pkg.importPath, world);
  if (!wanted?.some((m) => m.name === method)) return none;
  const types = typesOf(pkg);
  const found = types.flatMap((t): { entity: Entity; inTest: boolean }[] => {
    const member = hasAll(t.entity, wanted, world) ? memberOf(pointerTo(t.entity), method, world) : undefined;
    const entity = member?.kind === 'method' ? member.entity : undefined;
    return entity ? [{ entity, inTest: t.inTest }] : [];
  });
  const outside = found.filter((f) => !f.inTest);
  const methods = [...new Set((outside.length > 0 ? outside : found).map((f) => f.entity))];
  const standIns = found.map((f) => f.entity).filter((entity) => !methods.includes(entity));
  return { methods, standIns, complete: methods.length > 0 && isClosed(types, method, wanted, pkg, world) };
}

/** Whether only types of the package can have all the methods and their own `method`. */
function isClosed(
  types: readonly DeclaredType[],
  method: string,
  wanted: readonly InterfaceMethod[],
  pkg: GoPackage,
  world: World,
): boolean {
  const hidden = wanted.filter((m) => m.isOwn && !isExported(m.name));
  if (hidden.length === 0) return false;
  const isHidden = hidden.some((m) => m.name === method);
  return types.every(({ entity }) => {
    const type = named(entity.importPath, entity.name);
    const isWhole = wanted.every((m) => hasMethod(entity, m, world));
    if (!isWhole && isBlind(type, world) && mayHave(entity, hidden, world)) return false;
    if (!hidden.every((m) => hasMethod(entity, m, world))) return true;
    // What another package can embed, it can complete, and if the method is exported, replace.
    return !isExported(entity.name) || pkg.name === 'main' || (isHidden && isWhole);
  });
}

/** Whether a struct can have methods that are not exported: its own, or those of a type of the package in it. */
function mayHave(entity: Entity, hidden: readonly Method[], world: World): boolean {
  const under = underlying(named(entity.importPath, entity.name), world);
  const embedded =
    under.kind === 'struct' ? under.fields.filter((f) => f.embedded).map((f) => deref(f.type)) : [];
  return (
    hidden.every((m) => hasMethod(entity, m, world)) ||
    embedded.some((type) => type.kind === 'named' && type.pkg === entity.importPath)
  );
}

/** Whether a struct embeds something that is not visible. */
function isBlind(type: Type, world: World, depth = 0): boolean {
  const under = underlying(type, world);
  if (under.kind !== 'struct') return under.kind === 'unknown';
  return depth < 8 && under.fields.some((f) => f.embedded && isBlind(deref(f.type), world, depth + 1));
}

interface InterfaceMethod extends Method {
  /** Declared by an interface of the package, and not by one that it embeds from elsewhere. */
  readonly isOwn: boolean;
}

/** All methods of an interface type, those of embedded interfaces included; undefined if they are not all visible. */
function methodsOf(
  type: Type,
  importPath: string,
  world: World,
  depth = 0,
): readonly InterfaceMethod[] | undefined {
  const under = underlying(type, world);
  if (under.kind !== 'interface' || depth > 8) return undefined;
  const isOwn = type.kind !== 'named' || type.pkg === importPath;
  const methods = under.methods.map((method): InterfaceMethod => ({ ...method, isOwn }));
  for (const embed of under.embeds) {
    const more = methodsOf(embed, importPath, world, depth + 1);
    if (!more) return undefined;
    methods.push(...more);
  }
  return methods;
}

interface DeclaredType {
  readonly entity: Entity;
  readonly inTest: boolean;
}

const declaredTypes = new WeakMap<GoPackage, readonly DeclaredType[]>();

function typesOf(pkg: GoPackage): readonly DeclaredType[] {
  const types = declaredTypes.get(pkg) ?? findTypes(pkg);
  declaredTypes.set(pkg, types);
  return types;
}

function findTypes(pkg: GoPackage): readonly DeclaredType[] {
  const index = indexOf(pkg);
  return pkg.files.flatMap((file) =>
    file.declarations
      .filter((d) => d.kind === 'type')
      .flatMap((d) => d.names)
      .flatMap((name): DeclaredType[] => {
        const entity = index.find(name);
        const isType = entity?.kind === 'type' && entity.node.kind !== 'type_alias' && entity.file === file;
        return isType ? [{ entity, inTest: isTestFile(file) }] : [];
      }),
  );
}

function pointerTo(entity: Entity): Type {
  return { kind: 'pointer', elem: named(entity.importPath, entity.name) };
}

function isInterface(entity: Entity, world: World): boolean {
  return underlying(named(entity.importPath, entity.name), world).kind === 'interface';
}

function hasAll(entity: Entity, wanted: readonly Method[], world: World): boolean {
  return !isInterface(entity, world) && wanted.every((method) => hasMethod(entity, method, world));
}

function hasMethod(entity: Entity, method: Method, world: World): boolean {
  const own = named(entity.importPath, entity.name);
  const member = memberOf(isInterface(entity, world) ? own : pointerTo(entity), method.name, world);
  return member?.kind === 'method' && agree(member.type, method.type);
}

/** Whether two signatures are the same as far as they are visible; type parameters stand for anything. */
function agree(a: Type, b: Type): boolean {
  if (isOpen(a) || isOpen(b)) return true;
  if (a.kind === 'pointer' && b.kind === 'pointer') return agree(a.elem, b.elem);
  if (a.kind === 'slice' && b.kind === 'slice') return agree(a.elem, b.elem);
  if (a.kind === 'chan' && b.kind === 'chan') return a.direction === b.direction && agree(a.elem, b.elem);
  if (a.kind === 'named' && b.kind === 'named') return a.pkg === b.pkg && a.name === b.name;
  if (a.kind === 'func' && b.kind === 'func')
    return agreeAll(a.params, b.params) && agreeAll(a.results, b.results);
  return a.kind === b.kind && show(a) === show(b);
}

function agreeAll(a: readonly Parameter[], b: readonly Parameter[]): boolean {
  return a.length === b.length && a.every((p, i) => agree(p.type, b[i]?.type ?? unknown));
}

function isOpen(type: Type): boolean {
  return type.kind === 'unknown' || type.kind === 'parameter';
}
