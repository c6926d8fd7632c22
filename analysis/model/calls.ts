// What a call calls, and what it yields.

import { argumentsOf, child, childOfKind, type Node, textOf, unparen } from '../syntax/node.ts';
import type { Declaration, SourceFile } from '../syntax/source-file.ts';
import { defaulted, instantiate } from './infer.ts';
import { memberOf } from './members.ts';
import type { Entity } from './package-index.ts';
import { signatureOf, typeOfNode, typeParameterNames, underlying } from './resolve.ts';
import { type Typer, typeOfEntity } from './typer.ts';
import { basic, type FunctionType, isNamed, type Type, unknown } from './types.ts';

/** What a call calls. */
export interface Callee {
  /**
   * `net/http.Get` for a function, `net/http.Client.Do` for a method (through a pointer or not, and by the type
   * that declares it, so a promoted method has one name), `builtin.close`. A function of the analysed package
   * carries that package's import path; one of a package that is not visible, the path and name it is called by.
   */
  readonly name: string;
  /** With type arguments put in; undefined for built-in functions and for packages that are not visible. */
  readonly signature: FunctionType | undefined;
  /** The operand that a method is called on. */
  readonly receiver: Node | undefined;
  /** Where it is declared, in the analysed package or in the library (there without a body). */
  readonly declaration: { readonly file: SourceFile; readonly declaration: Declaration } | undefined;
}

/** What a `call_expression` calls; undefined for conversions, function values and whatever is not resolved. */
export function calleeOf(call: Node, typer: Typer): Callee | undefined {
  const fn = functionOf(call, typer);
  if (!fn) return undefined;
  if (fn.kind === 'identifier') {
    const binding = typer.bindingOf(fn);
    if (binding?.kind === 'builtin')
      return {
        name: `builtin.${binding.name}`,
        signature: undefined,
        receiver: undefined,
        declaration: undefined,
      };
  }
  const object = typer.objectOf(fn);
  if (object) {
    if (!object.entity) {
      const isVisible = typer.place.world.packageAt(object.importPath) !== undefined;
      return isVisible
        ? undefined
        : callee(`${object.importPath}.${object.name}`, undefined, undefined, undefined);
    }
    if (object.entity.kind !== 'function') return undefined;
    return callee(
      `${object.importPath}.${object.name}`,
      signatureOfCall(call, fn, typer),
      undefined,
      object.entity,
    );
  }
  if (fn.kind !== 'selector_expression') return undefined;
  const operand = child(fn, 'operand');
  const field = child(fn, 'field');
  if (!operand || !field) return undefined;
  const member = memberOf(typer.typeOf(operand), textOf(field), typer.place.world);
  if (member?.kind !== 'method' || member.owner === undefined) return undefined;
  return callee(`${member.owner}.${member.name}`, member.type, operand, member.entity);
}

function callee(
  name: string,
  signature: FunctionType | undefined,
  receiver: Node | undefined,
  entity: Entity | undefined,
): Callee {
  return {
    name,
    signature,
    receiver,
    declaration: entity && { file: entity.file, declaration: entity.declaration },
  };
}

/** The called expression, without parentheses and type arguments. */
function functionOf(call: Node, typer: Typer): Node | undefined {
  const fn = child(call, 'function') ?? child(call, 'type');
  if (!fn) return undefined;
  const bare = unparen(fn);
  if (bare.kind === 'type_instantiation_expression' || bare.kind === 'generic_type')
    return child(bare, 'type') ?? bare.children[0];
  return instantiated(bare, typer)?.fn ?? bare;
}

/** `f[T]`, which the grammar reads as an index, for a generic function f. */
function instantiated(node: Node, typer: Typer): { readonly fn: Node; readonly arg: Node } | undefined {
  const fn = node.kind === 'index_expression' ? child(node, 'operand') : undefined;
  const arg = child(node, 'index');
  return fn && arg && typer.objectOf(fn)?.entity?.kind === 'function' ? { fn, arg } : undefined;
}

function explicitTypes(call: Node, typer: Typer): readonly Type[] {
  const fn = child(call, 'function') ?? child(call, 'type');
  const single = fn && instantiated(unparen(fn), typer);
  if (single) return [typeOfNode(single.arg, typer.place)];
  const list =
    child(call, 'type_arguments') ??
    (fn && (child(fn, 'type_arguments') ?? childOfKind(fn, 'type_arguments')));
  return (list?.children ?? []).map((t) => typeOfNode(t, typer.place));
}

