// What fixtures cannot say of the rules about goroutines: how severe a finding is, and modules that are not there.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { analyze, defaultConfig, type Library, sourceFile } from '../../analysis/index.ts';
import { goPackages } from '../../analysis/model/package.ts';
import { target } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

/** The findings of a rule in a file,. */
function findingsOf(ruleId: string, text: string): readonly string[] {
  const module = { path: 'example.com/m', directory: '/m', goVersion: '1.26' };
  const [pkg] = goPackages(
    { path: '/m/p', files: [sourceFile('/m/p/p.go', `package p\n\n${text}`)], module },
    target,
  );
  assert.ok(pkg);
  const { findings } = analyze(pkg, { config: defaultConfig, library: std });
  return findings.flatMap((finding) => (finding.ruleId === ruleId ? [finding.severity] : []));
}

const poll = 'go func() {\n\tfor {\n\t\ttime.Sleep(time.Second)\n\t}\n}()';

test('a goroutine without exit is a hint where there may be only one of it', () => {
  const severities = (declarations: string) =>
    findingsOf('goroutine-without-exit', `import (\n\t"context"\n\t"time"\n)\n\n${declarations}\n`);
  const manager = `type Manager struct{ n int }\n\nfunc (m *Manager) Start(ctx context.Context) { ${poll} }\n`;
  assert.deepEqual(severities(manager), ['hint']);
  assert.deepEqual(severities(`${manager}\nfunc (m *Manager) Stop() {}`), ['warning']);
  assert.deepEqual(severities(`type T struct{ n int }\n\nfunc New() *T { ${poll}; return &T{} }`), [
    'warning',
  ]);
  assert.deepEqual(severities(`func Watch(ctx context.Context) { ${poll} }`), ['hint']);
});

test('the clients of Kubernetes limit themselves', () => {
  const deleting = (path: string) =>
    findingsOf(
      'unbounded-goroutines',
      `import (
	"context"

	"${path}"
)

func DeletePods(ctx context.Context, c clients.Interface, pods []string) {
	for _, pod := range pods {
		go func() {
			if err := c.Pods("x").Delete(ctx, pod); err != nil {
				return
			}
		}()
	}
}
`,
    );
  assert.deepEqual(deleting('example.org/clients'), ['hint']);
  assert.deepEqual(deleting('k8s.io/client-go/clients'), []);
  assert.deepEqual(deleting('sigs.k8s.io/controller-runtime/pkg/clients'), []);
});
