// How long a context is needed: cancelling it at the end of a scope changes nothing if by then nothing is left that
// depends on it. A value depends on a context if it came out of a call that was given the context (a request, the
// response to it, database rows), unless its type shows that it cannot hold one.

import { everyPathStops } from '../flow/paths.ts';
import type { Callee } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed, type Type } from '../model/types.ts';
import {
  child,
  contains,
  enclosingFunction,
  isFunction,
  type Node,
  operatorOf,
  textOf,
} from '../syntax/node.ts';
import {
  isBlank,
  isTarget,
  isVariadicAt,
  literalUnder,
  parameterAt,
  roleOf,
  targetOf,
} from '../syntax/roles.ts';
import { runsInPlace } from './in-place.ts';

interface Watch {
  readonly code: Code;
  /** The function or block at whose end the context is cancelled. */
  readonly scope: Node;
  readonly active: ReadonlySet<Node>;
  readonly dependants: Binding[];
}

const deepest = 4;

/** Where the last use of what depends on a context is, relative to the end of a scope. */
export type Lifetime =
  /** Before it. */
  | 'within'
  /** Code that is not visible, or a goroutine that is not waited for, may still use it. */
  | 'unclear'
  /** It is returned, or stored where it can be found later. */
  | 'beyond';

/** How long what depends on the context in a variable is used, measured by a function or a block in one. */
export function lifetimeOf(code: Code, context: Binding, scope: Node): Lifetime {
  return follow(context, { code, scope, active: new Set([scope]), dependants: [] });
}

function follow(context: Binding, watch: Watch): Lifetime {
  const { code, scope, dependants } = watch;
  let lifetime: Lifetime = 'within';
  dependants.push(context);
  for (const binding of dependants) {
    if (dependants.length > 20) return 'unclear';
    for (const use of code.usesOf(binding)) {
      if (use === binding.declaredAt || isTarget(use) || use.field === 'name') continue;
      if (!contains(scope, use)) lifetime = 'beyond';
      else lifetime = longer(lifetime, longer(literalsLifetime(use, watch), escapeOf(use, watch)));
      if (lifetime === 'beyond') return lifetime;
    }
  }
  return lifetime;
}

const order: readonly Lifetime[] = ['within', 'unclear', 'beyond'];

function longer(a: Lifetime, b: Lifetime): Lifetime {
  return order.indexOf(a) < order.indexOf(b) ? b : a;
}

/** For a use in function literals: whether they may run after the scope has ended. */
function literalsLifetime(use: Node, watch: Watch): Lifetime {
  const { code, scope } = watch;
  const outer = isFunction(scope) ? scope : enclosingFunction(scope);
  let lifetime: Lifetime = 'within';
  for (let literal = outer && literalUnder(outer, use); literal; literal = literalUnder(literal, use)) {
    const role = roleOf(literal);
    const isInTime =
      role === 'called' ||
      (role === 'deferred' && isFunction(scope)) ||
      (role === 'value' && runsInPlace(code, literal)) ||
      (role === 'spawned' && isFunction(scope) && isWaitedFor(code, literal));
    if (!isInTime) lifetime = longer(lifetime, role === 'value' ? escapeOf(literal, watch) : 'unclear');
  }
  return lifetime;
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
      stops: (entry) =>
        entry.kind === 'expression_statement' && callsIn(code, entry, 'sync.WaitGroup.Wait').includes(group),
    }),
  );
}

/** The texts of the variables that a method is called on somewhere in a node. */
function callsIn(code: Code, node: Node, method: string): readonly string[] {
  const calls = code.calls.filter((call) => contains(node, call) && code.calleeName(call) === method);
  return calls.flatMap((call) => code.calleeOf(call)?.receiver ?? []).map(textOf);
}

