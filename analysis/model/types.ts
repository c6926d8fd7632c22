// Types as the model knows them: data that names declared types by package and name. What cannot be told from
// visible text is `unknown`, which is a value like any other and never a guess.

export type Type =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'basic'; readonly name: string }
  | { readonly kind: 'nil' }
  | NamedType
  | ParameterType
  | { readonly kind: 'pointer'; readonly elem: Type }
  | { readonly kind: 'slice'; readonly elem: Type }
  | { readonly kind: 'array'; readonly elem: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly elem: Type }
  | { readonly kind: 'chan'; readonly direction: 'both' | 'send' | 'receive'; readonly elem: Type }
  | FunctionType
  | { readonly kind: 'struct'; readonly fields: readonly Field[] }
  | { readonly kind: 'interface'; readonly methods: readonly Method[]; readonly embeds: readonly Type[] }
  | { readonly kind: 'tuple'; readonly elems: readonly Type[] };

/** A declared type, told by package and name. */
export interface NamedType {
  readonly kind: 'named';
  /** Its import path, `''` for the universe. */
  readonly pkg: string;
  readonly name: string;
  readonly args: readonly Type[];
  /** What lies under a type that is declared in a function: no index has it. It has no methods. */
  readonly local?: () => Type;
}

/** A type parameter, in the declaration that has it. */
export interface ParameterType {
  readonly kind: 'parameter';
  readonly name: string;
  /** The constraint, as a type; without one if the declaration does not show it. */
  readonly constraint?: () => Type;
}

export interface FunctionType {
  readonly kind: 'func';
  readonly params: readonly Parameter[];
  readonly results: readonly Parameter[];
  readonly variadic: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly type: Type;
}

export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly embedded: boolean;
}

export interface Method {
  readonly name: string;
  readonly type: FunctionType;
}

export const unknown: Type = { kind: 'unknown' };

/** The universe type `error`. */
export const errorType: Type = { kind: 'named', pkg: '', name: 'error', args: [] };

/** A declared type; `pkg` is its import path, `''` for the universe. */
export function named(pkg: string, name: string, args: readonly Type[] = []): NamedType {
  return { kind: 'named', pkg, name, args };
}

export function basic(name: string): Type {
  return { kind: 'basic', name };
}

/** The type under one pointer, or the type itself. */
export function deref(type: Type): Type {
  return type.kind === 'pointer' ? type.elem : type;
}

/** Whether the type, behind at most one pointer, is the declared type `pkg.name`. */
export function isNamed(type: Type, pkg: string, name: string): boolean {
  const base = deref(type);
  return base.kind === 'named' && base.pkg === pkg && base.name === name;
}

/** Go syntax with full import paths, for messages and tests: `*net/http.Client`. Unknown prints as `?`. */
export function show(type: Type): string {
  switch (type.kind) {
    case 'unknown':
      return '?';
    case 'nil':
      return 'nil';
    case 'basic':
    case 'parameter':
      return type.name;
    case 'named': {
      const args = type.args.length > 0 ? `[${type.args.map(show).join(', ')}]` : '';
      return `${type.pkg ? `${type.pkg}.` : ''}${type.name}${args}`;
    }
    case 'pointer':
      return `*${show(type.elem)}`;
    case 'slice':
      return `[]${show(type.elem)}`;
    case 'array':
      return `[...]${show(type.elem)}`;
    case 'map':
      return `map[${show(type.key)}]${show(type.elem)}`;
    case 'chan':
      return `${type.direction === 'receive' ? '<-chan' : type.direction === 'send' ? 'chan<-' : 'chan'} ${show(type.elem)}`;
    case 'func':
      return `func${showSignature(type)}`;
    case 'struct':
      return `struct{${type.fields.map((f) => (f.embedded ? show(f.type) : `${f.name} ${show(f.type)}`)).join('; ')}}`;
    case 'interface':
      return `interface{${[...type.methods.map((m) => m.name + showSignature(m.type)), ...type.embeds.map(show)].join('; ')}}`;
    case 'tuple':
      return `(${type.elems.map(show).join(', ')})`;
  }
}

function showSignature(type: FunctionType): string {
  const params = type.params.map((p, i) =>
    type.variadic && i === type.params.length - 1 && p.type.kind === 'slice'
      ? `...${show(p.type.elem)}`
      : show(p.type),
  );
  const results = type.results.map((r) => show(r.type));
  const tail = results.length > 1 ? ` (${results.join(', ')})` : results.length === 1 ? ` ${results[0]}` : '';
  return `(${params.join(', ')})${tail}`;
}
