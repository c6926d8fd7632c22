// Checks the shape of JSON that was read from a file, and words what is wrong. See config-file.ts for YAML.

import { Ajv, type ErrorObject } from 'ajv';
import type { JsonSchema } from '../config-schema.ts';

export type { JsonSchema } from '../config-schema.ts';

/** Tells what is wrong with a value, one clause each: `changes/3/decision must be open or accepted, not "yes"`. */
export type ShapeCheck = (value: unknown) => readonly string[];

/** Compiles a schema, whose titles complete `must be …`; what the schema does not name is allowed. */
export function shapeCheck(schema: JsonSchema): ShapeCheck {
  const validate = new Ajv({ allErrors: true, verbose: true }).compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(describe));
}

function describe({ keyword, instancePath, params, parentSchema, data }: ErrorObject): string {
  const place = instancePath.slice(1) || 'it';
  if (keyword === 'required') return `${place} has no ${JSON.stringify(params['missingProperty'])}`;
  const { title, type } = parentSchema as JsonSchema;
  const found = data === null || typeof data !== 'object' ? `, not ${short(JSON.stringify(data))}` : '';
  return `${place} must be ${title ?? (type ? nouns[type] : 'something else')}${found}`;
}

const nouns = { object: 'an object', array: 'a list', string: 'a text', integer: 'a whole number' };

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
