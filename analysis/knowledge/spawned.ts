// What a `go` statement starts, and what of it the function around it can see.

import { onlyTarget } from '../callgraph/call-graph.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { deref } from '../model/types.ts';
import {
  argumentsOf,
  child,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isTarget, parameterAt } from '../syntax/roles.ts';

/** The function that a `go` statement runs. */
export interface Spawned {
  readonly go: Node;
  readonly call: Node;
  /** The code that holds the body: that of the `go` statement, for a literal in it. */
  readonly code: Code;
  readonly fn: Node;
}

/** What a `go` statement runs; undefined if its body is not visible. */
export function spawnedBy(code: Code, go: Node): Spawned | undefined {
  const call = go.children.find((c) => c.kind === 'call_expression');
  const target = call && onlyTarget(code, call);
  return target && { go, call, code: target.code, fn: target.node };
}

/** A variable of the spawning function that the goroutine gives values. */
export interface SharedWrite {
  readonly variable: Binding;
  /** In the goroutine's code. */
  readonly at: Node;
  /** The field of the variable that is written, if it is only one: `n` of `x.n` and `x.n.m`. */
  readonly field: string | undefined;
  /** Whether the write is atomic or the goroutine holds a lock somewhere: then it is no race. */
  readonly guarded: boolean;
}

/** The variables around a `go` statement that what it starts writes to, directly or through a pointer it is given. */
export function sharedWrites(code: Code, spawned: Spawned): readonly SharedWrite[] {
  const locks = spawned.code.calls.some(
    (call) =>
      contains(spawned.fn, call) && /^sync\.(?:RW)?Mutex\.R?Lock$/.test(spawned.code.calleeName(call)),
  );
  return writesIn(spawned.code, spawned.fn).flatMap(({ root, at, atomic }): SharedWrite[] => {
    const binding = spawned.code.bindingOf(root);
    if (!binding?.declaredAt) return [];
    const variable = contains(spawned.fn, binding.declaredAt)
      ? argumentFor(code, spawned, binding, at)
      : binding;
    const field = root === unparen(at) ? undefined : fieldOf(root);
    return variable ? [{ variable, at, field, guarded: locks || atomic }] : [];
  });
}

interface Write {
  /** The identifier at the left end of what is written to: `x` of `x.list[i]`. */
  readonly root: Node;
  readonly at: Node;
  readonly atomic: boolean;
}

function writesIn(code: Code, fn: Node): readonly Write[] {
  const writes: Write[] = [];
  const add = (target: Node, atomic: boolean): void => {
    const root = rootOf(target);
    if (root) writes.push({ root, at: target, atomic });
  };
  for (const node of descendants(fn)) {
    if (isTarget(node) && node.parent?.parent?.kind === 'assignment_statement') add(node, false);
    if ((node.kind === 'inc_statement' || node.kind === 'dec_statement') && node.children[0])
      add(node.children[0], false);
    if (node.kind !== 'call_expression') continue;
    const callee = code.calleeOf(node);
    if (
      !callee?.name.startsWith('sync/atomic.') ||
      !/\.(?:Add|Store|Swap|CompareAndSwap|Or|And)\w*$/.test(callee.name)
    )
      continue;
    const target = callee.receiver ?? argumentsOf(node)[0];
    if (target) add(target, true);
  }
  return writes;
}

function rootOf(target: Node): Node | undefined {
  const node = unparen(target);
  switch (node.kind) {
    case 'identifier':
      return node;
    case 'selector_expression':
    case 'index_expression':
    case 'unary_expression': {
      const operand = child(node, 'operand');
      return operand && rootOf(operand);
    }
    default:
      return undefined;
  }
}

/** What is selected of a variable where it stands; undefined if all of it is meant. */
export function fieldOf(use: Node): string | undefined {
  const selector =
    use.parent?.kind === 'selector_expression' && use.field === 'operand' ? use.parent : undefined;
  const field = selector && child(selector, 'field');
  return field && textOf(field);
}

