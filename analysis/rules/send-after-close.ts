import { channelText } from '../concurrency/explain.ts';
import { defectsAt, told } from '../concurrency/findings.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'send-after-close',
  since: '0.1.0',
  severity: 'error',
  summary: 'A send to a channel that is closed',
  why: `
    A send to a closed channel panics, and with it the program. It happens where the receiver closes, or one of several
    senders does while the others still send. Only who knows that no send is left can close: the only sender, or whoever
    waits for all of them.

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
  mentions: ['<-'],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'send on closed', /./)) {
      const channel = channelText(defect.verdict.call.at);
      report({
        ...told(defect),
        message: `${channel} can be closed already when this sends, and then it panics`,
      });
    }
  },
});
