// Probes in programs and tests that run.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { get, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { go, unformatted, whyNoGo } from '../support/go-command.ts';
import { goleash } from './command.ts';
import { tree } from './tree.ts';

const reason = whyNoGo();
if (reason) console.log(`probe-go.test.ts: ${reason}`);
const skip = reason ?? false;

/** Seven goroutines that wait, and a word on who serves profiles to all the world; it ends with its standard input. */
const program = `package main

import (
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
)

func main() {
	log.SetFlags(0)
	stop := make(chan bool)
	for i := 0; i < 7; i++ {
		go waitForStop(stop)
	}
	_, pattern := http.DefaultServeMux.Handler(&http.Request{Method: "GET", URL: &url.URL{Path: "/debug/pprof/"}})
	log.Printf("default mux: %q", pattern)
	io.Copy(io.Discard, os.Stdin)
	close(stop)
}

func waitForStop(stop chan bool) { <-stop }
`;

/** Adds probes; each line is what comes after `probe add`. */
async function add(cwd: string, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const { status, err } = await goleash(['probe', 'add', ...line.split(' ')], { cwd });
    assert.deepEqual([status, err], [0, ''], line);
  }
}

/** A running program and what it has said so far. */
interface Running {
  readonly child: ChildProcess;
  said: string;
}

function start(t: TestContext, binary: string): Running {
  const child = spawn(binary, { stdio: ['pipe', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const running: Running = { child, said: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    running.said += text;
  });
  return running;
}

/** What a program says, as soon as it does; fails if that does not come. */
async function until(running: Running, expected: RegExp): Promise<RegExpExecArray> {
  for (let i = 0; i < 2000; i++) {
    const found = expected.exec(running.said);
    if (found) return found;
    assert.equal(running.child.exitCode, null, `it ended without ${expected}: ${running.said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no ${expected} in: ${running.said}`);
}

async function end(running: Running): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => running.child.once('close', resolve));
  running.child.stdin?.end();
  return ended;
}

test('a program with all probes: counts, stacks and profiles while it runs', { skip }, async (t) => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  t.after(() => occupant.close());
  const { port } = occupant.address() as AddressInfo;
  const cwd = tree(t, { 'go.mod': 'module m\n\ngo 1.21\n', 'main.go': program });
  await add(
    cwd,
    'goroutine-count --interval 50ms',
    'stack-dump',
    `pprof --port ${port} --contention`,
    'goroutine-id',
  );
  const binary = join(cwd, process.platform === 'win32' ? 'm.exe' : 'm');
  assert.deepEqual(go(['build', '-o', binary, '.'], cwd), { status: 0, output: '' });

  await t.test('a port that is taken is told, and the program runs', async (t) => {
    const running = start(t, binary);
    await until(running, /goleash probe: pprof is not served: listen tcp 127\.0\.0\.1:\d+: .+\n/);
    await until(running, /default mux/);
    assert.equal(await end(running), 0);
  });
  await new Promise((resolve) => occupant.close(resolve));
  const running = start(t, binary);

  await t.test('the count and the goroutine that logs', async () => {
    await until(running, /^\[goroutine \d+\] goleash probe: \d+ goroutines, \d+ MB in use$/m);
    await until(running, /^\[goroutine 1\] default mux: ""$/m);
  });

  await t.test(
    'the stacks',
    { skip: process.platform === 'win32' && 'Windows has no such signal' },
    async () => {
      running.child.kill('SIGUSR1');
      await until(running, /goleash probe: end of the stacks\n/);
      assert.match(running.said, /^goroutine 1 \[[^\]]+\]:$/m);
      assert.equal(running.said.match(/^main\.waitForStop\(/gm)?.length, 7);
      running.child.kill('SIGUSR1');
      await until(running, /end of the stacks\n[\s\S]*end of the stacks\n/);
    },
  );

  await t.test('the endpoint answers here alone', async () => {
    const [, address = ''] = await until(
      running,
      /pprof is served on (http:\/\/127\.0\.0\.1:\d+\/debug\/pprof\/)\n/,
    );
    assert.equal(address, `http://127.0.0.1:${port}/debug/pprof/`);
    assert.match((await fetched(address)).text, /^goroutine\?debug=1 \(\d+\)$/m);
    const stacks = await fetched(`${address}goroutine?debug=2`);
    assert.equal(stacks.text.match(/^main\.waitForStop\(/gm)?.length, 7);
    const profile = await fetched(`${address}goroutine`);
    assert.deepEqual([...profile.bytes.subarray(0, 2)], [0x1f, 0x8b]);
    assert.match((await fetched(`${address}block?debug=1`)).text, /^--- contention:\ncycles\/second=/);
    assert.match((await fetched(`${address}trace?seconds=1`)).text, /^go 1\.\d+ trace/);
    assert.equal((await fetched(`${address}nothing`)).status, 404);
    assert.equal((await fetched(`${address}heap?seconds=1`)).status, 400);
    assert.equal((await fetched(address, { host: `localhost:${port}` })).status, 200);
    assert.equal((await fetched(address, { host: 'attacker.example' })).status, 403);
    for (const host of otherAddresses()) assert.equal(await accepts(host, port), false, host);
  });

  assert.equal(await end(running), 0);
});

/** Addresses of this machine beside 127.0.0.1. */
function otherAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outer = all.filter(({ family, address }) => family === 'IPv4' && address !== '127.0.0.1');
  // All of 127.0.0.0/8 is this machine there: who listens on all interfaces answers on this one as well.
  return [...outer.map(({ address }) => address), ...(process.platform === 'linux' ? ['127.0.0.2'] : [])];
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 }, () => settle(true));
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('error', () => settle(false)).on('timeout', () => settle(false));
  });
}

