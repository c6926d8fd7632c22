// Whether an HTTP exchange is over, body included, when the function that starts it goes on.

import type { Code } from '../model/code.ts';
import { argumentsOf, child, enclosingFunction, type Node, textOf, unparen } from '../syntax/node.ts';
import { sourcesOf } from './http-origin.ts';

/** What of a response is there before its body. */
const heads: ReadonlySet<string> = new Set([
  'Status',
  'StatusCode',
  'Header',
  'ContentLength',
  'Proto',
  'TLS',
  'Cookies',
  'Location',
]);
const wholeReaders: ReadonlySet<string> = new Set(['io.ReadAll', 'io/ioutil.ReadAll']);

/**
 * Whether the function that sends the request reads the whole response, or nothing of it, so that a limit on the
 * whole exchange cannot cut a stream that it goes on reading.
 */
export function isReadAtOnce(code: Code, call: Node): boolean {
  const statement = call.parent?.kind === 'expression_list' ? call.parent.parent : undefined;
  const target =
    statement?.kind === 'short_var_declaration' ? child(statement, 'left')?.children[0] : undefined;
  const fn = enclosingFunction(call);
  if (!target || !fn || /event-stream|stream|websocket|upgrade/i.test(textOf(fn))) return false;
  const binding = code.bindingOf(target);
  if (!binding) return target.kind === 'blank_identifier' || textOf(target) === '_';
  return code.usesOf(binding).every((use) => use === target || isHarmlessRead(code, use));
}

function isHarmlessRead(code: Code, response: Node): boolean {
  const selector = response.parent;
  if (selector?.kind === 'binary_expression') return true;
  if (selector?.kind !== 'selector_expression') return false;
  const field = textOf(child(selector, 'field') ?? selector);
  if (field !== 'Body') return heads.has(field);
  const parent = selector.parent;
  if (parent?.kind === 'selector_expression') return textOf(child(parent, 'field') ?? parent) === 'Close';
  const call = isArgument(selector) ? parent?.parent : undefined;
  if (!call) return false;
  const name = code.calleeName(call);
  if (wholeReaders.has(name)) return true;
  if (name === 'io.Copy') return code.objectName(argumentsOf(call)[0] as Node) === 'io.Discard';
  const chained = call.parent?.kind === 'selector_expression' ? child(call.parent, 'field') : undefined;
  return name === 'encoding/json.NewDecoder' && chained !== undefined && textOf(chained) === 'Decode';
}

function isArgument(node: Node): boolean {
  return node.parent?.kind === 'argument_list';
}

const memoryReaders: ReadonlySet<string> = new Set([
  'strings.NewReader',
  'bytes.NewReader',
  'bytes.NewBuffer',
  'bytes.NewBufferString',
]);

/** Whether what the request sends is in memory when it is sent, so that a limit cannot cut an upload short. */
export function isSentFromMemory(code: Code, call: Node): boolean {
  const [first, second, third] = argumentsOf(call);
  switch (code.calleeName(call)) {
    case 'net/http.Client.Post':
      return isInMemory(code, third);
    case 'net/http.Client.Do': {
      const binding = first && code.bindingOf(unparen(first));
      const [source, ...more] = (binding?.scope === 'local' && sourcesOf(code, binding)) || [];
      const isMade = source !== undefined && more.length === 0;
      return (
        isMade &&
        code.calleeName(source) === 'net/http.NewRequest' &&
        isInMemory(code, argumentsOf(source)[2])
      );
    }
    default:
      return second === undefined || code.calleeName(call) === 'net/http.Client.PostForm';
  }
}

function isInMemory(code: Code, body: Node | undefined): boolean {
  if (!body) return false;
  const node = unparen(body);
  return node.kind === 'nil' || (node.kind === 'call_expression' && memoryReaders.has(code.calleeName(node)));
}
