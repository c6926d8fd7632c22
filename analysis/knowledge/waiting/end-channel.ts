// Channels that are closed to say that work is to end: `quit`, `s.done`, `s.ShouldStop()`.

import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import { deref, isNamed, type Type } from '../../model/types.ts';
import { child, contains, type Node, nodesOf, textOf } from '../../syntax/node.ts';
import { isClosedAt } from './wait-position.ts';

/** In the name of what a `select` leaves for. */
const endWord = /done|stop|quit|clos|exit|shut|term|cancel|abort|dying|dead|kill|finish/i;

/** The whole name of a channel that nothing but its name and its close tell of: `autopilotDoneCh` ends only that. */
const endName =
  /^(?:done|stop(?:ped|ping)?|quit(?:ting)?|clos(?:e|ed|er|ing)|exit(?:ed|ing)?|shut(?:ting)?_?down|term(?:inated?)?|cancel(?:l?ed)?|abort(?:ed)?|dying|dead|kill(?:ed)?|finish(?:ed)?|halt(?:ed)?)_?(?:c|ch|chan|channel|sig|signal)?$/i;

/**
 * Whether a channel that a `select` asks for in order to leave is closed to end the function `fn`, as its name, its type
 * and visible code say.
 */
export function isAskedToEnd(code: Code, channel: Node, fn: Node): boolean {
  switch (channel.kind) {
    case 'identifier': {
      const binding = code.bindingOf(channel);
      return binding !== undefined && isEndVariable(code, binding, fn, 'asked');
    }
    case 'selector_expression': {
      const [operand, field] = [child(channel, 'operand'), child(channel, 'field')];
      return !!operand && !!field && isEndField(code, code.typeOf(operand), textOf(field), fn, 'asked');
    }
    case 'call_expression': {
      const name = /(\w+)$/.exec(textOf(child(channel, 'function') ?? channel))?.[1] ?? '';
      const type = code.typeOf(channel);
      return (
        endWord.test(name) && isEmpty(code, type) && type.kind === 'chan' && type.direction === 'receive'
      );
    }
    default:
      return false;
  }
}

/**
 * Whether a variable or parameter is such a channel: closed by another function and never sent to, or one that can only
 * be received from and comes from outside.
 */
export function isEndVariable(code: Code, binding: Binding, fn: Node, asked?: 'asked'): boolean {
  const type = code.typeOfBinding(binding);
  if (!(asked ? endWord : endName).test(binding.name) || type.kind !== 'chan' || type.direction === 'send')
    return false;
  const isGiven = binding.scope === 'parameter' && isEmpty(code, type);
  if (type.direction === 'receive') return isGiven;
  const uses = code.usesOf(binding);
  const closed = uses.filter((use) => isClosedAt(code, use));
  if (uses.some(isSentTo) || closed.some((use) => contains(fn, use))) return false;
  return closed.length > 0 || (asked !== undefined && isGiven);
}

/** Likewise for a field of a struct. */
export function isEndField(code: Code, struct: Type, field: string, fn: Node, asked?: 'asked'): boolean {
  const owner = deref(struct);
  const member = code.memberOfType(owner, field);
  if (!(asked ? endWord : endName).test(field) || owner.kind !== 'named') return false;
  if (member?.type.kind !== 'chan' || member.type.direction === 'send') return false;
  const uses = code.packageCode(field).flatMap((other) =>
    nodesOf(other.root.tree, 'selector_expression').flatMap((node) => {
      const [operand, name] = [child(node, 'operand'), child(node, 'field')];
      const isIt = operand && name && textOf(name) === field;
      return isIt && isNamed(other.typeOf(operand), owner.pkg, owner.name) ? [{ other, node }] : [];
    }),
  );
  const closed = uses.filter(({ other, node }) => isClosedAt(other, node));
  // What a function itself closes does not end it, and a value that is sent ends only the one who receives it.
  if (uses.some(({ node }) => isSentTo(node)) || closed.some(({ node }) => contains(fn, node))) return false;
  return closed.length > 0;
}

function isEmpty(code: Code, type: Type): boolean {
  const elem = type.kind === 'chan' ? code.underlyingOf(type.elem) : type;
  return elem.kind === 'struct' && elem.fields.length === 0;
}

function isSentTo(use: Node): boolean {
  return use.parent?.kind === 'send_statement' && use.field === 'channel';
}
