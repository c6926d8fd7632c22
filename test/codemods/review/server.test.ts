import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keyOf } from '../../../codemods/plan/key.ts';
import type { Change } from '../../../codemods/plan/plan.ts';
import { planText, readPlan } from '../../../codemods/plan/plan-file.ts';
import { serveReview } from '../../../codemods/review/web/server.ts';
import { planOfFixtures } from '../../support/plan.ts';
import { tree } from '../tree.ts';

const plan = await planOfFixtures('lost-cancel');
const [first] = plan.changes as [Change];
const key = keyOf(first);

async function served(t: TestContext) {
  const path = join(tree(t, { 'plan.json': planText(plan) }), 'plan.json');
  const parts = { script: 'run()', style: 'a {}' };
  const server = await serveReview({ path, named: 'plan.json', next: 'goleash apply plan.json', parts });
  t.after(() => server.close());
  return { ...server, path };
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask(url: string, { method = 'GET', headers = {}, body = '' }: Asked = {}) {
  return new Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const asked = request(url, { method, headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
        );
      });
      asked.on('error', reject);
      asked.end(body);
    },
  );
}

const json = { 'Content-Type': 'application/json' };

test('only who has the address gets anything', async (t) => {
  const { url } = await served(t);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  const { host } = new URL(url);
  const page = await ask(url);
  assert.equal(page.status, 200);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.notEqual((await ask(url)).text, page.text, 'each page has a nonce of its own');
  const wrong = url.replace(/.\/$/, (end) => (end === 'a/' ? 'b/' : 'a/'));
  const statuses = [
    await ask(`http://${host}/`),
    await ask(`http://${host}/favicon.ico`),
    await ask(wrong),
    await ask(`${url}../plan.json`),
    await ask(`${url.slice(0, -2)}/`),
    await ask(url, { headers: { Host: 'evil.example' } }),
    await ask(url, { headers: { Host: host.replace('127.0.0.1', 'localhost') } }),
    await ask(url, { headers: { Origin: 'http://evil.example' } }),
    await ask(url, { headers: { Origin: 'null' } }),
    await ask(`${url}decisions`, {
      method: 'POST',
      headers: { ...json, Origin: 'https://evil.example' },
      body: '{}',
    }),
  ].map(({ status }) => status);
  assert.deepEqual(
    statuses,
    statuses.map(() => 403),
  );
  assert.equal((await ask(url.slice(0, -1))).status, 404);
  assert.equal((await ask(`${url}plan.json`)).status, 404);
});

test('decisions go into the plan, and come back with those of others', async (t) => {
  const { url, path } = await served(t);
  const origin = new URL(url).origin;
  const body = JSON.stringify({ decisions: { [key]: 'accepted', gone: 'rejected' } });
  const answer = await ask(`${url}decisions`, { method: 'POST', headers: { ...json, Origin: origin }, body });
  assert.equal(answer.status, 200);
  assert.equal(JSON.parse(answer.text).decisions[key], 'accepted');
  assert.equal(readPlan(path).changes[0]?.decision, 'accepted');
  const got = await ask(`${url}decisions`);
  assert.deepEqual(JSON.parse(got.text), JSON.parse(answer.text));
  assert.match(
    (await ask(url)).text,
    new RegExp(`"fingerprint":"${first.fingerprint}".{0,9000}?"decision":"accepted"`),
  );
});

test('what is no decision changes nothing', async (t) => {
  const { url, path } = await served(t);
  const post = (body: string, headers = json) => ask(`${url}decisions`, { method: 'POST', headers, body });
  for (const body of ['', 'rubbish', '[]x', `{"decisions":{"${key}":"maybe"}}`])
    assert.equal((await post(body)).status, 400, body);
  const plain = { 'Content-Type': 'text/plain' } as unknown as typeof json;
  assert.equal((await post(`{"decisions":{"${key}":"accepted"}}`, plain)).status, 400);
  assert.deepEqual(readPlan(path), plan);
});

test('done ends the review', async (t) => {
  const { url, done } = await served(t);
  assert.equal((await ask(`${url}done`, { method: 'POST', headers: json, body: '{}' })).status, 200);
  await done;
});
