// How long a context is needed: cancelling it at the end of a scope changes nothing if by then nothing is left that
// depends on it. A value depends on a context if it came out of a call that was given the context (a request, the
// response to it, database rows), unless its type shows that it cannot hold one.

import { everyPathStops } from '../flow/paths.ts';
import { child, contains, enclosingFunction, isFunction, type Node, operatorOf, textOf } from '../syntax/node.ts';
import type { Callee } from './calls.ts';
import type { Code } from './code.ts';
import { isTarget, isVariadicAt, literalUnder, parameterAt, roleOf, targetOf, isBlank } from './custody.ts';
import { runsInPlace } from './in-place.ts';
import type { Binding } from './scope.ts';
import { isNamed, type Type } from './types.ts';

interface Watch {
  readonly code: Code;
  /** The function or block at whose end the context is cancelled. */
  readonly scope: Node;
  readonly active: ReadonlySet<Node>;
  readonly dependants: Binding[];
}

const deepest = 4;

/**
 * Whether anything that depends on the context in a variable may be in use after `scope`, a function or a block in
 * one: true if it is returned, stored, used by a goroutine that is not waited for, or given to unknown code.
 */
export function outlives(code: Code, context: Binding, scope: Node): boolean {
  return mayOutlive(context, { code, scope, active: new Set([scope]), dependants: [] });
}

function mayOutlive(context: Binding, watch: Watch): boolean {
  const { code, scope, dependants } = watch;
  dependants.push(context);
  for (const binding of dependants) {
    if (dependants.length > 20) return true;
    for (const use of code.usesOf(binding)) {
      if (use === binding.declaredAt || !contains(scope, use) || isTarget(use) || use.field === 'name') continue;
      if (literalsOutlive(use, watch) || escapes(use, watch)) return true;
    }
  }
  return false;
}

/** Whether a use stands in a function literal that may run after the scope has ended. */
function literalsOutlive(use: Node, { code, scope }: Watch): boolean {
  const outer = isFunction(scope) ? scope : enclosingFunction(scope);
  for (let literal = outer && literalUnder(outer, use); literal; literal = literalUnder(literal, use)) {
    const role = roleOf(literal);
    const inTime =
      role === 'called' ||
      (role === 'deferred' && isFunction(scope)) ||
      (role === 'value' && runsInPlace(code, literal)) ||
      (role === 'spawned' && isFunction(scope) && isWaitedFor(code, literal));
    if (!inTime) return true;
  }
  return false;
}

/** Whether the function cannot return before a goroutine's `wg.Done()`: it calls `wg.Wait()` on every path. */
function isWaitedFor(code: Code, literal: Node): boolean {
  const spawner = enclosingFunction(literal);
  if (!spawner) return false;
  const done = callsIn(code, literal, 'sync.WaitGroup.Done');
  return done.some((group) =>
    everyPathStops(code.flowOf(spawner), {
      from: literal,
      names: code,
      stops: (entry) => entry.kind === 'expression_statement' && callsIn(code, entry, 'sync.WaitGroup.Wait').includes(group),
    }),
  );
}

/** The texts of the variables that a method is called on somewhere in a node. */
function callsIn(code: Code, node: Node, method: string): readonly string[] {
  const calls = code.calls.filter((call) => contains(node, call) && code.calleeName(call) === method);
  return calls.flatMap((call) => code.calleeOf(call)?.receiver ?? []).map(textOf);
}

/** Whether what depends on the context gets out of the scope through the expression that `use` begins. */
function escapes(use: Node, watch: Watch): boolean {
  const { code } = watch;
  let at = use;
  for (;;) {
    const { parent } = at;
    switch (parent?.kind) {
      case 'parenthesized_expression':
      case 'literal_element':
      case 'keyed_element':
      case 'literal_value':
      case 'composite_literal':
      case 'type_assertion_expression':
      case 'slice_expression':
      case 'index_expression':
        break;
      case 'unary_expression':
        if (operatorOf(parent) === '<-') return false;
        break;
      case 'binary_expression':
      case 'expression_statement':
        return false;
      case 'range_clause':
        return !isPlain(code.typeOf(at), code);
      case 'selector_expression':
        if (isMethodCall(parent) && !isMethodInTime(at, parent, code)) return true;
        if (!isMethodCall(parent) && code.objectName(parent) !== undefined) return true;
        if (isMethodCall(parent)) at = parent;
        break;
      case 'argument_list':
        if (argumentOutlives(at, parent, watch)) return true;
        at = parent;
        break;
      case 'expression_list':
        return escapesByAssignment(at, watch);
      default:
        return true;
    }
    at = at.parent as Node;
    if (at.kind === 'call_expression' && isDefinite(code.typeOf(at)) && isPlain(code.typeOf(at), code)) return false;
    if (at.kind === 'call_expression' && at.parent?.kind === 'defer_statement') return false;
    if (at.kind === 'selector_expression' && isDefinite(code.typeOf(at)) && isPlain(code.typeOf(at), code)) return false;
  }
}

function isMethodCall(selector: Node): boolean {
  return selector.field === 'function' && selector.parent?.kind === 'call_expression';
}

