// What the explorer sees of a declaration. Most edits leave that as it is: a word in a message, a statement that
// nobody waits for. What was found then is found again.

import type { Code } from '../model/code.ts';
import { enclosingFunction, type Node } from '../syntax/node.ts';
import { roleOf } from '../syntax/roles.ts';
import type { Behaviour, Expr } from './ir.ts';
import { behaviourOf } from './program.ts';
import { factsOf } from './relevance.ts';

const remembered = new WeakMap<Node, { readonly surface: object; readonly outline: string | undefined }>();

/**
 * A text that two declarations of one name share only if all explorations through one go as those through the other,
 * but for where things stand. Undefined if there is no such text.
 */
export function outlineOf(code: Code): string | undefined {
  const { surface } = code.pkg;
  const known = remembered.get(code.root);
  if (known?.surface === surface) return known.outline;
  const outline = drawn(code);
  remembered.set(code.root, { surface, outline });
  return outline;
}

function drawn(code: Code): string | undefined {
  const pen = newPen(code.root);
  const functions = [...code.functions];
  // The body of a loop over a function is a function too, and only the behaviour around it tells which.
  const drawnSo = new Set<Node>(functions);
  for (const fn of functions) {
    const behaviour = behaviourOf(code, fn);
    for (const literal of literalsIn(behaviour)) {
      if (drawnSo.has(literal)) continue;
      drawnSo.add(literal);
      functions.push(literal);
    }
    const outer = enclosingFunction(fn);
    pen.draw([outer ? functions.indexOf(outer) : undefined, roleOf(fn), factsOf(code, fn), behaviour]);
  }
  return pen.isLost ? undefined : pen.parts.join('');
}

type Closure = Extract<Expr, { kind: 'closure' }>;

function literalsIn(behaviour: Behaviour): readonly Node[] {
  const found: Node[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || isNode(value)) return;
    if ('kind' in value && value.kind === 'closure') found.push((value as Closure).literal);
    for (const part of Object.values(value)) visit(part);
  };
  visit(behaviour.blocks);
  return found;
}

interface Pen {
  readonly parts: string[];
  /** Something of another declaration came up, which has no place in this one. */
  isLost: boolean;
  draw(value: unknown): void;
}

/**
 * Writes plain data, and for each node how many others came before it and before its place: the explorer tells nodes
 * apart, and values by the places that they come from.
 */
function newPen(root: Node): Pen {
  const nodes = new Map<Node, number>();
  const places = new Map<number, number>();
  const parts: string[] = [];
  const pen: Pen = { parts, isLost: false, draw };
  return pen;

  function draw(value: unknown): void {
    if (typeof value === 'string') parts.push(JSON.stringify(value));
    else if (typeof value !== 'object' || value === null) parts.push(`${typeof value} ${value};`);
    else if (isNode(value)) drawNode(value);
    else if (value instanceof Map) drawAll('{', value);
    else if (Array.isArray(value)) drawAll('[', value);
    else drawAll('(', Object.entries(value));
  }

  function drawAll(opening: string, values: Iterable<unknown>): void {
    parts.push(opening);
    for (const value of values) draw(value);
    parts.push(';');
  }

  function drawNode(node: Node): void {
    if (node.tree.root !== root) pen.isLost = true;
    if (!nodes.has(node)) nodes.set(node, nodes.size);
    if (!places.has(node.start)) places.set(node.start, places.size);
    parts.push(`@${nodes.get(node)}.${places.get(node.start)};`);
  }
}

function isNode(value: object): value is Node {
  return 'tree' in value && 'start' in value;
}
