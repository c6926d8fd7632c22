import type { Recipe } from './recipe.ts';

const closeChannels: Recipe = {
  id: 'close-channels',
  since: '0.1.0',
  title: 'Close channels when their senders are done',
  description: `
    Where somebody ranges over a channel, or waits for its end, and no close comes, the one that sends closes it: after its
    last send, or when it returns. Where several goroutines send, one waits for all of them and closes then, with the
    \`WaitGroup\` that counts them, if there is one. A close that some paths miss is reached on all of them.

    Every fix is tried out before: the package with it has nobody stuck, nothing closed twice and nothing sent after a
    close.`,
  leaves: [
    'channels that code outside the package can reach: who closes them cannot be seen',
    'goroutines that ought to end with a context rather than with the input: `context-cancellation` does that',
    'channels that are closed twice, or sent to after the close: those findings have no fix',
  ],
  repairs: {
    'close-skipped': ['defer-close', 'close-before-return'],
    'unclosed-channel': ['close-after-sends', 'defer-close', 'close-after-wait'],
    'leaked-receiver': ['defer-close', 'close-after-wait'],
  },
  settings: [],
};

export default closeChannels;
