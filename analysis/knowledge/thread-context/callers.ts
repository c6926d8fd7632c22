// Everything in a package that uses a function, and whether each use is a call that can be given one more argument.

import type { Located } from '../../callgraph/search.ts';
import { isConversion } from '../../callgraph/targets.ts';
import type { Obstacle } from '../../finding.ts';
import type { Code } from '../../model/code.ts';
import { mentionsIn } from '../../model/mentions.ts';
import type { Binding } from '../../model/scope.ts';
import {
  argumentsOf,
  calledOf,
  child,
  childrenIn,
  mayBeCall,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
} from '../../syntax/node.ts';
import { declarationOf, treeOf } from '../../syntax/source-file.ts';
import { nameOf, obstacleAt, shownName } from './names.ts';
import { variableOf } from './variable.ts';

export interface Callers {
  /** The calls, of this function and nothing else, in the order of files and source. */
  readonly calls: readonly Located[];
  /** The uses that are none, or that nobody can tell. */
  readonly obstacles: readonly Obstacle[];
}

interface Collected {
  readonly calls: Located[];
  readonly obstacles: Obstacle[];
}

/** The uses of a function or method of the package, or of a function literal that a variable is declared with. */
export function callersOf(code: Code, fn: Node): Callers {
  const found: Collected = { calls: [], obstacles: [] };
  if (fn.kind === 'func_literal') usesOfLiteral(code, fn, found);
  else {
    const name = nameOf(fn);
    for (const { file, declaration } of mentionsIn(code.pkg, name)) {
      if (treeOf(declaration)) continue;
      const start = file.starts[file.declarations.indexOf(declaration)] ?? 0;
      const at = { path: file.path, start, end: start + declaration.text.length };
      found.obstacles.push({ at, reason: `this is not valid Go, and may use ${name}` });
    }
    for (const other of code.packageCode(name)) {
      if (fn.kind === 'method_declaration') usesOfMethod(other, fn, found);
      else usesOfFunction(other, fn, found);
    }
  }
  const calls = found.calls.filter((call) => takesOneMore(call, fn, found));
  return { calls, obstacles: found.obstacles };
}

function usesOfFunction(code: Code, fn: Node, found: Collected): void {
  const name = nameOf(fn);
  const own = declarationOf(fn);
  // `f[*T](x)` is read as a conversion, and what `f` is there as a type.
  for (const use of nodesOf(code.root.tree, 'identifier', 'type_identifier')) {
    if (textOf(use) !== name || use.parent === fn) continue;
    if (code.entityOf(use)?.declaration === own) take(code, use, fn, found);
  }
}

function usesOfMethod(code: Code, fn: Node, found: Collected): void {
  const name = nameOf(fn);
  const own = declarationOf(fn);
  for (const use of nodesOf(code.root.tree, 'selector_expression')) {
    const field = child(use, 'field');
    if (!field || textOf(field) !== name || code.objectName(use) !== undefined) continue;
    const member = code.memberOf(use);
    if (!member) found.obstacles.push(obstacleAt(code, use, `it cannot be told what ${textOf(use)} is here`));
    // That of an interface is settled where the interface is declared.
    else if (member.kind === 'method' && member.entity?.declaration === own) take(code, use, fn, found);
  }
}

/** A literal that is called where it stands, or is the only value of a variable. */
function usesOfLiteral(code: Code, literal: Node, found: Collected): void {
  const variable = variableOf(code, literal);
  if (!variable) {
    found.obstacles.push(obstacleAt(code, literal, 'this function literal has no name that it is called by'));
    return;
  }
  for (const { code: other, node: use } of variable.uses) {
    if (use !== variable.declaredAt && use !== variable.assignedAt) take(other, use, literal, found);
  }
}

/** A use is a call, or makes a variable whose uses are calls; everything else has a type that others rely on. */
function take(code: Code, use: Node, fn: Node, found: Collected): void {
  const value = instantiated(code, use);
  const call = callOf(code, value);
  if (call) {
    found.calls.push({ code, node: call });
    return;
  }
  if (isComparedWithNil(value)) return;
  const calls = callsOfVariable(code, value);
  if (calls) found.calls.push(...calls.map((node) => ({ code, node })));
  else {
    const reason = `${shownName(fn)} is used as a value here, of a type without a context`;
    found.obstacles.push(obstacleAt(code, value, reason));
  }
}

/** The use with its type arguments and parentheses: `f[int]` of `f`. */
function instantiated(code: Code, use: Node): Node {
  let at = use;
  for (;;) {
    const { parent } = at;
    const isOperand = parent?.kind === 'index_expression' && at.field === 'operand';
    const isType = parent?.kind === 'generic_type' && at.field === 'type';
    const isWrapped =
      parent?.kind === 'parenthesized_expression' || parent?.kind === 'type_instantiation_expression';
    const isInstance = (isOperand || isType) && code.entityOf(at)?.kind === 'function';
    if (!parent || !(isWrapped || isInstance)) return at;
    at = parent;
  }
}

function callOf(code: Code, value: Node): Node | undefined {
  const call = value.parent;
  if (!call || !mayBeCall(call) || calledOf(call) !== value) return undefined;
  return call.kind === 'type_conversion_expression' && isConversion(code, call) ? undefined : call;
}

function isComparedWithNil(value: Node): boolean {
  const { parent } = value;
  return (
    parent?.kind === 'binary_expression' &&
    /^[!=]=$/.test(operatorOf(parent)) &&
    parent.children.some((c) => c.kind === 'nil')
  );
}

/** The calls of a variable that is declared with a value, has no type written out and is nothing but called. */
function callsOfVariable(code: Code, value: Node): readonly Node[] | undefined {
  const list = value.parent?.kind === 'expression_list' ? value.parent : undefined;
  const statement = list?.parent;
  const isShort = statement?.kind === 'short_var_declaration';
  if (!list || !statement || !(isShort || (statement.kind === 'var_spec' && !child(statement, 'type'))))
    return undefined;
  const names = isShort ? (child(statement, 'left')?.children ?? []) : childrenIn(statement, 'name');
  const name = names[list.children.indexOf(value)];
  const binding = name && code.bindingOf(name);
  if (binding?.declaredAt !== name || binding?.scope !== 'local') return undefined;
  return callsOnly(code, binding);
}

function callsOnly(code: Code, binding: Binding): readonly Node[] | undefined {
  const calls: Node[] = [];
  for (const use of code.usesOf(binding)) {
    if (use === binding.declaredAt || isComparedWithNil(use)) continue;
    const call = callOf(code, use);
    if (!call) return undefined;
    calls.push(call);
  }
  return calls;
}

/** Whether a call still is one with another argument before its own: not in `f(g())`, where g has several results. */
function takesOneMore({ code, node: call }: Located, fn: Node, found: Collected): boolean {
  const args = argumentsOf(call);
  const [only] = args;
  if (args.length !== 1 || !only || !mayBeCall(only)) return true;
  const parameters = child(fn, 'parameters')?.children ?? [];
  const count = parameters.reduce((sum, p) => sum + Math.max(1, childrenIn(p, 'name').length), 0);
  const isVariadic = parameters.at(-1)?.kind === 'variadic_parameter_declaration';
  const type = code.typeOf(only);
  if (count === 1 && !isVariadic) return true;
  if (type.kind !== 'tuple' && type.kind !== 'unknown' && (isVariadic || count === 1)) return true;
  const reason = `the arguments of ${shownName(fn)} are the results of one call here, and nothing can stand before them`;
  found.obstacles.push(obstacleAt(code, call, reason));
  return false;
}
