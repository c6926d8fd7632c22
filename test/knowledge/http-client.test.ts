import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { GoPackage } from '../../analysis/index.ts';
import { analyze, defaultConfig, type Finding, type Library } from '../../analysis/index.ts';
import { isLoopback } from '../../analysis/knowledge/http-origin.ts';
import { contextBound, requestBound } from '../../analysis/knowledge/http-request.ts';
import { transportBound } from '../../analysis/knowledge/http-transport.ts';
import { type Code, codeOf } from '../../analysis/model/code.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import rule from '../../analysis/rules/http-client-without-timeout.ts';
import { argumentsOf, child, type Node, textOf } from '../../analysis/syntax/node.ts';
import { packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

const head = `package p

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

`;

/** The code of the last declaration, and the argument of its call of `see`. */
function seen(declarations: string): { code: Code; argument: Node } {
  const pkg: GoPackage = packageOf(head + declarations);
  const file = pkg.files[0];
  const declaration = file?.declarations.at(-1);
  assert.ok(file && declaration);
  const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
  const code = codeOf(file, declaration, context);
  const call = code?.calls.find((c) => textOf(child(c, 'function') as Node) === 'see');
  const argument = call && argumentsOf(call)[0];
  assert.ok(code && argument, 'there is a call of see');
  return { code, argument };
}

const context = (body: string, signature = 'func f(ctx context.Context)'): string => {
  const { code, argument } = seen(`${signature} { ${body} }`);
  return contextBound(code, argument);
};

test('contexts', () => {
  assert.equal(context('see(context.Background())'), 'unbounded');
  assert.equal(context('see(context.WithValue(context.TODO(), 1, 2))'), 'unbounded');
  assert.equal(
    context('c, cancel := context.WithTimeout(ctx, time.Second); defer cancel(); see(c)'),
    'bounded',
  );
  assert.equal(context('c := context.Background(); see(c)'), 'unbounded');
  assert.equal(context('c := context.Background(); c, _ = context.WithTimeout(c, 1); see(c)'), 'unknown');
  assert.equal(context('c, _ := context.WithCancel(context.Background()); see(c)'), 'unknown');
  assert.equal(context('see(ctx)'), 'unknown');
  assert.equal(context('context := other(); see(context.Background())'), 'unknown');
  assert.equal(context('see(context.WithoutCancel(ctx))'), 'unbounded');
});

const request = (body: string, others = ''): string => {
  const { code, argument } = seen(`${others}\n\nfunc f(ctx context.Context, in *http.Request) { ${body} }`);
  return requestBound(code, argument);
};

test('requests', () => {
  assert.equal(request('r, _ := http.NewRequest("GET", "u", nil); see(r)'), 'unbounded');
  assert.equal(
    request('r, _ := http.NewRequest("GET", "u", nil); r = r.WithContext(ctx); see(r)'),
    'unknown',
  );
  assert.equal(request('r, _ := http.NewRequest("GET", "u", nil); r.Cancel = ctx.Done(); see(r)'), 'unknown');
  assert.equal(request('r, _ := http.NewRequest("GET", "u", nil); *r = *in; see(r)'), 'unknown');
  assert.equal(
    request('r, _ := http.NewRequestWithContext(context.TODO(), "GET", "u", nil); see(r)'),
    'unbounded',
  );
  assert.equal(
    request('r, _ := http.NewRequest("GET", "u", nil); if in != nil { r = in }; see(r)'),
    'unknown',
  );
  assert.equal(request('see(&http.Request{Method: "GET"})'), 'unbounded');
  assert.equal(request('see(in)'), 'unknown', 'whoever calls f made it');
});

test('requests of functions of the package', () => {
  const make = 'func make() (*http.Request, error) { return http.NewRequest("GET", "u", nil) }';
  assert.equal(request('r, err := make(); see(r)', make), 'unbounded');
  const given =
    'func make(c context.Context) (*http.Request, error) { return http.NewRequestWithContext(c, "GET", "u", nil) }';
  assert.equal(request('r, err := make(ctx); see(r)', given), 'unknown');
  assert.equal(request('r := again(); see(r)', 'func again() *http.Request { return again() }'), 'unknown');
});

const transport = (expression: string, others = ''): string => {
  const { code, argument } = seen(`${others}\n\nfunc f(rt http.RoundTripper) { see(${expression}) }`);
  return transportBound(code, argument);
};

test('transports', () => {
  assert.equal(transport('http.DefaultTransport'), 'unbounded');
  assert.equal(transport('nil'), 'unbounded');
  assert.equal(transport('rt'), 'unknown');
  assert.equal(transport('own', 'var own = &http.Transport{ResponseHeaderTimeout: time.Second}'), 'bounded');
  assert.equal(transport('own', 'var own = &http.Transport{}'), 'unknown', 'see may set its limits');
  assert.equal(transport('http.DefaultTransport', 'func init() { http.DefaultTransport = mine }'), 'unknown');
});

test('addresses of this machine', () => {
  for (const own of [
    'localhost:6060',
    'http://localhost/x',
    '127.0.0.1:1',
    'https://[::1]:8443/',
    '127.1.2.3',
  ]) {
    assert.equal(isLoopback(own), true, own);
  }
  for (const other of [
    ':8080',
    '',
    'localhost.example.com:80',
    'http://127.example.com',
    '0.0.0.0:80',
    'unix',
  ]) {
    assert.equal(isLoopback(other), false, other);
  }
});

/** What is said of the only client in the body of a function. */
function finding(body: string): Finding | undefined {
  const pkg = packageOf(`${head}func f(url string, v any, file *os.File) error {\n${body}\n}\n`);
  const { findings, crashes } = analyze(pkg, {
    config: defaultConfig,
    library: std,
    rules: [rule],
  });
  assert.deepEqual(crashes, []);
  assert.ok(findings.length < 2);
  return findings[0];
}

const exchange = (send: string, read: string): string | undefined =>
  finding(
    `c := &http.Client{}\n${send}\nif err != nil {\nreturn err\n}\ndefer resp.Body.Close()\n${read}\nreturn nil`,
  )?.fixes[0]?.safety;

test('a limit on the whole exchange is safe if all of it is over in the function', () => {
  const get = 'resp, err := c.Get(url)';
  assert.equal(exchange(get, 'io.ReadAll(resp.Body)'), 'safe');
  assert.equal(exchange(get, 'json.NewDecoder(resp.Body).Decode(v)'), 'safe');
  assert.equal(exchange(get, 'io.Copy(io.Discard, resp.Body)'), 'safe');
  assert.equal(exchange(get, 'println(resp.StatusCode, resp.Header.Get("X"))'), 'safe');
  assert.equal(exchange(get, 'io.Copy(file, resp.Body)'), 'review');
  assert.equal(exchange(get, 'd := json.NewDecoder(resp.Body); d.Decode(v)'), 'review');
  assert.equal(exchange(get, 'keep(resp)'), 'review');
  assert.equal(exchange(get, 'body := resp.Body; io.ReadAll(body)'), 'review');
});

test('and if what is sent is in memory', () => {
  const read = 'io.ReadAll(resp.Body)';
  assert.equal(exchange('resp, err := c.Post(url, "a/b", strings.NewReader("x"))', read), 'safe');
  assert.equal(exchange('resp, err := c.Post(url, "a/b", file)', read), 'review');
  assert.equal(exchange('r, err := http.NewRequest("PUT", url, file)\nresp, err := c.Do(r)', read), 'review');
  assert.equal(exchange('r, err := http.NewRequest("GET", url, nil)\nresp, err := c.Do(r)', read), 'safe');
});

test('severity and confidence', () => {
  const send = (url: string, more = ''): Finding | undefined =>
    finding(`c := &http.Client{}\n${more}\nresp, err := c.Get(${url})\n_ = resp\nreturn err`);
  assert.equal(send('url')?.severity, 'warning');
  assert.equal(send('"http://localhost:8080/x"')?.severity, 'hint');
  assert.equal(send('"http://127.0.0.1:" + url')?.severity, 'hint');
  assert.equal(send('own', 'own := "http://localhost/"')?.severity, 'hint');
  assert.equal(send('own', 'own := "http://localhost/"; own = url')?.severity, 'warning');
  assert.equal(send('url')?.confidence, 'proved');
  assert.equal(send('url', 'other.Instrument(c)')?.confidence, 'likely');
  assert.equal(send('url', 'c.Timeout = time.Second'), undefined);
  assert.equal(
    send('url', 'c.Transport = &http.Transport{DialContext: (&net.Dialer{}).DialContext}')?.severity,
    'warning',
  );
  assert.equal(send('url', 'c.Transport = mine'), undefined);
});
