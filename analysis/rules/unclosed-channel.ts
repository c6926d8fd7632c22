import { channelText } from '../concurrency/explain.ts';
import { consequence, defectsAt, told } from '../concurrency/findings.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'unclosed-channel',
  since: '0.1.0',
  severity: 'error',
  summary: 'A loop over a channel that nobody closes',
  why: `
    \`for v := range ch\` ends when the channel is closed, and only then. When the senders are done and nobody closes it,
    the loop waits for ever, and with it its goroutine and everybody who waits for that.

    The steps under the finding are one way in which it comes about, the shortest there is.`,
  silentWhen: [
    'code that is not visible can reach the channel: a parameter, a field of a value that came from outside, an argument of a function of another package',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
  ],
  peers: [],
  fixes: {},
  imports: [],
  inTests: false,
  mentions: ['range '],

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /^next$/)) {
      if (defect.verdict.isNil) continue;
      const channel = channelText(defect.verdict.call.at);
      report({
        ...told(defect),
        message: `nothing closes ${channel} when its senders are done, so this loop waits for ever and ${consequence(defect)}`,
      });
    }
  },
});
