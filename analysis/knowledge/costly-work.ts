// Work that holds something scarce while it runs: a connection, an open file, a process, a place at a server.

import { targetsOf } from '../callgraph/call-graph.ts';
import type { Located } from '../callgraph/search.ts';
import { sourcesOf } from '../callgraph/sources.ts';
import { isConversion, isFunctionSource } from '../callgraph/targets.ts';
import { partsOf, placeOf } from '../flow/graph.ts';
import { findPath } from '../flow/paths.ts';
import { isContext, writtenName } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import { deref } from '../model/types.ts';
import {
  argumentsOf,
  child,
  closest,
  contains,
  enclosingFunction,
  mayBeCall,
  type Node,
  nodesOf,
  operatorOf,
} from '../syntax/node.ts';
import { mayLimit, soundsLimiting } from './limiter.ts';
import { canFail } from './listing-calls.ts';
import type { Spawn } from './spawning-loop.ts';

/** A call that holds something scarce, and how it is reached. */
export interface CostlyWork extends Located {
  /** What is called, as messages name it: `http.Get`, `PodInterface.Delete`. */
  readonly name: string;
}

/** Functions of the standard library, by what they hold. */
const costly: readonly RegExp[] = [
  /^net\.(?:Dial\w*|Lookup\w+|Dialer\.Dial\w*|Resolver\.Lookup\w+)$|^crypto\/tls\.(?:Dial\w*|Dialer\.Dial\w*)$/,
  /^net\/http\.(?:Get|Head|Post|PostForm|Client\.(?:Do|Get|Head|Post|PostForm)|(?:RoundTripper|Transport)\.RoundTrip)$/,
  /^net\/(?:rpc(?:\/jsonrpc)?\.(?:Dial\w*|Client\.Call)|smtp\.(?:Dial|SendMail))$/,
  /^os\.(?:Open|OpenFile|Create|CreateTemp|ReadFile|WriteFile|ReadDir|Remove|RemoveAll|Rename|MkdirAll|CopyFS|StartProcess)$/,
  /^io\/(?:ioutil\.(?:ReadFile|WriteFile|ReadDir|TempFile|TempDir)|fs\.(?:ReadFile|ReadDir|WalkDir))$/,
  /^path\/filepath\.(?:Walk|WalkDir)$/,
  /^os\/exec\.Cmd\.(?:Run|Output|CombinedOutput|Start)$/,
  /^database\/sql\.(?:DB|Conn|Stmt)\.(?:Query|QueryRow|Exec|Prepare|Begin|BeginTx|Ping)(?:Context)?$/,
];

/** Names of functions that take a context and may fail, and hold nothing. */
const harmless =
  /^(?:with|log|info|debug|warn|error|trace|span|record|inject|extract|valid|parse|marshal|unmarshal|encode|decode|wait|acquire|from|to|new|get\w*fromcontext|check|is|has|must|on|emit|observe|notify|publish|register)/i;

/**
 * The clients of Kubernetes limit themselves: a few requests a second go out, over one connection, and the rest waits for
 * its turn (`QPS` and `Burst` of the configuration of `k8s.io/client-go/rest`).
 */
const ofKubernetes = /^(?:sigs\.)?k8s\.io\//;

const deepest = 5;

/** What the goroutines of a spawn do that is costly, unless something limits how many do it at once. */
export function costlyWork(code: Code, { runs, outside, started }: Spawn): CostlyWork | undefined {
  const known = outside.find((name) => isCostly(name));
  if (known) return { code, node: started, name: shortName(known) };
  const seen = new Set<Node>();
  for (const run of runs) {
    const found = workIn(run.code, run.node, 0, seen);
    if (found) return found;
  }
  return undefined;
}

function isCostly(name: string): boolean {
  return costly.some((pattern) => pattern.test(name));
}

function workIn(code: Code, fn: Node, depth: number, seen: Set<Node>): CostlyWork | undefined {
  if (seen.has(fn) || depth > deepest) return undefined;
  seen.add(fn);
  const flow = code.flowOf(fn);
  for (const block of flow.blocks) {
    for (const entry of block.nodes) {
      if (entry.kind === 'defer_statement' || entry.kind === 'go_statement') continue;
      for (const call of partsOf(flow, entry)) {
        if (!mayBeCall(call)) continue;
        const found = workOf(code, call, depth, seen);
        if (found && isUnlimited(code, fn, call) && !isActor(code, fn, call)) return found;
      }
    }
  }
  return undefined;
}