function signatureOfCall(call: Node, fn: Node, typer: Typer): FunctionType | undefined {
  const args =
    call.kind === 'type_conversion_expression'
      ? [child(call, 'operand')].filter((a) => a !== undefined)
      : argumentsOf(call);
  return signatureAt(fn, typer, args, explicitTypes(call, typer));
}

/** The signature of a function-valued expression for given arguments; generic functions are instantiated. */
export function signatureAt(
  fn: Node,
  typer: Typer,
  args: readonly Node[],
  explicit: readonly Type[] = [],
): FunctionType | undefined {
  const object = typer.objectOf(fn);
  if (object?.entity?.kind === 'function') {
    const signature = typeOfEntity(object.entity, typer.place.world);
    if (signature.kind !== 'func') return undefined;
    const names = typeParameterNames(object.entity.node);
    return instantiate(signature, names, explicit, names.length > 0 ? args.map((a) => typer.typeOf(a)) : []);
  }
  const type =
    fn.kind === 'func_literal'
      ? signatureOf(fn, typer.place)
      : underlying(typer.typeOf(fn), typer.place.world);
  return type.kind === 'func' ? type : undefined;
}

/** The type of a call or conversion: the only result, a tuple of several, `unknown` if there is none. */
export function resultOf(call: Node, typer: Typer): Type {
  const fn = functionOf(call, typer);
  if (!fn) return unknown;
  if (fn.kind === 'identifier') {
    const binding = typer.bindingOf(fn);
    if (binding?.kind === 'builtin') return builtinResult(binding.name, call, typer);
    if (binding?.kind === 'type') return typeOfNode(child(call, 'type') ?? fn, typer.place);
  }
  if (isTypeExpression(fn, typer)) return typeOfNode(child(call, 'type') ?? fn, typer.place);
  const signature = signatureOfCall(call, fn, typer);
  if (!signature) return unknown;
  const [first] = signature.results;
  return signature.results.length === 1 && first
    ? first.type
    : { kind: 'tuple', elems: signature.results.map((r) => r.type) };
}

function isTypeExpression(fn: Node, typer: Typer): boolean {
  switch (fn.kind) {
    case 'slice_type':
    case 'map_type':
    case 'array_type':
    case 'channel_type':
    case 'function_type':
    case 'interface_type':
    case 'struct_type':
    case 'pointer_type':
      return true;
    case 'identifier':
    case 'type_identifier':
    case 'qualified_type':
    case 'selector_expression':
      if (fn.kind === 'type_identifier' && typer.bindingOf(fn)?.kind === 'type') return true;
      return typer.objectOf(fn)?.entity?.kind === 'type';
    case 'unary_expression': {
      const operand = child(fn, 'operand');
      return operand !== undefined && textOf(fn).startsWith('*') && isTypeExpression(unparen(operand), typer);
    }
    default:
      return false;
  }
}

function builtinResult(name: string, call: Node, typer: Typer): Type {
  const [first, second] = argumentsOf(call);
  switch (name) {
    case 'make':
      return first ? typeOfNode(first, typer.place) : unknown;
    case 'new': {
      if (!first) return unknown;
      const type = typeOfNode(first, typer.place);
      // Go 1.26 lets `new` take an expression.
      return { kind: 'pointer', elem: type.kind === 'unknown' ? defaulted(typer.typeOf(first)) : type };
    }
    case 'append':
      return first ? typer.typeOf(first) : unknown;
    case 'len':
    case 'cap':
    case 'copy':
      return basic('int');
    case 'min':
    case 'max': {
      const type = first ? typer.typeOf(first) : unknown;
      const isUntyped = type.kind === 'basic' && type.name.startsWith('untyped ');
      return isUntyped && second ? typer.typeOf(second) : type;
    }
    case 'recover':
      return { kind: 'interface', methods: [], embeds: [] };
    default:
      return unknown;
  }
}

/** Whether a type is `context.Context`. */
export function isContext(type: Type): boolean {
  return type.kind === 'named' && isNamed(type, 'context', 'Context');
}

/** The last name in what is called, as it is written: `Do` of `c.http.Do(req)`, whatever that resolves to. */
export function writtenName(call: Node): string {
  const called = child(call, 'function') ?? child(call, 'type');
  let fn = called && unparen(called);
  if (fn?.kind === 'type_instantiation_expression' || fn?.kind === 'generic_type') fn = fn.children[0];
  const name = fn?.kind === 'selector_expression' ? child(fn, 'field') : fn;
  return name ? textOf(name) : '';
}
