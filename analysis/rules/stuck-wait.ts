import { consequence, defectsAt, told } from '../concurrency/findings.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'stuck-wait',
  since: '0.1.0',
  severity: 'error',
  summary: 'A Wait that never returns',
  why: `
    \`Wait\` of a WaitGroup, an errgroup or a Cond returns when others have done their part. It never does if one of them
    is stuck itself, ends without its \`Done\`, or signals before anybody waits.

    The steps under the finding are one way in which it comes about, the shortest there is.`,
  silentWhen: [
    'code that is not visible can reach the WaitGroup, errgroup or Cond',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
  ],
  peers: [],
  fixes: {},
  imports: [],
  inTests: false,
  mentions: ['Wait()', '.Do(', '.Go('],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /\.(?:Wait|Do|Go)$/)) {
      const { name } = defect.verdict.call;
      const what = name.startsWith('sync.Cond')
        ? 'nothing signals any more when this waits'
        : 'those that this waits for are never done';
      report({ ...told(defect), message: `${what}, so ${consequence(defect)}` });
    }
  },
});
