// What can be told of a piece of Go text without parsing it: where its strings and comments are.

const opaque = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

/** The text with strings, runes and comments blanked out; offsets stay. */
function withoutLiterals(text: string): string {
  return text.replace(opaque, (literal) => ' '.repeat(literal.length));
}

/** Whether code in the text selects something from `name`: `time.Second` mentions `time`. */
export function mentionsPackage(text: string, name: string): boolean {
  const plain = withoutLiterals(text);
  for (let at = plain.indexOf(name); at >= 0; at = plain.indexOf(name, at + 1)) {
    const isWord = !/[\p{L}\p{N}_]$/u.test(plain.slice(0, at)) && !/\.\s*$/.test(plain.slice(0, at));
    if (isWord && /^\s*\./.test(plain.slice(at + name.length))) return true;
  }
  return false;
}

/** Applies `change` to every line after the first that does not start inside a raw string. */
export function mapLines(text: string, change: (line: string) => string): string {
  const raw: number[] = [];
  for (const match of text.matchAll(opaque)) {
    if (match[0].startsWith('`')) raw.push(match.index, match.index + match[0].length);
  }
  let at = 0;
  const lines = text.split('\n').map((line, i) => {
    const start = at;
    at += line.length + 1;
    return i === 0 || isWithin(raw, start) ? line : change(line);
  });
  return lines.join('\n');
}

function isWithin(ranges: readonly number[], at: number): boolean {
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    if ((ranges[i] as number) < at && at < (ranges[i + 1] as number)) return true;
  }
  return false;
}

const durationPart = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const units: readonly (readonly [names: readonly string[], nanoseconds: bigint, constant: string])[] = [
  [['h'], 3_600_000_000_000n, 'Hour'],
  [['m'], 60_000_000_000n, 'Minute'],
  [['s'], 1_000_000_000n, 'Second'],
  [['ms'], 1_000_000n, 'Millisecond'],
  [['us', 'µs', 'μs'], 1_000n, 'Microsecond'],
  [['ns'], 1n, 'Nanosecond'],
];

/**
 * A duration as count and constant of package time: `30s` is 30 × Second, `1m30s` 90 × Second. One whole number
 * keeps its unit, anything else gets the largest unit that divides it.
 * Throws a RangeError if `value` is not what time.ParseDuration takes.
 */
export function parseDuration(value: string): { readonly count: bigint; readonly constant: string } {
  const sign = value.startsWith('-') ? -1n : 1n;
  const digits = value.replace(/^[-+]/, '');
  const parts = [...digits.matchAll(durationPart)];
  if (digits === '0') return { count: 0n, constant: 'Second' };
  if (parts.length === 0 || parts.map((p) => p[0]).join('') !== digits) {
    throw new RangeError(`not a duration as time.ParseDuration takes it: ${JSON.stringify(value)}`);
  }
  const unitOf = (name: string | undefined) => units.find(([names]) => names.includes(name ?? ''));
  let total = 0n;
  for (const [, number = '', unit] of parts) total += scaled(number, unitOf(unit)?.[1] ?? 1n);
  const [only] = parts;
  const written = parts.length === 1 && /^\d+$/.test(only?.[1] ?? '') ? unitOf(only?.[2]) : undefined;
  const unit = written ?? units.find(([, size]) => total % size === 0n);
  return { count: (sign * total) / (unit?.[1] ?? 1n), constant: unit?.[2] ?? 'Nanosecond' };
}

/** A decimal number of units, in nanoseconds; digits beyond one nanosecond are cut off, as Go does. */
function scaled(number: string, unit: bigint): bigint {
  const [whole = '', fraction = ''] = number.split('.');
  return BigInt(whole || '0') * unit + (BigInt(fraction || '0') * unit) / 10n ** BigInt(fraction.length);
}
