import type { Recipe } from './recipe.ts';

const httpTimeouts: Recipe = {
  id: 'http-timeouts',
  since: '0.1.0',
  title: 'Give HTTP clients and servers a time limit',
  description: `
    A client that is made without a \`Timeout\` gets one. \`http.Get\` and the other functions of the default client are
    sent by a client of the package that has a \`Timeout\`: the one that the package already has, else a new one, which the
    other calls of the package share. With a context in scope, the request takes it along. A server gets a
    \`ReadHeaderTimeout\`.`,
  leaves: [
    'clients whose requests all carry a context with a deadline, and those that set a time limit of zero on purpose',
    '`ReadTimeout`, `WriteTimeout` and `IdleTimeout` of servers: what they may be depends on what the handlers do',
    'a client of another package of the module: it is not looked for',
    'response bodies that nobody closes: `--rule http-body-not-closed` does that',
  ],
  repairs: {
    'http-client-without-timeout': ['set-timeout', 'use-client-with-timeout', 'request-with-context'],
    'http-server-without-timeout': ['set-read-header-timeout'],
  },
  settings: ['timeouts.client', 'timeouts.readHeader'],
};

export default httpTimeouts;
