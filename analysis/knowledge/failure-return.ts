// How a function can be left early.

import type { Code } from '../model/code.ts';
import { isNamed, type Type } from '../model/types.ts';
import { child, childrenIn, type Node, textOf } from '../syntax/node.ts';

/**
 * The `return` statement with which a function ends because of an error: zero values and `error`, a Go expression.
 * Without results it is a bare `return`. Undefined if the last result is no error, or if a zero value cannot be
 * written from what is visible.
 */
export function failureReturn(code: Code, fn: Node, error: string): string | undefined {
  const result = child(fn, 'result');
  if (!result) return 'return';
  const types = result.kind === 'parameter_list' ? resultTypes(result) : [result];
  const last = types.at(-1);
  if (!last) return 'return';
  if (!isNamed(code.typeOfTypeNode(last), '', 'error')) return undefined;
  const zeros = types.slice(0, -1).map((node) => zeroOf(code, node));
  return zeros.includes(undefined) ? undefined : `return ${[...zeros, error].join(', ')}`;
}

/** The type of each result, once for every name. */
function resultTypes(list: Node): readonly Node[] {
  return list.children.flatMap((parameter) => {
    const type = child(parameter, 'type');
    return type ? Array.from({ length: Math.max(1, childrenIn(parameter, 'name').length) }, () => type) : [];
  });
}

function zeroOf(code: Code, node: Node): string | undefined {
  const type = code.typeOfTypeNode(node);
  const under = code.underlyingOf(type);
  return under.kind === 'struct' ? `${textOf(node)}{}` : zeroOfType(under);
}

function zeroOfType(type: Type): string | undefined {
  switch (type.kind) {
    case 'pointer':
    case 'slice':
    case 'map':
    case 'chan':
    case 'func':
    case 'interface':
      return 'nil';
    case 'basic':
      return type.name === 'string'
        ? '""'
        : type.name === 'bool'
          ? 'false'
          : 'unsafe.Pointer' === type.name
            ? 'nil'
            : '0';
    default:
      return undefined;
  }
}
