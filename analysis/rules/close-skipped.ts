import { skippedCloses } from '../concurrency/channel-uses.ts';
import { consequence, defectsAt, told } from '../concurrency/findings.ts';
import { type SkippedClose, skippedClose, skippedFixes } from '../knowledge/closing/skipped.ts';
import { type Node, textOf } from '../syntax/node.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'close-skipped',
  since: '0.1.0',
  severity: 'error',
  summary: 'A close that is not reached on every path',
  why: `
    Somebody waits until a channel is closed, and the close is there, but an early \`return\`, a \`panic\` that is recovered
    or a \`continue\` skips it. Then the one that waits does so for ever, and is never collected. It happens where
    something goes wrong, which is where tests seldom look.

    The first places under the finding are the close and where the function leaves without it; the steps behind them are
    one way in which it comes about, the shortest there is. A deferred close is on every path, also on those that
    somebody adds later. Where the function itself waits for the receiver, a deferred close would come too late: then the
    fix closes before each \`return\` that skips the close. A fix is offered only if the model, run again with it, finds
    nobody stuck and nothing closed twice.`,
  silentWhen: [
    'code that is not visible can reach the channel: a parameter, a field of a value that came from outside, an argument of a function of another package',
    'more can happen than is explored in the time of a keystroke',
    'the code is part of a test',
    'whoever would close the channel waits for ever, too: then that is what is reported',
  ],
  peers: [],
  fixes: {
    'defer-close': { title: 'Close the channel when the function returns', safety: 'safe', explored: true },
    'close-before-return': {
      title: 'Close the channel before these returns, too',
      safety: 'safe',
      explored: true,
    },
  },
  imports: [],
  inTests: false,
  mentions: ['<-', 'range '],
  explores: true,

  check(code, report) {
    for (const defect of defectsAt(code, 'stuck', /^(?:next|receive)$/)) {
      const [first] = skippedCloses(defect);
      if (!first || defect.verdict.isNil) continue;
      const skipped = skippedClose(code, defect);
      const finding = told(defect);
      report({
        ...finding,
        message: `${shortened(first.at)} is not reached on every path, so this waits for ever and ${consequence(defect)}`,
        related: [
          { at: first.at, message: 'this close is skipped' },
          ...exitsOf(skipped),
          ...finding.related,
        ],
        fixes: skipped ? skippedFixes(skipped) : {},
      });
    }
  },
});

/** Where the function leaves without the close: on the way that the steps tell, or where it can. */
function exitsOf(skipped: SkippedClose | undefined): readonly { at: Node; message: string }[] {
  const exits = skipped?.taken ? [skipped.taken] : (skipped?.exits ?? []);
  return exits.slice(0, 3).map((at) => ({ at, message: `the function ${leaves(at)} here without it` }));
}

function leaves(exit: Node): string {
  if (exit.kind === 'return_statement') return 'returns';
  return exit.kind === 'expression_statement' ? 'is left' : 'ends';
}

function shortened(close: Node): string {
  const text = textOf(close);
  return text.length > 40 ? 'the close' : text;
}
