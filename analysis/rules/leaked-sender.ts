import type { Defect } from '../concurrency/defects.ts';
import { channelText } from '../concurrency/explain.ts';
import { consequence, defectsAt, told } from '../concurrency/findings.ts';
import { capacityRepairs } from '../concurrency/repair.ts';
import { findPath } from '../flow/paths.ts';
import { receiverFor } from '../knowledge/waiting/missing-receiver.ts';
import { selectFixes, selectFixesAt } from '../knowledge/waiting/select-fixes.ts';
import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  closest,
  contains,
  enclosingFunction,
  type Node,
  nodesOf,
  textOf,
} from '../syntax/node.ts';
import { isAddressTaken, targetOf } from '../syntax/roles.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'buffer-result-channel' | keyof typeof selectFixes | 'add-receiver';
type Fixes = NonNullable<Parameters<Report<FixId>>[0]['fixes']>;

export default defineRule({
  id: 'leaked-sender',
  since: '0.1.0',
  severity: 'error',
  summary: 'A send that nobody receives any more',
  why: `
    A send waits until somebody receives, unless the channel has room. When the last receiver has gone, because it
    returned early, timed out or took another case of a \`select\`, the goroutine that sends waits for ever. It is never
    collected, and neither is anything that it refers to: a server that loses one goroutine for each failed request runs
    out of memory.

    The steps under the finding are one way in which it comes about, the shortest there is. Three things can be done about
    it: give the channel room for all that is sent, let the sender give up when its context or the work has ended, or
    receive what is sent. A fix is offered only if the model, run again with it, finds nobody stuck.

    A sender gives up by a \`select\`. That is offered where it leaves nothing undone: no lock locked, no WaitGroup counted
    up, no channel open that others range over. Where nobody would learn of it, because the function has neither an error
    to return nor a goroutine to itself, it is not.`,
  silentWhen: [
    'code that is not visible can reach the channel: a parameter, a field of a value that came from outside, an argument of a function of another package',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
    'the send is a case of a `select` that can be left another way',
  ],
  peers: [],
  fixes: {
    'buffer-result-channel': {
      title: 'Give the channel room for what nobody may receive',
      safety: 'safe',
      explored: true,
    },
    ...selectFixes,
    'add-receiver': { title: 'Receive what is sent', safety: 'review', explored: true },
  },
  imports: [],
  inTests: false,
  mentions: ['<-'],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /^send$/)) {
      if (defect.verdict.isNil) continue;
      const channel = channelText(defect.verdict.call.at);
      report({
        ...told(defect),
        message: `nothing receives from ${channel} any more when this sends, so ${consequence(defect)}`,
        fixes: {
          ...bufferFix(code, defect),
          ...selectFixesAt(code, { wait: defect.verdict.call.at, madeAt: defect.verdict.madeAt }),
          'add-receiver': receiverFor(code, defect.verdict.call.at),
        },
      });
    }
  },
});

/** Room for one value, or for one of each goroutine that a loop starts. */
function bufferFix(code: Code, defect: Defect): Fixes {
  const { madeAt, call } = defect.verdict;
  if (!madeAt || !isLocal(code, madeAt, call.at)) return {};
  const room = roomFor(code, defect, madeAt);
  if (room === undefined) return {};
  const list = child(madeAt, 'arguments');
  const [type] = argumentsOf(madeAt);
  if (!list || !type) return {};
  const edit: FixBody = (e) => e.insertAfter(type, `, ${room}`);
  return { 'buffer-result-channel': isHarmless(code, type, call.at) ? edit : { safety: 'review', edit } };
}

/** Whether a channel is made without room, for a variable of this declaration that nothing asks for its length. */
function isLocal(code: Code, make: Node, send: Node): boolean {
  if (make.tree !== send.tree || argumentsOf(make).length !== 1) return false;
  const target = targetOf(make, 0);
  const binding = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  if (binding?.scope !== 'local' || enclosingFunction(send) === enclosingFunction(make)) return false;
  return code.usesOf(binding).every((use) => !isAddressTaken(use) && !isMeasured(code, use) && !isTried(use));
}

function isMeasured(code: Code, use: Node): boolean {
  const call = use.parent?.kind === 'argument_list' ? use.parent.parent : undefined;
  return call !== undefined && /^builtin\.(?:len|cap)$/.test(code.calleeName(call));
}

/** A send in a `select` with a default: with room, what was dropped would be kept. */
function isTried(use: Node): boolean {
  const send = use.parent?.kind === 'send_statement' && use.field === 'channel' ? use.parent : undefined;
  const select = send?.parent?.kind === 'communication_case' ? send.parent.parent : undefined;
  return select !== undefined && childOfKind(select, 'default_case') !== undefined;
}

function roomFor(code: Code, defect: Defect, make: Node): string | undefined {
  // Of a loop that starts some in some turns only, the model may not have seen two.
  if (startsInEachTurn(defect.verdict.startedAt, make) && capacityRepairs(defect, make, 1)) return '1';
  const size = loopSize(code, defect.verdict.startedAt, make);
  return size !== undefined && capacityRepairs(defect, make, 'size') ? size : undefined;
}

/** Whether a goroutine is started once for each channel, or in each turn of a loop. */
function startsInEachTurn(started: Node, make: Node): boolean {
  const loop = closest(started, 'for_statement');
  if (!loop || contains(loop, make)) return true;
  const list = closest(started, 'statement_list');
  const isSkipped = nodesOf(loop.tree, 'continue_statement').some(
    (c) => contains(loop, c) && c.start < started.start,
  );
  return list?.parent === child(loop, 'body') && !isSkipped;
}

/** How often the loop around a `go` statement goes round, as Go that means the same where the channel is made. */
function loopSize(code: Code, started: Node, make: Node): string | undefined {
  const loop = closest(started, 'for_statement');
  const clause = loop && childOfKind(loop, 'range_clause');
  const over = clause && child(clause, 'right');
  if (over?.kind !== 'identifier' || contains(loop as Node, make)) return undefined;
  const binding = code.bindingOf(over);
  if (!binding || code.lookup(textOf(over), make) !== binding) return undefined;
  const { kind } = code.underlyingOf(code.typeOf(over));
  if (kind === 'basic') return textOf(over);
  return /^(?:slice|array|map)$/.test(kind) ? `len(${textOf(over)})` : undefined;
}

/** Whether nothing happens after the send that the receive made to wait, and the value needs no closing. */
function isHarmless(code: Code, type: Node, send: Node): boolean {
  const made = code.typeOfTypeNode(type);
  const elem = made.kind === 'chan' ? made.elem : made;
  const fn = enclosingFunction(send);
  if (!fn || elem.kind === 'unknown' || code.memberOfType(elem, 'Close')) return false;
  const isQuiet = (entry: Node): boolean => /^(?:return|empty)_statement$/.test(entry.kind);
  const after = findPath(code.flowOf(fn), {
    from: send,
    names: code,
    exits: [],
    stops: () => false,
    to: (entry) => !isQuiet(entry),
  });
  return after === undefined;
}
