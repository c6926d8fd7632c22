// What a call can reach: through names, methods, interfaces of the package and function values.

import type { Code } from '../model/code.ts';
import { argumentsOf, child, type Node, unparen } from '../syntax/node.ts';
import { newSearch, type Search, within } from './search.ts';
import { type Source, sourcesOf } from './sources.ts';

/** What a call can reach. */
export interface Targets {
  /** Functions with a body in this package: declarations and literals. */
  readonly functions: readonly Source[];
  /** Functions of other packages, as `net/http.Get`. */
  readonly outside: readonly string[];
  /**
   * Whether that is all. One function and nothing else is an edge to rely on; several are alternatives; of an
   * incomplete set, each is only likely.
   */
  readonly complete: boolean;
}

/** The targets of what calls no function. */
export const noTargets: Targets = { functions: [], outside: [], complete: true };

/** What a call can reach, in a search of its own or as a part of one. */
export function reachedBy(code: Code, call: Node, search: Search = newSearch()): Targets {
  if (isConversion(code, call)) return noTargets;
  const callee = code.calleeOf(call);
  if (callee?.name.startsWith('builtin.')) return noTargets;
  const body = callee && code.bodyOf(callee);
  if (body) {
    const receiver = callee.receiver && { code, node: callee.receiver };
    return { functions: [{ code: body, node: body.root, receiver }], outside: [], complete: true };
  }
  if (callee && (!callee.receiver || callee.declaration))
    return { functions: [], outside: [callee.name], complete: true };
  const fn = child(call, 'function');
  return fn ? valueTargets(code, unparen(fn), callee?.name, search) : { ...noTargets, complete: false };
}

function valueTargets(code: Code, fn: Node, name: string | undefined, search: Search): Targets {
  const { values, outside, complete } = sourcesOf(code, fn, within(search));
  const functions = values.filter(isFunctionSource);
  // The method of an interface that is declared elsewhere.
  const named = functions.length === 0 && outside.length === 0 && name ? [name] : outside;
  return { functions, outside: named, complete: complete && functions.length === values.length };
}

/** Whether a source is a function and no other value. */
export function isFunctionSource({ node }: Source): boolean {
  return /^(?:func_literal|function_declaration|method_declaration)$/.test(node.kind);
}

/** Whether a call is a conversion: `http.HandlerFunc(f)`, `string(b)`, `(<-chan int)(c)`. */
export function isConversion(code: Code, call: Node): boolean {
  if (call.kind === 'type_conversion_expression') return !isInstance(code, call);
  const fn = child(call, 'function');
  const named = fn && unparen(fn);
  if (!named) return false;
  return (
    named.kind.endsWith('_type') ||
    code.entityOf(named)?.kind === 'type' ||
    (named.kind === 'identifier' && code.bindingOf(named)?.kind === 'type')
  );
}

/** The arguments of a call, also of one that the grammar reads as a conversion. */
export function argumentsOfCall(call: Node): readonly Node[] {
  const operand = call.kind === 'type_conversion_expression' ? child(call, 'operand') : undefined;
  return operand ? [operand] : argumentsOf(call);
}

/** `f[*T](x)` and `table[i](x)`, which the grammar reads as conversions to a generic type. */
function isInstance(code: Code, conversion: Node): boolean {
  const type = child(conversion, 'type');
  const named = type?.kind === 'generic_type' && child(type, 'type');
  if (!named) return false;
  return code.calleeOf(conversion) !== undefined || code.bindingOf(named)?.kind === 'variable';
}
