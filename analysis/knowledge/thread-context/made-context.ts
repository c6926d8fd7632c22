// The contexts that a function makes itself, and that end when something ends.

import { isContext, writtenName } from '../../model/calls.ts';
import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  closest,
  enclosingFunction,
  type Node,
  nodesOf,
  textOf,
  unparen,
} from '../../syntax/node.ts';
import { targetOf } from '../../syntax/roles.ts';

export interface MadeContext {
  readonly text: string;
  /** Whether it ends with the function, at the latest: its cancel function is deferred, or it has a deadline. */
  readonly endsWithFunction: boolean;
}

/**
 * The variable of the function itself that stands for a context at `at`: the one called `ctx`, else the last. `real`:
 * one that something cancels; what only wraps `context.Background()` is none. Of `any`, only one that is not one of
 * several: nobody can tell which is meant.
 */
export function madeContext(code: Code, fn: Node, at: Node, which: 'real' | 'any'): MadeContext | undefined {
  const made = new Map<string, MadeContext>();
  for (const { name, value } of declarationsIn(fn)) {
    if (value.end > at.start) continue;
    const binding = code.bindingOf(name);
    if (!binding || code.lookup(binding.name, at) !== binding || !mayBeContext(code, name)) continue;
    if (which === 'any' || (isReal(code, value, 0) && !isSpent(code, binding, value, at)))
      made.set(binding.name, { text: binding.name, endsWithFunction: endsWithFunction(code, value, fn) });
  }
  const last = [...made.values()].at(-1);
  return made.get('ctx') ?? (which === 'any' && made.size > 1 ? undefined : last);
}

interface Declared {
  readonly name: Node;
  readonly value: Node;
}

/** The variables that are declared with a value in a function, not in the literals in it. */
function declarationsIn(fn: Node): readonly Declared[] {
  return nodesOf(fn.tree, 'short_var_declaration', 'var_spec')
    .filter((statement) => enclosingFunction(statement) === fn)
    .sort((a, b) => a.start - b.start)
    .flatMap((statement) => {
      const isShort = statement.kind === 'short_var_declaration';
      const names = isShort ? (child(statement, 'left')?.children ?? []) : childrenIn(statement, 'name');
      const values = child(statement, isShort ? 'right' : 'value')?.children ?? [];
      return names.flatMap((name, i): Declared[] => {
        const value = values.length === names.length ? values[i] : values[0];
        return name.kind === 'identifier' && value ? [{ name, value }] : [];
      });
    });
}

/** Whether a variable is a context; where its type is not visible, its name must say so. */
function mayBeContext(code: Code, name: Node): boolean {
  const type = code.typeOf(name);
  return isContext(type) || (type.kind === 'unknown' && /(?:ctx|context)$/i.test(textOf(name)));
}

const cancelled =
  /^(?:context\.With(?:Cancel|Timeout|Deadline)(?:Cause)?|os\/signal\.NotifyContext|golang\.org\/x\/sync\/errgroup\.WithContext)$/;
const deepest = 6;

function isReal(code: Code, value: Node, depth: number): boolean {
  const node = unparen(value);
  if (depth > deepest) return false;
  if (node.kind === 'identifier') {
    const binding = code.bindingOf(node);
    if (binding?.scope === 'parameter') return isContext(code.typeOfBinding(binding));
    const source = binding?.declaredAt && declaredValue(binding.declaredAt);
    return source !== undefined && isReal(code, source, depth + 1);
  }
  if (node.kind !== 'call_expression') return false;
  const name = code.calleeName(node);
  if (cancelled.test(name)) return true;
  if (/^context\.(?:Background|TODO|WithoutCancel)$/.test(name)) return false;
  // `r.Context()`, `stream.Context()`.
  if (writtenName(node) === 'Context' && argumentsOf(node).length === 0) return true;
  return argumentsOf(node).some((argument) => isReal(code, argument, depth + 1));
}

/** A time limit that is not used any more was for what came before. */
function isSpent(code: Code, binding: Binding, value: Node, at: Node): boolean {
  return isTimed(code, value) && code.usesOf(binding).every((use) => use.end <= at.start);
}

function isTimed(code: Code, value: Node): boolean {
  const call = unparen(value);
  return call.kind === 'call_expression' && /^context\.With(?:Timeout|Deadline)/.test(code.calleeName(call));
}

function declaredValue(name: Node): Node | undefined {
  const statement = closest(name.parent, 'short_var_declaration', 'var_spec');
  const values = statement && (child(statement, 'right') ?? child(statement, 'value'))?.children;
  const names =
    statement?.kind === 'var_spec'
      ? childrenIn(statement, 'name')
      : statement && child(statement, 'left')?.children;
  return values?.length === names?.length ? values?.[names?.indexOf(name) ?? -1] : values?.[0];
}

function endsWithFunction(code: Code, value: Node, fn: Node): boolean {
  if (isTimed(code, value)) return true;
  const target = targetOf(unparen(value), 1);
  const cancel = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  if (!cancel) return false;
  return code.usesOf(cancel).some((use) => {
    const deferred = closest(use, 'defer_statement');
    return deferred !== undefined && enclosingFunction(deferred) === fn;
  });
}
