import { consequence, defectsAt, told } from '../concurrency/findings.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'deadlock',
  since: '0.1.0',
  severity: 'error',
  summary: 'A lock that is never released to who waits for it',
  why: `
    A goroutine that locks a mutex it holds already waits for itself. Two that hold one lock each and want the other's
    wait for one another, and so do a reader that asks for its read lock again and a writer that waits in between.

    The steps under the finding are one way in which it comes about, the shortest there is.`,
  silentWhen: [
    'code that is not visible can hold the lock: that of a receiver or parameter',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
  ],
  peers: [],
  fixes: {},
  imports: [],
  inTests: false,
  mentions: ['Lock()'],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /Lock$/)) {
      const { ownLock } = defect.verdict;
      report({
        ...told(defect),
        message: ownLock
          ? `the goroutine holds this lock already, so it waits for itself and ${consequence(defect)}`
          : `whoever holds this lock never releases it any more, so ${consequence(defect)}`,
      });
    }
  },
});
