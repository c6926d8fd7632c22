// The JSON schema of `.goleash.yaml`. It validates the file, its titles word the errors, and editors read it.

import { defaultConfig } from './config.ts';

/** The part of JSON Schema (draft 7) that the configuration and the plan need. */
export interface JsonSchema {
  readonly $schema?: string;
  /** A noun phrase that completes `must be …`. */
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer';
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly default?: unknown;
}

/** Some digit is not zero, and the rest is what time.ParseDuration reads. */
const positiveDuration = '^(?=.*[1-9])([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$';

/** The schema for a release that has these rules; `docs/goleash.schema.json` is its text. */
export function configSchema(ruleIds: readonly string[]): JsonSchema {
  const severity: JsonSchema = {
    title: 'off, hint, warning or error',
    enum: ['off', 'hint', 'warning', 'error'],
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'a mapping with the settings of goleash',
    type: 'object',
    additionalProperties: false,
    properties: {
      rules: {
        title: 'a mapping from rule ids to off, hint, warning or error',
        description: 'Turns a rule off, or changes the severity that it reports with.',
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(ruleIds.map((id) => [id, severity])),
        default: defaultConfig.rules,
      },
      timeouts: {
        title: 'a mapping with the keys client, readHeader and wait',
        description: 'The durations that fixes write into Go code.',
        type: 'object',
        additionalProperties: false,
        properties: {
          client: duration('For http.Client.Timeout.', defaultConfig.timeouts.client),
          readHeader: duration('For http.Server.ReadHeaderTimeout.', defaultConfig.timeouts.readHeader),
          wait: duration('For a wait on a channel.', defaultConfig.timeouts.wait),
        },
      },
      poolSize: {
        title: 'a whole number of at least 1',
        description: 'How many goroutines the code that fixes write lets run at once.',
        type: 'integer',
        minimum: 1,
        default: defaultConfig.poolSize,
      },
      exclude: {
        title: 'a list of patterns as in .gitignore',
        description: 'Files and folders that are not analysed, relative to the folder of this file.',
        type: 'array',
        items: {
          title: 'a pattern as in .gitignore, in quotes if it starts with *, ! or [',
          type: 'string',
          minLength: 1,
        },
        default: defaultConfig.exclude,
      },
    },
  };
}

function duration(description: string, value: string): JsonSchema {
  return {
    title: 'a Go duration above zero, such as 30s or 1m30s',
    description,
    type: 'string',
    pattern: positiveDuration,
    default: value,
  };
}
