// The functions of a package as the machine sees them.

import type { Code } from '../model/code.ts';
import { named, type Type } from '../model/types.ts';
import type { Node } from '../syntax/node.ts';
import type { Behaviour, Expr, Operation, Shape } from './ir.ts';
import { isPrimitive } from './library-functions.ts';
import { lower } from './lower.ts';
import type { Program } from './machine.ts';
import { carries } from './shapes.ts';

/** A program whose functions are found from one of them. */
export function programOf(code: Code): Program {
  const behaviours = new Map<Node, Behaviour>();
  const codes = new Map<Node, Code>([[code.root, code]]);
  const relevant = new Map<Node, boolean>();
  const carrying = new Map<string, boolean>();
  const byName = new Map<string, Node | null>();

  const program: Program = {
    behaviourOf(fn) {
      let behaviour = behaviours.get(fn);
      if (!behaviour) {
        behaviour = lower(codes.get(fn.tree.root) ?? code, fn);
        behaviours.set(fn, behaviour);
      }
      return behaviour;
    },
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
    isRelevant(fn) {
      const known = relevant.get(fn);
      if (known !== undefined) return known;
      relevant.set(fn, false);
      const answer = isRelevant(program, fn);
      relevant.set(fn, answer);
      return answer;
    },
  };
  return program;
}

function typeNamed(name: string): Type {
  const at = name.lastIndexOf('.');
  return named(name.slice(0, at), name.slice(at + 1));
}

function isRelevant(program: Program, fn: Node): boolean {
  return program
    .behaviourOf(fn)
    .blocks.some(
      ({ operations, ending }) =>
        ending.kind === 'select' ||
        ending.kind === 'block' ||
        (ending.kind === 'next' && ending.channel) ||
        operations.some((operation) => matters(program, operation)),
    );
}

function matters(program: Program, operation: Operation): boolean {
  switch (operation.kind) {
    case 'make-channel':
    case 'send':
    case 'receive':
      return true;
    case 'call':
      return (
        operation.mode === 'go' || [operation.callee, ...operation.args].some((e) => reaches(program, e))
      );
    case 'assign':
      return reaches(program, operation.value);
    case 'allocate':
      return (
        carriesShape(program, operation.shape) || operation.fields.some((f) => reaches(program, f.value))
      );
    default:
      return false;
  }
}

function carriesShape(program: Program, shape: Shape): boolean {
  if (shape.kind === 'primitive') return true;
  return shape.kind === 'struct' && (shape.type === '' || program.carries(shape.type));
}

/** Whether an expression stands for a function that matters. */
function reaches(program: Program, expr: Expr): boolean {
  switch (expr.kind) {
    case 'closure':
      return program.isRelevant(expr.literal);
    case 'function':
      return isPrimitive(expr.name) || reachesNamed(program, expr.name);
    case 'method':
      return isPrimitive(expr.name) || expr.dynamic || reachesNamed(program, expr.name);
    default:
      return false;
  }
}

function reachesNamed(program: Program, name: string): boolean {
  const fn = program.functionNamed(name);
  return fn !== undefined && program.isRelevant(fn);
}
