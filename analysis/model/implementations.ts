// Which types of a package have all methods of an interface: class-hierarchy analysis within one package.

import { isTestFile } from '../syntax/source-file.ts';
import { memberOf } from './members.ts';
import type { GoPackage } from './package.ts';
import { type Entity, indexOf, type World } from './package-index.ts';
import { underlying } from './resolve.ts';
import { type Method, named, type Parameter, show, type Type, unknown } from './types.ts';

/** The methods that stand behind a method of an interface. */
export interface Implementations {
  readonly methods: readonly Entity[];
  /**
   * Whether no other type can stand there: only this package can name a method of the interface that is not
   * exported. A type that embeds the interface hands on to one of the others.
   */
  readonly complete: boolean;
}

const none: Implementations = { methods: [], complete: false };

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
  const wanted = methodsOf(type, world);
  if (!wanted?.some((m) => m.name === method)) return none;
  const found = typesOf(pkg).flatMap((t): { entity: Entity; inTest: boolean }[] => {
    const member = hasAll(t.entity, wanted, world) ? memberOf(pointerTo(t.entity), method, world) : undefined;
    const entity = member?.kind === 'method' ? member.entity : undefined;
    return entity ? [{ entity, inTest: t.inTest }] : [];
  });
  const outside = found.filter((f) => !f.inTest);
  const methods = [...new Set((outside.length > 0 ? outside : found).map((f) => f.entity))];
  return { methods, complete: wanted.some((m) => !isExported(m.name)) && methods.length > 0 };
}

/** All methods of an interface type, those of embedded interfaces included; undefined if they are not all visible. */
function methodsOf(type: Type, world: World, depth = 0): readonly Method[] | undefined {
  const under = underlying(type, world);
  if (under.kind !== 'interface' || depth > 8) return undefined;
  const methods = [...under.methods];
  for (const embed of under.embeds) {
    const more = methodsOf(embed, world, depth + 1);
    if (!more) return undefined;
    methods.push(...more);
  }
  return methods;
}

interface DeclaredType {
  readonly entity: Entity;
  readonly inTest: boolean;
}

function typesOf(pkg: GoPackage): readonly DeclaredType[] {
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

function hasAll(entity: Entity, wanted: readonly Method[], world: World): boolean {
  if (underlying(named(entity.importPath, entity.name), world).kind === 'interface') return false;
  return wanted.every((method) => {
    const member = memberOf(pointerTo(entity), method.name, world);
    return member?.kind === 'method' && agree(member.type, method.type);
  });
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

function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}
