// A type as Go text that means it at some place of a file.

import type { Code } from '../../model/code.ts';
import type { FunctionType, NamedType, Type } from '../../model/types.ts';
import { isExported } from '../../syntax/names.ts';
import type { Node } from '../../syntax/node.ts';

/** What names the package of a type: `FixBuilder.qualified`. */
type Qualified = (path: string, name: string, at: Node) => string;

/**
 * The text of a type for a declaration at `at`. Undefined if the type is not wholly visible, has a part that has no
 * name there, or one of a package that the file does not import.
 */
export function writtenType(code: Code, type: Type, at: Node, qualified: Qualified): string | undefined {
  const write = (part: Type): string | undefined => writtenType(code, part, at, qualified);
  switch (type.kind) {
    case 'basic':
      return isUniversal(code, type.name, at) ? type.name : undefined;
    case 'parameter':
      return code.lookup(type.name, at)?.kind === 'type' ? type.name : undefined;
    case 'named':
      return writtenName(code, type, at, qualified);
    case 'pointer':
      return prefixed('*', write(type.elem));
    case 'slice':
      return prefixed('[]', write(type.elem));
    case 'map': {
      const [key, elem] = [write(type.key), write(type.elem)];
      return key !== undefined && elem !== undefined ? `map[${key}]${elem}` : undefined;
    }
    case 'chan':
      return writtenChannel(type.direction, type.elem, write(type.elem));
    case 'func':
      return writtenFunction(type, write);
    case 'struct':
      return type.fields.length === 0 ? 'struct{}' : undefined;
    case 'interface':
      if (type.methods.length > 0 || type.embeds.length > 0) return undefined;
      return code.goAtLeast('1.18') && isUniversal(code, 'any', at) ? 'any' : 'interface{}';
    default:
      return undefined;
  }
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : prefix + text;
}

/** Whether a predeclared name is not declared anew. */
function isUniversal(code: Code, name: string, at: Node): boolean {
  return code.lookup(name, at)?.scope === 'universe';
}

function writtenName(code: Code, type: NamedType, at: Node, qualified: Qualified): string | undefined {
  const args = type.args.map((arg) => writtenType(code, arg, at, qualified));
  if (args.includes(undefined)) return undefined;
  const list = args.length > 0 ? `[${args.join(', ')}]` : '';
  if (type.pkg === '') return isUniversal(code, type.name, at) ? type.name + list : undefined;
  if (type.local || type.pkg === code.pkg.importPath) {
    const meant = code.lookup(type.name, at);
    const isMeant = meant?.kind === 'type' && meant.scope === (type.local ? 'local' : 'package');
    return isMeant ? type.name + list : undefined;
  }
  const isImported = code.imports.some(({ path, alias }) => path === type.pkg && alias !== '_');
  return isImported && isExported(type.name) ? qualified(type.pkg, type.name, at) + list : undefined;
}

function writtenChannel(
  direction: 'both' | 'send' | 'receive',
  elem: Type,
  text: string | undefined,
): string | undefined {
  if (text === undefined) return undefined;
  if (direction !== 'both') return direction === 'send' ? `chan<- ${text}` : `<-chan ${text}`;
  return elem.kind === 'chan' && elem.direction === 'receive' ? `chan (${text})` : `chan ${text}`;
}

function writtenFunction(type: FunctionType, write: (part: Type) => string | undefined): string | undefined {
  const params = type.params.map((p, i) => {
    const isRest = type.variadic && i === type.params.length - 1 && p.type.kind === 'slice';
    return isRest && p.type.kind === 'slice' ? prefixed('...', write(p.type.elem)) : write(p.type);
  });
  const results = type.results.map((r) => write(r.type));
  if (params.includes(undefined) || results.includes(undefined)) return undefined;
  const tail = results.length > 1 ? ` (${results.join(', ')})` : results.length === 1 ? ` ${results[0]}` : '';
  return `func(${params.join(', ')})${tail}`;
}
