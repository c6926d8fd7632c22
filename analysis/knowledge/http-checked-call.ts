// `resp, err := http.Get(u)` with its `if err != nil { return … }`: a call that another one, which can fail as well,
// can be put in front of.

import type { Code } from '../model/code.ts';
import { child, type Node, operatorOf, statements, textOf } from '../syntax/node.ts';

export interface CheckedCall {
  readonly statement: Node;
  /** The `if` statement right after it. */
  readonly check: Node;
  /** The name of the error. */
  readonly error: string;
}

const leaving: ReadonlySet<string> = new Set([
  'return_statement',
  'continue_statement',
  'break_statement',
  'goto_statement',
]);
const maxLines = 6;

/** The surroundings of a call whose error leaves the block, in a check that can be written twice. */
export function checkedCall(code: Code, call: Node): CheckedCall | undefined {
  const statement = call.parent?.kind === 'expression_list' ? call.parent.parent : undefined;
  const [response, error, ...more] =
    (statement?.kind === 'short_var_declaration' && child(statement, 'left')?.children) || [];
  const list = statement?.parent;
  if (!statement || !response || !error || more.length > 0 || list?.kind !== 'statement_list')
    return undefined;
  // The response has to be new, since the error is not any more once the first call has declared it.
  const binding = code.bindingOf(response);
  const check = list.children[list.children.indexOf(statement) + 1];
  if (!binding || binding.declaredAt !== response || !check || !isErrorCheck(check, error)) return undefined;
  const block = child(check, 'consequence');
  const last = block && statements(block).at(-1);
  const text = textOf(check);
  if (!last || !leaving.has(last.kind) || text.includes('`') || text.split('\n').length > maxLines)
    return undefined;
  const asksResponse = code.usesOf(binding).some((use) => use.start >= check.start && use.end <= check.end);
  return asksResponse ? undefined : { statement, check, error: textOf(error) };
}

/** Whether a statement is `if err != nil { … }` with nothing more to it. */
function isErrorCheck(check: Node, error: Node): boolean {
  const condition = check.kind === 'if_statement' ? child(check, 'condition') : undefined;
  if (condition?.kind !== 'binary_expression' || child(check, 'initializer') || child(check, 'alternative'))
    return false;
  const [left, right] = [child(condition, 'left'), child(condition, 'right')];
  return (
    operatorOf(condition) === '!=' &&
    right?.kind === 'nil' &&
    left !== undefined &&
    textOf(left) === textOf(error)
  );
}
