import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defaultConfig, type Library } from '../../analysis/index.ts';
import { type Lifetime, lifetimeOf } from '../../analysis/knowledge/context-lifetime.ts';
import { codeOf } from '../../analysis/model/code.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { enclosingFunction } from '../../analysis/syntax/node.ts';
import { targetOf } from '../../analysis/syntax/roles.ts';
import { packageOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

const head = `package p

import ("context"; "database/sql"; "net"; "net/http"; "os/exec"; "sync"; "example.org/other")

type holder struct{ ctx context.Context }
type answer struct{ name string; tags []string }

var global context.Context

func asks(ctx context.Context) error { return ctx.Err() }
func keeps(ctx context.Context) { global = ctx }
func spawns(ctx context.Context) { go asks(ctx) }
func gives(ctx context.Context) answer { return answer{} }
func wraps(ctx context.Context) *holder { return &holder{ctx: ctx} }

`;

/** How long the context is used that `f` makes first, measured by `f`. */
function lifetime(results: string, body: string): Lifetime {
  const made = 'ctx, cancel := context.WithCancel(parent)\n\t_ = cancel\n';
  const params =
    'parent context.Context, db *sql.DB, c *http.Client, h http.Handler, w http.ResponseWriter, r *http.Request';
  const text = `${head}func f(${params}) ${results} {\n${made}${body}\n}\n`;
  const pkg = packageOf(text);
  const file = pkg.files[0];
  const declaration = file?.declarations.at(-1);
  assert.ok(file && declaration);
  const context = { pkg, world: worldOf(pkg, std), config: defaultConfig, codes: new Map() };
  const code = codeOf(file, declaration, context);
  const call = code?.calls.find((c) => code.calleeName(c) === 'context.WithCancel');
  const target = call && targetOf(call, 0);
  const binding = target && code?.bindingOf(target);
  const fn = call && enclosingFunction(call);
  assert.ok(code && binding && fn, 'the body parses');
  return lifetimeOf(code, binding, fn);
}

const cases: Record<string, readonly [results: string, body: string, expected: Lifetime]> = {
  unused: ['', '', 'within'],
  'its own methods': ['error', '<-ctx.Done()\nreturn ctx.Err()', 'within'],
  'a standard call with plain results': [
    '([]string, error)',
    'return net.DefaultResolver.LookupHost(ctx, "h")',
    'within',
  ],
  'a function of the package': ['error', 'return asks(ctx)', 'within'],
  'a function of the package that gives a plain struct': ['answer', 'return gives(ctx)', 'within'],
  'a request whose response stays here': [
    '(int, error)',
    'req, err := http.NewRequestWithContext(ctx, "GET", "u", nil)\nif err != nil { return 0, err }\nresp, err := c.Do(req)\nif err != nil { return 0, err }\ndefer resp.Body.Close()\nreturn resp.StatusCode, nil',
    'within',
  ],
  'a handler': ['', 'h.ServeHTTP(w, r.WithContext(ctx))', 'within'],
  'a command that is run': [
    'error',
    'cmd := exec.CommandContext(ctx, "ls")\ncmd.Dir = "/"\nreturn cmd.Run()',
    'within',
  ],
  'a derived context': [
    'error',
    'inner, stop := context.WithTimeout(ctx, 1)\ndefer stop()\nreturn asks(inner)',
    'within',
  ],
  'a literal that is called': ['error', 'return func() error { return asks(ctx) }()', 'within'],
  'a deferred literal': ['', 'defer func() { asks(ctx) }()', 'within'],
  'a goroutine that is waited for': [
    '',
    'var wg sync.WaitGroup\nwg.Add(1)\ngo func() { defer wg.Done(); asks(ctx) }()\nwg.Wait()',
    'within',
  ],

  'a command that is started': ['error', 'return exec.CommandContext(ctx, "ls").Start()', 'unclear'],
  'a goroutine': ['', 'go func() { asks(ctx) }()', 'unclear'],
  'a goroutine that is waited for on one path': [
    '',
    'var wg sync.WaitGroup\nwg.Add(1)\ngo func() { defer wg.Done(); asks(ctx) }()\nif db == nil { return }\nwg.Wait()',
    'unclear',
  ],
  'a go statement': ['', 'go asks(ctx)', 'unclear'],
  'a function that spawns': ['', 'spawns(ctx)', 'unclear'],
  'another module': ['', 'other.Use(ctx)', 'unclear'],
  'a function value': ['', 'var use func(context.Context)\nuse(ctx)', 'unclear'],
  'a method of what it is wrapped in': ['', 'x := wraps(ctx)\nx.run()', 'unclear'],

  returned: ['context.Context', 'return ctx', 'beyond'],
  'returned in a struct': ['*holder', 'return &holder{ctx: ctx}', 'beyond'],
  'returned by way of a function': ['*holder', 'x := wraps(ctx)\nreturn x', 'beyond'],
  'returned in a literal': ['func() error', 'return func() error { return asks(ctx) }', 'beyond'],
  'a response that is returned': [
    '(*http.Response, error)',
    'req, err := http.NewRequestWithContext(ctx, "GET", "u", nil)\nif err != nil { return nil, err }\nresp, err := c.Do(req)\nreturn resp, err',
    'beyond',
  ],
  'rows that are returned': [
    '(*sql.Rows, error)',
    'rows, err := db.QueryContext(ctx, "q")\nreturn rows, err',
    'beyond',
  ],
  stored: ['', 'x := &holder{}\nx.ctx = ctx', 'beyond'],
  'stored by a function': ['', 'keeps(ctx)', 'beyond'],
  sent: ['', 'ch := make(chan context.Context, 1)\nch <- ctx', 'beyond'],
};

for (const [name, [results, body, expected]] of Object.entries(cases)) {
  test(name, () => assert.equal(lifetime(results, body), expected));
}
