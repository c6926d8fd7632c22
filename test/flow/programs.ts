// Random Go functions.

/** Numbers that decide everything, one after the other. */
export interface Choices {
  /** The next number, below `count`. */
  next(count: number): number;
}

/** The given numbers, then zeros. */
export function choicesOf(numbers: readonly number[]): Choices {
  let at = 0;
  return { next: (count) => (numbers[at++] ?? 0) % count };
}

interface Context {
  readonly pick: (count: number) => number;
  /** Labels of the loops around, innermost last. */
  readonly loops: readonly string[];
  /** Whether something around can be left by an unlabelled `break`. */
  readonly breaks: boolean;
  /** Labels that `goto` may name: those of the statement lists around. */
  readonly labels: readonly string[];
  readonly depth: number;
  readonly fresh: () => string;
}

/** A function that uses every statement of the language. */
export function anyFunction(choices: Choices): string {
  let labels = 0;
  const context: Context = {
    pick: (count) => choices.next(count),
    loops: [],
    breaks: false,
    labels: [],
    depth: 3,
    fresh: () => `l${labels++}`,
  };
  return `func f() {\n${list(context, 4)}\n}`;
}

function list(c: Context, most: number): string {
  const count = c.pick(most + 1);
  const label = c.pick(4) === 0 ? c.fresh() : undefined;
  const inner = label ? { ...c, labels: [...c.labels, label] } : c;
  const lines = Array.from({ length: count }, () => statement(inner));
  if (label) lines.splice(c.pick(count + 1), 0, `${label}:\n${simple(c)}`);
  return lines.join('\n');
}

function statement(c: Context): string {
  if (c.depth === 0 || c.pick(3) === 0) return c.pick(3) === 0 ? jump(c) : simple(c);
  const inner = { ...c, depth: c.depth - 1 };
  switch (c.pick(8)) {
    case 0:
      return `if ${initializer(c)}${condition(c, 2)} {\n${list(inner, 3)}\n}${otherwise(inner)}`;
    case 1:
    case 2:
      return loop(inner);
    case 3:
      return valueSwitch(inner);
    case 4:
      return `switch ${initializer(c)}v := x.(type) {\n${clauses(c, (body) => `case int, T:\n${body}`, { ...inner, breaks: true })}\n}`;
    case 5:
    case 6:
      return select(inner);
    default:
      return `{\n${list(inner, 3)}\n}`;
  }
}

function simple(c: Context): string {
  const n = c.pick(100);
  return [
    `s(${n})`,
    `x${n} := a`,
    'i++',
    'var x, y = 1, 2',
    'go s()',
    'defer s()',
    `ch <- ${n}`,
    '<-ch',
    'x = y',
    ';',
    'f := func() { return }',
  ][c.pick(11)] as string;
}

function jump(c: Context): string {
  const options = ['return', 'return x', 'panic(1)', 'os.Exit(1)', 'select {}'];
  if (c.breaks) options.push('break', 'break');
  if (c.loops.length > 0) options.push('continue', 'continue');
  for (const label of c.loops) options.push(`break ${label}`, `continue ${label}`);
  for (const label of c.labels) options.push(`goto ${label}`);
  return options[c.pick(options.length)] as string;
}

function initializer(c: Context): string {
  return c.pick(3) === 0 ? 'x := f(); ' : '';
}

function condition(c: Context, depth: number): string {
  switch (depth === 0 ? 0 : c.pick(5)) {
    case 1:
      return `${condition(c, depth - 1)} && ${condition(c, depth - 1)}`;
    case 2:
      return `(${condition(c, depth - 1)} || ${condition(c, depth - 1)})`;
    case 3:
      return `!(${condition(c, depth - 1)})`;
    default:
      return ['a', 'b', 'f()', 'x == nil'][c.pick(4)] as string;
  }
}

function otherwise(c: Context): string {
  switch (c.pick(3)) {
    case 0:
      return '';
    case 1:
      return ` else {\n${list(c, 2)}\n}`;
    default:
      return ` else if ${condition(c, 1)} {\n${list(c, 2)}\n}${otherwise(c)}`;
  }
}

function loop(c: Context): string {
  const label = c.fresh();
  const inner = { ...c, loops: [...c.loops, label], breaks: true };
  const head = [
    '',
    condition(c, 2),
    'i := 0; i < n; i++',
    ';;',
    '; a;',
    'i := 0; ; i++',
    'range ch',
    'k, v := range f()',
    'k = range 10',
  ][c.pick(9)];
  return `${label}:\nfor ${head} {\n${list(inner, 3)}\n}`;
}

function clauses(
  c: Context,
  clause: (body: string) => string,
  inner: Context,
  end: () => string = () => '',
): string {
  const count = c.pick(4);
  const defaultAt = c.pick(count + 2);
  return Array.from({ length: count }, (_, i) => {
    const body = `${list(inner, 2)}\n${i < count - 1 ? end() : ''}`;
    return i === defaultAt ? `default:\n${body}` : clause(body);
  }).join('\n');
}

function valueSwitch(c: Context): string {
  const tag = ['', 'x', 'f()', 'true'][c.pick(4)] as string;
  const value = () =>
    tag === '' || tag === 'true' ? condition(c, 2) : (['1', '2, 3', 'g(), nil'][c.pick(3)] as string);
  const end = () => (c.pick(4) === 0 ? 'fallthrough' : '');
  return `switch ${initializer(c)}${tag} {\n${clauses(c, (body) => `case ${value()}:\n${body}`, { ...c, breaks: true }, end)}\n}`;
}

function select(c: Context): string {
  const communication = () =>
    ['<-ch', 'ch <- 1', 'ch <- f()', 'x, ok := <-time.After(1)', '(x) = <-(ch)', 'f() <- <-ch'][c.pick(6)];
  return `select {\n${clauses(c, (body) => `case ${communication()}:\n${body}`, { ...c, breaks: true })}\n}`;
}
