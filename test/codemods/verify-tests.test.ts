// The rung of the tests, with the go command on a small module.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSession } from '../../codemods/verify/session.ts';
import { excerptOf, testResults } from '../../codemods/verify/test-output.ts';
import { hasRaceDetector } from '../../codemods/verify/toolchain.ts';
import { verify } from '../../codemods/verify/verify.ts';
import { whyNoGo } from '../support/go-command.ts';
import { change, verification } from './changes.ts';
import { tree } from './tree.ts';

const reason = whyNoGo();
if (reason) console.log(`verify-tests.test.ts: ${reason}`);
const needsGo = reason ? { skip: reason } : {};
// Without cgo there is no race detector, which has to be compiled first.
const env = {
  ...process.env,
  GOTOOLCHAIN: 'local',
  GOFLAGS: '',
  GOWORK: '',
  GOPROXY: 'off',
  CGO_ENABLED: '0',
};

/** A test of the function F of its package. */
const checks = (name: string, body: string, imports = '') =>
  `package ${name}\n\nimport (\n\t"testing"\n${imports})\n\nfunc TestF(t *testing.T) {\n${body}\n}\n`;
const f = (name: string) => `package ${name}\n\nfunc F() int { return 1 }\n\nfunc G() int { return 1 }\n`;
const fails = '\tif F() != 1 {\n\t\tt.Fatal("F is not 1")\n\t}';

test(
  'tests that pass before and fail now, that failed before, that are not sure, and none',
  needsGo,
  async (t) => {
    const root = tree(t, {
      'go.mod': 'module example.com/m\n\ngo 1.21\n',
      'base/base.go': f('base'),
      'user/user.go': 'package user\n\nimport "example.com/m/base"\n\nfunc F() int { return base.F() }\n',
      'user/user_test.go': checks('user', fails),
      'red/red.go': f('red'),
      'red/red_test.go': checks('red', '\tt.Error("as ever", F())'),
      'unsure/unsure.go': f('unsure'),
      'unsure/unsure_test.go': checks(
        'unsure',
        '\tif os.Remove(os.TempDir()+"/mark") != nil {\n\t\tos.WriteFile(os.TempDir()+"/mark", nil, 0o600)\n\t\tt.Fatal("now and then")\n\t}',
        '\t"os"\n',
      ),
      'bare/bare.go': f('bare'),
    });
    const edit = (name: string, path: string, old: string, text: string) =>
      change(root, name, { path, old, new: text });
    const changes = [
      edit('fine', 'base/base.go', 'G() int { return 1 }', 'G() int { return 2 }'),
      edit('breaks', 'base/base.go', 'F() int { return 1 }', 'F() int { return 3 }'),
      edit('red', 'red/red.go', 'F() int { return 1 }', 'F() int { return 3 }'),
      edit('unsure', 'unsure/unsure.go', 'F() int { return 1 }', 'F() int { return 3 }'),
      edit('bare', 'bare/bare.go', 'F() int { return 1 }', 'F() int { return 3 }'),
    ];
    const { verified, failed } = await verify(verification(root, changes, { env, test: true }));
    assert.deepEqual(Object.fromEntries(verified), {
      fine: { rung: 'tests', notes: [] },
      red: { rung: 'tests', notes: [] },
      unsure: { rung: 'compiler', notes: ['tests inconclusive: they do not give the same result twice'] },
      bare: {
        rung: 'compiler',
        notes: ['not tested: neither its package nor one that imports it has tests'],
      },
    });
    assert.deepEqual(
      failed.map(({ fingerprint, rung, reason }) => [fingerprint, rung, reason]),
      [['breaks', 'tests', 'TestF passed before and fails with it']],
    );
    assert.match(failed[0]?.output ?? '', /user_test\.go:9: F is not 1/);
  },
);

test('what takes too long is killed, with all that it has started', async (t) => {
  if (process.platform === 'win32') return t.skip('there is no sh');
  const session = openSession();
  t.after(session.close);
  const mark = `${session.folder}/pid`;
  const script = `(echo $$ > ${mark}; sleep 1000) & wait`;
  const ran = await session.run('sh', ['-c', script], { cwd: '/', env: process.env, timeout: 300 });
  assert.equal(ran.failure, 'it took longer than 0.3 s');
  const group = -Number(readFileSync(mark, 'utf8'));
  await assert.rejects(async () => {
    for (let i = 0; i < 100; i++) {
      process.kill(group, 0);
      await sleep(20);
    }
  }, /ESRCH/);
  session.close();
  assert.ok(!existsSync(session.folder));
});

const events = [
  { Action: 'build-output', ImportPath: 'm/b [m/b.test]', Output: 'b_test.go:1: no\n' },
  { Action: 'start', Package: 'm/a' },
  { Action: 'run', Package: 'm/a', Test: 'TestA' },
  { Action: 'run', Package: 'm/a', Test: 'TestA/sub' },
  { Action: 'output', Package: 'm/a', Test: 'TestA', Output: '=== RUN   TestA\n' },
  { Action: 'output', Package: 'm/a', Test: 'TestA/sub', Output: '=== RUN   TestA/sub\n' },
  { Action: 'output', Package: 'm/a', Test: 'TestA/sub', Output: '    a_test.go:5: wrong\n' },
  { Action: 'fail', Package: 'm/a', Test: 'TestA/sub' },
  { Action: 'fail', Package: 'm/a', Test: 'TestA' },
  { Action: 'run', Package: 'm/a', Test: 'TestB' },
  { Action: 'pass', Package: 'm/a', Test: 'TestB' },
  { Action: 'run', Package: 'm/a', Test: 'TestHangs' },
  { Action: 'fail', Package: 'm/a' },
  { Action: 'fail', Package: 'm/b' },
];

test('results from the events of go test', () => {
  const results = testResults(`${events.map((event) => JSON.stringify(event)).join('\n')}\nFAIL m/b\n{"Act`);
  const a = results.get('m/a');
  assert.deepEqual([...(a?.failed ?? [])].sort(), ['', 'TestA', 'TestA/sub', 'TestHangs']);
  assert.equal(a?.passed, 1);
  assert.equal(a && excerptOf(a, ['TestA', 'TestA/sub']), '    a_test.go:5: wrong');
  const b = results.get('m/b');
  assert.equal(b && excerptOf(b, b.failed), 'b_test.go:1: no');
});

test('of a race or a panic, the start is shown', () => {
  const print = (lines: readonly string[]) =>
    ({ failed: new Set(['T']), passed: 0, output: new Map([['T', lines.join('\n')]]) }) as const;
  const rest = Array.from({ length: 50 }, (_, i) => `line ${i}`);
  assert.match(
    excerptOf(print(['before', 'WARNING: DATA RACE', ...rest]), ['T']),
    /^WARNING: DATA RACE\nline 0\n/,
  );
  assert.match(excerptOf(print(['panic: no', ...rest]), ['T']), /^panic: no\nline 0\n/);
  assert.match(excerptOf(print(rest), ['T']), /^line 30\n(?:line \d+\n)+line 49$/);
});

test('the race detector needs cgo and a platform', () => {
  assert.equal(hasRaceDetector({ os: 'linux', arch: 'amd64', cgo: true }), true);
  assert.equal(hasRaceDetector({ os: 'linux', arch: 'amd64', cgo: false }), false);
  assert.equal(hasRaceDetector({ os: 'windows', arch: 'arm64', cgo: true }), false);
  assert.equal(hasRaceDetector({ os: 'plan9', arch: 'amd64', cgo: true }), false);
});
