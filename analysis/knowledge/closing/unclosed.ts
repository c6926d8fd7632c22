// Fixes for a channel that nobody closes: by its only sender, or when all of them are done.

import { type ChannelUses, channelUses, type Use } from '../../concurrency/channel-uses.ts';
import type { Defect } from '../../concurrency/defects.ts';
import type { Code } from '../../model/code.ts';
import { child, contains, enclosingFunction, type Node, nodesOf, textOf } from '../../syntax/node.ts';
import { targetOf } from '../../syntax/roles.ts';
import { canDeclareIn, listedStatement } from '../release-plan.ts';
import { closeAfterWait } from './after-wait.ts';
import {
  bodyStatement,
  channelOf,
  codeHolding,
  copesWithClose,
  type Edits,
  isFixed,
  meansTheSame,
} from './places.ts';

/** Fixes by id. */
export interface CloseFixes {
  readonly 'close-after-sends'?: Edits | undefined;
  readonly 'defer-close'?: Edits | undefined;
  readonly 'close-after-wait'?: Edits | undefined;
}

/** How to close the channel that somebody waits for in vain, if nobody who receives from it takes a close for a value. */
export function closeFixes(code: Code, defect: Defect): CloseFixes {
  const uses = channelUses(defect);
  if (!uses?.complete || uses.closes.length > 0 || !uses.receives.every(copesWithClose)) return {};
  const senders = new Set(uses.sends.map((send) => send.goroutine));
  if (senders.size === 0) return {};
  if (senders.size > 1) return { 'close-after-wait': closeAfterWait(code, defect, uses) };
  if (senders.has('0')) return closeInMaker(code, defect, uses);
  return { 'defer-close': deferInGoroutine(code, uses.sends) };
}

/** The goroutine that sends everything closes the channel when it ends. */
function deferInGoroutine(code: Code, sends: readonly Use[]): Edits | undefined {
  const [first] = sends;
  const fn = first?.bottom;
  const channel = first && channelOf(first.at);
  const its = channel && codeHolding(code, channel, '<-');
  if (!fn || !its || !sends.every(({ at }) => enclosingFunction(at) === fn)) return undefined;
  const body = child(fn, 'body');
  if (!body || !meansTheSame(its, channel, fn)) return undefined;
  return (edit) => edit.insertFirst(body, `defer close(${textOf(channel)})`);
}

/** The function that makes the channel and sends on it closes it: after the last send, or when it returns. */
function closeInMaker(code: Code, defect: Defect, { sends }: ChannelUses): CloseFixes {
  const make = defect.verdict.madeAt as Node;
  const fn = enclosingFunction(make);
  const its = codeHolding(code, make, 'make');
  const variable = targetOf(make, 0);
  const declared = listedStatement(make);
  if (!fn || !its || variable?.kind !== 'identifier' || !declared || !isFixed(its, variable)) return {};
  if (!sends.every(({ at }) => contains(fn, at))) return {};
  const close = `close(${textOf(variable)})`;
  const list = declared.parent as Node;
  const last = list.children.findLast((s) => sends.some(({ at }) => contains(s, at)));
  const isSimple = bodyStatement(fn, make) === declared && nodesOf(fn.tree, 'goto_statement').length === 0;
  return {
    'close-after-sends': last && ((edit) => edit.insertStatementAfter(last, close)),
    'defer-close':
      isSimple && canDeclareIn(fn)
        ? (edit) => edit.insertStatementAfter(declared, `defer ${close}`)
        : undefined,
  };
}
