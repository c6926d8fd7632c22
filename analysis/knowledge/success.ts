// Where it is certain that a call has succeeded: behind the check of its error.

import type { Code } from '../model/code.ts';
import { neverReturns } from '../model/never-returns.ts';
import {
  argumentsOf,
  child,
  closest,
  type Node,
  operatorOf,
  statements,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { targetOf } from '../syntax/roles.ts';
import type { Duty } from './obligation.ts';

/** A place for statements that need what a call returned. */
export type Success =
  /** After this statement. `isCertain`: not certain if it only calls something that is believed to check the error. */
  | { readonly kind: 'after'; readonly statement: Node; readonly isCertain: boolean }
  /** First in this block. */
  | { readonly kind: 'first'; readonly block: Node };

/**
 * The place behind the check of `error`, the variable that a statement in a list of statements gives a value:
 * `if err != nil { return … }`, `if err == nil { … }` or a call that is given the error, such as `must(err)`.
 * Undefined if none of them is the next statement.
 */
export function successAfter(code: Code, statement: Node, error: Node): Success | undefined {
  const list = statement.parent;
  const next =
    list?.kind === 'statement_list' ? list.children[list.children.indexOf(statement) + 1] : undefined;
  if (next?.kind === 'if_statement')
    return child(next, 'initializer') ? undefined : successOfIf(code, next, error);
  const call = next?.kind === 'expression_statement' ? next.children[0] : undefined;
  const isAssertion =
    call?.kind === 'call_expression' &&
    argumentsOf(call).some((a) => textOf(a) === textOf(error)) &&
    !prints(code, call) &&
    // Those of testify's assert note the failure and go on.
    !/\bassert\b/i.test(textOf(child(call, 'function') ?? call));
  return next && isAssertion ? { kind: 'after', statement: next, isCertain: false } : undefined;
}

/** Likewise for `if …, err := call; err != nil { … }`. */
function successOfIf(code: Code, check: Node, error: Node): Success | undefined {
  const operator = comparisonWithNil(child(check, 'condition'), error);
  const block = child(check, 'consequence');
  if (!operator || !block) return undefined;
  if (operator === '==') return { kind: 'first', block };
  return leaves(code, block) && !child(check, 'alternative')
    ? { kind: 'after', statement: check, isCertain: true }
    : undefined;
}

/** How a condition compares a variable with nil; undefined if it does not, or does more. */
export function comparisonWithNil(condition: Node | undefined, variable: Node): '==' | '!=' | undefined {
  const node = condition && unparen(condition);
  if (node?.kind !== 'binary_expression') return undefined;
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  const operator = operatorOf(node);
  if (!left || right?.kind !== 'nil' || textOf(left) !== textOf(variable)) return undefined;
  return operator === '==' || operator === '!=' ? operator : undefined;
}

const leaving: ReadonlySet<string> = new Set([
  'return_statement',
  'continue_statement',
  'break_statement',
  'goto_statement',
]);

/** Whether control never comes out at the end of a block, as its last statement shows. */
export function leaves(code: Code, block: Node): boolean {
  const last = statements(block).at(-1);
  if (!last) return false;
  const call = last.kind === 'expression_statement' ? last.children[0] : undefined;
  return leaving.has(last.kind) || (call?.kind === 'call_expression' && neverReturns(code.calleeName(call)));
}

/** Whether a call does nothing but print its arguments. */
export function prints(code: Code, call: Node): boolean {
  return /^(?:fmt|log|log\/slog)\.|^testing\.(?:T|B|F|TB|common)\.(?:Log|Error)/.test(code.calleeName(call));
}

/** Whether a test asserts right behind a call that it has failed. */
export function expectsFailure(duty: Pick<Duty, 'acquisition' | 'error' | 'result'>): boolean {
  const error = duty.error === undefined ? undefined : targetOf(duty.acquisition, duty.error);
  const statement = error && closest(duty.acquisition, 'short_var_declaration', 'assignment_statement');
  if (!statement || !error) return false;
  const check = statement.field === 'initializer' ? statement.parent : nextOf(statement);
  if (check?.kind === 'expression_switch_statement' && !child(check, 'value')) {
    const first = check.children.find((c) => c.kind === 'expression_case');
    return comparisonWithNil(firstOperand(first && child(first, 'value')?.children[0]), error) === '==';
  }
  if (check?.kind === 'if_statement') {
    const tested = firstOperand(child(check, 'condition'));
    const response = targetOf(duty.acquisition, duty.result);
    // `if res != nil { t.Error(…) }` wants no response.
    const wantsNone =
      response !== undefined &&
      comparisonWithNil(tested, response) === '!=' &&
      /\.(?:Error|Fatal)f?\(/.test(textOf(check));
    return wantsNone || comparisonWithNil(tested, error) === '==';
  }
  const text = check?.kind === 'expression_statement' ? textOf(check) : '';
  return (
    /\b(?:Error|ErrorIs|ErrorAs|ErrorContains|EqualError|NotNil|HaveOccurred|MatchError)f?\(/.test(text) &&
    text.includes(textOf(error)) &&
    !/\bNot\(|NotTo|ShouldNot/.test(text)
  );
}

function nextOf(statement: Node): Node | undefined {
  const list = statement.parent;
  return list?.kind === 'statement_list' ? list.children[list.children.indexOf(statement) + 1] : undefined;
}

/** What is tested first in a chain of `||`. */
function firstOperand(condition: Node | undefined): Node | undefined {
  let at = condition && unparen(condition);
  while (at?.kind === 'binary_expression' && operatorOf(at) === '||') {
    const left = child(at, 'left');
    at = left && unparen(left);
  }
  return at;
}
