// The functions of a package as the machine sees them.

import type { Code } from '../model/code.ts';
import { named, type Type } from '../model/types.ts';
import type { Node } from '../syntax/node.ts';
import type { Behaviour } from './ir.ts';
import { lower } from './lower.ts';
import type { Program } from './machine.ts';
import { isRelevant } from './relevance.ts';
import { carries } from './shapes.ts';

/** A behaviour follows from the surface of a package and the text of a function. */
const remembered = new WeakMap<object, WeakMap<Node, Behaviour>>();

/** The behaviour of a function of this code, made once for each surface of its package. */
export function behaviourOf(code: Code, fn: Node): Behaviour {
  const { surface } = code.pkg;
  const behaviours = remembered.get(surface) ?? new WeakMap<Node, Behaviour>();
  remembered.set(surface, behaviours);
  let behaviour = behaviours.get(fn);
  if (!behaviour) {
    behaviour = lower(code, fn);
    behaviours.set(fn, behaviour);
  }
  return behaviour;
}

/** A program whose functions are found from one of them. */
export function programOf(code: Code): Program {
  const codes = new Map<Node, Code>([[code.root, code]]);
  const relevant = new Map<Node, boolean>();
  const carrying = new Map<string, boolean>();
  const byName = new Map<string, Node | null>();
  const codeAt = (fn: Node): Code => codes.get(fn.tree.root) ?? code;

  return {
    behaviourOf: (fn) => behaviourOf(codeAt(fn), fn),
    functionNamed(name) {
      let fn = byName.get(name);
      if (fn === undefined) {
        const found = code.functionNamed(name);
        if (found) codes.set(found.root, found);
        fn = found?.root ?? null;
        byName.set(name, fn);
      }
      return fn ?? undefined;
    },
    methodOf(type, name) {
      const receiver: Type = { kind: 'pointer', elem: typeNamed(type) };
      const member = code.memberOfType(receiver, name);
      if (member?.kind !== 'method' || member.owner === undefined) return undefined;
      return { name: `${member.owner}.${member.name}`, through: member.through.map((f) => f.name) };
    },
    carries(type) {
      let answer = carrying.get(type);
      if (answer === undefined) {
        answer = carries(typeNamed(type), code);
        carrying.set(type, answer);
      }
      return answer;
    },
    isRelevant: (fn) => isRelevant(codeAt(fn), fn, relevant),
  };
}

function typeNamed(name: string): Type {
  const at = name.lastIndexOf('.');
  return named(name.slice(0, at), name.slice(at + 1));
}
