import { skippedCloses } from '../concurrency/channel-uses.ts';
import { channelText } from '../concurrency/explain.ts';
import { consequence, defectsAt, told } from '../concurrency/findings.ts';
import { closeFixes } from '../knowledge/closing/unclosed.ts';
import { selectFixes, selectFixesAt } from '../knowledge/waiting/select-fixes.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'unclosed-channel',
  since: '0.1.0',
  severity: 'error',
  summary: 'A loop over a channel that nobody closes',
  why: `
    \`for v := range ch\` ends when the channel is closed, and only then. When the senders are done and nobody closes it,
    the loop waits for ever, and with it its goroutine and everybody who waits for that.

    The steps under the finding are one way in which it comes about, the shortest there is. The fixes let the one that
    sends close the channel, or somebody who has waited for all that send. They are offered only if nobody takes the zero
    value of a closed channel for one that was sent, and if the model, run again with the close, finds nobody stuck,
    nothing closed twice, and nothing sent after it. A worker can also end with its context, or with the channel that ends
    the work: then it asks for the next value and for that in a \`select\`.`,
  silentWhen: [
    'code that is not visible can reach the channel: a parameter, a field of a value that came from outside, an argument of a function of another package',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
    'there is a close that is skipped: `close-skipped` reports that',
  ],
  peers: [],
  fixes: {
    'close-after-sends': { title: 'Close the channel after the last send', safety: 'safe', explored: true },
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
    'select-on-done': selectFixes['select-on-done'],
    'select-on-context': selectFixes['select-on-context'],
  },
  imports: [],
  inTests: false,
  mentions: ['range '],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /^next$/)) {
      if (defect.verdict.isNil || skippedCloses(defect).length > 0) continue;
      const channel = channelText(defect.verdict.call.at);
      report({
        ...told(defect),
        message: `nothing closes ${channel} when its senders are done, so this loop waits for ever and ${consequence(defect)}`,
        fixes: {
          ...closeFixes(code, defect),
          ...selectFixesAt(code, { wait: defect.verdict.call.at, madeAt: defect.verdict.madeAt }),
        },
      });
    }
  },
});
