import { defectsAt, told } from '../concurrency/findings.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'negative-waitgroup',
  since: '0.1.0',
  severity: 'error',
  summary: 'A WaitGroup that counts below zero',
  why: `
    A WaitGroup panics when its count becomes negative: when there are more calls of \`Done\` than were added.

    The steps under the finding are one way in which it comes about, the shortest there is.`,
  silentWhen: [
    'code that is not visible can reach the WaitGroup',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
  ],
  peers: [],
  fixes: {},
  imports: [],
  inTests: false,
  mentions: ['Done()', 'Add('],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'negative count', /./))
      report({
        ...told(defect),
        message: 'the count of the WaitGroup can be zero already here, and then this panics',
      });
  },
});
