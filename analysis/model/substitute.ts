// Types made of others: type arguments put in, and the defaults of untyped constants.

import type { FunctionType, Type } from './types.ts';

/** Puts arguments in the place of type parameters; a parameter without an argument stays. */
export function substitute(type: Type, names: readonly string[], args: readonly Type[]): Type {
  if (names.length === 0 || args.length === 0) return type;
  const solution = new Map(names.flatMap((name, i) => (args[i] ? [[name, args[i]]] : [])));
  return replace(type, (name) => solution.get(name));
}

/** The type that a variable gets from an untyped constant. */
export function defaulted(type: Type): Type {
  return type.kind === 'basic' && type.name.startsWith('untyped ')
    ? {
        kind: 'basic',
        name:
          type.name === 'untyped float'
            ? 'float64'
            : type.name === 'untyped rune'
              ? 'int32'
              : type.name === 'untyped complex'
                ? 'complex128'
                : type.name.slice('untyped '.length),
      }
    : type;
}

/** The type with other types in the place of the type parameters that `by` has one for. */
export function replace(type: Type, by: (name: string) => Type | undefined): Type {
  const again = (t: Type): Type => replace(t, by);
  switch (type.kind) {
    case 'parameter':
      return by(type.name) ?? type;
    case 'pointer':
    case 'slice':
    case 'array':
    case 'chan':
      return { ...type, elem: again(type.elem) };
    case 'map':
      return { ...type, key: again(type.key), elem: again(type.elem) };
    case 'named':
      return type.args.length > 0 ? { ...type, args: type.args.map(again) } : type;
    case 'tuple':
      return { ...type, elems: type.elems.map(again) };
    case 'struct':
      return { ...type, fields: type.fields.map((f) => ({ ...f, type: again(f.type) })) };
    case 'interface':
      return {
        ...type,
        methods: type.methods.map((m) => ({ ...m, type: again(m.type) as FunctionType })),
        embeds: type.embeds.map(again),
      };
    case 'func':
      return {
        ...type,
        params: type.params.map((p) => ({ ...p, type: again(p.type) })),
        results: type.results.map((r) => ({ ...r, type: again(r.type) })),
      };
    default:
      return type;
  }
}
