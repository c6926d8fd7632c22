// The parts of other tools' formats that our reports use, written after their documentation; everything else is refused.

const string = { type: 'string', minLength: 1 };
const line = { type: 'integer', minimum: 1 };
/** In XML every attribute is text. */
const number = { type: 'string', pattern: '^[0-9]+$' };

function object(required: readonly string[], properties: Record<string, unknown>) {
  return { type: 'object', required, properties, additionalProperties: false };
}

function list(items: unknown, minItems = 0) {
  return { type: 'array', items, minItems };
}

/** GitLab Code Quality: what GitLab reads of a Code Climate report. */
export const gitlabSchema = list(
  object(['description', 'check_name', 'fingerprint', 'severity', 'location'], {
    type: { const: 'issue' },
    check_name: string,
    description: string,
    content: object(['body'], { body: string }),
    categories: list({ enum: ['Bug Risk'] }, 1),
    severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
    fingerprint: string,
    location: object(['path', 'lines'], {
      path: { type: 'string', pattern: '^(?!\\./|/)' },
      lines: object(['begin'], { begin: line, end: line }),
    }),
  }),
);

const position = object(['line'], { line, column: line });
const range = object(['start'], { start: position, end: position });
/** DiagnosticResult of the Reviewdog Diagnostic Format. */
export const rdjsonSchema = object(['diagnostics'], {
  source: object(['name'], { name: string, url: string }),
  diagnostics: list(
    object(['message', 'location'], {
      message: string,
      location: object(['path'], { path: string, range }),
      severity: { enum: ['UNKNOWN_SEVERITY', 'ERROR', 'WARNING', 'INFO'] },
      code: object(['value'], { value: string, url: string }),
      suggestions: list(object(['range', 'text'], { range, text: { type: 'string' } })),
    }),
  ),
});

/** Checkstyle's XML, as an object whose elements are lists and whose attributes begin with @. */
export const checkstyleSchema = object(['checkstyle'], {
  checkstyle: list(
    object(['@version'], {
      '@version': string,
      file: list(
        object(['@name', 'error'], {
          '@name': string,
          error: list(
            object(['@line', '@severity', '@message', '@source'], {
              '@line': number,
              '@column': number,
              '@severity': { enum: ['ignore', 'info', 'warning', 'error'] },
              '@message': string,
              '@source': string,
            }),
            1,
          ),
        }),
      ),
    }),
    1,
  ),
});

const outcome = object(['@message'], { '@message': string, '@type': string, '#text': string });
const counts = { '@name': string, '@tests': number, '@failures': number, '@errors': number };
/** JUnit's XML as Jenkins and GitLab read it, in the same form. */
export const junitSchema = object(['testsuites'], {
  testsuites: list(
    object(['testsuite'], {
      ...counts,
      testsuite: list(
        object(['@name', '@tests', '@failures', '@errors', '@skipped', '@time', 'testcase'], {
          ...counts,
          '@skipped': number,
          '@time': number,
          testcase: list(
            object(['@name', '@classname', '@time'], {
              '@name': string,
              '@classname': string,
              '@file': string,
              '@line': number,
              '@time': number,
              failure: list(outcome),
              error: list(outcome),
              'system-out': list({ type: 'string' }),
            }),
            1,
          ),
        }),
        1,
      ),
    }),
    1,
  ),
});
