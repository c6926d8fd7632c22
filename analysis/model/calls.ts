// What a call calls, and what it yields.

import { isExported } from '../syntax/names.ts';
import { argumentsOf, calledOf, child, type Node, textOf, unparen } from '../syntax/node.ts';
import type { Declaration, SourceFile } from '../syntax/source-file.ts';
import { type Evidence, instantiate } from './infer.ts';
import { type Member, memberOf } from './members.ts';
import type { Entity } from './package-index.ts';
import { parametersOfFunction, signatureOf, typeOfNode, underlying } from './resolve.ts';
import { defaulted } from './substitute.ts';
import { elementType, type Typer, typeOfEntity } from './typer.ts';
import { basic, deref, type FunctionType, isNamed, type Type, unknown } from './types.ts';

/** What a call calls. */
export interface Callee {
  /**
   * `net/http.Get` for a function, `net/http.Client.Do` for a method (through a pointer or not, and by the type
   * that declares it, so a promoted method has one name, if other packages can name that type), `builtin.close`. A function of the analysed package
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

/** What a call calls; undefined for conversions, function values and whatever is not resolved. */
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
  const type = typer.typeOf(operand);
  const member = memberOf(type, textOf(field), typer.place.world);
  const owner = member && ownerOf(member, type, typer.place.index.importPath);
  if (member?.kind !== 'method' || owner === undefined) return undefined;
  return callee(`${owner}.${member.name}`, member.type, operand, member.entity);
}

/**
 * The type that a method belongs to, for code of a package. One that an exported type has from an unexported type of
 * its package is its own to importers, and the only name they have for it.
 */
function ownerOf(member: Member, receiver: Type, importPath: string): string | undefined {
  const { owner } = member;
  const at = owner?.lastIndexOf('.') ?? -1;
  const pkg = owner?.slice(0, Math.max(at, 0)) ?? '';
  if (owner === undefined || pkg === '' || pkg === importPath || isExported(owner.slice(at + 1)))
    return owner;
  const way = [receiver, ...member.through.map((field) => field.type)].map(deref);
  const seen = way.findLast((t) => t.kind === 'named' && t.pkg === pkg && isExported(t.name));
  return seen?.kind === 'named' ? `${pkg}.${seen.name}` : owner;
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

/** Whether what the grammar reads as a conversion is a call: of a generic function, or of an element of a table. */
export function isCall(conversion: Node, typer: Typer): boolean {
  if (child(conversion, 'type')?.kind !== 'generic_type') return false;
  if (typer.calleeOf(conversion)) return true;
  const fn = functionOf(conversion, typer);
  return fn !== undefined && signatureOfCall(conversion, fn, typer) !== undefined;
}

/** The called expression, without parentheses and type arguments. */
function functionOf(call: Node, typer: Typer): Node | undefined {
  const fn = calledOf(call);
  if (!fn) return undefined;
  return calledName(unparen(fn), typer);
}

function calledName(fn: Node, typer: Typer): Node {
  if (fn.kind === 'type_instantiation_expression' || fn.kind === 'generic_type')
    return child(fn, 'type') ?? fn.children[0] ?? fn;
  return instantiated(fn, typer)?.fn ?? fn;
}

/** `f[T]`, which the grammar reads as an index, for a generic function f. */
function instantiated(node: Node, typer: Typer): { readonly fn: Node; readonly arg: Node } | undefined {
  const fn = node.kind === 'index_expression' ? child(node, 'operand') : undefined;
  const arg = child(node, 'index');
  return fn && arg && typer.objectOf(fn)?.entity?.kind === 'function' ? { fn, arg } : undefined;
}

function explicitTypes(call: Node, typer: Typer): readonly Type[] {
  const fn = calledOf(call);
  const list = child(call, 'type_arguments');
  if (list) return list.children.map((t) => typeOfNode(t, typer.place));
  return fn ? writtenArguments(unparen(fn), typer) : [];
}

/** The type arguments of `f[T]` and `f[K, V]`. */
function writtenArguments(fn: Node, typer: Typer): readonly Type[] {
  const single = instantiated(fn, typer);
  if (single) return [typeOfNode(single.arg, typer.place)];
  const list =
    child(fn, 'type_arguments')?.children ??
    (fn.kind === 'type_instantiation_expression' ? fn.children.filter((c) => c.field !== 'type') : []);
  return list.map((t) => typeOfNode(t, typer.place));
}

function signatureOfCall(call: Node, fn: Node, typer: Typer): FunctionType | undefined {
  if (child(call, 'type')?.kind === 'generic_type' && typer.objectOf(fn)?.entity?.kind !== 'function') {
    // `table[key](x)`, which the grammar reads as a conversion to a generic type.
    const element = underlying(elementType(fn, typer), typer.place.world);
    return element.kind === 'func' ? element : undefined;
  }
  const args = argumentsOf(call);
  const spread = args.at(-1)?.kind === 'variadic_argument';
  const values = args.map((a) => (a.kind === 'variadic_argument' ? (a.children[0] ?? a) : a));
  return signatureAt(fn, typer, () => ({
    explicit: explicitTypes(call, typer),
    args: values.map((a) => typer.typeOf(a)),
    spread,
  }));
}

/** The type of a function that is named and not called: `f`, `f[T]`. Undefined if it names no function. */
export function functionValue(node: Node, typer: Typer): Type | undefined {
  const fn = calledName(node, typer);
  if (typer.objectOf(fn)?.entity?.kind !== 'function') return undefined;
  return signatureAt(fn, typer, () => ({ explicit: writtenArguments(node, typer), args: [], spread: false }));
}

/** The signature of a function-valued expression; that of a generic function for what a call shows. */
function signatureAt(fn: Node, typer: Typer, evidence: () => Evidence): FunctionType | undefined {
  const { world } = typer.place;
  const entity = typer.objectOf(fn)?.entity;
  if (entity?.kind === 'function') {
    const signature = typeOfEntity(entity, world);
    if (signature.kind !== 'func') return undefined;
    const parameters = parametersOfFunction(entity, world);
    return parameters.length > 0 ? instantiate(signature, parameters, evidence(), world) : signature;
  }
  const type =
    fn.kind === 'func_literal' ? signatureOf(fn, typer.place) : underlying(typer.typeOf(fn), world);
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
    case 'parenthesized_type':
      return fn.children[0] !== undefined && isTypeExpression(fn.children[0], typer);
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
  const called = calledOf(call);
  let fn = called && unparen(called);
  if (fn?.kind === 'type_instantiation_expression' || fn?.kind === 'generic_type') fn = fn.children[0];
  const name = fn?.kind === 'selector_expression' ? child(fn, 'field') : fn;
  return name ? textOf(name) : '';
}
