import { skippedCloses } from '../concurrency/channel-uses.ts';
import { channelText } from '../concurrency/explain.ts';
import { consequence, defectsAt, told } from '../concurrency/findings.ts';
import { closeFixes } from '../knowledge/closing/unclosed.ts';
import { selectFixes, selectFixesAt } from '../knowledge/waiting/select-fixes.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'leaked-receiver',
  since: '0.1.0',
  severity: 'error',
  summary: 'A receive that nobody sends to any more',
  why: `
    A receive waits until somebody sends or closes the channel. When every goroutine that would do so has ended without,
    the one that receives waits for ever and is never collected.

    The steps under the finding are one way in which it comes about, the shortest there is. The fixes let the receiver
    give up: with the context, with the channel that ends the work, or, where there is neither, when the time is up that
    \`timeouts.wait\` of the configuration sets. Who waits to send then gives up as well. They are offered where nothing is
    left undone and somebody learns of it, and where the receive can move into a \`select\` with everything evaluated in
    the order that it was.

    A receive that asks whether the channel is closed, or that throws the value away, is served by a close as well: then
    the fixes let the one that sends close the channel, or somebody who has waited for all that send. They are offered
    only if the model, run again with the close, finds nobody stuck, nothing closed twice, and nothing sent after it.`,
  silentWhen: [
    'code that is not visible can reach the channel: a parameter, a field of a value that came from outside, an argument of a function of another package',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
    'there is a close that is skipped: `close-skipped` reports that',
  ],
  peers: [],
  fixes: {
    'defer-close': {
      title: 'Close the channel when the function that sends returns',
      safety: 'safe',
      explored: true,
    },
    'close-after-wait': {
      title: 'Close the channel when all goroutines that send are done',
      safety: 'safe',
      explored: true,
    },
    ...selectFixes,
  },
  imports: [],
  inTests: false,
  mentions: ['<-'],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /^receive$/)) {
      if (defect.verdict.isNil || skippedCloses(defect).length > 0) continue;
      const { 'defer-close': deferred, 'close-after-wait': afterWait } = closeFixes(code, defect);
      const channel = channelText(defect.verdict.call.at);
      report({
        ...told(defect),
        message: `nothing sends to ${channel} or closes it any more, so ${consequence(defect)}`,
        fixes: {
          'defer-close': deferred,
          'close-after-wait': afterWait,
          ...selectFixesAt(code, { wait: defect.verdict.call.at, madeAt: defect.verdict.madeAt }),
        },
      });
    }
  },
});
