// Types as Go text, to be written at some place.

import type { FixBuilder } from '../edit/fix-builder.ts';
import type { Code } from '../model/code.ts';
import type { NamedType, Type } from '../model/types.ts';
import { isExported } from '../syntax/names.ts';
import type { Node } from '../syntax/node.ts';

/** The type as Go text that means it at `at`; undefined if it cannot be named there, or is not wholly visible. */
export function typeText(code: Code, edit: FixBuilder, type: Type, at: Node): string | undefined {
  const text = (t: Type) => typeText(code, edit, t, at);
  const around = (before: string, t: Type) => {
    const inner = text(t);
    return inner === undefined ? undefined : before + inner;
  };
  switch (type.kind) {
    case 'basic':
      return plain(code, type.name, at);
    case 'named':
      return namedText(code, edit, type, at);
    case 'pointer':
      return around('*', type.elem);
    case 'slice':
      return isByte(type.elem) ? around('[]', { kind: 'basic', name: 'byte' }) : around('[]', type.elem);
    case 'map': {
      const key = text(type.key);
      return key === undefined ? undefined : around(`map[${key}]`, type.elem);
    }
    case 'interface':
      return type.methods.length + type.embeds.length === 0 ? plain(code, 'any', at) : undefined;
    default:
      return undefined;
  }
}

function isByte(type: Type): boolean {
  return type.kind === 'basic' && type.name === 'uint8';
}

/** A predeclared name, unless it means something else at the place. */
function plain(code: Code, name: string, at: Node): string | undefined {
  return code.lookup(name, at)?.scope === 'universe' && !name.startsWith('untyped') ? name : undefined;
}

function namedText(code: Code, edit: FixBuilder, type: NamedType, at: Node): string | undefined {
  const args = type.args.map((arg) => typeText(code, edit, arg, at));
  if (args.includes(undefined) || type.local) return undefined;
  const suffix = args.length > 0 ? `[${args.join(', ')}]` : '';
  if (type.pkg === '') return plain(code, type.name, at);
  if (type.pkg === code.pkg.importPath)
    return code.lookup(type.name, at)?.scope === 'package' ? type.name + suffix : undefined;
  return isExported(type.name) ? edit.qualified(type.pkg, type.name, at) + suffix : undefined;
}
