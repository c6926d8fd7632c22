// Random functions over a few variables, and what they do when they run: paths that are searched for must agree.

import { child, type Node, textOf, unparen } from '../../analysis/syntax/node.ts';
import type { Choices } from './programs.ts';

interface Kind {
  readonly loops: boolean;
  /** Also comparisons of variables with each other and order, of which only the simple consequences are known. */
  readonly comparisons: boolean;
}

/** A function over the booleans `a`, `b`, `c` and the number `n` that calls `begin()` and `stop()` here and there. */
export function anyCalculation(c: Choices, kind: Kind): string {
  return `func f() {\n${list(c, kind, 3)}\n}`;
}

function list(c: Choices, kind: Kind, depth: number): string {
  return Array.from({ length: 1 + c.next(4) }, () => statement(c, kind, depth)).join('\n');
}

function statement(c: Choices, kind: Kind, depth: number): string {
  const body = () => `{\n${list(c, kind, depth - 1)}\n}`;
  switch (depth === 0 ? 9 + c.next(7) : c.next(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return `if ${condition(c, kind)} ${body()}`;
    case 4:
    case 5:
      return `if ${condition(c, kind)} ${body()} else ${body()}`;
    case 6:
    case 7:
      return `switch n {\ncase 0, 2:\n${list(c, kind, depth - 1)}\ncase 1:\n${list(c, kind, depth - 1)}\n}`;
    case 8:
      return kind.loops ? `for ${condition(c, kind)} ${body()}` : `if ${condition(c, kind)} ${body()}`;
    case 9:
      return `${variable(c)} = ${['true', 'false', 'any()'][c.next(3)]}`;
    case 10:
      return `n = ${['0', '1', 'number()'][c.next(3)]}`;
    case 11:
    case 12:
      return 'begin()';
    case 13:
      return 'stop()';
    default:
      return c.next(3) === 0 ? 'return' : 'work()';
  }
}

function variable(c: Choices): string {
  return ['a', 'b', 'c'][c.next(3)] as string;
}

function condition(c: Choices, kind: Kind): string {
  switch (c.next(kind.comparisons ? 8 : 5)) {
    case 0:
      return `!${variable(c)}`;
    case 1:
      return `${variable(c)} && ${variable(c)}`;
    case 2:
      return `n == ${c.next(3)}`;
    case 3:
      return `${c.next(3)} != n`;
    case 5:
      return `n < ${c.next(4)} || n >= ${c.next(4)}`;
    case 6:
      return `${variable(c)} == ${variable(c)}`;
    case 7:
      return `${c.next(3)} < n`;
    default:
      return variable(c);
  }
}

/** The values of the variables while a function runs. */
export interface Memory {
  readonly values: Map<string, boolean | number>;
  /** Does what a statement says. */
  evaluated(node: Node): void;
  condition(node: Node): boolean;
}

/** Starts with any values; calls return any values too. */
export function memoryOf(c: Choices): Memory {
  const values = new Map<string, boolean | number>(['a', 'b', 'c'].map((name) => [name, c.next(2) === 1]));
  values.set('n', c.next(4));
  const evaluate = (expression: Node): boolean | number => {
    const node = unparen(expression);
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    if (left && right)
      return compare(evaluate(left), textOf(child(node, 'operator') as Node), evaluate(right));
    const text = textOf(node);
    if (text === 'any()') return c.next(2) === 1;
    if (text === 'number()') return c.next(4);
    return values.get(text) ?? (text === 'true' || text === 'false' ? text === 'true' : Number(text));
  };
  return {
    values,
    evaluated(node) {
      if (node.kind !== 'assignment_statement') return;
      values.set(textOf(child(node, 'left') as Node), evaluate(child(node, 'right')?.children[0] as Node));
    },
    condition(node) {
      const isCase = node.parent?.parent?.kind === 'expression_case' && node.field === '';
      return isCase ? evaluate(node) === values.get('n') : evaluate(node) === true;
    },
  };
}

function compare(left: boolean | number, operator: string, right: boolean | number): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    default:
      throw new Error(`no meaning of ${operator}`);
  }
}
