// What the new parameter of a function is called.

import { isContext } from '../../model/calls.ts';
import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import { child, contains, type Node, nodesOf, textOf } from '../../syntax/node.ts';
import { isBlank } from '../../syntax/roles.ts';
import type { FreshRoot } from './fresh-roots.ts';

export interface NamedParameter {
  readonly name: string;
  /** Declarations of variables that the parameter takes the place of. */
  readonly replaced: readonly FreshRoot[];
}

/** What is written into a function that gets a parameter. */
export interface Written {
  /** Where the name of the parameter is written. */
  readonly places: readonly Node[];
  /** The root contexts that it takes the place of. */
  readonly meant: readonly FreshRoot[];
  /** All that the function has. */
  readonly roots: readonly FreshRoot[];
}

/** The first of some names that captures nothing and is not captured where it is written; undefined if there is none. */
export function parameterName(
  code: Code,
  fn: Node,
  names: readonly string[],
  written: Written,
): NamedParameter | undefined {
  for (const name of names) {
    const replaced = written.roots.filter((root) => givesWay(code, root, name, written));
    if (isFree(code, fn, name, written, replaced)) return { name, replaced };
  }
  return undefined;
}

/** `ctx := context.Background()`, of which the rest of the function can use the parameter of that name. */
function givesWay(code: Code, root: FreshRoot, name: string, { places, meant }: Written): boolean {
  if (root.variable?.name !== name) return false;
  const declared = code.bindingOf(root.variable.declaredAt);
  return meant.includes(root) || places.some((place) => code.lookup(name, place) === declared);
}

function isFree(
  code: Code,
  fn: Node,
  name: string,
  { places, meant }: Written,
  replaced: readonly FreshRoot[],
): boolean {
  const gone = new Set(replaced.map((root) => root.variable && code.bindingOf(root.variable.declaredAt)));
  const mayStay = (binding: Binding): boolean =>
    gone.has(binding) || (isContext(code.typeOfBinding(binding)) && isMadeOfOne(binding, meant));
  const body = child(fn, 'body');
  const uses = nodesOf(fn.tree, 'identifier', 'type_identifier', 'package_identifier').filter(
    (node) => textOf(node) === name && contains(fn, node),
  );
  const canBeHidden = uses.every((use) => {
    const binding = code.bindingOf(use);
    if (!binding || gone.has(binding)) return true;
    const at = binding.declaredAt;
    if (!at || !contains(fn, at) || !body || !contains(body, at)) return false;
    return !isInScopeOf(at, body) || (mayStay(binding) && declaresMore(code, at));
  });
  return (
    canBeHidden &&
    places.every((place) => {
      const binding = code.lookup(name, place);
      const isOwn = binding?.declaredAt !== undefined && contains(fn, binding.declaredAt);
      return !binding || !isOwn || mayStay(binding);
    })
  );
}

/** Whether a variable is made from a root that the parameter takes the place of, as by `context.WithTimeout`. */
function isMadeOfOne({ declaredAt }: Binding, meant: readonly FreshRoot[]): boolean {
  const statement = declaredAt?.parent?.parent;
  const value = statement && child(statement, 'right');
  return value !== undefined && meant.some(({ call }) => contains(value, call));
}

/** Whether an identifier is declared in the same scope as the parameters. */
function isInScopeOf(declaredAt: Node, body: Node): boolean {
  const statement =
    declaredAt.parent?.kind === 'expression_list' ? declaredAt.parent.parent : declaredAt.parent;
  let at = statement;
  while (at?.kind === 'var_spec' || at?.kind === 'var_spec_list' || at?.kind === 'var_declaration')
    at = at.parent;
  if (statement?.kind === 'short_var_declaration') at = statement.parent;
  return at?.kind === 'statement_list' && at.parent === body;
}

/** Whether a `:=` has another new variable, so that it can assign to this one. */
function declaresMore(code: Code, declaredAt: Node): boolean {
  const list = declaredAt.parent;
  if (list?.parent?.kind !== 'short_var_declaration') return false;
  return list.children.some(
    (other) => other !== declaredAt && !isBlank(other) && code.bindingOf(other)?.declaredAt === other,
  );
}
