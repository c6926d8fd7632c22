import type { Recipe } from './recipe.ts';

const workerPools: Recipe = {
  id: 'worker-pools',
  since: '0.1.0',
  title: 'Let a fixed number of goroutines do work of any size',
  description: `
    A loop that starts a goroutine for each piece of its input, however much there is, becomes a pool of workers that take
    the work from a channel. Where the goroutines belong to an \`errgroup.Group\`, that group gets a limit instead. Where
    the loop cannot be taken apart, a semaphore lets a goroutine start only when there is a place for it.`,
  leaves: [
    'loops whose input is small by what can be seen, and goroutines that only compute',
    'goroutines that a limiter, a pool or a channel already keeps few',
    'a pool of another package of the module: it is not looked for',
  ],
  repairs: { 'unbounded-goroutines': ['errgroup-set-limit', 'worker-pool', 'bound-with-semaphore'] },
  settings: ['poolSize'],
};

export default workerPools;
