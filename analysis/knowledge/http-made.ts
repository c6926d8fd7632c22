// Values of one of net/http's struct types that a declaration makes: by a literal, by `new`, or by declaring a variable.

import type { Code } from '../model/code.ts';
import { isNamed, type Type } from '../model/types.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  enclosingFunction,
  type Node,
  nodesOf,
  textOf,
} from '../syntax/node.ts';
import { type Use, usesOfValue, usesOfVariable } from './http-trace.ts';

/** A struct value and what becomes of it. */
export interface Made {
  /** The literal, the call of `new`, or the name of the variable whose zero value it is. */
  readonly at: Node;
  readonly form: 'literal' | 'new' | 'zero';
  readonly uses: readonly Use[];
}

/** Whether the type is `http.<name>` itself, not a pointer to it. */
export function isHttp(type: Type, name: string): boolean {
  return type.kind === 'named' && isNamed(type, 'net/http', name);
}

/**
 * The values of type `http.<name>` that a declaration makes, of literals those that `isWanted`, and of variables those
 * that nothing else is assigned to. `members` are those that matter if the value is embedded in a struct.
 */
export function madeIn(
  code: Code,
  name: string,
  members: readonly string[],
  isWanted: (literal: Node) => boolean,
): readonly Made[] {
  const { tree } = code.root;
  const made: Made[] = [];
  for (const at of nodesOf(tree, 'composite_literal')) {
    if (!isHttp(code.typeOf(at), name) || isPositional(at) || !isWanted(at)) continue;
    made.push({ at, form: 'literal', uses: usesOfValue(code, at, members) });
  }
  for (const at of code.calls) {
    const [type] = code.calleeName(at) === 'builtin.new' ? argumentsOf(at) : [];
    if (!type || !isHttp(code.typeOfTypeNode(type), name)) continue;
    made.push({ at, form: 'new', uses: usesOfValue(code, at, members) });
  }
  for (const spec of nodesOf(tree, 'var_spec')) {
    const type = child(spec, 'value') ? undefined : child(spec, 'type');
    if (!type || !isHttp(code.typeOfTypeNode(type), name)) continue;
    for (const at of childrenIn(spec, 'name')) {
      const uses = usesOfVariable(code, at, members);
      if (!uses.some((use) => use.kind === 'replaced')) made.push({ at, form: 'zero', uses });
    }
  }
  return made;
}

/** The value of a field in a keyed literal. */
export function fieldValue(literal: Node, field: string): Node | undefined {
  for (const element of child(literal, 'body')?.children ?? []) {
    const key = element.kind === 'keyed_element' ? child(element, 'key') : undefined;
    if (key && textOf(key) === field) return child(element, 'value')?.children[0];
  }
  return undefined;
}

/** Whether a literal has elements without keys. */
export function isPositional(literal: Node): boolean {
  return child(literal, 'body')?.children.some((element) => element.kind === 'literal_element') ?? false;
}

/** What to replace, and by what, so that a value made without a literal is made by one with a single `element`. */
export function asLiteral(
  { at, form }: Made,
  element: string,
): { readonly node: Node; readonly text: string } | undefined {
  if (form === 'new') {
    const [type] = argumentsOf(at);
    return type && { node: at, text: `&${textOf(type)}{${element}}` };
  }
  const spec = at.parent;
  const type = spec && child(spec, 'type');
  if (form !== 'zero' || !type || childrenIn(spec, 'name').length > 1) return undefined;
  const name = textOf(at);
  const isShort = spec.parent?.kind === 'var_declaration' && enclosingFunction(spec) !== undefined;
  return isShort
    ? { node: spec.parent, text: `${name} := ${textOf(type)}{${element}}` }
    : { node: spec, text: `${name} = ${textOf(type)}{${element}}` };
}
