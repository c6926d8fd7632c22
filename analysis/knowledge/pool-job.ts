// What a worker must be told to take over a turn of a loop: the variables of the turn that its goroutine uses.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import type { Type } from '../model/types.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  contains,
  descendants,
  type Node,
  nodesOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isTarget, parameterAt } from '../syntax/roles.ts';
import { isNeverReassigned } from './bounded-spawn.ts';
import type { Loop, Spawn } from './spawning-loop.ts';

/** A variable that the work uses, and what it is in the loop. */
export interface JobPart {
  readonly name: string;
  readonly type: Type;
  /** An expression in the loop, or the variable itself. */
  readonly value: { readonly node: Node | undefined; readonly text: string };
}

/** What makes up a job. */
export interface Job {
  readonly parts: readonly JobPart[];
  /** The clause of a loop over a slice that is the same all along, if a part is an element of it: its index says it all. */
  readonly range: { readonly key: Node | undefined; readonly value: Node; readonly over: Node } | undefined;
  /** What the range clause declares for the goroutine alone, which then did nothing with it. */
  readonly idle: readonly Node[];
}

/** The job of a turn; undefined if there is nothing to tell, or if more than variables would have to be told. */
export function jobOf(code: Code, spawn: Spawn, loop: Loop, literal: Node): Job | undefined {
  const given = partsOfArguments(code, spawn, loop, literal);
  const captured = partsOfCaptured(code, loop, literal);
  const idle = idleIn(code, spawn, loop, literal);
  if (!given || !captured || !idle || given.length + captured.length === 0) return undefined;
  return { parts: [...captured, ...given], range: elementRange(code, loop), idle };
}

/** The arguments of the goroutine with the parameters that get them. */
function argumentsWithParameters(
  code: Code,
  spawn: Spawn,
  literal: Node,
): readonly { readonly arg: Node; readonly parameter: Binding | undefined }[] {
  const args = spawn.by === 'go' ? argumentsOf(spawn.started) : [];
  return args.map((arg, i) => {
    const name = parameterAt(literal, i);
    return { arg, parameter: name && code.bindingOf(name) };
  });
}

function isUnused(code: Code, parameter: Binding | undefined): boolean {
  return !parameter || code.usesOf(parameter).length === 1;
}

function partsOfArguments(
  code: Code,
  spawn: Spawn,
  loop: Loop,
  literal: Node,
): readonly JobPart[] | undefined {
  const parts: JobPart[] = [];
  for (const { arg, parameter } of argumentsWithParameters(code, spawn, literal)) {
    if (arg.kind === 'variadic_argument') return undefined;
    if (!parameter || isUnused(code, parameter)) {
      // Nothing is done with it, so nothing must be computed for it.
      if ([...descendants(arg)].some((node) => node.kind === 'call_expression')) return undefined;
    } else if (isOfTurn(code, loop, arg)) {
      const { name } = parameter;
      parts.push({ name, type: code.typeOfBinding(parameter), value: { node: arg, text: textOf(arg) } });
    } else if (!isSameOutside(code, arg, parameter)) return undefined;
  }
  return parts;
}

/** The variables of the range clause that only unused parameters get; undefined if a variable of the body is one. */
function idleIn(code: Code, spawn: Spawn, loop: Loop, literal: Node): readonly Node[] | undefined {
  const dropped = argumentsWithParameters(code, spawn, literal).filter((a) => isUnused(code, a.parameter));
  const idle = new Set<Node>();
  for (const node of dropped.flatMap(({ arg }) => [...descendants(arg)])) {
    const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
    const at = binding?.declaredAt;
    if (!binding || !at || !contains(loop.at, at)) continue;
    const isUsed = code
      .usesOf(binding)
      .some((use) => use !== at && !dropped.some(({ arg }) => contains(arg, use)));
    if (isUsed) continue;
    if (at.parent?.parent?.kind !== 'range_clause') return undefined;
    idle.add(at);
  }
  return [...idle];
}

/** Whether an expression names a variable of the loop. */
function isOfTurn(code: Code, loop: Loop, expression: Node): boolean {
  return [...descendants(expression)].some((node) => {
    const at = node.kind === 'identifier' ? code.bindingOf(node)?.declaredAt : undefined;
    return at !== undefined && contains(loop.at, at);
  });
}

/** Whether a parameter is another name for a variable around the loop that has the same name, and neither ever changes. */
function isSameOutside(code: Code, arg: Node, parameter: Binding): boolean {
  const plain = unparen(arg);
  const outer = plain.kind === 'identifier' ? code.bindingOf(plain) : undefined;
  return (
    outer?.kind === 'variable' &&
    outer.name === parameter.name &&
    isNeverReassigned(code, outer) &&
    isNeverReassigned(code, parameter)
  );
}

/** The variables of the loop that the literal names itself; undefined if one is not the turn's own. */
function partsOfCaptured(code: Code, loop: Loop, literal: Node): readonly JobPart[] | undefined {
  const body = child(literal, 'body') as Node;
  const bindings = new Set<Binding>();
  for (const use of nodesOf(literal.tree, 'identifier', 'type_identifier')) {
    const binding = contains(body, use) ? code.bindingOf(use) : undefined;
    const at = binding?.declaredAt;
    if (!binding || !at || !contains(loop.at, at) || contains(literal, at)) continue;
    const isInHead = !contains(loop.body, at);
    if (binding.kind !== 'variable' || (isInHead && !code.goAtLeast('1.22'))) return undefined;
    // What the loop sees of it afterwards would be another variable.
    const isChanged = code.usesOf(binding).some((u) => u !== at && isTarget(u));
    if (isChanged) return undefined;
    bindings.add(binding);
  }
  const inOrder = [...bindings].sort((a, b) => (a.declaredAt?.start ?? 0) - (b.declaredAt?.start ?? 0));
  return inOrder.map((binding) => ({
    name: binding.name,
    type: code.typeOfBinding(binding),
    value: { node: binding.declaredAt, text: binding.name },
  }));
}

function elementRange(code: Code, loop: Loop): Job['range'] {
  const clause = childOfKind(loop.at, 'range_clause');
  const over = clause && child(clause, 'right');
  const [key, value] = (clause && child(clause, 'left')?.children) || [];
  const binding = over?.kind === 'identifier' ? code.bindingOf(over) : undefined;
  if (!over || !key || !value || !binding || code.underlyingOf(code.typeOf(over)).kind !== 'slice')
    return undefined;
  const isSame =
    isNeverReassigned(code, binding) ||
    code.usesOf(binding).every((use) => !isTarget(use) || use.start < loop.at.start);
  const isWritten = code
    .usesOf(binding)
    .some(
      (use) => use.parent?.kind === 'index_expression' && use.field === 'operand' && isTarget(use.parent),
    );
  if (!isSame || isWritten || code.bindingOf(value)?.declaredAt !== value) return undefined;
  return { key: textOf(key) === '_' ? undefined : key, value, over };
}
