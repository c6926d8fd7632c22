import type { Recipe } from './recipe.ts';

const contextCancellation: Recipe = {
  id: 'context-cancellation',
  since: '0.1.0',
  title: 'Let work end when its context does',
  description: `
    Cancel functions are called, and on every path; calls get the context that is in scope where they start from a new one
    or take none; loops and waits of goroutines end when the context does, or the channel that the code already has for
    that. Where the one that waits for a result may leave early, the channel gets room for the result, which is the
    smallest change; else the send waits for the context, too.

    Nothing new is invented to cancel with: a fix is offered only where a context or a signal to stop is in scope.`,
  leaves: [
    'functions that have no context and get none: `goleash refactor thread-context` gives them one, with all of their callers',
    'limits of time for waits on channels: `--fix select-on-timeout` does that',
    'work that is meant to outlive the context, as in a `defer` or behind `context.WithoutCancel`',
  ],
  repairs: {
    'lost-cancel': ['defer-cancel', 'cancel-each-turn', 'cancel-before-return'],
    'context-not-passed': ['pass-context', 'select-on-done'],
    'goroutine-without-exit': ['leave-when-done'],
    'leaked-sender': ['buffer-result-channel', 'select-on-context', 'select-on-done'],
    'leaked-receiver': ['select-on-context', 'select-on-done'],
    'leaked-select': ['select-on-context', 'select-on-done'],
    'unclosed-channel': ['select-on-context', 'select-on-done'],
    'blocking-call-in-select-case': ['start-before-select'],
  },
  settings: [],
};

export default contextCancellation;
