// Generics by substitution: type parameters are replaced by what the arguments of a call show them to be.

import { type FunctionType, type Parameter, type Type, unknown } from './types.ts';

/** Puts arguments in the place of type parameters; a parameter without an argument stays. */
export function substitute(type: Type, names: readonly string[], args: readonly Type[]): Type {
  if (names.length === 0 || args.length === 0) return type;
  const solution = new Map(names.flatMap((name, i) => (args[i] ? [[name, args[i]]] : [])));
  return replace(type, (name) => solution.get(name));
}

/** The signature of a generic function at a call; what the arguments do not determine is unknown. */
export function instantiate(
  signature: FunctionType,
  names: readonly string[],
  explicit: readonly Type[],
  args: readonly Type[],
): FunctionType {
  if (names.length === 0) return signature;
  const solution = new Map<string, Type>();
  names.forEach((name, i) => {
    const type = explicit[i];
    if (type) solution.set(name, type);
  });
  args.forEach((arg, i) => {
    const last = signature.params.length - 1;
    const spread = signature.variadic && i >= last;
    const param = signature.params[Math.min(i, last)]?.type;
    if (param) unify(spread && param.kind === 'slice' ? param.elem : param, arg, names, solution);
  });
  return replace(signature, (name) =>
    names.includes(name) ? (solution.get(name) ?? unknown) : undefined,
  ) as FunctionType;
}

function unify(param: Type, arg: Type, names: readonly string[], solution: Map<string, Type>): void {
  if (param.kind === 'parameter') {
    const isUntyped = arg.kind === 'nil' || arg.kind === 'unknown';
    if (names.includes(param.name) && !solution.has(param.name) && !isUntyped)
      solution.set(param.name, defaulted(arg));
    return;
  }
  if (param.kind !== arg.kind) return;
  switch (param.kind) {
    case 'pointer':
    case 'slice':
    case 'array':
    case 'chan':
      unify(param.elem, (arg as typeof param).elem, names, solution);
      return;
    case 'map':
      unify(param.key, (arg as typeof param).key, names, solution);
      unify(param.elem, (arg as typeof param).elem, names, solution);
      return;
    case 'named':
      param.args.forEach((a, i) => {
        const other = (arg as typeof param).args[i];
        if (other) unify(a, other, names, solution);
      });
      return;
    case 'func': {
      const other = arg as FunctionType;
      unifyAll(param.params, other.params, names, solution);
      unifyAll(param.results, other.results, names, solution);
      return;
    }
    default:
      return;
  }
}

function unifyAll(
  params: readonly Parameter[],
  args: readonly Parameter[],
  names: readonly string[],
  solution: Map<string, Type>,
): void {
  params.forEach((param, i) => {
    if (args[i]) unify(param.type, args[i].type, names, solution);
  });
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
              : type.name.slice('untyped '.length),
      }
    : type;
}

function replace(type: Type, by: (name: string) => Type | undefined): Type {
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
