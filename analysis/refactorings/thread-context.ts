import { askedAt } from '../knowledge/thread-context/asked.ts';
import { summaryOf, writeThreading } from '../knowledge/thread-context/edits.ts';
import { planThreading, whyNot } from '../knowledge/thread-context/plan.ts';
import type { Refactoring } from './refactoring.ts';

const threadContext: Refactoring = {
  id: 'thread-context',
  since: '0.1.0',
  title: 'Take a context from the callers',
  summary: 'Gives a function a context as its first parameter, and has all of its callers pass theirs',
  description: `
    A goroutine, a worker loop or a call that nothing can cancel often lacks no more than a context: the function around
    it takes none. This change adds \`ctx context.Context\` as the first parameter of that function and passes it in
    every call, function by function, up to those that have one: as a parameter, from an \`*http.Request\`, a
    \`testing.T\` or whatever else has a method \`Context\`, from \`context.WithCancel\` and its like, or in a field of the
    receiver whose comment says that it lasts as long as the object. \`main\` and tests, above which there is nothing,
    pass \`context.Background()\`, tests from Go 1.24 on \`t.Context()\`. Nothing ever passes \`context.TODO()\`.

    In the function that was asked for, the context takes the place of \`context.Background()\` and \`context.TODO()\`
    where these are handed to calls, and of variables that hold nothing else. They stay where the work is meant to go
    on: in a \`defer\`, after an error or the end of something, in a function that is kept for later, under a comment
    that speaks of contexts. Likewise, a call in a \`defer\` or behind the end of the context passes
    \`context.WithoutCancel(ctx)\`, which nothing ends either.

    All edits are made together, or none. Look at them: what was started to go on now ends with the context it is given.
    Assembly is not read: that it calls a function is not seen.`,
  stopsAt: [
    'a function that is exported, or called from C or by a second name (`//export`, `//go:linkname`)',
    'a method that implements an interface of the package',
    'a function that is used as a value, such as a callback, whose type has no context',
    'a call in a generated file, in a file for another build of the package, or with the results of another call as its arguments',
    'code that runs when the package is initialised, and functions that are kept for later',
    'a goroutine that goes on after the request whose context is the only one',
    'before Go 1.21, a call in a `defer` or behind the end of the context',
    'a change of more than 60 functions',
  ],

  offers(code, node) {
    const asked = askedAt(code, node);
    return asked !== undefined && whyNot(asked) === undefined;
  },

  at(code, node) {
    const asked = askedAt(code, node);
    if (!asked) return undefined;
    const plan = planThreading(asked, node);
    if (plan.kind === 'obstacles') return plan;
    const { threading } = plan;
    return {
      kind: 'change',
      summary: summaryOf(threading),
      edit: (edit) => writeThreading(edit, threading),
    };
  },
};

export default threadContext;
