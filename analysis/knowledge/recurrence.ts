// How often a place runs in the life of a program: once, because only its start leads there, or again and again.

import { edgesOf } from '../callgraph/call-graph.ts';
import { callSites } from '../callgraph/call-sites.ts';
import type { Located } from '../callgraph/search.ts';
import { isInLoop } from '../flow/graph.ts';
import type { Code } from '../model/code.ts';
import { deref, isNamed, type Type } from '../model/types.ts';
import { isExported } from '../syntax/names.ts';
import {
  child,
  closest,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  textOf,
} from '../syntax/node.ts';
import { isTarget, roleOf } from '../syntax/roles.ts';
import { isMain } from './entry-point.ts';
import { isTestSupport } from './test-support.ts';

export type Recurrence =
  /** As often as the program is started. */
  | { readonly kind: 'once' }
  /**
   * For each of what `each` names: `call of NewCache`, `Server`, `request`; `at` shows why. There may be only one in the
   * life of a program where that is a value of a type without a method that ends it.
   */
  | { readonly kind: 'again'; readonly each: string; readonly at: Node; readonly mayBeOnly?: boolean }
  | { readonly kind: 'unknown' };

const once: Recurrence = { kind: 'once' };
const unknown: Recurrence = { kind: 'unknown' };

/** How many calls are followed back. */
const deepest = 8;

/** How often a place in a declaration runs, as far as the package shows. */
export function recurrenceOf(code: Code, at: Node, seen: readonly Node[] = []): Recurrence {
  const fn = enclosingFunction(at);
  // The value of a package-level variable.
  if (!fn) return once;
  if (seen.includes(fn) || seen.length >= deepest || isGuarded(code, fn, at)) return unknown;
  const loop = endlesslyAround(at, fn);
  if (loop && isInLoop(code.flowOf(fn), at)) return { kind: 'again', each: 'turn of this loop', at: loop };
  const deeper = [...seen, fn];
  if (fn.kind !== 'func_literal') return recurrenceOfDeclared(code, fn, deeper);
  if (roleOf(fn) !== 'value') return recurrenceOf(code, fn, deeper);
  return isHandler(code, fn)
    ? { kind: 'again', each: 'request', at: fn }
    : recurrenceOfValue(code, fn, deeper);
}

/** A loop without a condition around a node: it goes round for each connection, message or tick. */
function endlesslyAround(at: Node, fn: Node): Node | undefined {
  for (
    let up = closest(at, 'for_statement');
    up && contains(fn, up);
    up = closest(up.parent, 'for_statement')
  )
    if (enclosingFunction(up) === fn && up.children.length === 1) return up;
  return undefined;
}

/** Whether a package-level variable that the function changes decides whether it comes to a place: once, most likely. */
function isGuarded(code: Code, fn: Node, at: Node): boolean {
  const asked = nodesOf(fn.tree, 'if_statement', 'expression_switch_statement')
    .filter((branch) => contains(fn, branch) && branch.start < at.start)
    .flatMap((branch) => branch.children.filter((c) => /^(?:initializer|condition|value)$/.test(c.field)));
  const globals = asked.flatMap((condition) => globalsIn(code, condition));
  return globals.some((name) => changes(code, fn, name));
}

function globalsIn(code: Code, node: Node): readonly string[] {
  return [...descendants(node)].flatMap((part) => {
    const binding = part.kind === 'identifier' ? code.bindingOf(part) : undefined;
    return binding?.scope === 'package' && binding.kind === 'variable' ? [binding.name] : [];
  });
}

/** Whether a function assigns to a package-level variable or an element of it, takes its address or calls a method of it. */
function changes(code: Code, fn: Node, name: string): boolean {
  return nodesOf(fn.tree, 'identifier').some((use) => {
    if (textOf(use) !== name || !contains(fn, use) || code.bindingOf(use)?.scope !== 'package') return false;
    const parent = use.parent;
    const isElement = parent?.kind === 'index_expression' && use.field === 'operand' && isTarget(parent);
    const isMethod = parent?.kind === 'selector_expression' && parent.field === 'function';
    return (
      isTarget(use) ||
      isElement ||
      isMethod ||
      parent?.kind === 'unary_expression' ||
      /^(?:inc|dec)_/.test(parent?.kind ?? '')
    );
  });
}

function parameterTypes(code: Code, fn: Node): readonly Type[] {
  return (child(fn, 'parameters')?.children ?? []).flatMap((parameter) => {
    const type = child(parameter, 'type');
    return type ? [code.typeOfTypeNode(type)] : [];
  });
}

