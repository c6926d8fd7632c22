// The contexts that a function is given by its parameters.

import { isContext } from '../../model/calls.ts';
import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import { isNamed, type Type } from '../../model/types.ts';
import { child, childrenIn, type Node, textOf } from '../../syntax/node.ts';
import { isBlank } from '../../syntax/roles.ts';

export type GivenContext = (
  | { readonly kind: 'named'; readonly text: string }
  /** It has no name that it can be used by. */
  | { readonly kind: 'unnamed'; readonly parameter: Node }
  /** Something else has its name. */
  | { readonly kind: 'hidden'; readonly parameter: Node }
) & {
  /** What makes a context of the parameter: `''` or `.Context()`. */
  readonly suffix: string;
  readonly isOfRequest: boolean;
};

interface Candidate {
  readonly parameter: Node;
  readonly type: Type;
  readonly suffix: string;
}

/** What code at `at`, in a function, can use of the contexts that the function's parameters are or have. */
export function givenContext(code: Code, fn: Node, at: Node): GivenContext | undefined {
  const parameters = (child(fn, 'parameters')?.children ?? []).filter(
    (p) => p.kind === 'parameter_declaration',
  );
  const candidates = parameters.flatMap((parameter): Candidate[] => {
    const node = child(parameter, 'type');
    const type = node && code.typeOfTypeNode(node);
    if (!type) return [];
    if (isLikeContext(code, type)) return [{ parameter, type, suffix: '' }];
    return hasContext(code, type) ? [{ parameter, type, suffix: '.Context()' }] : [];
  });
  const candidate = candidates.find(({ suffix }) => suffix === '') ?? candidates[0];
  return candidate && usableAt(code, candidate, at);
}

function usableAt(code: Code, { parameter, type, suffix }: Candidate, at: Node): GivenContext {
  const facts = { suffix, isOfRequest: isNamed(type, 'net/http', 'Request') };
  const name = childrenIn(parameter, 'name').find((n) => !isBlank(n));
  if (!name) return { kind: 'unnamed', parameter, ...facts };
  const declared = code.bindingOf(name);
  const binding = code.lookup(textOf(name), at);
  const isUsable = binding === declared || (suffix === '' && binding !== undefined && isOfIt(code, binding));
  return isUsable
    ? { kind: 'named', text: `${textOf(name)}${suffix}`, ...facts }
    : { kind: 'hidden', parameter, ...facts };
}

/** Whether a variable that has taken a context's name is a context, made of that one if its type is not visible. */
function isOfIt(code: Code, binding: Binding): boolean {
  const type = code.typeOfBinding(binding);
  if (type.kind !== 'unknown') return isLikeContext(code, type);
  const statement = binding.declaredAt?.parent?.parent;
  const right = statement?.kind === 'short_var_declaration' ? child(statement, 'right') : undefined;
  return right !== undefined && new RegExp(`\\b${binding.name}\\b`).test(textOf(right));
}

/** `context.Context`, or an interface with all of its methods. */
function isLikeContext(code: Code, type: Type): boolean {
  if (isContext(type)) return true;
  if (type.kind !== 'named' || code.underlyingOf(type).kind !== 'interface') return false;
  return ['Deadline', 'Done', 'Err', 'Value'].every(
    (name) => code.memberOfType(type, name)?.kind === 'method',
  );
}

/** Whether values of the type have a context: a method `Context() context.Context`, as a request has. */
function hasContext(code: Code, type: Type): boolean {
  const member = code.memberOfType(type, 'Context');
  if (member?.kind !== 'method' || member.type.params.length > 0) return false;
  const [result] = member.type.results;
  if (member.type.results.length !== 1 || !result || !isContext(result.type)) return false;
  return !/^testing\./.test(member.owner ?? '') || code.goAtLeast('1.24');
}
