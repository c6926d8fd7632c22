// Reads the text of a configuration file. The sole owner of `yaml`.

import { Ajv, type ErrorObject } from 'ajv';
import { type Document, isMap, isNode, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { type Config, defaultConfig } from '../config.ts';
import { configSchema, type JsonSchema } from '../config-schema.ts';
import type { ConfigProblem } from './config.ts';
import { nearest } from './nearest.ts';

/**
 * Reads a configuration for a release that has these rules. With problems, every one is named and the configuration is
 * the default one.
 */
export function parseConfig(
  path: string,
  text: string,
  ruleIds: readonly string[],
): { config: Config; problems: readonly ConfigProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problemAt = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { path, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const wrong = [...document.errors, ...document.warnings].map((error) =>
    problemAt(error.pos[0], `not valid YAML: ${firstLine(error.message)}`),
  );
  visit(document, {
    Alias(_, { source, range }) {
      wrong.push(
        problemAt(range?.[0] ?? 0, `put quotes around "*${source}": YAML takes a leading * for a reference`),
      );
    },
  });
  if (wrong.length > 0) return { config: defaultConfig, problems: wrong };

  const value: unknown = document.toJS() ?? {};
  const ajv = new Ajv({ allErrors: true, verbose: true });
  const validate = ajv.compile(configSchema(ruleIds));
  if (!validate(value)) {
    const problems = (validate.errors ?? []).map((error) => describe(error, document, problemAt));
    return { config: defaultConfig, problems };
  }
  const { timeouts, ...rest } = value as Partial<Config>;
  return {
    config: { ...defaultConfig, ...rest, timeouts: { ...defaultConfig.timeouts, ...timeouts } },
    problems: [],
  };
}

function describe(
  error: ErrorObject,
  document: Document.Parsed,
  problemAt: (offset: number, message: string) => ConfigProblem,
): ConfigProblem {
  const keys = error.instancePath.split('/').slice(1).map(unescapePointer);
  const schema = error.parentSchema as JsonSchema;
  if (error.keyword === 'additionalProperties') {
    const key: string = error.params['additionalProperty'];
    return problemAt(
      offsetOfKey(document, keys, key),
      unknownKey(keys, key, Object.keys(schema.properties ?? {})),
    );
  }
  const subject = keys.length === 0 ? 'this file' : [...keys].reverse().find((key) => !/^\d+$/.test(key));
  const item = /^\d+$/.test(keys.at(-1) ?? '') ? 'every entry of ' : '';
  const found = typeof error.data === 'object' ? '' : `, not ${JSON.stringify(error.data)}`;
  return problemAt(
    offsetOf(document, keys),
    `${item}${subject} must be ${schema.title ?? 'something else'}${found}`,
  );
}

function unknownKey(keys: readonly string[], key: string, known: readonly string[]): string {
  const guess = nearest(key, known);
  const ofRules = keys[0] === 'rules';
  const instead = ofRules ? '`goleash rules` lists the rules' : `the keys here are ${known.join(', ')}`;
  return `there is no ${ofRules ? 'rule' : 'setting'} ${JSON.stringify(key)}: ${guess ? `did you mean ${JSON.stringify(guess)}?` : instead}`;
}

function offsetOf(document: Document.Parsed, keys: readonly string[]): number {
  const node: unknown = keys.length === 0 ? document.contents : document.getIn(keys, true);
  return isNode(node) ? startOf(node) : 0;
}

function offsetOfKey(document: Document.Parsed, keys: readonly string[], key: string): number {
  const map: unknown = keys.length === 0 ? document.contents : document.getIn(keys, true);
  if (!isMap(map)) return 0;
  const pair = map.items.find((item) => isNode(item.key) && String(item.key) === key);
  return isNode(pair?.key) ? startOf(pair.key) : startOf(map);
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function unescapePointer(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}
