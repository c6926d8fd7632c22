// The other waits on the channel of a wait: those that are like it, and those that it waits for.

import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  contains,
  enclosingFunction,
  type Node,
  operatorOf,
} from '../../syntax/node.ts';
import { assignedTo, targetOf } from '../../syntax/roles.ts';
import { isClosedAt } from './wait-position.ts';

/** A wait, and the call that makes its channel if that is known. */
export interface WaitOn {
  readonly wait: Node;
  readonly madeAt: Node | undefined;
}

/** A channel that is a variable of the declaration, and whether the wait would send to it. */
interface WaitedFor {
  readonly channel: Binding;
  readonly isSent: boolean;
}

/** Sends, or receives, of the declaration for the same channel that wait for nothing else. */
export function waitsLike(code: Code, { wait, madeAt }: WaitOn): readonly Node[] {
  if (wait.kind === 'select_statement') return [];
  const waits = channelsOf(code, wait, madeAt).flatMap(({ channel, isSent }) =>
    code.usesOf(channel).flatMap((use) => (isSent ? sendTo(use) : receiveFrom(use)) ?? []),
  );
  return waits.filter((other) => other !== wait);
}

/**
 * The receives that wait for a send, or the other way round, in other functions of the declaration, and would wait in
 * vain if it were given up. Who receives goes on if who sends closes the channel, and who sends has room if it was made
 * with some.
 */
export function waitsFor(code: Code, { wait, madeAt }: WaitOn): readonly Node[] {
  const fn = enclosingFunction(wait);
  return channelsOf(code, wait, madeAt).flatMap(({ channel, isSent }) => {
    const uses = code.usesOf(channel);
    const isClosed = uses.some((use) => fn && contains(fn, use) && isClosedAt(code, use));
    if (isSent ? isClosed : hasRoom(channel)) return [];
    return uses.flatMap((use) => {
      if (enclosingFunction(use) === fn) return [];
      return (isSent ? receiveFrom(use) : sendTo(use)) ?? selectOn(code, use, !isSent) ?? [];
    });
  });
}

function hasRoom({ declaredAt }: Binding): boolean {
  const make = declaredAt && assignedTo(declaredAt);
  return make?.kind === 'call_expression' && argumentsOf(make).length > 1;
}

/** The channels that a wait is for, as far as they are variables of the declaration: where it waits, and made it. */
function channelsOf(code: Code, wait: Node, madeAt: Node | undefined): readonly WaitedFor[] {
  const own = channelsIn(code, wait);
  const target = madeAt?.tree === wait.tree ? targetOf(madeAt, 0) : undefined;
  const made = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  const [first] = own;
  const isOther = made !== undefined && first !== undefined && !own.some(({ channel }) => channel === made);
  return isOther ? [...own, { channel: made, isSent: first.isSent }] : own;
}

function channelsIn(code: Code, wait: Node): readonly WaitedFor[] {
  switch (wait.kind) {
    case 'send_statement':
      return variable(code, child(wait, 'channel'), true);
    case 'range_clause':
      return variable(code, child(wait, 'right'), false);
    case 'unary_expression':
      return variable(code, child(wait, 'operand'), false);
    case 'select_statement':
      return wait.children.flatMap((clause) => {
        const communication = child(clause, 'communication');
        return communication ? channelsIn(code, child(communication, 'right') ?? communication) : [];
      });
    default:
      return [];
  }
}

function variable(code: Code, channel: Node | undefined, isSent: boolean): readonly WaitedFor[] {
  const binding = channel?.kind === 'identifier' ? code.bindingOf(channel) : undefined;
  return binding?.declaredAt ? [{ channel: binding, isSent }] : [];
}

/** The receive or loop that a use of a channel belongs to, if it waits for nothing else. */
function receiveFrom(use: Node): Node | undefined {
  const { parent } = use;
  if (parent?.kind === 'range_clause' && use.field === 'right') return parent;
  return isReceived(use) && parent?.parent?.kind !== 'receive_statement' ? parent : undefined;
}

/** Likewise the send. */
function sendTo(use: Node): Node | undefined {
  return isSentTo(use) && use.parent?.field !== 'communication' ? use.parent : undefined;
}

function isReceived({ parent }: Node): boolean {
  return parent?.kind === 'unary_expression' && operatorOf(parent) === '<-';
}

function isSentTo({ parent, field }: Node): boolean {
  return parent?.kind === 'send_statement' && field === 'channel';
}

/** The `select` with a use of a channel, if all that it waits for is channels of the declaration. */
function selectOn(code: Code, use: Node, isSent: boolean): Node | undefined {
  if (!(isSent ? isSentTo(use) : isReceived(use))) return undefined;
  const communication = isSent ? use.parent : use.parent?.parent;
  const select = communication?.field === 'communication' ? communication.parent?.parent : undefined;
  if (!select || childOfKind(select, 'default_case')) return undefined;
  return channelsIn(code, select).length === select.children.length ? select : undefined;
}
