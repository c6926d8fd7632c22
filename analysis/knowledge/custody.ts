// What becomes of a resource at one place where it stands: does the code there release it, leave it as it was, or
// pass it on to where it can no longer be followed? See obligation.ts for what this is for.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { child, enclosingFunction, isFunction, type Node, operatorOf } from '../syntax/node.ts';
import { isAddressTaken, isBlank, isTarget, targetOf } from '../syntax/roles.ts';

/** What it means for a duty that the resource stands at some place. */
export type Meaning =
  /** The duty is done on every path that comes by here: the release itself, or its `defer`. */
  | 'release'
  /** The duty stays where it is: a comparison, a read of a field, a method that changes nothing about it. */
  | 'keep'
  /** Something else has the duty now, or may have it. */
  | 'hand-over'
  /** The duty lives on in this larger expression around the place: `resp.Body` around `resp`. */
  | { readonly part: Node };

/** What a rule knows of its resource. Everything that it leaves `undefined` is decided by `fateOf`. */
export type Meanings = (expression: Node, code: Code) => Meaning | undefined;

/** What becomes of the resource at one place. */
export type Fate =
  | { readonly kind: 'release' | 'keep' | 'hand-over' }
  /** The variable that held it gets another value. */
  | { readonly kind: 'overwrite' }
  /** A second variable holds it as well, from here on. */
  | { readonly kind: 'alias'; readonly binding: Binding; readonly at: Node }
  /** It is an argument of this call. */
  | { readonly kind: 'argument'; readonly call: Node; readonly index: number };

const keep: Fate = { kind: 'keep' };
const handOver: Fate = { kind: 'hand-over' };

/**
 * The fate of the resource that `expression` (the acquiring call, or an identifier that stands for it) denotes.
 * What is not understood is a `hand-over`.
 */
export function fateOf(expression: Node, code: Code, meanings: Meanings): Fate {
  let at = expression;
  for (;;) {
    while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
    const meaning = meanings(at, code);
    if (meaning === undefined) return at === expression || !isTarget(at) ? fateByShape(at, code) : handOver;
    if (typeof meaning === 'string') return { kind: meaning };
    at = meaning.part;
  }
}

function fateByShape(at: Node, code: Code): Fate {
  const { parent } = at;
  switch (parent?.kind) {
    case 'expression_statement':
      return keep;
    case 'binary_expression':
      return ['==', '!='].includes(operatorOf(parent)) ? keep : handOver;
    case 'argument_list':
      return fateOfArgument(at, parent);
    case 'expression_list':
      if (isTarget(at)) return { kind: 'overwrite' };
      return fateOfValue(at, 0, code);
    default:
      return handOver;
  }
}

function fateOfArgument(at: Node, list: Node): Fate {
  const call = list.parent;
  if (call?.kind !== 'call_expression') return handOver;
  return { kind: 'argument', call, index: list.children.indexOf(at) };
}

function fateOfValue(at: Node, result: number, code: Code): Fate {
  const target = targetOf(at, result);
  if (!target) return handOver;
  if (isBlank(target)) return keep;
  const binding = target.kind === 'identifier' ? code.bindingOf(target) : undefined;
  if (binding?.scope !== 'local' || !isAssignedOnce(binding, code)) return handOver;
  return { kind: 'alias', binding, at: target };
}

/** Whether a local variable has one value for all its life, apart from the zero value. */
function isAssignedOnce(binding: Binding, code: Code): boolean {
  const writes = code
    .usesOf(binding)
    .filter((use) => isTarget(use) || isInitialised(use) || isAddressTaken(use));
  return writes.length === 1;
}

function isInitialised(use: Node): boolean {
  return use.parent?.kind === 'var_spec' && use.field === 'name' && child(use.parent, 'value') !== undefined;
}

/** Whether a variable is a named result of the function. */
export function isResultOf(binding: Binding, fn: Node): boolean {
  const list = binding.declaredAt?.parent?.parent;
  return list?.kind === 'parameter_list' && list.field === 'result' && list.parent === fn;
}

/** The function that declares a local variable or parameter. */
export function ownerOf(binding: Binding): Node | undefined {
  const at = binding.declaredAt;
  return at && (isFunction(at) ? at : enclosingFunction(at));
}
