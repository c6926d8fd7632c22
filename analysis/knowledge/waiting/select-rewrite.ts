// A wait (a send, a receive, a `select`, a loop over a channel) written anew as a `select` that has one more case.

import type { FixBuilder } from '../../edit/fix-builder.ts';
import type { Code } from '../../model/code.ts';
import { enclosingFunction, type Node, textOf } from '../../syntax/node.ts';
import { canDeclareIn } from '../release-plan.ts';
import { aroundLoop } from './channel-loop.ts';
import { breakTo, isFirstOnLine, type Labels, lineStart } from './moved-code.ts';
import { aroundDeclaration, aroundStatement, type Write, wrapped } from './select-moves.ts';
import { isCommunication, isDeclaring, listedStatement } from './wait-position.ts';

/** The case that a wait gets. */
export interface WayOut {
  /** Statements before the `select`. */
  readonly before?: string | undefined;
  /** `<-ctx.Done()` */
  readonly communication: string;
  /** The statement of the case, or the loop that it ends; without one it goes on after the `select`. */
  readonly leave: string | { readonly breakOf: Node } | undefined;
  /** The statement that comes first where the wait was not in vain. */
  readonly otherwise?: string | undefined;
}

/** Makes the edits that give a wait a way out; false if there is no room for them. */
export type Rewrite = (edit: FixBuilder, out: WayOut, labels: Labels) => void | false;

/**
 * How the wait at a `send_statement`, receive (`unary_expression`), `select_statement` or `range_clause` can have a way
 * out. Undefined where something would be evaluated in another order, or where the code would be hard to read.
 */
export function selectAround(code: Code, wait: Node): Rewrite | undefined {
  const write = writerFor(code, wait);
  return (
    write &&
    ((edit, out, labels) => {
      const leave = typeof out.leave === 'object' ? breakTo(labels, out.leave.breakOf) : out.leave;
      if (leave === undefined && out.leave !== undefined) return false;
      const head = out.before === undefined ? 'select {' : `${out.before}\nselect {`;
      const tail = `case ${out.communication}:${leave === undefined ? '' : `\n\t${leave}`}\n}`;
      if (wait.kind === 'select_statement') return addCase(edit, wait, out, leave);
      return write({ edit, labels, head, tail, otherwise: out.otherwise });
    })
  );
}

function writerFor(code: Code, wait: Node): Write | undefined {
  if (wait.kind === 'select_statement') return () => undefined;
  if (wait.kind === 'range_clause') return aroundLoop(code, wait);
  const fn = enclosingFunction(wait);
  const statement = listedStatement(wait);
  if (!statement || !fn) return undefined;
  if (isCommunication(wait, statement)) return (writer) => wrapped(writer, statement);
  // What is declared, or moves into a block, must not be jumped over.
  if (!canDeclareIn(fn) || textOf(wait).includes('\n')) return undefined;
  if (isDeclaring(wait, statement)) return aroundDeclaration(code, statement);
  return aroundStatement(code, wait, statement);
}

/** A case after the others of a `select`; one without cases becomes a wait for the way out alone. */
function addCase(edit: FixBuilder, select: Node, out: WayOut, leave: string | undefined): void | false {
  if (out.before !== undefined || out.otherwise !== undefined) return false;
  if (select.children.length === 0) {
    if (leave !== undefined && !isFirstOnLine(select)) return false;
    return edit.replace(select, out.communication + (leave === undefined ? '' : `\n${leave}`));
  }
  const { text } = select.tree;
  const line = lineStart(text, select.end - 1);
  const margin = text.slice(line, select.end - 1);
  if (margin.trim() !== '') return false;
  const body = leave === undefined ? '' : `\n\t${leave}`;
  return edit.replaceRange(select, line, line, `${margin}case ${out.communication}:${body}\n`);
}
