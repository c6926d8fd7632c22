import { defectsAt, told } from '../concurrency/findings.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'double-close',
  since: '0.1.0',
  severity: 'error',
  summary: 'A channel that is closed twice',
  why: `
    Closing a channel that is closed already panics, and with it the program. It happens where two goroutines, or two ways
    through one, both believe that the close is theirs.

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
  mentions: ['close('],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'close of closed', /./))
      report({
        ...told(defect),
        message: 'the channel can be closed already when this closes it, and then it panics',
      });
  },
});
