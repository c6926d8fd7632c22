// Writes a worker pool as Go, in the place of the loop that started a goroutine for each turn.

import type { FixBuilder } from '../edit/fix-builder.ts';
import { contains, enclosingFunction, type Node, nodesOf, statements, textOf } from '../syntax/node.ts';
import type { JobPart } from './pool-job.ts';
import { typeText } from './type-text.ts';
import { nameOf } from './wait-group.ts';
import type { PoolPlan } from './worker-pool.ts';

/** How a job travels over the channel. */
interface Message {
  /** The element type of the channel. */
  readonly type: string;
  /** Declarations before the channel. */
  readonly before: readonly string[];
  /** What the loop sends. */
  readonly sent: string;
  /** What the worker's loop calls what it receives. */
  readonly name: string;
  /** Statements that make the parts of it. */
  readonly unpack: readonly string[];
  /** The parts as arguments. */
  readonly args: string;
  /** The new left side of the range clause, if what it declares is not used any more. */
  readonly head: string | undefined;
}

/** Makes the edits; `false` if a type cannot be written where the loop is. */
export function writePool(plan: PoolPlan, edit: FixBuilder, limit: number): void | false {
  const { loop, feed } = plan;
  const message = messageOf(plan, edit);
  if (!message) return false;
  const workers = edit.freshName('numWorkers', loop.at);
  const jobs = feed === 'others' ? rangedText(plan) : edit.freshName('jobs', loop.at);
  const work = plan.form === 'function' ? edit.freshName('work', loop.at) : undefined;
  const lines = [
    ...message.before,
    ...(work ? [workText(plan, edit, work)] : []),
    `const ${workers} = ${limit}`,
    ...(feed === 'others' ? [] : [`${jobs} := make(chan ${message.type})`]),
    workersText(plan, edit, message, { workers, jobs, work }),
  ];
  if (lines.some((line) => line === undefined)) return false;
  edit.insertStatementBefore(loop.at, lines.join('\n'));
  if (plan.counted && !contains(loop.at, plan.counted)) edit.removeStatement(plan.counted);
  switch (feed) {
    case 'others':
      return edit.removeStatement(loop.at);
    case 'here':
      feedHere(plan, edit, message, jobs);
      return undefined;
    case 'beside':
      return feedBeside(plan, edit, message, jobs);
  }
}

function rangedText({ loop }: PoolPlan): string {
  const range = loop.at.children.find((c) => c.kind === 'range_clause');
  return textOf(range?.children.find((c) => c.field === 'right') as Node);
}

function messageOf(plan: PoolPlan, edit: FixBuilder): Message | undefined {
  const { code, job, loop } = plan;
  const [first, ...more] = job.parts;
  const type = first && more.length === 0 ? typeText(code, edit, first.type, loop.at) : undefined;
  if (first && type !== undefined) {
    const { name } = first;
    return { type, before: [], sent: first.value.text, name, unpack: [], args: name, head: headOf(plan) };
  }
  return byIndex(plan, edit) ?? byStruct(plan, edit);
}

/** The left side of the range clause without what nobody uses. */
function headOf({ job, loop }: PoolPlan): string | undefined {
  const left = leftOf(loop.at);
  if (!left || job.idle.length === 0) return undefined;
  const names = left.children.map((name) => (job.idle.includes(name) ? '_' : textOf(name)));
  return (names[1] === '_' ? names.slice(0, 1) : names).join(', ');
}

/** The index of an element is enough, if a job is an element and its index. */
function byIndex(plan: PoolPlan, edit: FixBuilder): Message | undefined {
  const { job, loop, code } = plan;
  const { range } = job;
  if (!range) return undefined;
  const is = (part: JobPart, node: Node | undefined): boolean =>
    node !== undefined && part.value.text === textOf(node);
  const index = job.parts.find((part) => is(part, range.key));
  const element = job.parts.find((part) => is(part, range.value));
  if (!element || job.parts.length !== (index ? 2 : 1)) return undefined;
  const name = index?.name ?? edit.freshName('i', loop.at);
  const key = range.key ? textOf(range.key) : name;
  const at = `${textOf(range.over)}[${name}]`;
  const value = code.bindingOf(range.value);
  const isUsedElse =
    value && code.usesOf(value).some((use) => use !== value.declaredAt && !contains(plan.spawn.at, use));
  const head = isUsedElse ? (range.key ? undefined : `${key}, ${textOf(range.value)}`) : key;
  const args = job.parts.map((part) => (part === element ? at : part.name)).join(', ');
  return { type: 'int', before: [], sent: key, name, unpack: [`${element.name} := ${at}`], args, head };
}

