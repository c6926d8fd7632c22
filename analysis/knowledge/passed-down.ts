// What becomes of a context that is made with `context.Background()` or `context.TODO()`.

import { isContext } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { argumentsOf, child, enclosingFunction, type Node, textOf } from '../syntax/node.ts';
import { targetOf } from '../syntax/roles.ts';
import type { ContextInScope } from './context-in-scope.ts';
import { isCleanupName } from './detached-work.ts';
import { runsInPlace } from './in-place.ts';

/** Names, with a small first letter, of functions that keep a context for longer than their call or want its values only. */
const keepers = [
  /^(?:must)?(?:new|open|init|start|run|watch|serve|listen|subscribe|spawn|go|launch|monitor|schedule|enqueue|submit|register|dial|connect)(?:$|[A-Z_])/,
  /^(?:must)?(?:New|Open|Init|Start|Run|Watch|Serve|Listen|Subscribe|Dial|Connect)(?:$|[A-Z_])/,
  /^(?:log|debug|info|warn|warning|error|print|trace|record|with|inject)(?:f|$|[A-Z_])/,
  /^(?:context|ctx)|(?:context|ctx)$|async|background|forever|daemon|stream/i,
  /(?:Client|Conn|Connection|Informer|Listener|Manager|Pool|Provider|Server|Session|Source|Transport|Watcher)$/,
];

/**
 * Whether a new root context does nothing but govern calls of the function that it is made in, directly or through
 * `context.WithTimeout` and its like, so that the context in scope could govern them as well.
 */
export function isPassedDown(code: Code, root: Node, ctx: ContextInScope): boolean {
  let at = root;
  for (;;) {
    while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
    const call = at.parent?.kind === 'argument_list' ? at.parent.parent : undefined;
    if (call && derives(code, call) && argumentsOf(call)[0] === at) at = call;
    else if (call) return isGoverned(code, call);
    else break;
  }
  const target = targetOf(at, 0);
  const binding = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  if (!binding?.declaredAt || isNilFallback(root, ctx)) return false;
  // `ctx = context.Background()` says what it means.
  if (at === root && binding === ctx.binding) return false;
  return isBoundToFunction(code, binding, root) && (at === root || isCancelledHere(code, at, root));
}

function derives(code: Code, call: Node): boolean {
  return /^context\.With(?!outCancel)/.test(code.calleeName(call));
}

/** Whether a call uses its context for no longer than it takes. Silent on functions whose names say otherwise. */
function isGoverned(code: Code, call: Node): boolean {
  const callee = code.calleeOf(call);
  const fn = child(call, 'function');
  if (call.kind !== 'call_expression' || !fn || callee?.name.startsWith('builtin.')) return false;
  const name = callee
    ? callee.name.slice(callee.name.lastIndexOf('.') + 1)
    : textOf(child(fn, 'field') ?? fn);
  if (!/^\w+$/.test(name) || isCleanupName(name)) return false;
  if (callee && /^(?:log|log\/slog)\./.test(callee.name)) return false;
  if (callee?.signature) {
    const isStd = !code.bodyOf(callee) && !callee.name.startsWith(`${code.pkg.importPath}.`);
    if (callee.signature.results.some((result) => isContext(result.type))) return false;
    if (isStd) return !/^net\/http\.Request\.|^os\/signal\.|^context\./.test(callee.name);
  }
  const small = name.charAt(0).toLowerCase() + name.slice(1);
  return !keepers.some((pattern) => pattern.test(small));
}

/** `if ctx == nil { … }` */
function isNilFallback(root: Node, ctx: ContextInScope): boolean {
  for (let up = root.parent; up; up = up.parent) {
    const condition = up.kind === 'if_statement' ? child(up, 'condition') : undefined;
    if (condition && textOf(condition).includes(ctx.binding.name) && textOf(condition).includes('nil'))
      return true;
  }
  return false;
}

/** Whether the variable, from `root` on, is only handed to calls that the function waits for. */
function isBoundToFunction(code: Code, variable: Binding, root: Node, depth = 0): boolean {
  const fn = enclosingFunction(root);
  const uses = code.usesOf(variable).filter((use) => use.start > root.end);
  return (
    uses.length > 0 && uses.every((use) => runsIn(code, use, fn) && isPassedOrAsked(code, use, root, depth))
  );
}

function runsIn(code: Code, at: Node, fn: Node | undefined): boolean {
  for (let up = at.parent; up && up !== fn; up = up.parent) {
    if (up.kind === 'go_statement' || up.kind === 'defer_statement') return false;
    if (up.kind === 'func_literal' && !runsInPlace(code, up)) return false;
  }
  return true;
}

/** An argument of a governed call, the parent of a context that is itself bound, or `x.Done()`, `x.Err()`. */
function isPassedOrAsked(code: Code, use: Node, root: Node, depth: number): boolean {
  const parent = use.parent;
  if (parent?.kind === 'selector_expression') return parent.parent?.kind === 'call_expression';
  const call = parent?.kind === 'argument_list' ? parent.parent : undefined;
  if (!call) return false;
  if (!derives(code, call)) return isGoverned(code, call);
  const target = targetOf(call, 0);
  const binding = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  const isSame = binding !== undefined && binding === code.bindingOf(use);
  return (
    isSame ||
    (binding !== undefined &&
      depth < 4 &&
      isBoundToFunction(code, binding, call, depth + 1) &&
      isCancelledHere(code, call, root))
  );
}

/** Whether the cancel function of a derived context is called in its function, and goes nowhere else. */
function isCancelledHere(code: Code, derivation: Node, root: Node): boolean {
  if (code.calleeName(derivation) === 'context.WithValue') return true;
  const target = targetOf(derivation, 1);
  const cancel = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  if (!cancel?.declaredAt) return false;
  const uses = code.usesOf(cancel).filter((use) => use.start > root.end);
  return uses.length > 0 && uses.every((use) => use.field === 'function');
}
