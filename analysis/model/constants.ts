// Constant expressions of integer and string kind, folded.

import { child, childrenIn, type Node, nodesOf, operatorOf, textOf, unparen } from '../syntax/node.ts';
import { treeOf } from '../syntax/source-file.ts';
import { type Typer, typerOf } from './typer.ts';

/** The value of a constant expression; undefined if it is not one, or not wholly visible. */
export function constantOf(expression: Node, typer: Typer): bigint | string | undefined {
  return evaluate(expression, typer, undefined, 0);
}

function evaluate(
  expression: Node,
  typer: Typer,
  iota: bigint | undefined,
  depth: number,
): bigint | string | undefined {
  if (depth > 40) return undefined;
  const node = unparen(expression);
  switch (node.kind) {
    case 'int_literal':
      return integer(textOf(node));
    case 'interpreted_string_literal':
      return interpreted(textOf(node));
    case 'raw_string_literal':
      return textOf(node).slice(1, -1).replaceAll('\r', '');
    case 'iota':
      return iota;
    case 'identifier':
    case 'selector_expression':
      return named(node, typer, depth);
    case 'unary_expression': {
      const operand = child(node, 'operand');
      const value = operand && evaluate(operand, typer, iota, depth + 1);
      if (typeof value !== 'bigint') return undefined;
      return operatorOf(node) === '-' ? -value : operatorOf(node) === '+' ? value : undefined;
    }
    case 'binary_expression': {
      const [left, right] = [child(node, 'left'), child(node, 'right')];
      if (!left || !right) return undefined;
      return fold(
        operatorOf(node),
        evaluate(left, typer, iota, depth + 1),
        evaluate(right, typer, iota, depth + 1),
      );
    }
    case 'call_expression':
    case 'type_conversion_expression': {
      // A conversion between integer types, such as time.Duration(5), keeps the value.
      const operand = child(node, 'operand') ?? child(node, 'arguments')?.children[0];
      const type = typer.typeOf(node);
      const isConversion = type.kind === 'named' && !typer.calleeOf(node);
      return operand && isConversion ? evaluate(operand, typer, iota, depth + 1) : undefined;
    }
    default:
      return undefined;
  }
}

function named(node: Node, typer: Typer, depth: number): bigint | string | undefined {
  const binding = node.kind === 'identifier' ? typer.bindingOf(node) : undefined;
  if (binding?.kind === 'constant' && binding.declaredAt) return specValue(binding.declaredAt, typer, depth);
  const entity = typer.objectOf(node)?.entity;
  if (entity?.kind !== 'constant') return undefined;
  const tree = treeOf(entity.declaration);
  const index = typer.place.world.packageAt(entity.importPath);
  if (!tree || !index) return undefined;
  const identifier = nodesOf(tree, 'identifier').find((n) => n.start === entity.identifier.start);
  return identifier && specValue(identifier, typerOf(tree, entity.file, index, typer.place.world), depth);
}

/** In a constant group, a spec without values repeats those of the one before; `iota` counts the specs. */
function specValue(name: Node, typer: Typer, depth: number): bigint | string | undefined {
  const spec = name.parent;
  if (spec?.kind !== 'const_spec') return undefined;
  const siblings = (spec.parent?.children ?? []).filter((c) => c.kind === 'const_spec');
  const iota = siblings.indexOf(spec);
  const position = childrenIn(spec, 'name').indexOf(name);
  for (let i = iota; i >= 0; i--) {
    const values = siblings[i] && child(siblings[i] as Node, 'value')?.children;
    if (values) return values[position] && evaluate(values[position], typer, BigInt(iota), depth + 1);
  }
  return undefined;
}

function fold(
  operator: string,
  a: bigint | string | undefined,
  b: bigint | string | undefined,
): bigint | string | undefined {
  if (typeof a === 'string' && typeof b === 'string') return operator === '+' ? a + b : undefined;
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return undefined;
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? undefined : a / b;
    case '%':
      return b === 0n ? undefined : a % b;
    case '<<':
      return b >= 0n && b < 512n ? a << b : undefined;
    case '>>':
      return b >= 0n && b < 512n ? a >> b : undefined;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return undefined;
  }
}

function integer(text: string): bigint | undefined {
  const digits = text.replaceAll('_', '');
  try {
    return BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  } catch {
    return undefined;
  }
}

/** The value of an interpreted string literal whose escapes are those that JSON has too. */
function interpreted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
