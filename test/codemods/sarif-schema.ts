// The part of the SARIF 2.1.0 schema that our logs use, written after the standard's text; everything else is refused.

const string = { type: 'string' };
const line = { type: 'integer', minimum: 1 };
const level = { enum: ['none', 'note', 'warning', 'error'] };

function object(required: readonly string[], properties: Record<string, unknown>) {
  return { type: 'object', required, properties, additionalProperties: false };
}

function list(items: unknown, minItems = 0) {
  return { type: 'array', items, minItems };
}

const message = object(['text'], { text: string, markdown: string });
const artifactLocation = object(['uri'], { uri: { type: 'string', pattern: '^[^ \\\\]+$' } });
const region = object(['startLine'], { startLine: line, startColumn: line, endLine: line, endColumn: line });
const physicalLocation = object(['artifactLocation'], { artifactLocation, region });
const location = object(['physicalLocation'], {
  id: { type: 'integer', minimum: 0 },
  physicalLocation,
  message,
});
const threadFlowLocation = object([], { location, executionOrder: { type: 'integer', minimum: 0 } });
const replacement = object(['deletedRegion'], {
  deletedRegion: region,
  insertedContent: object(['text'], { text: string }),
});
const artifactChange = object(['artifactLocation', 'replacements'], {
  artifactLocation,
  replacements: list(replacement, 1),
});
const fix = object(['artifactChanges'], {
  description: message,
  artifactChanges: list(artifactChange, 1),
  properties: { type: 'object' },
});
const rule = object(['id'], {
  id: string,
  shortDescription: message,
  fullDescription: message,
  helpUri: { type: 'string', pattern: '^https://' },
  defaultConfiguration: object([], { level }),
});
const result = object(['message'], {
  ruleId: string,
  ruleIndex: { type: 'integer', minimum: 0 },
  level,
  message,
  locations: list(location, 1),
  relatedLocations: list(location),
  codeFlows: list(
    object(['threadFlows'], {
      threadFlows: list(object(['locations'], { id: string, locations: list(threadFlowLocation, 1) }), 1),
    }),
  ),
  fixes: list(fix, 1),
  partialFingerprints: { type: 'object', additionalProperties: string },
  properties: { type: 'object' },
});
const notification = object(['message'], { level, message, locations: list(location) });
const run = object(['tool'], {
  tool: object(['driver'], {
    driver: object(['name'], { name: string, version: string, informationUri: string, rules: list(rule) }),
  }),
  columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
  invocations: list(
    object(['executionSuccessful'], {
      executionSuccessful: { type: 'boolean' },
      toolExecutionNotifications: list(notification),
    }),
  ),
  results: list(result),
});

export const sarifSchema = object(['version', 'runs'], {
  $schema: string,
  version: { const: '2.1.0' },
  runs: list(run),
});
