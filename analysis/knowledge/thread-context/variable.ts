// The variable that a function literal is the only value of.

import type { Located } from '../../callgraph/search.ts';
import type { Code } from '../../model/code.ts';
import { child, childrenIn, enclosingFunction, type Node, nodesOf, textOf } from '../../syntax/node.ts';
import { targetOf } from '../../syntax/roles.ts';
import { declarationOf } from '../../syntax/source-file.ts';

export interface FunctionVariable {
  readonly name: string;
  readonly isOfPackage: boolean;
  /** The identifier that declares it. */
  readonly declaredAt: Node;
  /** The identifier in `walk = func() { … }`, if the variable is declared on its own, so that it can call itself. */
  readonly assignedAt: Node | undefined;
  /** The `function_type` that is written out for it. */
  readonly type: Node | undefined;
  /** All places where it stands, in the order of files and source. */
  readonly uses: readonly Located[];
}

/** The variable that is declared with a literal, or declared with a function type and then given the literal. */
export function variableOf(code: Code, literal: Node): FunctionVariable | undefined {
  const target = literal.kind === 'func_literal' ? targetOf(literal, 0) : undefined;
  if (target?.kind !== 'identifier') return undefined;
  const isAssigned = target.parent?.parent?.kind === 'assignment_statement';
  const binding = code.bindingOf(target);
  if (!binding) return undefined;
  const declaredAt = binding.declaredAt ?? (isAssigned ? undefined : target);
  if (!declaredAt || (!isAssigned && declaredAt !== target)) return undefined;
  const spec = declaredAt.parent?.kind === 'var_spec' ? declaredAt.parent : undefined;
  const type = spec && child(spec, 'type');
  if (spec && type && (type.kind !== 'function_type' || childrenIn(spec, 'name').length > 1))
    return undefined;
  // What had another value before has one that takes no context.
  if (isAssigned && (!type || (spec && child(spec, 'value')))) return undefined;
  const isOfPackage = !enclosingFunction(declaredAt);
  const uses = isOfPackage
    ? usesInPackage(code, target)
    : code.usesOf(binding).map((node): Located => ({ code, node }));
  return {
    name: textOf(target),
    isOfPackage,
    declaredAt,
    assignedAt: isAssigned ? target : undefined,
    type,
    uses,
  };
}

function usesInPackage(code: Code, declaredAt: Node): readonly Located[] {
  const name = textOf(declaredAt);
  const own = declarationOf(declaredAt);
  return code.packageCode(name).flatMap((other) =>
    nodesOf(other.root.tree, 'identifier')
      .filter((use) => textOf(use) === name)
      .filter((use) => use === declaredAt || other.entityOf(use)?.declaration === own)
      .map((node): Located => ({ code: other, node })),
  );
}
