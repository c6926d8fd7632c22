// The context in a struct that says how long its object lives.

import { isContext } from '../../model/calls.ts';
import type { Code } from '../../model/code.ts';
import { readFile } from '../../model/reads.ts';
import { child, childrenIn, contains, type Node, nodesOf, textOf } from '../../syntax/node.ts';
import { isBlank, isTarget } from '../../syntax/roles.ts';
import { commentsAbove, commentsBehind } from '../comments.ts';
import { receiverType } from './names.ts';

const speaksOfLife =
  /\b(?:life(?:time|cycle|span)?|lives|alive|until|shut(?:s|ting)?[ -]?down|(?:stopp|clos|cancell?|end)ed|(?:stop|close|cancel|end)s)\b/i;

/**
 * `s.ctx`, if that is a field of a method's receiver and its comment says that it lasts as long as the object. Contexts
 * in structs are for many things: without such a comment, nobody can tell. What sets the field, as `called` may, comes
 * before it.
 */
export function lifetimeField(code: Code, method: Node, at: Node, called: Node): string | undefined {
  const parameter = child(method, 'receiver')?.children[0];
  const receiver = parameter && childrenIn(parameter, 'name').find((name) => !isBlank(name));
  const binding = receiver && code.bindingOf(receiver);
  if (!binding || code.lookup(binding.name, at) !== binding) return undefined;
  const type = receiverType(method);
  const entity = type && code.entityOf(type);
  if (!entity) return undefined;
  const struct = child(entity.node, 'type');
  if (struct?.kind !== 'struct_type') return undefined;
  readFile(entity.file);
  const fields = struct.children
    .flatMap((list) => list.children)
    .filter((f) => f.kind === 'field_declaration');
  const field = fields.find((f) => {
    const name = child(f, 'name');
    const member = name && code.memberOfType(code.typeOfBinding(binding), textOf(name));
    const isOne = member?.kind === 'field' && isContext(member.type) && !sets(called, member.name);
    return (
      isOne && [...commentsAbove(entity, f), ...commentsBehind(entity, f)].some((c) => speaksOfLife.test(c))
    );
  });
  const name = field && child(field, 'name');
  return name && `${binding.name}.${textOf(name)}`;
}

/** Whether a function assigns to a field of that name. */
function sets(fn: Node, name: string): boolean {
  return nodesOf(fn.tree, 'selector_expression').some((selector) => {
    const field = child(selector, 'field');
    return field !== undefined && textOf(field) === name && isTarget(selector) && contains(fn, selector);
  });
}
