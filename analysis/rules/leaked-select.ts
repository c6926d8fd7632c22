import { consequence, defectsAt, told } from '../concurrency/findings.ts';
import { selectFixes, selectFixesAt } from '../knowledge/waiting/select-fixes.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'leaked-select',
  since: '0.1.0',
  severity: 'error',
  summary: 'A select of which no case can be taken any more',
  why: `
    A \`select\` without a \`default\` waits until one of its cases can be taken. When nobody is left who sends, receives
    or closes on any of them, its goroutine waits for ever. Often the case that ends a worker (\`case <-quit\`) is there,
    and somebody forgets to close the channel.

    The steps under the finding are one way in which it comes about, the shortest there is. The fixes add a case: for the
    end of the context, of the work, or of some time.`,
  silentWhen: [
    'code that is not visible can reach the channel: a parameter, a field of a value that came from outside, an argument of a function of another package',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
    'one of the cases is a timer, or the end of a context that came from outside',
  ],
  peers: [],
  fixes: selectFixes,
  imports: [],
  inTests: false,
  mentions: ['select'],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /^(?:select|block)$/)) {
      report({
        ...told(defect),
        message: `no case of this select can be taken any more, so ${consequence(defect)}`,
        fixes: selectFixesAt(code, { wait: defect.verdict.call.at, madeAt: defect.verdict.madeAt }),
      });
    }
  },
});
