// Type inference: what the arguments of a call show of the type arguments of a generic function ("Type inference" in
// the Go specification).

import type { World } from './package-index.ts';
import { underlying } from './resolve.ts';
import { defaulted, replace } from './substitute.ts';
import { type FunctionType, type Parameter, type ParameterType, show, type Type, unknown } from './types.ts';

/** What a call says of the type arguments. */
export interface Evidence {
  /** The type arguments that are written. */
  readonly explicit: readonly Type[];
  /** The types of the arguments: one tuple for those of `f(g())`, where g has several results. */
  readonly args: readonly Type[];
  /** Whether the last argument is `xs...`. */
  readonly spread: boolean;
}

interface Inference {
  readonly names: ReadonlySet<string>;
  readonly world: World;
  readonly solution: Map<string, Type>;
  /** Parameters of which an argument that is not visible may say more. */
  readonly blind: Set<string>;
}

/** The signature of a generic function at a call; what the arguments do not determine is unknown. */
export function instantiate(
  signature: FunctionType,
  parameters: readonly ParameterType[],
  { explicit, args, spread }: Evidence,
  world: World,
): FunctionType {
  if (parameters.length === 0) return signature;
  // What is written is not inferred.
  const open = parameters.slice(explicit.length);
  const inference: Inference = {
    names: new Set(open.map((p) => p.name)),
    world,
    solution: new Map(parameters.flatMap((p, i) => (explicit[i] ? [[p.name, explicit[i]]] : []))),
    blind: new Set(),
  };
  const pairs = pairsOf(signature, args, spread);
  for (const [param, arg] of pairs) if (!isUntyped(arg)) unify(param, arg, inference);
  inferFromConstraints(open, inference);
  inferFromConstants(pairs, inference);
  inferFromConstraints(open, inference);
  const names = new Set(parameters.map((p) => p.name));
  const solved = (name: string): Type | undefined =>
    names.has(name) ? (inference.solution.get(name) ?? unknown) : undefined;
  return replace(signature, solved) as FunctionType;
}

/** Each argument with the type of its parameter. */
function pairsOf(
  { params, variadic }: FunctionType,
  args: readonly Type[],
  spread: boolean,
): readonly (readonly [Type, Type])[] {
  const [only] = args;
  const list = args.length === 1 && only?.kind === 'tuple' ? only.elems : args;
  const last = params.length - 1;
  return list.flatMap((arg, i): (readonly [Type, Type])[] => {
    const param = params[Math.min(i, last)]?.type;
    if (!param) return [];
    const isElement = variadic && !spread && i >= last && param.kind === 'slice';
    return [[isElement ? param.elem : param, arg]];
  });
}

function unify(param: Type, arg: Type, inference: Inference): void {
  if (arg.kind === 'unknown') {
    leaveOpen(param, inference);
    return;
  }
  if (param.kind === 'parameter') {
    if (inference.names.has(param.name) && arg.kind !== 'nil') solve(param.name, arg, inference);
    return;
  }
  if (param.kind === 'named' || arg.kind === 'named') {
    unifyNamed(param, arg, inference);
    return;
  }
  if (param.kind !== arg.kind) return;
  switch (param.kind) {
    case 'pointer':
    case 'slice':
    case 'array':
    case 'chan':
      unify(param.elem, (arg as typeof param).elem, inference);
      return;
    case 'map':
      unify(param.key, (arg as typeof param).key, inference);
      unify(param.elem, (arg as typeof param).elem, inference);
      return;
    case 'func':
      unifyAll(param.params, (arg as typeof param).params, inference);
      unifyAll(param.results, (arg as typeof param).results, inference);
      return;
    default:
      return;
  }
}

/** Where one of two types is declared, it stands for what lies under it, unless they are declared by one name. */
function unifyNamed(param: Type, arg: Type, inference: Inference): void {
  if (param.kind === 'named' && arg.kind === 'named' && param.pkg === arg.pkg && param.name === arg.name) {
    param.args.forEach((a, i) => {
      const other = arg.args[i];
      if (other) unify(a, other, inference);
    });
    return;
  }
  const under = underlying(param, inference.world);
  if (under.kind === 'interface') leaveOpen(param, inference);
  else unify(under, underlying(arg, inference.world), inference);
}

/** Marks what the type names as something of which more could be said than is visible. */
function leaveOpen(param: Type, { blind }: Inference): void {
  replace(param, (name) => {
    blind.add(name);
    return undefined;
  });
}

function unifyAll(params: readonly Parameter[], args: readonly Parameter[], inference: Inference): void {
  params.forEach((param, i) => {
    if (args[i]) unify(param.type, args[i].type, inference);
  });
}

/** Of two types that arguments show for one parameter, a declared one wins over its like; others do not agree. */
function solve(name: string, type: Type, { solution }: Inference): void {
  const known = solution.get(name);
  if (known?.kind === 'unknown') return;
  if (!known || (known.kind !== 'named' && type.kind === 'named')) solution.set(name, type);
  else if (show(known) !== show(type) && (known.kind !== 'named' || type.kind === 'named'))
    solution.set(name, unknown);
}

/** `S ~[]E` says what E is once S is known, and `P interface{ *T }` says what P is. */
function inferFromConstraints(open: readonly ParameterType[], inference: Inference): void {
  const { solution, world } = inference;
  for (const parameter of open) {
    const core = underlying(parameter, world);
    if (core.kind === 'parameter' || core.kind === 'interface') continue;
    const known = solution.get(parameter.name);
    if (known) unify(core, underlying(known, world), inference);
    else if (!inference.blind.has(parameter.name))
      solution.set(
        parameter.name,
        replace(core, (name) => (inference.names.has(name) ? (solution.get(name) ?? unknown) : undefined)),
      );
  }
}

const numericKinds = ['untyped int', 'untyped rune', 'untyped float', 'untyped complex'];

/** Untyped constants decide what typed arguments leave open, the widest kind of them. */
function inferFromConstants(pairs: readonly (readonly [Type, Type])[], inference: Inference): void {
  const found = new Map<string, Type>();
  for (const [param, arg] of pairs) {
    if (param.kind !== 'parameter' || !isUntyped(arg) || !inference.names.has(param.name)) continue;
    if (inference.solution.has(param.name) || inference.blind.has(param.name)) continue;
    found.set(param.name, widerConstant(found.get(param.name) ?? arg, arg));
  }
  for (const [name, type] of found) inference.solution.set(name, defaulted(type));
}

/** The kind of constant that two untyped operands make: the later of integer, rune, float, complex. */
export function widerConstant(a: Type, b: Type): Type {
  if (a.kind !== 'basic' || b.kind !== 'basic') return a;
  return numericKinds.indexOf(b.name) > numericKinds.indexOf(a.name) ? b : a;
}

/** Whether it is the type of an untyped constant or of a comparison. */
export function isUntyped(type: Type): boolean {
  return type.kind === 'basic' && type.name.startsWith('untyped ');
}