/** Methods of the standard library do not keep what they are called on, but `Start` starts what lives on. */
function isMethodInTime(operand: Node, selector: Node, code: Code): boolean {
  const call = selector.parent as Node;
  if (call.parent?.kind === 'go_statement') return false;
  const callee = code.calleeOf(call);
  return callee?.receiver === operand && isLibrary(callee, code) && !/\.Start\w*$/.test(callee.name);
}

/** Whether a callee is one of the standard library, the only packages beside the analysed one that are visible. */
function isLibrary(callee: Callee, code: Code): boolean {
  return callee.signature !== undefined && !ownPackages(code).some((path) => callee.name.startsWith(`${path}.`));
}

function ownPackages(code: Code): readonly string[] {
  return [code.pkg, code.pkg.tests, code.pkg.variantOf].flatMap((pkg) => (pkg ? [pkg.importPath] : []));
}

/** Whether a call may keep an argument for longer than it runs, other than in its results. */
function argumentOutlives(argument: Node, list: Node, { code, active }: Watch): boolean {
  const call = list.parent;
  if (call?.kind !== 'call_expression' || call.parent?.kind === 'go_statement') return true;
  const callee = code.calleeOf(call);
  if (!callee) return true;
  const body = code.bodyOf(callee);
  if (!body) return !isLibrary(callee, code);
  const position = list.children.indexOf(argument);
  if (active.has(body.root) || active.size > deepest || isVariadicAt(body.root, position)) return true;
  const parameter = parameterAt(body.root, position);
  if (!parameter || isBlank(parameter)) return false;
  const binding = body.bindingOf(parameter);
  // What it returns is the caller's to follow.
  const inner: Watch = { code: body, scope: body.root, active: new Set([...active, body.root]), dependants: [] };
  return !binding || mayOutlive(binding, inner);
}

/** What stands right of `=` or `:=`, or is returned. */
function escapesByAssignment(at: Node, watch: Watch): boolean {
  const { code, scope, dependants } = watch;
  const list = at.parent as Node;
  const statement = list.parent;
  if (statement?.kind === 'return_statement') return returnOutlives(at, watch);
  if (list.field === 'left') return true;
  const width = list.children.length === 1 ? (child(statement as Node, 'left')?.children.length ?? 1) : 1;
  for (let result = 0; result < Math.max(width, 1); result++) {
    const target = targetOf(at, result);
    if (!target) return true;
    if (isBlank(target)) continue;
    const binding = target.kind === 'identifier' ? code.bindingOf(target) : undefined;
    if (!binding) return true;
    if (isPlain(code.typeOfBinding(binding), code)) continue;
    const isInside = binding.declaredAt && contains(scope, binding.declaredAt);
    if (!isInside || (binding.scope !== 'local' && !isParameterOf(binding, scope))) return true;
    if (!dependants.includes(binding)) dependants.push(binding);
  }
  return false;
}

/** A parameter that gets another value is as good as a local variable; a named result is returned. */
function isParameterOf(binding: Binding, scope: Node): boolean {
  const list = binding.declaredAt?.parent?.parent;
  return list?.kind === 'parameter_list' && list.field === 'parameters' && list.parent === scope;
}

/** In a callee, what is returned counts at the call; in the scope itself it leaves it. */
function returnOutlives(at: Node, watch: Watch): boolean {
  if (watch.active.size > 1) return false;
  return !isPlain(watch.code.typeOf(at), watch.code);
}

function isDefinite(type: Type): boolean {
  return type.kind !== 'unknown';
}

/** Whether values of a type hold nothing that a context could end: numbers, text, errors, and what is made of them. */
export function isPlain(type: Type, code: Code, depth = 0): boolean {
  if (depth > 5) return false;
  switch (type.kind) {
    case 'basic':
    case 'nil':
      return true;
    case 'slice':
    case 'array':
    case 'pointer':
      return isPlain(type.elem, code, depth + 1);
    case 'map':
      return isPlain(type.key, code, depth + 1) && isPlain(type.elem, code, depth + 1);
    case 'tuple':
      return type.elems.every((elem) => isPlain(elem, code, depth + 1));
    case 'struct':
      return type.fields.every((field) => isPlain(field.type, code, depth + 1));
    case 'named':
      if (isNamed(type, '', 'error') || ['time', 'net/netip', 'math/big'].includes(type.pkg)) return true;
      if (plainStandard.has(`${type.pkg}.${type.name}`)) return true;
      return ownPackages(code).includes(type.pkg) && isPlain(code.underlyingOf(type), code, depth + 1);
    default:
      return false;
  }
}

/** The table of the standard library leaves unexported fields out, so its structs are named here. */
const plainStandard: ReadonlySet<string> = new Set([
  'net.IP', 'net.IPAddr', 'net.IPMask', 'net.IPNet', 'net.MX', 'net.NS', 'net.SRV', 'net/url.URL', 'net/http.Header',
  'context.CancelFunc', 'context.CancelCauseFunc', 'encoding/json.RawMessage', 'os.ProcessState', 'io/fs.FileMode',
]);

