import type { Recipe } from './recipe.ts';

const waitgroups: Recipe = {
  id: 'waitgroups',
  since: '0.1.0',
  title: 'Count goroutines before they start, and wait for them',
  description: `
    A goroutine that counts itself into the \`WaitGroup\` that others wait for may come too late. It is started with
    \`wg.Go\` where the Go version of the module has that (1.25) and nothing else counts it; else the count moves before the
    \`go\` statement. A sleep that stands in for waiting becomes a \`WaitGroup\`.`,
  leaves: [
    'a `WaitGroup` that counts wrongly or that nobody counts down: `negative-waitgroup` and `stuck-wait` have no fix',
    '`wg.Add(1)` before a `go` statement, which is right as it is',
  ],
  repairs: {
    'waitgroup-add-in-goroutine': ['use-wg-go', 'move-add-before-go'],
    'sleep-as-synchronisation': ['wait-with-waitgroup'],
  },
  settings: [],
};

export default waitgroups;
