import { channelText } from '../concurrency/explain.ts';
import { defectsAt, told } from '../concurrency/findings.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'nil-channel',
  since: '0.1.0',
  severity: 'error',
  summary: 'An operation on a channel that is nil',
  why: `
    A send to a nil channel, and a receive from one, wait for ever; closing one panics. A channel is nil until \`make\`
    has made it: a \`var ch chan int\`, or a field that the literal of its struct left out.

    The steps under the finding are one way in which it comes about, the shortest there is.`,
  silentWhen: [
    'code that is not visible can reach the channel: a parameter, a field of a value that came from outside, an argument of a function of another package',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
    'the operation is a case of a `select`, where nil turns a case off on purpose',
  ],
  peers: [],
  fixes: {},
  imports: [],
  inTests: false,
  mentions: ['<-', 'close(', 'range '],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /^(?:send|receive|next)$/)) {
      if (!defect.verdict.isNil) continue;
      const channel = channelText(defect.verdict.call.at);
      report({ ...told(defect), message: `${channel} is nil here, so this waits for ever` });
    }
    for (const defect of defectsAt(code, 'close of nil', /./))
      report({ ...told(defect), message: 'the channel is nil here, so close panics' });
  },
});
