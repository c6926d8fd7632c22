// Where a release can be written for a resource that a function acquires and does not let go on every path.

import { isInLoop } from '../flow/graph.ts';
import type { Code } from '../model/code.ts';
import {
  child,
  closest,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  nodesOf,
  statements,
  textOf,
} from '../syntax/node.ts';
import type { Leak, LeakingPath } from './obligation.ts';

/** A place for a statement: before or after another one. */
export interface Place {
  readonly side: 'before' | 'after';
  readonly statement: Node;
}

export type ReleasePlan =
  /** Deferred right after the statement that acquires. */
  | { readonly kind: 'defer'; readonly after: Node; readonly scope: Node }
  /** In a loop, where deferred calls would pile up: at every end of a turn. `scope`: the list of statements. */
  | { readonly kind: 'each-turn'; readonly places: readonly Place[]; readonly scope: Node };

/**
 * A plan that releases on every path; undefined if there is no place for it, or if something is still computed by
 * the statement that ends a turn and `mayNeed` the resource.
 */
export function releasePlan(
  code: Code,
  call: Node,
  mayNeed: (statement: Node) => boolean,
): ReleasePlan | undefined {
  const fn = enclosingFunction(call);
  const statement = listedStatement(call);
  if (!fn || !statement) return undefined;
  if (!isInLoop(code.flowOf(fn), call)) return { kind: 'defer', after: statement, scope: fn };
  const places = endsOfTurn(statement, mayNeed);
  return places && { kind: 'each-turn', places, scope: statement.parent as Node };
}

/** Whether a variable can be declared in a function: no `goto` may jump over its declaration. */
export function canDeclareIn(fn: Node): boolean {
  return !nodesOf(fn.tree, 'goto_statement').some((jump) => contains(fn, jump));
}

/** The statement that holds a call, if it stands in a list of statements and not in the head of an `if` or `for`. */
export function listedStatement(call: Node): Node | undefined {
  const statement = closest(call, 'short_var_declaration', 'assignment_statement', 'var_declaration');
  return statement?.parent?.kind === 'statement_list' ? statement : undefined;
}

const jumps: ReadonlySet<string> = new Set([
  'return_statement',
  'break_statement',
  'continue_statement',
  'goto_statement',
  'fallthrough_statement',
]);

/** Before each jump out of the list of a statement, from that statement on, and after the last of the list. */
function endsOfTurn(statement: Node, mayNeed: (statement: Node) => boolean): readonly Place[] | undefined {
  const list = statement.parent as Node;
  const rest = list.children.slice(list.children.indexOf(statement) + 1);
  const places: Place[] = [];
  for (const node of rest.flatMap((s) => [...descendants(s)])) {
    if (!jumps.has(node.kind) || enclosingFunction(node) !== enclosingFunction(statement)) continue;
    if (node.kind === 'goto_statement' || node.children.some((c) => c.kind === 'label_name'))
      return undefined;
    if (node.kind === 'fallthrough_statement' ? node.parent !== list : staysWithin(node, list)) continue;
    if (mayNeed(node)) return undefined;
    places.push({ side: 'before', statement: node });
  }
  const last = rest.at(-1) ?? statement;
  return isTerminating(last) ? places : [...places, { side: 'after', statement: last }];
}

/** Whether control cannot come to what follows a statement ("Terminating statements" in the Go specification). */
function isTerminating(statement: Node | undefined): boolean {
  switch (statement?.kind) {
    case 'expression_statement': {
      const called = statement.children[0] && child(statement.children[0], 'function');
      return called?.kind === 'identifier' && textOf(called) === 'panic';
    }
    case 'block':
      return isTerminating(statements(statement).at(-1));
    case 'if_statement':
      return isTerminating(child(statement, 'consequence')) && isTerminating(child(statement, 'alternative'));
    case 'for_statement':
      return statement.children.length === 1 && !isLeft(statement);
    case 'expression_switch_statement':
    case 'type_switch_statement':
    case 'select_statement': {
      const clauses = statement.children.filter((c) => c.kind.endsWith('_case'));
      const isWhole = statement.kind === 'select_statement' || clauses.some((c) => c.kind === 'default_case');
      return isWhole && !isLeft(statement) && clauses.every((c) => isTerminating(statements(c).at(-1)));
    }
    case 'labeled_statement':
      return isTerminating(statement.children.at(-1));
    default:
      return statement !== undefined && jumps.has(statement.kind);
  }
}

/** Whether a `break` in a statement may leave it. */
function isLeft(statement: Node): boolean {
  return nodesOf(statement.tree, 'break_statement').some((jump) => contains(statement, jump));
}

/** Whether a `break` or `continue` belongs to a statement inside the list. */
function staysWithin(jump: Node, list: Node): boolean {
  if (jump.kind === 'return_statement') return false;
  const target =
    jump.kind === 'continue_statement'
      ? closest(jump, 'for_statement')
      : closest(
          jump,
          'for_statement',
          'select_statement',
          'expression_switch_statement',
          'type_switch_statement',
        );
  return target !== undefined && contains(list, target) && target !== list;
}

/**
 * The `return` statements to release before, if all that leaks does so at a `return` which nothing else leads to.
 * For a resource that is handed over on other paths, where a deferred release would come too early.
 */
export function leakingReturns(
  code: Code,
  leak: Leak,
  mayNeed: (statement: Node) => boolean,
): readonly Node[] | undefined {
  const isPlace = ({ how, end, isOnlyWay }: LeakingPath): boolean => {
    const isReturn = how === 'returned' && end.kind === 'return_statement' && isOnlyWay;
    return isReturn && !mayNeed(end) && code.lookup(leak.binding.name, end) === leak.binding;
  };
  return leak.paths.every(isPlace) ? leak.paths.map((path) => path.end) : undefined;
}
