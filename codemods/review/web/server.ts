// Serves the page of a plan to the browser of this machine, and takes decisions from it.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyOf } from '../../plan/key.ts';
import type { Decision } from '../../plan/plan.ts';
import { readPlan, writeDecisions } from '../../plan/plan-file.ts';
import type { Decisions } from '../page-data.ts';
import { contentPolicy, newNonce, type PageParts, pageData, pageText } from './page.ts';

export interface Served {
  /** Absolute path of the plan, and what messages call it. */
  readonly path: string;
  readonly named: string;
  /** The command that applies the plan. */
  readonly next: string;
  readonly parts: PageParts;
}

export interface ReviewServer {
  /** Where the page is; nobody else on the network or this machine knows it. */
  readonly url: string;
  /** Resolves when the person says that the review is done. */
  readonly done: Promise<void>;
  close(): Promise<void>;
}

/** Starts serving on a free port of 127.0.0.1. */
export async function serveReview(served: Served): Promise<ReviewServer> {
  const token = randomBytes(24).toString('base64url');
  let finish = () => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      reply(
        response,
        error instanceof BadRequest ? 400 : 500,
        error instanceof Error ? error.message : String(error),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', given = '', rest = ''] = /^\/([^/?]*)(?:\/([^?]*))?/.exec(request.url ?? '') ?? [];
    const { origin } = request.headers;
    const isOwn = request.headers.host === host && (origin === undefined || origin === `http://${host}`);
    if (!isOwn || !isSame(given, token))
      return reply(response, 403, 'This is not the address that goleash has printed.');
    if (path === `/${token}`) return reply(response, 404, `The page is at /${token}/`);
    const route = `${request.method} ${rest}`;
    if (route === 'GET ') return sendPage(response, served);
    if (route === 'GET decisions') return json(response, decisionsIn(served));
    if (route === 'POST decisions') return json(response, await decide(request, served));
    if (route === 'POST done') {
      response.once('close', finish);
      return json(response, {});
    }
    return reply(response, 404, 'There is nothing here.');
  }
  return { url: `http://${host}/${token}/`, done, close: () => closed(server) };
}

/** Compares in a time that does not tell how much is the same. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function sendPage(response: ServerResponse, { path, named, next, parts }: Served): void {
  const nonce = newNonce();
  const data = pageData(readPlan(path, named), { named, live: true, next });
  const policy = `${contentPolicy(nonce, true)}; frame-ancestors 'none'`;
  send(response, 200, 'text/html; charset=utf-8', pageText(data, parts, nonce), {
    'Content-Security-Policy': policy,
  });
}

function decisionsIn({ path, named }: Served): Decisions {
  const { changes } = readPlan(path, named);
  return {
    decisions: Object.fromEntries(changes.map((change) => [keyOf(change), change.decision])),
  };
}

async function decide(request: IncomingMessage, served: Served): Promise<Decisions> {
  const decided = decisionsOf(await bodyOf(request));
  writeDecisions(served.path, decided, served.named);
  return decisionsIn(served);
}

/** What the page would not send. */
class BadRequest extends Error {}

/** The decisions in a message. Throws a BadRequest for anything else. */
function decisionsOf(body: string): ReadonlyMap<string, Decision> {
  const entries = Object.entries(parsed(body).decisions ?? {});
  if (!entries.every(([, decision]) => ['open', 'accepted', 'rejected'].includes(decision)))
    throw new BadRequest('a decision is open, accepted or rejected');
  return new Map(entries);
}

function parsed(body: string): Partial<Decisions> {
  try {
    return (JSON.parse(body) as Partial<Decisions> | null) ?? {};
  } catch {
    throw new BadRequest('decisions come as JSON');
  }
}

/** More than all decisions of the largest plan. */
const longestBody = 16 * 1024 * 1024;

async function bodyOf(request: IncomingMessage): Promise<string> {
  if (request.headers['content-type'] !== 'application/json')
    throw new BadRequest('decisions come as application/json');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) throw new BadRequest('the message is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function json(response: ServerResponse, value: unknown): void {
  send(response, 200, 'application/json', JSON.stringify(value));
}

function reply(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', `${text}\n`);
}

function send(response: ServerResponse, status: number, type: string, text: string, headers = {}): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...headers,
  });
  response.end(text);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
