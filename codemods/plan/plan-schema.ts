// The JSON schema of a plan: what a file must have before anything in it is believed. What it does not name is allowed
// and kept, for a plan can be older or newer than the goleash that reads it.

import type { JsonSchema } from '../../analysis/node/json-shape.ts';
import { rungs } from './plan.ts';

const text: JsonSchema = { type: 'string' };
const name: JsonSchema = { title: 'a text that is not empty', type: 'string', minLength: 1 };
const offset: JsonSchema = { title: 'a whole number from 0 on', type: 'integer', minimum: 0 };
const number: JsonSchema = { title: 'a whole number from 1 on', type: 'integer', minimum: 1 };
const safety = oneOf('safe', 'review');

const place = { path: name, line: number, column: number, endLine: number, endColumn: number };
const step = object({ order: number, goroutine: text });
const related = { ...object({ ...place, message: text }), properties: { ...place, message: text, step } };
const edit = object({ path: name, start: offset, end: offset, removed: text, inserted: text });
const against = object({
  path: name,
  sha256: { title: 'a SHA-256 in hexadecimal digits', type: 'string', pattern: '^[0-9a-f]{64}$' },
});

const change = object({
  fingerprint: name,
  ruleId: name,
  fixId: name,
  title: text,
  safety,
  severity: oneOf('error', 'warning', 'hint'),
  confidence: oneOf('proved', 'likely'),
  message: text,
  at: object(place),
  related: listOf(related),
  edits: listOf(edit),
  against: listOf(against),
  diff: text,
  after: listOf(name),
  verified: object({ rung: oneOf(...rungs), notes: listOf(text) }),
  decision: oneOf('open', 'accepted', 'rejected'),
});

const left = object({
  fingerprint: name,
  ruleId: name,
  fixId: name,
  at: object(place),
  why: oneOf('deferred', 'failed'),
  reason: text,
});

const plan = object({
  plan: number,
  goleash: text,
  selection: listOf(text),
  changes: listOf(change),
  left: listOf({ ...left, properties: { ...left.properties, output: text } }),
});

export const planSchema: JsonSchema = {
  ...plan,
  properties: { ...plan.properties, rules: listOf(text), config: name, tags: listOf(name) },
};

/** An object that has all of these. */
function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

function oneOf(...words: readonly string[]): JsonSchema {
  return { title: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`, enum: words };
}
