import type { Recipe } from './recipe.ts';

const timers: Recipe = {
  id: 'timers',
  since: '0.1.0',
  title: 'Stop timers and tickers that nobody needs any more',
  description: `
    A module whose \`go.mod\` says less than Go 1.23 keeps a ticker for good, and a timer until it fires, whoever has
    forgotten it. They are stopped when the function returns or at the end of each turn of the loop, \`time.Tick\` becomes a
    ticker, and a \`time.After\` in a loop a timer that is stopped when another case is taken.`,
  leaves: [
    'modules of Go 1.23 and later, whose timers are collected like any other value',
    '`time.Tick` in tests and in package `main`, whose end is the end of the process',
  ],
  repairs: {
    'ticker-not-stopped': ['defer-stop', 'stop-each-turn', 'use-ticker', 'stop-before-return'],
    'time-after-in-loop': ['stop-timer', 'reuse-timer'],
  },
  settings: [],
};

export default timers;
