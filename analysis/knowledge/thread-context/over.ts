// Whether a context is over, or may be, when a call that is to take it is made.

import { child, contains, type Node, textOf } from '../../syntax/node.ts';

/**
 * Whether a call is made when `owner`, the function that has the context, ends, or behind the end of the context that
 * `text` stands for. Such a call was to go on, and so it needs a context that is cut off from that end.
 */
export function isOver(call: Node, owner: Node, text: string): boolean {
  for (let at = call; at.parent && at !== owner; at = at.parent) {
    if (at.parent.kind === 'defer_statement' || isBehindEnd(at, at.parent, text)) return true;
  }
  return false;
}

/** `case <-ctx.Done():`, `if ctx.Err() != nil`, or a statement `<-ctx.Done()` before it. */
function isBehindEnd(at: Node, parent: Node, text: string): boolean {
  const receive = `<-${text}.Done()`;
  switch (parent.kind) {
    case 'communication_case': {
      const communication = child(parent, 'communication');
      return communication !== undefined && communication !== at && textOf(communication).endsWith(receive);
    }
    case 'if_statement': {
      const [condition, consequence] = [child(parent, 'condition'), child(parent, 'consequence')];
      const asks = condition !== undefined && textOf(condition) === `${text}.Err() != nil`;
      return asks && consequence !== undefined && contains(consequence, at);
    }
    case 'statement_list':
      return parent.children.some((before) => before.end <= at.start && textOf(before) === receive);
    default:
      return false;
  }
}
