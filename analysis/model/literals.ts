// The types of composite literals, those included that leave their type out ("Composite literals" in the Go
// specification).

import { child, closest, type Node } from '../syntax/node.ts';
import { type Place, typeOfNode, underlying } from './resolve.ts';
import { deref, type Type, unknown } from './types.ts';

/**
 * The type of the composite literal whose braces the `literal_value` is. One that stands for a pointer to its type
 * (`[]*T{{…}}`) has the type that the pointer points to.
 */
export function typeOfLiteral(literal: Node, place: Place): Type {
  const { parent } = literal;
  if (parent?.kind !== 'composite_literal') return deref(elidedType(literal, place));
  const type = child(parent, 'type');
  return type ? typeOfNode(type, place) : unknown;
}

/** The type of a literal that leaves its type out, as an element or key of another: for `[]*T{{…}}`, `*T`. */
export function elidedType(literal: Node, place: Place): Type {
  const { parent } = literal;
  const outer = closest(parent, 'literal_value');
  if (parent?.kind !== 'literal_element' || !outer) return unknown;
  const container = underlying(typeOfLiteral(outer, place), place.world);
  switch (container.kind) {
    case 'map':
      return parent.field === 'key' ? container.key : container.elem;
    case 'slice':
    case 'array':
      return container.elem;
    default:
      return unknown;
  }
}
