import { defineRule } from './rule.ts';

export default defineRule({
  id: 'unused-suppression',
  since: '0.1.0',
  severity: 'hint',
  summary: 'A comment that silences a rule where the rule finds nothing',
  why: `
    Whoever reads \`//goleash:ignore\` believes that something is wrong in the line and that somebody has looked at it. Once
    the code is repaired, or the name in the comment is misspelt, neither is true. And the next defect of that rule in the
    same place is silent before anybody has seen it.`,
  silentWhen: [
    'a rule that the comment names is turned off, is left out by `--rule`, or could not look at the whole file',
    'the comment is for another tool: of `//nolint:a,goleash` only the name `goleash` is judged, and `//lint:ignore` and `//#nosec` are left to their tools',
  ],
  peers: [],
  fixes: {
    // What is found can depend on files that are not here, such as those of a module that was not downloaded.
    'remove-comment': { title: 'Remove what silences nothing', safety: 'review' },
  },
  imports: [],
  mentions: ['goleash:ignore', /nolint:[^\n]*goleash/i],
  ofComments: true,

  // What comments have silenced is known when all other rules have run.
  check() {},
});
