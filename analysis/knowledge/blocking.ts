// Whether a call can take long before it comes back: because somewhere in it, on the caller's own goroutine, it waits
// for others, for a while or for the network.

import { targetsOf } from '../callgraph/call-graph.ts';
import { isContext } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import { isNamed } from '../model/types.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  isFunction,
  type Node,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { roleOf } from '../syntax/roles.ts';
import { isUnbuffered, makesOf } from './channel-census.ts';

/** What makes a call take long. */
export interface Blocking {
  readonly code: Code;
  /** The operation that waits: a call, a send, a receive, a range clause or a `select`. */
  readonly at: Node;
  /** Whether it, or a call that leads to it, is given a context, with which it may end. */
  readonly governed: boolean;
  /** The calls that lead to it from the call that was asked about, that one included. */
  readonly calls: readonly Node[];
}

/** Functions outside the package that wait: for others, for a while, for the network or for another process. */
const waiting: readonly RegExp[] = [
  /^time\.Sleep$/,
  /^sync\.(?:WaitGroup|Cond)\.Wait$/,
  /^golang\.org\/x\/sync\/errgroup\.Group\.Wait$/,
  /^golang\.org\/x\/sync\/semaphore\.Weighted\.Acquire$/,
  /^os\/exec\.Cmd\.(?:Run|Wait|Output|CombinedOutput)$/,
  /^os\.Process\.Wait$/,
  /^net\.(?:Dial\w*|Lookup\w+|Dialer\.Dial\w*|Resolver\.Lookup\w+)$/,
  /^net\.(?:\w*Listener\.Accept\w*|\w*Conn\.(?:Read|Write)\w*)$/,
  /^net\/http\.(?:Get|Head|Post|PostForm|ListenAndServe\w*|Serve\w*)$/,
  /^net\/http\.(?:Client\.(?:Do|Get|Head|Post|PostForm)|Server\.(?:ListenAndServe\w*|Serve\w*|Shutdown))$/,
  /^net\/http\.RoundTripper\.RoundTrip$/,
  /^database\/sql\.\w+\.(?:Ping|Query|QueryRow|Exec|Begin|Prepare|Commit)\w*$/,
];

/** How many calls are followed. */
const deepest = 4;

/** What can make a call take long; undefined if nothing of that kind shows. */
export function blockingOf(code: Code, call: Node): Blocking | undefined {
  return ofCall(code, call, [], new Set());
}

function ofCall(code: Code, call: Node, above: readonly Node[], seen: Set<Node>): Blocking | undefined {
  const name = code.calleeName(call);
  if (waiting.some((pattern) => pattern.test(name)))
    return { code, at: call, governed: isGoverned(code, call), calls: above };
  if (above.length >= deepest || name.startsWith('builtin.')) return undefined;
  const { functions, outside, complete } = targetsOf(code, call);
  const [target] = functions;
  if (!target || functions.length > 1 || outside.length > 0 || !complete || seen.has(target.node))
    return undefined;
  seen.add(target.node);
  const found = within(target.code, target.node, [...above, call], seen);
  return found && isGoverned(code, call) ? { ...found, governed: true } : found;
}

/** The first thing in a function's body that waits; what it starts or only makes does not run in it. */
function within(code: Code, fn: Node, calls: readonly Node[], seen: Set<Node>): Blocking | undefined {
  const todo = [child(fn, 'body')];
  for (let node = todo.pop(); node; node = todo.pop()) {
    const found =
      node.kind === 'call_expression' ? ofCall(code, node, calls, seen) : operation(code, node, calls);
    if (found) return found;
    for (let i = node.children.length - 1; i >= 0; i--) {
      const part = node.children[i] as Node;
      if (runsHere(node, part)) todo.push(part);
    }
  }
  return undefined;
}

/** Whether a part of a node runs with it and can wait: a case of a `select` that has other ways out does not. */
function runsHere(node: Node, part: Node): boolean {
  if (node.kind === 'go_statement' || node.kind === 'communication_case')
    return part.kind === 'statement_list';
  return !isFunction(part) || roleOf(part) === 'called' || roleOf(part) === 'deferred';
}

function operation(code: Code, node: Node, calls: readonly Node[]): Blocking | undefined {
  return waits(code, node) ? { code, at: node, governed: false, calls } : undefined;
}

function waits(code: Code, node: Node): boolean {
  switch (node.kind) {
    case 'send_statement': {
      const channel = child(node, 'channel');
      return channel !== undefined && !hasRoom(code, channel);
    }
    case 'unary_expression':
      return operatorOf(node) === '<-';
    case 'range_clause': {
      const over = child(node, 'right');
      return over !== undefined && code.underlyingOf(code.typeOf(over)).kind === 'chan';
    }
    case 'select_statement':
      return !childOfKind(node, 'default_case') && !node.children.some((clause) => givesUp(code, clause));
    default:
      return false;
  }
}

/** A send to a channel with room comes back at once, most likely. */
function hasRoom(code: Code, channel: Node): boolean {
  const makes = makesOf(code, channel);
  return makes === undefined || !makes.some((make) => isUnbuffered(make.code, make.node));
}

/** Whether a case of a `select` is taken when the time is up or the work is called off. */
export function givesUp(code: Code, clause: Node): 'timeout' | 'end' | undefined {
  const communication = clause.kind === 'communication_case' ? child(clause, 'communication') : undefined;
  const received = communication?.kind === 'receive_statement' ? child(communication, 'right') : undefined;
  const operand = received && child(unparen(received), 'operand');
  if (!operand) return undefined;
  const channel = unparen(operand);
  if (channel.kind === 'call_expression') {
    const name = code.calleeName(channel);
    if (name === 'time.After') return 'timeout';
    return name === 'context.Context.Done' ? 'end' : undefined;
  }
  const owner = channel.kind === 'selector_expression' ? child(channel, 'operand') : undefined;
  if (owner && isNamed(code.typeOf(owner), 'time', 'Timer') && textOf(channel).endsWith('.C'))
    return 'timeout';
  const type = code.underlyingOf(code.typeOf(channel));
  const isSignal = type.kind === 'chan' && type.elem.kind === 'struct' && type.elem.fields.length === 0;
  return isSignal ? 'end' : undefined;
}

/** Whether a call is given a context, or a request that can have one. */
function isGoverned(code: Code, call: Node): boolean {
  return argumentsOf(call).some((arg) => {
    const type = code.typeOf(arg);
    const isRoot =
      arg.kind === 'call_expression' && /^context\.(?:Background|TODO)$/.test(code.calleeName(arg));
    return (isContext(type) && !isRoot) || isNamed(type, 'net/http', 'Request');
  });
}
