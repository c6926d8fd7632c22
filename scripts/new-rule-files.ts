// The files that a new rule starts with. They pass every test, so that each change from there is a small one.

import { readFileSync } from 'node:fs';
import { formatGolden } from '../test/support/golden.ts';

/** The paths, from the root of the repository, and texts of a new rule's files. */
export function newRule(id: string): ReadonlyMap<string, string> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const example = `fixtures/${id}/example.go`;
  const before = exampleText(id);
  return new Map([
    [`analysis/rules/${id}.ts`, ruleText(id, version)],
    [example, before],
    [
      `${example}.golden`,
      formatGolden(new Map([['yield-instead', before.replace('\truntime.GC()', '\truntime.Gosched()')]])),
    ],
  ]);
}

function ruleText(id: string, version: string): string {
  return `import { defineRule } from './rule.ts';

export default defineRule({
  id: '${id}',
  since: '${version}',
  severity: 'warning',
  summary: 'Say in one line what is wrong',
  why: \`
    Say what goes wrong at run time, and when. Until you change it, this rule
    reports calls of \\\`runtime.GC\\\`.\`,
  silentWhen: ['the call is deferred'],
  peers: [],
  fixes: {
    'yield-instead': { title: 'Call runtime.Gosched instead', safety: 'review' },
  },
  imports: ['runtime'],
  mentions: ['.GC('],

  check(code, report) {
    for (const call of code.calls) {
      if (code.calleeOf(call)?.name !== 'runtime.GC' || call.parent?.kind === 'defer_statement') continue;
      report({
        at: call,
        message: 'runtime.GC stops all goroutines',
        fixes: {
          'yield-instead': (edit) => edit.replace(call, \`\${edit.importName('runtime', call)}.Gosched()\`),
        },
      });
    }
  },
});
`;
}

function exampleText(id: string): string {
  return `package ${id.replaceAll('-', '')}

import "runtime"

func collectBad() {
	runtime.GC() // want \`stops all goroutines\`
}

func collectOk() {
	defer runtime.GC()
}
`;
}
