// Which functions make something that goroutines wait for, or start a goroutine, by themselves or through those that
// they call. Told from the syntax, since most functions do not, and are never lowered.

import type { Code } from '../model/code.ts';
import type { GoPackage } from '../model/package.ts';
import { readAnswer } from '../model/reads.ts';
import { argumentsOf, child, contains, type Node, nodesOf, textOf, unparen } from '../syntax/node.ts';
import { makesSomething } from './library-functions.ts';
import { reachingIn } from './reach.ts';
import { carries } from './shapes.ts';

/** What a function does by itself, and the functions of the package that it calls or mentions. */
export interface Facts {
  readonly makes: boolean;
  readonly calls: readonly string[];
}

/** Facts follow from the surface of a package and the text of a function. */
const remembered = new WeakMap<object, WeakMap<Node, Facts>>();

/** Whether running a function can make or start anything that the model is about. */
export function isRelevant(code: Code, fn: Node, known: Map<Node, boolean>): boolean {
  const answer = known.get(fn);
  if (answer !== undefined) return answer;
  const visited = new Map<Node, Code>([[fn, code]]);
  for (const [at, itsCode] of visited) {
    const facts = factsOf(itsCode, at);
    if (facts.makes || known.get(at) === true) {
      known.set(fn, true);
      return true;
    }
    if (known.get(at) === false) continue;
    for (const name of facts.calls) {
      const callee = mayLead(code.pkg, name) ? itsCode.functionNamed(name) : undefined;
      if (callee) visited.set(callee.root, callee);
    }
  }
  // Everything that can be reached from here was seen.
  for (const at of visited.keys()) known.set(at, false);
  return false;
}

/** Whether a function can come to something that is made or started, as far as texts tell. */
function mayLead(pkg: GoPackage, name: string): boolean {
  const own = name.slice(name.lastIndexOf('.') + 1);
  const parts = [reachingIn(pkg).has(own)];
  readAnswer({ parts, again: (now) => [reachingIn(now).has(own)] });
  return parts[0] === true;
}

/** The functions of the package that a function calls or hands on, literals in it included, by name. */
export function callsOf(code: Code, fn: Node): readonly string[] {
  return factsOf(code, fn).calls;
}

/** The facts of a function of this code. */
export function factsOf(code: Code, fn: Node): Facts {
  const { surface } = code.pkg;
  const ofSurface = remembered.get(surface) ?? new WeakMap<Node, Facts>();
  remembered.set(surface, ofSurface);
  const known = ofSurface.get(fn);
  if (known) return known;
  const facts = { makes: makesDirectly(code, fn), calls: calledBy(code, fn) };
  ofSurface.set(fn, facts);
  return facts;
}

function makesDirectly(code: Code, fn: Node): boolean {
  const within = (node: Node): boolean => contains(fn, node);
  const { tree } = fn;
  return (
    nodesOf(tree, 'go_statement').some(within) ||
    code.calls.some((call) => within(call) && makesByCall(code, call)) ||
    nodesOf(tree, 'composite_literal').some((n) => within(n) && carries(code.typeOf(n), code)) ||
    nodesOf(tree, 'var_spec').some((spec) => within(spec) && declaresMemory(code, spec)) ||
    makesIterator(code, fn)
  );
}

/** Whether a function returns one that loops range over, which decides how often their bodies are run. */
function makesIterator(code: Code, fn: Node): boolean {
  const result = child(fn, 'result');
  if (!result || !/Seq|func/.test(textOf(result))) return false;
  const type = code.underlyingOf(code.typeOfTypeNode(result));
  const body = type.kind === 'func' && type.params.length === 1 ? type.params[0]?.type : undefined;
  return body !== undefined && code.underlyingOf(body).kind === 'func';
}

function makesByCall(code: Code, call: Node): boolean {
  const name = code.calleeName(call);
  if (makesSomething(name)) return true;
  const [first] = argumentsOf(call);
  if (!first || (name !== 'builtin.make' && name !== 'builtin.new')) return false;
  return carries(code.typeOfTypeNode(first), code);
}

function declaresMemory(code: Code, spec: Node): boolean {
  const type = child(spec, 'type');
  return type !== undefined && carries(code.typeOfTypeNode(type), code);
}

/** Calls, and functions that are handed on as values. */
function calledBy(code: Code, fn: Node): readonly string[] {
  const names = new Set<string>();
  const own = `${code.pkg.importPath}.`;
  for (const call of code.calls) {
    if (!contains(fn, call)) continue;
    const name = code.calleeName(call);
    if (name.startsWith(own)) names.add(name);
    for (const arg of argumentsOf(call)) {
      const handed = handedOn(code, unparen(arg));
      if (handed?.startsWith(own)) names.add(handed);
    }
  }
  return [...names];
}

function handedOn(code: Code, arg: Node): string | undefined {
  if (arg.kind !== 'identifier' && arg.kind !== 'selector_expression') return undefined;
  if (code.entityOf(arg)?.kind === 'function') return code.objectName(arg);
  const member = code.memberOf(arg);
  return member?.kind === 'method' && member.owner ? `${member.owner}.${member.name}` : undefined;
}