function isHandler(code: Code, fn: Node): boolean {
  return parameterTypes(code, fn).some((type) => isNamed(type, 'net/http', 'ResponseWriter'));
}

/** Whether a function is what a program does for one of its commands: it is given the arguments of the command line. */
function isCommand(code: Code, fn: Node): boolean {
  return parameterTypes(code, fn).some((type) => {
    if (type.kind === 'slice') return type.elem.kind === 'basic' && type.elem.name === 'string';
    const base = deref(type);
    return base.kind === 'named' && /\b(?:cobra|cli|kingpin|flag)\b/.test(base.pkg);
  });
}

function recurrenceOfValue(code: Code, literal: Node, seen: readonly Node[]): Recurrence {
  const outer = enclosingFunction(literal);
  const edge = outer && edgesOf(code, outer).find(({ site }) => site === literal);
  switch (edge?.runs) {
    case 'once':
      return isOfGlobal(code, literal.parent?.parent) ? once : recurrenceOf(code, literal, seen);
    case 'concurrent':
      return { kind: 'again', each: 'call of this function', at: literal };
    case 'call':
    case 'defer':
    case 'go':
      return recurrenceOf(code, literal, seen);
    default: {
      const { sites, complete } = callSites(code, literal);
      return complete ? overSites(sites, seen) : unknown;
    }
  }
}

/** Whether a call is one of a method of a package-level variable. */
function isOfGlobal(code: Code, call: Node | undefined): boolean {
  const receiver = call && code.calleeOf(call)?.receiver;
  return receiver?.kind === 'identifier' && code.bindingOf(receiver)?.scope === 'package';
}

/** What the calls of a function come to: the first that recurs decides. */
function overSites(sites: readonly Located[], seen: readonly Node[]): Recurrence {
  let all: Recurrence = sites.length > 0 ? once : unknown;
  for (const site of sites) {
    const here = isOfGlobal(site.code, site.node) ? unknown : recurrenceOf(site.code, site.node, seen);
    if (here.kind === 'again') return here;
    if (here.kind === 'unknown') all = unknown;
  }
  return all;
}

function recurrenceOfDeclared(code: Code, fn: Node, seen: readonly Node[]): Recurrence {
  const name = child(fn, 'name');
  const isMethod = fn.kind === 'method_declaration';
  if (!name || isMain(code, fn) || (!isMethod && textOf(name) === 'init')) return once;
  if (isHandler(code, fn)) return { kind: 'again', each: 'request', at: name };
  if (isCommand(code, fn)) return unknown;
  const { sites, complete } = callSites(code, fn);
  const shown = sites.filter((site) => !isTestSupport(site.code));
  const within = overSites(shown, seen);
  if (complete || within.kind === 'again') return within;
  // Nothing can import a program, and what a file for another target declares is called where it is not visible.
  const isInside =
    (code.pkg.name === 'main' && shown.length > 0) || (code.pkg.variantOf && !isExported(textOf(name)));
  if (isInside) return within;
  if (shown.some((site) => isOfGlobal(site.code, site.node))) return unknown;
  if (isMethod) return { kind: 'again', each: receiverType(fn), at: name, mayBeOnly: !canEnd(code, fn) };
  return makesOwner(code, fn) ? { kind: 'again', each: `call of ${textOf(name)}`, at: name } : unknown;
}

function receiverType(method: Node): string {
  const receiver = child(method, 'receiver')?.children[0];
  const type = receiver && child(receiver, 'type');
  return type ? textOf(type).replace(/^\*|\[.*$/g, '') : 'value';
}

/** Whether the receiver of a method has a method that ends it. */
function canEnd(code: Code, method: Node): boolean {
  const receiver = child(method, 'receiver')?.children[0];
  const node = receiver && child(receiver, 'type');
  return node !== undefined && isClosable(code, code.typeOfTypeNode(node));
}

function isClosable(code: Code, type: Type): boolean {
  return endingMethods.some((method) => code.memberOfType(type, method)?.kind === 'method');
}

/** Whether a function is a constructor: it returns a value of a type of its package, or one that can be closed. */
function makesOwner(code: Code, fn: Node): boolean {
  const result = child(fn, 'result');
  const types = !result
    ? []
    : result.kind === 'parameter_list'
      ? result.children.flatMap((parameter) => child(parameter, 'type') ?? [])
      : [result];
  return types.some((node) => {
    const type = code.typeOfTypeNode(node);
    const base = deref(type);
    const isOwn = base.kind === 'named' && base.pkg === code.pkg.importPath;
    return isOwn || isClosable(code, type);
  });
}

/** What the methods are called with which an owner ends what it has started. */
const endingMethods = ['Close', 'Stop', 'Shutdown'];