function byStruct(plan: PoolPlan, edit: FixBuilder): Message | undefined {
  const { code, job, loop } = plan;
  const types = job.parts.map((part) => typeText(code, edit, part.type, loop.at));
  if (types.includes(undefined)) return undefined;
  const type = edit.freshName('job', loop.at);
  const name = edit.freshName('j', loop.at);
  const width = Math.max(...job.parts.map((part) => part.name.length));
  const fields = job.parts.map((part, i) => `\t${part.name.padEnd(width)} ${types[i]}`);
  const names = job.parts.map((part) => part.name);
  const values = names.map((field) => `${name}.${field}`).join(', ');
  return {
    type,
    before: [`type ${type} struct {\n${fields.join('\n')}\n}`],
    sent: `${type}{${job.parts.map((part) => part.value.text).join(', ')}}`,
    name,
    unpack: [`${names.join(', ')} := ${values}`],
    args: values,
    head: headOf(plan),
  };
}

/** The work as a function of its own, for a body that returns or defers in ways that a loop cannot have. */
function workText(plan: PoolPlan, edit: FixBuilder, name: string): string | undefined {
  const { code, job, body, loop, done } = plan;
  const parameters = job.parts.map((part) => {
    const type = typeText(code, edit, part.type, loop.at);
    return type && `${part.name} ${type}`;
  });
  if (parameters.includes(undefined)) return undefined;
  const changes = new Map<Node, string>(done ? [[done, '']] : []);
  return `${name} := func(${parameters.join(', ')}) {\n${edit.body(body, 1, changes)}\n}`;
}

interface Names {
  readonly workers: string;
  readonly jobs: string;
  readonly work: string | undefined;
}

function workersText(plan: PoolPlan, edit: FixBuilder, message: Message, names: Names): string {
  const { spawn, group, code, loop } = plan;
  const inner = names.work
    ? [`\t\t\t${names.work}(${message.args})`]
    : [...message.unpack.map((line) => `\t\t\t${line}`), edit.body(plan.body, 3, changesOf(plan))];
  const serve = [`\t\tfor ${message.name} := range ${names.jobs} {`, ...inner, '\t\t}'];
  const wg = group && nameOf(group);
  const turn = code.goAtLeast('1.22') ? `range ${names.workers}` : countedTurn(edit, loop.at, names.workers);
  const own =
    spawn.by === 'sync.WaitGroup'
      ? [`\t${wg}.Go(func() {`, ...serve, '\t})']
      : [
          ...(wg ? [`\t${wg}.Add(1)`] : []),
          '\tgo func() {',
          ...(wg ? [`\t\tdefer ${wg}.Done()`] : []),
          ...serve,
          '\t}()',
        ];
  return [`for ${turn} {`, ...own, '}'].join('\n');
}

function countedTurn(edit: FixBuilder, at: Node, workers: string): string {
  const i = edit.freshName('i', at);
  return `${i} := 0; ${i} < ${workers}; ${i}++`;
}

/** In the worker's loop, what returned from the goroutine goes on with the next job. */
function changesOf({ body, done }: PoolPlan): ReadonlyMap<Node, string> {
  const literal = enclosingFunction(body.children[0] ?? body) as Node;
  const last = statements(body).at(-1);
  const changes = new Map<Node, string>(done ? [[done, '']] : []);
  for (const node of nodesOf(body.tree, 'return_statement'))
    if (enclosingFunction(node) === literal) changes.set(node, node === last ? '' : 'continue');
  return changes;
}

function feedHere(plan: PoolPlan, edit: FixBuilder, message: Message, jobs: string): void {
  const { loop, start, counted } = plan;
  const left = leftOf(loop.at);
  if (message.head !== undefined && left) edit.replace(left, message.head);
  if (counted && contains(loop.at, counted)) edit.removeStatement(counted);
  edit.replace(start, `${jobs} <- ${message.sent}`);
  edit.insertStatementAfter(loop.at, `close(${jobs})`);
}

function leftOf(loop: Node): Node | undefined {
  const range = loop.children.find((c) => c.kind === 'range_clause');
  return range?.children.find((c) => c.field === 'left');
}

/** The loop on a goroutine of its own, so that the function gets to receive what the workers send. */
function feedBeside(plan: PoolPlan, edit: FixBuilder, message: Message, jobs: string): void | false {
  const { loop, start, counted } = plan;
  const { text } = loop.at.tree;
  const left = leftOf(loop.at);
  const head =
    message.head !== undefined && left
      ? text.slice(loop.at.start, left.start) + message.head + text.slice(left.end, loop.body.start)
      : text.slice(loop.at.start, loop.body.start);
  if (head.includes('\n')) return false;
  const changes = new Map<Node, string>([[start, `${jobs} <- ${message.sent}`]]);
  if (counted && contains(loop.at, counted)) changes.set(counted, '');
  const body = edit.body(loop.body, 2, changes);
  return edit.replace(loop.at, `go func() {\n\tdefer close(${jobs})\n\t${head}{\n${body}\n\t}\n}()`);
}