/** The variable of the spawning function that a pointer parameter or receiver of the goroutine's function stands for. */
function argumentFor(code: Code, { call, fn }: Spawned, parameter: Binding, at: Node): Binding | undefined {
  if (parameter.scope !== 'parameter' || unparen(at).kind === 'identifier') return undefined;
  const position = argumentsOf(call).findIndex((_, i) => parameterAt(fn, i) === parameter.declaredAt);
  const isReceiver = contains(child(fn, 'receiver') ?? call, parameter.declaredAt as Node);
  const given = isReceiver ? code.calleeOf(call)?.receiver : argumentsOf(call)[position];
  const node = given && unparen(given);
  const isAddress = node?.kind === 'unary_expression' && operatorOf(node) === '&';
  const isPointer = node !== undefined && (code.typeOf(node).kind === 'pointer' || isReceiver);
  const root = node && (isAddress || isPointer) ? rootOf(node) : undefined;
  return root && code.bindingOf(root);
}

/** `ends`: for certain, and soon. `stays`: it may run or wait for ever. */
export type Ending = 'ends' | 'unknown' | 'stays';

const deepest = 3;

/** Whether a function comes to its end by itself, without a partner on a channel. */
export function endingOf(code: Code, fn: Node, depth = 0): Ending {
  let ending: Ending = 'ends';
  for (const node of descendants(fn)) {
    const here = endingOfNode(code, node, depth);
    if (here === 'stays') return 'stays';
    if (here === 'unknown') ending = 'unknown';
  }
  return ending;
}

function endingOfNode(code: Code, node: Node, depth: number): Ending {
  switch (node.kind) {
    case 'send_statement':
    case 'select_statement':
    case 'communication_case':
      return 'stays';
    case 'unary_expression':
      return operatorOf(node) === '<-' ? 'stays' : 'ends';
    case 'go_statement':
      // What this one starts may go on.
      return 'unknown';
    case 'for_statement':
      return endingOfLoop(code, node);
    case 'call_expression':
      return endingOfCall(code, node, depth);
    default:
      return 'ends';
  }
}

function endingOfLoop(code: Code, loop: Node): Ending {
  const range = loop.children.find((c) => c.kind === 'range_clause');
  if (range) {
    const operand = child(range, 'right');
    const type = operand && deref(code.underlyingOf(code.typeOf(operand)));
    if (type?.kind === 'chan') return 'stays';
    return type && /^(?:slice|array|map|basic)$/.test(type.kind) ? 'ends' : 'unknown';
  }
  const clause = loop.children.find((c) => c.kind === 'for_clause');
  if (clause) return child(clause, 'condition') && child(clause, 'update') ? 'ends' : 'stays';
  return 'stays';
}

/** Functions that come back, however long it takes. */
const returning =
  /^(?:builtin|fmt|log|errors|strings|strconv|bytes|unicode|sort|slices|maps|math|math\/rand|math\/rand\/v2|sync\/atomic|crypto\/\w+|encoding\/\w+|testing)\.|^time\.(?:Sleep|Now|Since|Until|Duration|Time)|^sync\.(?:RW)?Mutex\.R?Unlock$|^sync\.(?:RW)?Mutex\.R?Lock$|^os\.(?:ReadFile|WriteFile|Getenv)$/;

/** Functions that are made to run for long, or to wait for something. */
const staying = /\.(?:ListenAndServe\w*|Serve\w*|Accept\w*|Wait\w*|Run|Listen\w*|Loop|Watch\w*|Notify)$/;

function endingOfCall(code: Code, call: Node, depth: number): Ending {
  const fn = child(call, 'function');
  if (fn && unparen(fn).kind === 'func_literal') return 'ends';
  const callee = code.calleeOf(call);
  if (!callee) {
    // A conversion does nothing; the name of a function value may tell.
    const name = fn ? textOf(fn) : '';
    return code.typeOf(call).kind === 'basic' && !name.includes('.')
      ? 'ends'
      : staying.test(`.${name.split('.').at(-1)}`)
        ? 'stays'
        : 'unknown';
  }
  if (returning.test(callee.name)) return 'ends';
  const body = code.bodyOf(callee);
  if (body && depth < deepest) return endingOf(body, body.root, depth + 1);
  return staying.test(callee.name) ? 'stays' : 'unknown';
}

/** The `go` statements of a function itself, not of literals in it, in source order. */
export function goStatementsOf(fn: Node): readonly Node[] {
  return nodesOf(fn.tree, 'go_statement').filter((go) => contains(fn, go) && enclosingFunction(go) === fn);
}
