import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { analyze, defaultConfig, type GoPackage, type Library } from '../../analysis/index.ts';
import { fingerprintsOf } from '../../analysis/node/fingerprint.ts';
import { packageOf, packagesOf } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

function named(pkg: GoPackage): readonly string[] {
  const { findings } = analyze(pkg, { config: defaultConfig, library: std });
  return fingerprintsOf(pkg, findings);
}

const prelude = 'import (\n\t"context"\n\t"net/http"\n\t"time"\n)\n\ntype server struct{ base string }\n';
const first = `func (s *server) first(name string) {
	limit := time.Minute
	ctx, _ := context.WithTimeout(context.WithValue(context.Background(), "a", name), limit)
	<-ctx.Done()
}
`;
const second = 'func second(url string) {\n\tfor {\n\t\thttp.Get(url + "/x")\n\t}\n}\n';
const text = `package m\n\n${prelude}\n${first}\n${second}`;

test('a finding keeps its fingerprint when lines and declarations move and local names change', () => {
  const names = named(packageOf(text));
  assert.equal(names.length, 3);
  assert.equal(new Set(names).size, 3);
  for (const name of names) assert.match(name, /^[0-9a-f]{16}$/);

  const words = fc.stringMatching(/^[a-z]{2,6}X$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(words, { minLength: 4, maxLength: 4 }),
      fc.nat(3),
      fc.boolean(),
      fc.boolean(),
      ([ctx, limit, name, url] = [], lines, isSwapped, isSplit) => {
        const rename = (code: string) =>
          code
            .replace(/\bctx\b/g, ctx as string)
            .replace(/\blimit\b/g, limit as string)
            .replace(/\bname\b/g, name as string)
            .replace(/\burl\b/g, url as string)
            .replace('{\n', `{\n${'\t// more\n'.repeat(lines)}`);
        const parts = [rename(first), rename(second)];
        if (isSwapped) parts.reverse();
        const packages = isSplit
          ? packagesOf({
              'z.go': `package m\n\n${prelude}\n${parts[0]}`,
              'a.go': `package m\n\nimport (\n\t"context"\n\t"net/http"\n\t"time"\n)\n\n${parts[1]}`,
            })
          : [packageOf(`package m\n\n${prelude}\n${parts.join('\n')}`)];
        assert.deepEqual(packages.flatMap(named).sort(), [...names].sort());
      },
    ),
    { numRuns: 40 },
  );
});

test('another defect has another fingerprint', () => {
  const names = named(packageOf(text));
  for (const [from, to] of [
    ['http.Get(url', 'http.Head(url'],
    ['"/x"', '"/y"'],
    ['second(', 'other('],
    ['(s *server) first', 'first'],
    ['(s *server) first', '(s *other) first'],
  ] as const) {
    const changed = `${text.replace(from, to)}\ntype other struct{}\n`;
    const kept = named(packageOf(changed)).filter((name) => names.includes(name));
    assert.ok(kept.length < names.length, `${from} → ${to}`);
  }
});

test('equal findings are counted, also in files for other systems that declare the same', () => {
  const twice = text.replace(
    '\t<-ctx.Done()\n',
    '\t<-ctx.Done()\n\tctx, _ = context.WithTimeout(ctx, limit)\n\tctx, _ = context.WithTimeout(ctx, limit)\n',
  );
  const all = named(packageOf(twice));
  assert.equal(new Set(all).size, all.length);
  assert.equal(all.length, 5);

  const systems = packagesOf({ 'a_linux.go': text, 'a_windows.go': text }).flatMap(named);
  assert.equal(systems.length, 6);
  assert.equal(new Set(systems).size, 6);
});

test('a repair in its body leaves the name of what holds the body', () => {
  const spawn = (body: string) =>
    packageOf(
      `package m\n\nfunc f() {\n\tc := make(chan int)\n\tgo func() {\n\t\t${body}\n\t\tc <- 1\n\t}()\n}\n`,
    );
  const names = named(spawn('println(1)'));
  assert.equal(names.length, 1);
  assert.deepEqual(named(spawn('println(2)')), names);
});

test('the key of a field is no variable, and the key of a map is one', () => {
  const get = (key: string, variable: string, type: string) =>
    packageOf(
      `package m\n\nimport "net/http"\n\ntype T struct{ name string }\n\nfunc at(any) string\n\nfunc f(${variable} string) {\n\thttp.Get(at(${type}{${key}: ${variable}}))\n}\n`,
    );
  const fingerprints = (...args: Parameters<typeof get>) => named(get(...args));
  const field = fingerprints('name', 'name', 'T');
  assert.ok(field.length > 0);
  assert.deepEqual(fingerprints('name', 'other', 'T'), field);
  const map = fingerprints('name', 'name', 'map[string]string');
  assert.deepEqual(fingerprints('other', 'other', 'map[string]string'), map);
  assert.notDeepEqual(fingerprints('at', 'name', 'map[string]string'), map);
});
