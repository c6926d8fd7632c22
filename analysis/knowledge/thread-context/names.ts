// How functions are called in messages.

import type { Obstacle } from '../../finding.ts';
import type { Code } from '../../model/code.ts';
import { child, descendants, type Node, textOf } from '../../syntax/node.ts';
import { targetOf } from '../../syntax/roles.ts';
import { siteOf } from '../../syntax/source-file.ts';

/** The name of a function or method declaration, `''` of a literal. */
export function nameOf(fn: Node): string {
  const name = child(fn, 'name');
  return name ? textOf(name) : '';
}

/** `run`, `server.run`, or the variable of a function literal. */
export function shownName(fn: Node): string {
  if (fn.kind === 'func_literal') {
    const target = targetOf(fn, 0);
    return target ? textOf(target) : 'the function literal';
  }
  const type = receiverType(fn);
  return type ? `${textOf(type)}.${nameOf(fn)}` : nameOf(fn);
}

/** The name of the type that a method belongs to. */
export function receiverType(fn: Node): Node | undefined {
  const receiver = child(fn, 'receiver');
  return receiver && [...descendants(receiver)].find((node) => node.kind === 'type_identifier');
}

/** The place to point at for a function: its name, or the start of a literal. */
export function headOf(fn: Node): Node {
  return child(fn, 'name') ?? child(fn, 'parameters') ?? fn;
}

export function obstacleAt(code: Code, node: Node, reason: string): Obstacle {
  return { at: siteOf(code.file, node), reason };
}
