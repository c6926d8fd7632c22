// Looks up and types everything that a package declares, so that what is computed on demand is computed.

import type { BuildTarget, GoPackage, Library } from '../analysis/index.ts';
import { memberOf } from '../analysis/model/members.ts';
import { indexOf, type PackageIndex, type World, worldOf } from '../analysis/model/package-index.ts';
import { underlying } from '../analysis/model/resolve.ts';
import { typeOfEntity } from '../analysis/model/typer.ts';
import { named } from '../analysis/model/types.ts';
import { child, type Node, textOf } from '../analysis/syntax/node.ts';
import { type Declaration, headerOf } from '../analysis/syntax/source-file.ts';

export const target: BuildTarget = { os: 'linux', arch: 'amd64', tags: [], cgo: true };

/** How many package-level objects and methods there were, and of how many of them a type is known. */
export interface Named {
  names: number;
  typed: number;
}

/**
 * Finds every package-level name and method of a package, and resolves what it stands for: of a type what lies under
 * it, of a function or method its signature, of a variable or constant its type. Adds to `to`.
 */
export function nameAll(pkg: GoPackage, library: Library, to: Named): Named {
  const index = indexOf(pkg);
  const world = worldOf(pkg, library);
  for (const file of pkg.files) {
    for (const declaration of file.declarations) {
      if (declaration.kind === 'package' || declaration.kind === 'import') continue;
      const receiver = receiverOf(declaration);
      for (const name of declaration.names) {
        // `var _ T = x` declares nothing that can be asked for.
        if (name === '_') continue;
        to.names++;
        if (receiver === undefined ? isTyped(name, index, world) : isMethod(receiver, name, index, world))
          to.typed++;
      }
    }
  }
  return to;
}

function isTyped(name: string, index: PackageIndex, world: World): boolean {
  const entity = index.find(name);
  if (!entity) return false;
  const type =
    entity.kind === 'type' ? underlying(named(entity.importPath, name), world) : typeOfEntity(entity, world);
  return type.kind !== 'unknown';
}

function isMethod(receiver: string, name: string, index: PackageIndex, world: World): boolean {
  return memberOf(named(index.importPath, receiver), name, world) !== undefined;
}

/** The name of the type that a method belongs to; undefined for all other declarations. */
function receiverOf(declaration: Declaration): string | undefined {
  if (declaration.kind !== 'func') return undefined;
  const header = headerOf(declaration);
  const parameter = header && child(header.root, 'receiver')?.children[0];
  let type: Node | undefined = parameter && child(parameter, 'type');
  while (type && type.kind !== 'type_identifier') type = type.children[0];
  return type && textOf(type);
}
