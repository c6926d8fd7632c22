// Waits whose `select` takes in code around them: what follows a receive, or the statement that it is a part of.

import type { FixBuilder } from '../../edit/fix-builder.ts';
import type { Code } from '../../model/code.ts';
import { isNamed } from '../../model/types.ts';
import { child, descendants, type Node, textOf } from '../../syntax/node.ts';
import {
  breaksOut,
  hasCommentBelow,
  indentLines,
  isFirstOnLine,
  type Labels,
  labelBreaks,
  linesFrom,
} from './moved-code.ts';
import { isAfterEffects, isCommunication, isDeclaring } from './wait-position.ts';
import { writtenType } from './written-type.ts';

/** What one rewrite writes with. */
export interface Writer {
  readonly edit: FixBuilder;
  readonly labels: Labels;
  /** `select {`, with what comes before it. */
  readonly head: string;
  /** The new case with what it does, and the end of the `select`. */
  readonly tail: string;
  /** The statement that comes first where the wait was not in vain. */
  readonly otherwise: string | undefined;
}

export type Write = (writer: Writer) => void | false;

/** Puts a statement between `case` and `:`, where its comment stands in no column with others. */
function asCase(edit: FixBuilder, statement: Node): void {
  const gap = /^[\t ]+(?=\/[/*])/.exec(statement.tree.text.slice(statement.end))?.[0] ?? '';
  edit.insertBefore(statement, 'case ');
  edit.replaceRange(statement, statement.end, statement.end + gap.length, gap === '' ? ':' : ': ');
}

/** `out <- v` becomes `select { case out <- v: case … }`. */
export function wrapped({ edit, head, tail, otherwise }: Writer, statement: Node): void {
  edit.insertStatementBefore(statement, head);
  asCase(edit, statement);
  edit.insertStatementAfter(statement, otherwise === undefined ? tail : `\t${otherwise}\n${tail}`);
}

/** How much moves into a case along with a receive, and at most. */
const short = { statements: 3, lines: 8 };
const longest = 20;

/** `v := <-in`: with the little that follows it in the case, or with `v` declared before. */
export function aroundDeclaration(code: Code, statement: Node): Write | undefined {
  const rest = restOf(statement);
  const last = rest?.at(-1);
  if (rest && last && rest.length <= short.statements && linesFrom(statement, last) <= short.lines)
    return (writer) => restInCase(writer, statement, rest);
  return (writer) => declaredBefore(writer, code, statement);
}

/** What follows a statement in its list, if it can move into a block: nothing else follows, and no jump changes. */
function restOf(statement: Node): readonly Node[] | undefined {
  const list = statement.parent as Node;
  const rest = list.children.slice(list.children.indexOf(statement) + 1);
  const last = rest.at(-1);
  if (!last || ![statement, ...rest].every(isFirstOnLine) || breaksOut(rest).length > 0) return undefined;
  if (rest.some(({ kind }) => kind === 'fallthrough_statement' || kind === 'labeled_statement'))
    return undefined;
  return hasCommentBelow(last) ? undefined : rest;
}

function restInCase(writer: Writer, statement: Node, rest: readonly Node[]): void {
  const { edit, head, tail, otherwise } = writer;
  const [first, last] = [rest[0] as Node, rest.at(-1) as Node];
  edit.insertStatementBefore(statement, head);
  asCase(edit, statement);
  if (otherwise !== undefined) edit.insertStatementBefore(first, `\t${otherwise}`);
  indentLines(edit, statement, statement.end, last.end);
  edit.insertStatementAfter(last, tail);
}

function declaredBefore(writer: Writer, code: Code, statement: Node): void | false {
  const { edit } = writer;
  const [left, right] = [child(statement, 'left'), child(statement, 'right')];
  const names = (left?.children ?? []).filter((name) => code.bindingOf(name)?.declaredAt === name);
  const types = names.map((name) => writtenType(code, code.typeOf(name), statement, edit.qualified));
  if (!left || !right || types.includes(undefined)) return false;
  edit.insertStatementBefore(statement, declarationOf(names.map(textOf), types as string[]));
  wrapped(writer, statement);
  return edit.replaceRange(statement, left.end, right.start, ' = ');
}

/** `x := f(<-in)`: received into a variable before it. */
function receivedBefore(writer: Writer, code: Code, wait: Node, statement: Node): void | false {
  const { edit, head, tail, otherwise } = writer;
  const type = writtenType(code, code.typeOf(wait), statement, edit.qualified);
  if (type === undefined) return false;
  const name = edit.freshName('v', statement);
  const first = otherwise === undefined ? '' : `\t${otherwise}\n`;
  const select = `${head}\ncase ${name} = ${textOf(wait)}:\n${first}${tail}`;
  edit.insertStatementBefore(statement, `${declarationOf([name], [type])}\n${select}`);
  return edit.replace(parenthesized(wait), name);
}

/** `var v T`, or a group in columns. */
function declarationOf(names: readonly string[], types: readonly string[]): string {
  if (names.length === 1) return `var ${names[0]} ${types[0]}`;
  const width = Math.max(...names.map((name) => name.length));
  return `var (\n${names.map((name, i) => `\t${name.padEnd(width)} ${types[i]}`).join('\n')}\n)`;
}

/** A receive in an expression: received before it in the case, and the statement behind that. */
export function aroundStatement(code: Code, wait: Node, statement: Node): Write | undefined {
  if (/^(?:short_)?var_declaration$/.test(statement.kind))
    return isAfterEffects(code, wait, statement)
      ? undefined
      : (writer) => receivedBefore(writer, code, wait, statement);
  if (!isMovable(statement) || linesFrom(statement, statement) > longest) return undefined;
  if (!isFirstOnLine(statement) && linesFrom(statement, statement) > 1) return undefined;
  const first = child(statement, 'initializer');
  const next = first && statement.children[statement.children.indexOf(first) + 1];
  const isFirst = first !== undefined && (isCommunication(wait, first) || isDeclaring(wait, first));
  if (isFirst)
    return (
      next &&
      ((writer) =>
        statementInCase(writer, statement, textOf(first), (edit) =>
          edit.replaceRange(statement, first.start, next.start, ''),
        ))
    );
  if (wait.kind === 'send_statement' || isAfterEffects(code, wait, statement)) return undefined;
  return (writer) => {
    const name = nameFor(code, wait, statement, writer.edit);
    const received = `${name} := ${textOf(wait)}`;
    return statementInCase(writer, statement, received, (edit) => edit.replace(parenthesized(wait), name));
  };
}

/** Whether a statement means the same in a block of its own. */
function isMovable(statement: Node): boolean {
  return /^(?:expression|assignment|return|send|go|defer|if|expression_switch|type_switch)_?statement$/.test(
    statement.kind,
  );
}

function statementInCase(
  writer: Writer,
  statement: Node,
  communication: string,
  change: (edit: FixBuilder) => void,
): void | false {
  const { edit, head, tail, otherwise, labels } = writer;
  const first = otherwise === undefined ? '' : `\n\t${otherwise}`;
  edit.insertStatementBefore(statement, `${head}\ncase ${communication}:${first}`);
  edit.insertBefore(statement, '\t');
  if (!labelBreaks(edit, breaksOut([statement]), labels)) return false;
  change(edit);
  indentLines(edit, statement, statement.start, statement.end);
  return edit.insertStatementAfter(statement, tail);
}

/** A name for what is received: `err` for an error, even where there is one around the statement. */
function nameFor(code: Code, wait: Node, statement: Node, edit: FixBuilder): string {
  const base = isNamed(code.typeOf(wait), '', 'error') ? 'err' : 'v';
  const isUsed = [...descendants(statement)].some(
    (node) => node.kind === 'identifier' && textOf(node) === base,
  );
  return isUsed || base === 'v' ? edit.freshName(base, statement) : base;
}

function parenthesized(expression: Node): Node {
  let at = expression;
  while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
  return at;
}