/** Where what depends on the context gets to by the expression that `use` begins. */
function escapeOf(use: Node, watch: Watch): Lifetime {
  const { code } = watch;
  let lifetime: Lifetime = 'within';
  for (let at = use; ; at = at.parent as Node) {
    const { parent } = at;
    if (at !== use && isDefinite(code.typeOf(at)) && isPlain(code.typeOf(at), code)) return lifetime;
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
        if (operatorOf(parent) === '<-') return lifetime;
        break;
      case 'binary_expression':
      case 'expression_statement':
      case 'defer_statement':
        return lifetime;
      case 'call_expression':
        if (parent.parent?.kind === 'go_statement' || at.kind === 'identifier') return 'unclear';
        break;
      case 'selector_expression':
        if (isMethodCall(parent) && !isMethodInTime(at, parent, code)) lifetime = 'unclear';
        break;
      case 'argument_list':
        lifetime = longer(lifetime, argumentLifetime(at, parent, watch));
        at = parent;
        break;
      case 'expression_list':
        return longer(lifetime, assigned(at, watch));
      case 'send_statement':
        return 'beyond';
      default:
        return 'unclear';
    }
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
  return (
    callee.signature !== undefined && !ownPackages(code).some((path) => callee.name.startsWith(`${path}.`))
  );
}

function ownPackages(code: Code): readonly string[] {
  return [code.pkg, code.pkg.tests, code.pkg.variantOf].flatMap((pkg) => (pkg ? [pkg.importPath] : []));
}

/** How long a call keeps an argument, other than in its results. */
function argumentLifetime(argument: Node, list: Node, { code, active }: Watch): Lifetime {
  const call = list.parent;
  const callee = call?.kind === 'call_expression' ? code.calleeOf(call) : undefined;
  if (!callee || call?.parent?.kind === 'go_statement') return 'unclear';
  const body = code.bodyOf(callee);
  if (!body) return isLibrary(callee, code) ? 'within' : 'unclear';
  const position = list.children.indexOf(argument);
  if (active.has(body.root) || active.size > deepest || isVariadicAt(body.root, position)) return 'unclear';
  const parameter = parameterAt(body.root, position);
  if (!parameter || isBlank(parameter)) return 'within';
  const binding = body.bindingOf(parameter);
  if (!binding) return 'unclear';
  // What it returns is the caller's to follow.
  const inner = new Set([...active, body.root]);
  return follow(binding, { code: body, scope: body.root, active: inner, dependants: [] });
}

/** What stands right of `=` or `:=`, or is returned. */
function assigned(at: Node, watch: Watch): Lifetime {
  const { code, scope, dependants } = watch;
  const list = at.parent as Node;
  const statement = list.parent;
  if (statement?.kind === 'return_statement') return returned(at, watch);
  if (list.field === 'left') return 'within';
  const left = statement && child(statement, 'left');
  const width = list.children.length === 1 ? (left?.children.length ?? 1) : 1;
  for (let result = 0; result < width; result++) {
    const target = targetOf(at, result);
    if (!target) return 'unclear';
    if (isBlank(target)) continue;
    const binding = target.kind === 'identifier' ? code.bindingOf(target) : undefined;
    if (!binding) return 'beyond';
    if (isPlain(code.typeOfBinding(binding), code)) continue;
    const isInside = binding.declaredAt && contains(scope, binding.declaredAt);
    if (!isInside || (binding.scope !== 'local' && !isParameterOf(binding, scope))) return 'beyond';
    if (!dependants.includes(binding)) dependants.push(binding);
  }
  return 'within';
}

/** A parameter that gets another value is as good as a local variable; a named result is returned. */
function isParameterOf(binding: Binding, scope: Node): boolean {
  const list = binding.declaredAt?.parent?.parent;
  return list?.kind === 'parameter_list' && list.field === 'parameters' && list.parent === scope;
}

/** In a callee, what is returned counts at the call; in the scope itself it leaves it. */
function returned(at: Node, { code, active }: Watch): Lifetime {
  const type = code.typeOf(at);
  if (active.size > 1 || isPlain(type, code)) return 'within';
  return isDefinite(type) ? 'beyond' : 'unclear';
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
  'net.IP',
  'net.IPAddr',
  'net.IPMask',
  'net.IPNet',
  'net.MX',
  'net.NS',
  'net.SRV',
  'net/url.URL',
  'net/http.Header',
  'context.CancelFunc',
  'context.CancelCauseFunc',
  'encoding/json.RawMessage',
  'os.ProcessState',
  'io/fs.FileMode',
]);
