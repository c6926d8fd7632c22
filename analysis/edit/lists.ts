// Elements of a list in parentheses: arguments and parameters.

import { argumentsOf, child, isFunction, type Node, operatorOf } from '../syntax/node.ts';
import type { SourceFile } from '../syntax/source-file.ts';
import { eolAt, fitted, indentAt, type Span, spanOf } from './layout.ts';
import type { Draft } from './splice.ts';

/**
 * The drafts that put an element first in a list of arguments or parameters: on a line of its own if each of the others
 * has one. What is the only argument so far loses the spaces around its operators that gofmt takes away beside others.
 */
export function addedFirst(file: SourceFile, list: Node, text: string): readonly Draft[] {
  const { start } = spanOf(file, list);
  const offset = start - list.start;
  const [first, second] = list.children;
  const own = list.tree.text;
  const put = (at: number, newText: string): Draft => {
    const place = at + offset;
    const fit = fitted(newText, indentAt(file.text, place), eolAt(file.text, place));
    return { path: file.path, start: place, end: place, newText: fit };
  };
  const after = list.start + 1;
  if (!first) return [put(after, text)];
  const drop = second || list.kind !== 'argument_list' ? [] : blanksToDrop(first, 2);
  const dropped = drop.map(({ start, end }) => ({
    path: file.path,
    start: start + offset,
    end: end + offset,
    newText: '',
  }));
  if (!own.slice(after, first.start).includes('\n')) return [put(after, `${text}, `), ...dropped];
  if (second && !own.slice(first.end, second.start).includes('\n')) return [put(first.start, `${text}, `)];
  // A comment behind the parenthesis stays there.
  const [comment = ''] = /^[ \t]*\/\/[^\r\n]*/.exec(own.slice(after)) ?? [];
  return [put(after + comment.length, `\n\t${text},`), ...dropped];
}

/** The source of an expression on one line as gofmt writes it among several arguments of a call: `a+b`. */
export function denseSource(node: Node): string {
  const { text } = node.tree;
  const drop = [...blanksToDrop(node, 2)].sort((a, b) => a.start - b.start);
  const starts = [node.start, ...drop.map((span) => span.end)];
  return starts.map((start, i) => text.slice(start, drop[i]?.start ?? node.end)).join('');
}

/**
 * The spaces in an expression that gofmt leaves out at a depth: around operators of high precedence, and around the
 * colons of slices. From `expr1`, `binaryExpr` and `cutoff` of go/printer; see https://go.dev/src/go/printer/nodes.go.
 */
function blanksToDrop(node: Node, depth: number): readonly Span[] {
  const at = (child: Node | undefined, d: number) => (child ? blanksToDrop(child, d) : []);
  switch (node.kind) {
    case 'binary_expression':
      return ofBinary(node, depth);
    case 'parenthesized_expression':
      return node.children.flatMap((c) => at(c, Math.max(1, depth - 1)));
    case 'unary_expression':
    case 'selector_expression':
    case 'type_assertion_expression':
      return at(child(node, 'operand'), depth);
    case 'index_expression':
      return [...at(child(node, 'operand'), 1), ...at(child(node, 'index'), depth + 1)];
    case 'slice_expression':
      return ofSlice(node, depth);
    case 'call_expression': {
      const args = argumentsOf(node);
      const inner = args.length > 1 ? depth + 1 : depth;
      const called = child(node, 'function');
      return [
        ...(called && !isFunction(called) ? at(called, inner) : []),
        ...args.flatMap((a) => at(a, inner)),
      ];
    }
    case 'variadic_argument':
      return node.children.flatMap((c) => at(c, depth));
    default:
      return [];
  }
}

function ofBinary(node: Node, depth: number): readonly Span[] {
  const [left, right, operator] = [child(node, 'left'), child(node, 'right'), child(node, 'operator')];
  if (!left || !right || !operator) return [];
  const precedence = precedenceOf(node);
  const same = left.kind === 'binary_expression' && precedenceOf(left) === precedence;
  const inner = [...blanksToDrop(left, same ? depth : depth + 1), ...blanksToDrop(right, depth + 1)];
  if (precedence < cutoff(node, depth)) return inner;
  return [...blank(node, left.end, operator.start), ...blank(node, operator.end, right.start), ...inner];
}

function ofSlice(node: Node, depth: number): readonly Span[] {
  const indices = node.children.filter((c) => c.field !== 'operand');
  const inner = [
    ...node.children.filter((c) => c.field === 'operand').flatMap((c) => blanksToDrop(c, 1)),
    ...indices.flatMap((c) => blanksToDrop(c, depth + 1)),
  ];
  if (depth <= 1) return inner;
  const colons = indices.slice(1).flatMap((next, i) => {
    const [from, to] = [indices[i]?.end ?? next.start, next.start];
    const between = node.tree.text.slice(from, to);
    const colon = between.indexOf(':');
    return colon < 0 ? [] : [...blank(node, from, from + colon), ...blank(node, from + colon + 1, to)];
  });
  return [...inner, ...colons];
}

/** The stretch, if it is nothing but spaces. */
function blank({ tree }: Node, start: number, end: number): readonly Span[] {
  return start < end && /^ +$/.test(tree.text.slice(start, end)) ? [{ start, end }] : [];
}

function precedenceOf(binary: Node): number {
  const operator = operatorOf(binary);
  if (operator === '||') return 1;
  if (operator === '&&') return 2;
  if (/^(?:[=!]=|[<>]=?)$/.test(operator)) return 3;
  return /^[-+|^]$/.test(operator) ? 4 : 5;
}

/** Operators of this precedence and above have no spaces around them. */
function cutoff(binary: Node, depth: number): number {
  const { has4, has5, problem } = operatorsIn(binary);
  if (problem > 0) return problem + 1;
  if (has4 && has5) return depth === 1 ? 5 : 4;
  return depth === 1 ? 6 : 4;
}

interface Operators {
  readonly has4: boolean;
  readonly has5: boolean;
  /** The precedence up to which spaces keep two operators from becoming another one; 0 for none. */
  readonly problem: number;
}

function operatorsIn(binary: Node): Operators {
  const precedence = precedenceOf(binary);
  const [left, right] = [child(binary, 'left'), child(binary, 'right')];
  const parts: Operators[] = [{ has4: precedence === 4, has5: precedence === 5, problem: problemOf(binary) }];
  if (left?.kind === 'binary_expression' && precedenceOf(left) >= precedence) parts.push(operatorsIn(left));
  if (right?.kind === 'binary_expression' && precedenceOf(right) > precedence) parts.push(operatorsIn(right));
  return {
    has4: parts.some((p) => p.has4),
    has5: parts.some((p) => p.has5),
    problem: Math.max(...parts.map((p) => p.problem)),
  };
}

/** `a / *b`, `a & ^b`, `a - -b`. */
function problemOf(binary: Node): number {
  const right = child(binary, 'right');
  if (right?.kind !== 'unary_expression') return 0;
  const both = operatorOf(binary) + operatorOf(right);
  if (both === '/*' || both === '&&' || both === '&^') return 5;
  return both === '++' || both === '--' ? 4 : 0;
}
