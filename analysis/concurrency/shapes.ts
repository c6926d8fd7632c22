// What the values of a type are to the model: memory of its own, or what the zero value of a variable is.

import type { Code } from '../model/code.ts';
import { show, type Type } from '../model/types.ts';
import type { Shape } from './ir.ts';

/** Types of the standard library that have a state which goroutines wait for or change. */
const primitives: ReadonlySet<string> = new Set([
  'sync.Mutex',
  'sync.RWMutex',
  'sync.WaitGroup',
  'sync.Cond',
  'sync.Once',
  'golang.org/x/sync/errgroup.Group',
]);

export const unknownShape: Shape = { kind: 'unknown' };

/** The shape of a type's values. */
export function shapeOf(type: Type, code: Code): Shape {
  if (type.kind === 'named') {
    const name = `${type.pkg}.${type.name}`;
    if (primitives.has(name)) return { kind: 'primitive', type: name };
    // A struct of another package is moved by that package's code alone.
    if (type.pkg !== code.pkg.importPath && type.pkg !== '' && isStruct(type, code)) return unknownShape;
  }
  const under = code.underlyingOf(type);
  switch (under.kind) {
    case 'struct':
      return { kind: 'struct', type: type.kind === 'named' && !type.local ? show(type) : '' };
    case 'chan':
    case 'pointer':
    case 'func':
    case 'interface':
    case 'map':
    case 'slice':
    case 'nil':
      return { kind: 'nil' };
    case 'basic':
      return basicShape(under.name);
    default:
      return unknownShape;
  }
}

function isStruct(type: Type, code: Code): boolean {
  const kind = code.underlyingOf(type).kind;
  return kind === 'struct' || kind === 'unknown';
}

function basicShape(name: string): Shape {
  if (name.endsWith('bool')) return { kind: 'boolean' };
  if (name.endsWith('string')) return { kind: 'string' };
  return /int|rune|byte|float/.test(name) ? { kind: 'number' } : unknownShape;
}

/** Whether values of a type hold, or lead to, something that goroutines wait for. */
export function carries(type: Type, code: Code, seen: ReadonlySet<string> = new Set()): boolean {
  if (type.kind === 'named') {
    const name = show(type);
    if (primitives.has(name) || name === 'context.Context') return true;
    if (seen.has(name) || seen.size > 12) return false;
    // What a struct of another package holds is moved by that package's code alone.
    if (type.pkg !== code.pkg.importPath && type.pkg !== '' && isStruct(type, code)) return false;
    return carries(code.underlyingOf(type), code, new Set([...seen, name]));
  }
  switch (type.kind) {
    case 'chan':
      return true;
    case 'pointer':
    case 'slice':
    case 'array':
    case 'map':
      return carries(type.elem, code, seen);
    case 'struct':
      return type.fields.some((field) => carries(field.type, code, seen));
    default:
      return false;
  }
}