function workOf(code: Code, call: Node, depth: number, seen: Set<Node>): CostlyWork | undefined {
  const name = code.calleeName(call);
  if (name.startsWith('builtin.')) return undefined;
  if (isCostly(name)) return { code, node: call, name: shortName(name) };
  if (isConversion(code, call)) return undefined;
  const { functions } = targetsOf(code, call);
  for (const target of functions) {
    const found = workIn(target.code, target.node, depth + 1, seen);
    if (found) return found;
  }
  const callee = code.calleeOf(call);
  const isVisible = functions.length > 0 && (!callee || code.bodyOf(callee) !== undefined);
  if (!isVisible && asksElsewhere(code, call))
    return { code, node: call, name: shortName(name) || writtenName(call) };
  return workOfArguments(code, call, isVisible, depth, seen);
}

/** What a function is given to call, it is taken to call. */
function workOfArguments(
  code: Code,
  call: Node,
  isVisible: boolean,
  depth: number,
  seen: Set<Node>,
): CostlyWork | undefined {
  if (/^(?:time\.AfterFunc|context\.AfterFunc)$/.test(code.calleeName(call))) return undefined;
  for (const arg of argumentsOf(call)) {
    const isFunction =
      arg.kind === 'func_literal' || (!isVisible && code.underlyingOf(code.typeOf(arg)).kind === 'func');
    if (!isFunction) continue;
    for (const source of sourcesOf(code, arg).values.filter(isFunctionSource)) {
      const found = workIn(source.code, source.node, depth + 1, seen);
      if (found) return found;
    }
  }
  return undefined;
}

/** Whether a call of what is not visible takes a context and may fail: it waits for something that can be cancelled. */
function asksElsewhere(code: Code, call: Node): boolean {
  const name = code.calleeName(call);
  const [first] = argumentsOf(call);
  if (!first || harmless.test(writtenName(call)) || soundsLimiting(call, name)) return false;
  if (name !== '' && isStandard(name)) return false;
  if (isOfKubernetes(code, call, name)) return false;
  return isContext(code.typeOf(first)) && canFail(code, call);
}

/** Whether a function is of Kubernetes, or what its method is called on was got from a value that is. */
function isOfKubernetes(code: Code, call: Node, name: string): boolean {
  if (ofKubernetes.test(name)) return true;
  for (
    let at = child(call, 'function');
    at;
    at = child(at, at.kind === 'call_expression' ? 'function' : 'operand')
  ) {
    const type = deref(code.typeOf(at));
    if (type.kind === 'named' && ofKubernetes.test(type.pkg)) return true;
  }
  return false;
}

function isStandard(name: string): boolean {
  return !/^[^/]*\.[^/]*\//.test(name) && !name.includes('/') ? true : !name.split('/')[0]?.includes('.');
}

/** `http.Client.Do` of `net/http.Client.Do`. */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Whether a function can come to a call without waiting for others. */
function isUnlimited(code: Code, fn: Node, call: Node): boolean {
  const flow = code.flowOf(fn);
  const place = placeOf(flow, call);
  const entry = place?.block.nodes[place.index];
  const path = findPath(flow, {
    from: fn,
    names: code,
    exits: [],
    stops: (e) => mayLimit(code, fn, e, call),
    to: (e) => e === entry,
  });
  return path !== undefined;
}

/** Whether a call is repeated by an endless loop that waits between its turns: then its goroutine lives on for it. */
function isActor(code: Code, fn: Node, call: Node): boolean {
  for (let at = closest(call.parent, 'for_statement'); at; at = closest(at.parent, 'for_statement')) {
    if (enclosingFunction(at) !== fn) return false;
    const body = child(at, 'body') as Node;
    if (at.children.some((c) => c.kind === 'for_clause' || c.kind === 'range_clause')) continue;
    const waits = nodesOf(body.tree, 'select_statement', 'unary_expression', 'call_expression').some(
      (node) =>
        contains(body, node) &&
        enclosingFunction(node) === fn &&
        (node.kind === 'select_statement' ||
          (node.kind === 'unary_expression' && operatorOf(node) === '<-') ||
          code.calleeName(node) === 'time.Sleep'),
    );
    if (waits) return true;
  }
  return false;
}