interface Fetched {
  readonly status: number | undefined;
  readonly bytes: Buffer;
  readonly text: string;
}

function fetched(url: string, headers: IncomingHttpHeaders = {}): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode, bytes, text: bytes.toString('latin1') });
      });
    }).on('error', reject);
  });
}

const leaky =
  'package p\n\nimport "testing"\n\nfunc TestLeak(t *testing.T) {\n\tgo func() { select {} }()\n}\n';
const tidy = `package p

import (
	"testing"
	"time"
)

func TestSlow(t *testing.T) {
	go time.Sleep(200 * time.Millisecond)
}
`;
/** What TestMain starts itself is no leak of a test. */
const withMain = `package p

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	go func() { select {} }()
	code := m.Run()
	os.Exit(code)
}
`;
const goleak = `package goleak

type Option int

func IgnoreCurrent() Option { return 0 }

func Find(options ...Option) error { return leak("told by goleak") }

type leak string

func (l leak) Error() string { return string(l) }
`;

test('tests that leave goroutines behind fail, others pass', { skip }, async (t) => {
  const cwd = tree(t, {
    'go.mod':
      'module m\n\ngo 1.21\n\nrequire go.uber.org/goleak v1.3.0\n\nreplace go.uber.org/goleak => ./third/goleak\n',
    'third/goleak/go.mod': 'module go.uber.org/goleak\n\ngo 1.21\n',
    'third/goleak/options.go': goleak,
    'leaky/a_test.go': leaky,
    'tidy/a_test.go': tidy,
    'failing/a_test.go': leaky.replace('go func() { select {} }()', 't.Error("broken")'),
    'main/leaky/a_test.go': leaky,
    'main/leaky/main_test.go': withMain,
    'main/tidy/a_test.go': tidy,
    'main/tidy/main_test.go': withMain.replace('package p', 'package p_test'),
    'goleak/a_test.go': tidy,
  });
  const own = ['leaky', 'tidy', 'failing', 'main/leaky', 'main/tidy'];
  await add(cwd, ...own.map((folder) => `leak-check ${folder} --grace 1s`), 'leak-check goleak');
  assert.deepEqual(unformatted(['goleak', 'main/leaky'].map((name) => join(cwd, name))), []);
  const { status, output } = go(['test', '-timeout', '60s', './...'], cwd);
  assert.equal(status, 1, output);
  const verdicts = [...output.matchAll(/^(ok|FAIL)\s+(m\/\S+)/gm)].map(
    ([, verdict, name]) => `${name} ${verdict}`,
  );
  assert.deepEqual(
    verdicts.sort(),
    ['m/failing FAIL', 'm/goleak FAIL', 'm/leaky FAIL', 'm/main/leaky FAIL', 'm/main/tidy ok', 'm/tidy ok'],
    output,
  );
  const told = /goleash probe: goroutines that the tests leave behind: (.*)\n/g;
  assert.deepEqual([...output.matchAll(told)].map((match) => match[1]).sort(), ['1', '1', 'told by goleak']);
  assert.match(output, /^m\/leaky\.TestLeak\.func1\(\)$/m);
});

test('probes are in gofmt form and vet has nothing to say, on all systems', { skip }, async (t) => {
  const clash = 'package main\n\nvar log, time, os, fmt, strings, runtime = 1, 2, 3, 4, 5, 6\n';
  const cwd = tree(t, {
    'go.mod': 'module m\n\ngo 1.21\n',
    'plain/main.go': 'package main\n\nfunc main() {}\n',
    'plain/a_test.go': leaky.replace('package p', 'package main'),
    'clash/main.go': 'package main\n\nfunc main() {}\n',
    'clash/names.go': clash,
    'clash/a_test.go': leaky.replace('package p', 'package main'),
    'heavy/main.go': 'package main\n\nfunc main() {}\n',
    'heavy/names.go': `${clash}\nvar http, trace, pprof, net, io = 1, 2, 3, 4, 5\n`,
  });
  const light = ['goroutine-count', 'stack-dump --signal QUIT', 'goroutine-id', 'leak-check'];
  await add(cwd, ...light.map((line) => line.replace(/^\S+/, '$& plain')));
  await add(
    cwd,
    ...light.map((line) => line.replace(/^\S+/, '$& clash --tag debug')),
    'pprof heavy --contention',
  );
  const folders = ['plain', 'clash', 'heavy'].map((name) => join(cwd, name));
  assert.deepEqual(unformatted(folders), []);
  // net/http takes long to build for another system, and pprof has nothing that depends on it.
  const others = ['linux', 'darwin', 'windows'].filter(
    (os) => os !== go(['env', 'GOHOSTOS'], cwd).output.trim(),
  );
  assert.deepEqual(go(['vet', '-tags', 'debug', './...'], cwd), { status: 0, output: '' });
  for (const os of others) {
    const env = {
      ...process.env,
      GOOS: os,
      GOFLAGS: '',
      GOWORK: 'off',
      GOTOOLCHAIN: 'local',
      CGO_ENABLED: '0',
    };
    const ran = spawnSync('go', ['vet', '-tags', 'debug', './plain', './clash'], {
      cwd,
      env,
      encoding: 'utf8',
    });
    assert.deepEqual([ran.status, ran.stderr], [0, ''], os);
  }
});
