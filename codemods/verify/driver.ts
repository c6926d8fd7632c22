// Calls of a function with made-up arguments, where no test comes by.

import { sourceFile } from '../../analysis/index.ts';
import { type Call, contexts } from './leak-test.ts';

type File = ReturnType<typeof sourceFile>;

/**
 * Calls of the function around a line of a file, with several choices of arguments; or why it is not called, as a clause.
 * `texts` are the files of the package that are no tests, by path. Only functions that do nothing but compute and wait are
 * called, together with all that they can reach by the names that they mention.
 */
export function callsAt(
  path: string,
  line: number,
  texts: ReadonlyMap<string, string>,
  prefix: string,
): readonly Call[] | { readonly why: string } {
  const files = [...texts].map(([name, text]) => sourceFile(name, text));
  const file = files.find((one) => one.path === path);
  const index = file ? declarationAt(file, line) : -1;
  const declaration = file?.declarations[index];
  if (!file || declaration?.kind !== 'func' || declaration.body < 0) return { why: 'it is in no function' };
  const [, name, parameters] =
    /^func (\w+)\(([\s\S]*)$/.exec(declaration.text.slice(0, declaration.body)) ?? [];
  if (name === undefined || parameters === undefined)
    return { why: 'methods and generic functions are not called with made-up arguments' };
  if (/^(?:main|init|_)$/.test(name)) return { why: `${name} cannot be called` };
  const reaches = whatItReaches(declaration.text, files);
  if (reaches !== undefined)
    return { why: `it is not called with made-up arguments, as it can reach ${reaches}` };
  const types = parameterTypes(parameters);
  const choices = types.map((type) => valuesOf(type, prefix));
  const unknown = choices.indexOf(undefined);
  if (unknown >= 0) return { why: `no value can be made up for its parameter of type ${types[unknown]}` };
  const made = combinations(choices as readonly (readonly string[])[]);
  return made.map((args) => ({
    text: `${name}(${args.join(', ')})`,
    // Nobody is at the other end of a channel that is made up.
    mustReturn: types.some((type) => /\bchan\b/.test(type)),
  }));
}

function declarationAt(file: File, line: number): number {
  const lineOf = (offset: number) => file.text.slice(0, offset).split('\n').length;
  return file.declarations.findIndex(({ text }, i) => {
    const start = file.starts[i] ?? 0;
    return lineOf(start) <= line && line <= lineOf(start + text.length);
  });
}

/** What computes and waits, and touches nothing outside of the program. */
const harmless = new Set(
  'bytes cmp container/heap container/list container/ring context errors fmt iter maps math math/bits math/rand math/rand/v2 slices sort strconv strings sync sync/atomic time unicode unicode/utf8'.split(
    ' ',
  ),
);

/** The first package or builtin that is not harmless among what a declaration mentions, by way of others too. */
function whatItReaches(text: string, files: readonly File[]): string | undefined {
  const all = files.flatMap((file) => file.declarations.map((declaration) => ({ file, declaration })));
  const names = new Set<string>();
  const add = (mentioned: string) => {
    for (const [word] of mentioned.matchAll(/\w+/g)) names.add(word);
  };
  add(text);
  const reached = new Set<(typeof all)[number]>();
  for (const name of names) {
    for (const one of all) {
      if (reached.has(one) || one.declaration.kind === 'import' || !one.declaration.names.includes(name))
        continue;
      reached.add(one);
      add(one.declaration.text);
    }
  }
  for (const { file, declaration } of reached) {
    for (const [local, path] of importsOf(file)) {
      const isUsed = local === '.' || new RegExp(`\\b${local}\\.`).test(declaration.text);
      if (isUsed && !harmless.has(path)) return path;
    }
  }
  return undefined;
}

function importsOf(file: File): readonly (readonly [string, string])[] {
  return file.declarations
    .filter(({ kind }) => kind === 'import')
    .flatMap(({ text }) => [...text.matchAll(/(?:(\w+|\.)\s+)?"([^"]+)"/g)])
    .map(([, name, path = '']) => {
      const last = path.replace(/\/v\d+$/, '').replace(/^.*\//, '');
      return [name === undefined || name === 'import' ? last : name, path] as const;
    });
}

/** The types of parameters, from the text behind the opening parenthesis: `a, b int, c ...string) error`. */
function parameterTypes(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const character of text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')) {
    if (depth === 0 && character === ')') break;
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    if (depth === 0 && character === ',') parts.push('');
    else parts[parts.length - 1] += character;
  }
  const written = parts.map((part) => part.trim()).filter((part) => part !== '');
  const named = written.some(
    (part) => /^\w+\s+[^\s]/.test(part) && !/^(?:chan|func|map|struct|interface)\b/.test(part),
  );
  if (!named) return written;
  let type = '';
  return written
    .reverse()
    .map((part) => {
      type = /^\w+\s+([\s\S]+)$/.exec(part)?.[1] ?? type;
      return type;
    })
    .reverse();
}

const numbers = new Set(
  'int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 byte rune float32 float64'.split(' '),
);

/** Go expressions of a type: usual and unusual ones; undefined if none can be made up. */
function valuesOf(type: string, prefix: string): readonly string[] | undefined {
  if (type === 'context.Context') return contexts(prefix);
  if (type === 'time.Duration') return ['1000000'];
  if (type === 'string') return ['"a"', '""'];
  if (type === 'bool') return ['true', 'false'];
  if (type === 'any' || type === 'interface{}') return ['nil'];
  if (type === 'error') return ['nil', `${prefix}context.Canceled`];
  if (numbers.has(type)) return ['2', '0'];
  if (type.startsWith('...')) {
    const values = valuesOf(type.slice(3).trim(), prefix);
    return values && [`${values[0]}, ${values.at(-1)}`, ''];
  }
  if (type.startsWith('[]')) {
    const values = valuesOf(type.slice(2), prefix);
    return values && [`${type}{${values[0]}, ${values.at(-1)}}`, 'nil'];
  }
  // A type with a dot is of a package that the generated file does not import.
  if (/^(?:<-\s*)?chan(?:\s*<-)?\s*(?:[\w*[\]]+|struct\{\})$/.test(type))
    return [`make(${type.replace(/^<-\s*chan|^chan\s*<-/, 'chan')})`];
  return functionsOf(type, prefix);
}

/** Functions that do nothing and return zero values, or an error. */
function functionsOf(type: string, prefix: string): readonly string[] | undefined {
  const [, parameters, results = ''] = /^func(\([^().]*\))\s*(\([^().]*\)|[^().\s]+)?$/.exec(type) ?? [];
  if (parameters === undefined) return undefined;
  if (results === '') return [`func${parameters} {}`];
  const types = parameterTypes(results.replace(/^\(/, '').concat(')'));
  const named = (last: string) =>
    types.map((one, i) => `${i === types.length - 1 ? last : '_'} ${one}`).join(', ');
  const zero = `func${parameters} (${named('_')}) { return }`;
  if (types.at(-1) !== 'error') return [zero];
  return [zero, `func${parameters} (${named('e')}) { e = ${prefix}context.Canceled; return }`];
}

const mostCalls = 16;

function combinations(choices: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let result: readonly (readonly string[])[] = [[]];
  for (const values of choices) {
    const options = result.length * values.length <= mostCalls ? values : values.slice(0, 1);
    result = result.flatMap((args) => options.map((value) => (value === '' ? args : [...args, value])));
  }
  return result;
}
