// The type parameters of a declaration, as they are written.

import { child, childrenIn, type Node, textOf } from '../syntax/node.ts';

/** The names of the type parameters of a type spec or function, for a method those of its receiver. */
export function typeParameterNames(node: Node): readonly string[] {
  const list = child(node, 'type_parameters');
  if (list) return list.children.flatMap((p) => childrenIn(p, 'name').map(textOf));
  let receiver = child(node, 'receiver')?.children[0];
  receiver = receiver && child(receiver, 'type');
  if (receiver?.kind === 'pointer_type') receiver = receiver.children[0];
  const args = receiver?.kind === 'generic_type' ? child(receiver, 'type_arguments') : undefined;
  return args ? args.children.map(textOf) : [];
}

/** The constraint of each type parameter of a type spec or function. Those of a method stand with its type. */
export function constraintNodes(node: Node): ReadonlyMap<string, Node> {
  const constraints = new Map<string, Node>();
  for (const declaration of child(node, 'type_parameters')?.children ?? []) {
    const constraint = child(declaration, 'type');
    for (const name of constraint ? childrenIn(declaration, 'name') : [])
      constraints.set(textOf(name), constraint as Node);
  }
  return constraints;
}
