// The call graph of a package, edge by edge on demand: what a call can reach, and on which goroutine that runs.

import { writtenName } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import { deref, unknown } from '../model/types.ts';
import { argumentsOf, child, enclosingFunction, type Node, nodesOf } from '../syntax/node.ts';
import { type LibraryCall, libraryCall, libraryField, type Runs } from './library-calls.ts';
import type { Located } from './search.ts';
import { type Source, sourcesOf } from './sources.ts';
import { isConversion, isFunctionSource, noTargets, reachedBy, type Targets } from './targets.ts';

/** One way from a function to others. */
export interface CallEdge {
  /** The `call_expression`, or the function value that something outside is given to call. */
  readonly site: Node;
  readonly runs: Runs;
  readonly targets: Targets;
}

/** What a `call_expression` can call: through names, methods, interfaces of the package and function values. */
export function targetsOf(code: Code, call: Node): Targets {
  return reachedBy(code, call);
}

/** The function that a call reaches, if there is only one and its body is in this package. */
export function onlyTarget(code: Code, call: Node): Source | undefined {
  const { functions, outside, complete } = targetsOf(code, call);
  return complete && functions.length === 1 && outside.length === 0 ? functions[0] : undefined;
}

/** The edges that leave a function itself, not the literals in it, in source order. */
export function edgesOf(code: Code, fn: Node): readonly CallEdge[] {
  return nodesOf(fn.tree, 'call_expression', 'composite_literal')
    .filter((node) => enclosingFunction(node) === fn)
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .flatMap((node) => (node.kind === 'call_expression' ? callEdges(code, node) : fieldEdges(code, node)));
}

function callEdges(code: Code, call: Node): readonly CallEdge[] {
  if (isConversion(code, call)) return [];
  const targets = targetsOf(code, call);
  const own: CallEdge = { site: call, runs: runsOf(call), targets };
  const isInside = targets.functions.length > 0 && targets.complete && targets.outside.length === 0;
  const handed = isInside
    ? []
    : argumentsOf(call).flatMap((arg, i) => argumentEdge(code, call, arg, i) ?? []);
  return targets === noTargets ? handed : [own, ...handed];
}

function runsOf(call: Node): Runs {
  let at = call;
  while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
  if (at.parent?.kind === 'go_statement') return 'go';
  return at.parent?.kind === 'defer_statement' ? 'defer' : 'call';
}

/** The edge to a function that a call hands to code that is not in the package. */
function argumentEdge(code: Code, call: Node, arg: Node, position: number): CallEdge | undefined {
  const name = code.calleeName(call) || methodByName(code, call);
  if (name.startsWith('builtin.')) return undefined;
  const known = libraryCall(name, position);
  const targets = known?.method ? methodTargets(code, arg, known.method) : handedOver(code, arg);
  if (!targets) return undefined;
  const runs = known?.runs ?? 'unknown';
  return { site: arg, runs: runs === 'call' && isParallel(name, targets) ? 'concurrent' : runs, targets };
}

/** What a method is called if its type is declared in a package that is not visible. */
function methodByName(code: Code, call: Node): string {
  const fn = child(call, 'function');
  const operand = fn?.kind === 'selector_expression' && child(fn, 'operand');
  const type = operand ? deref(code.typeOf(operand)) : unknown;
  return type.kind === 'named' && type.pkg !== '' ? `${type.pkg}.${type.name}.${writtenName(call)}` : '';
}

/** A subtest that calls `t.Parallel` runs beside the other subtests, once the test around it is done. */
function isParallel(name: string, { functions }: Targets): boolean {
  if (name !== 'testing.T.Run') return false;
  return functions.some(({ code, node }) =>
    code.calls.some((c) => enclosingFunction(c) === node && code.calleeName(c) === 'testing.T.Parallel'),
  );
}

function handedOver(code: Code, arg: Node): Targets | undefined {
  if (code.underlyingOf(code.typeOf(arg)).kind !== 'func') return undefined;
  const sources = sourcesOf(code, arg);
  return { ...sources, functions: sources.values.filter(isFunctionSource) };
}

/** The method of that name of an argument's own type, if the package declares it. */
function methodTargets(code: Code, arg: Node, method: string): Targets | undefined {
  // An `http.HandlerFunc` is called itself.
  const converted = handedOver(code, arg);
  if (converted) return converted;
  const member = code.memberOfType(code.typeOf(arg), method);
  const body = member?.kind === 'method' && member.entity && code.bodyOf({ declaration: member.entity });
  if (!body) return undefined;
  const receiver: Located = { code, node: arg };
  return { functions: [{ code: body, node: body.root, receiver }], outside: [], complete: true };
}

/** The edges to functions that a composite literal of a type of another package is given. */
function fieldEdges(code: Code, literal: Node): readonly CallEdge[] {
  const type = code.typeOf(literal);
  if (type.kind !== 'named' || type.pkg === code.pkg.importPath || type.local) return [];
  return (child(literal, 'body')?.children ?? []).flatMap((element): CallEdge[] => {
    const key = child(element, 'key')?.children[0];
    const value = child(element, 'value')?.children[0];
    if (!key || !value) return [];
    const name = `${type.pkg}.${type.name}.${key.tree.text.slice(key.start, key.end)}`;
    const known: LibraryCall | undefined = libraryField(name);
    const targets = known?.method ? methodTargets(code, value, known.method) : handedOver(code, value);
    return targets ? [{ site: value, runs: known?.runs ?? 'unknown', targets }] : [];
  });
}
