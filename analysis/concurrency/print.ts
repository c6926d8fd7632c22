// Behaviours as text, for `npm run inspect -- behaviour` and for tests.

import type { Behaviour, Ending, Expr, Operation, Slot } from './ir.ts';

/** One line for each operation, under the number of its block. */
export function printBehaviour(behaviour: Behaviour): string {
  const lines = [
    `(${behaviour.parameters.map((slot) => (slot === undefined ? '_' : name(behaviour, slot))).join(', ')})`,
  ];
  behaviour.blocks.forEach((block, i) => {
    lines.push(`${i}:`);
    for (const operation of block.operations) lines.push(`  ${printOperation(behaviour, operation)}`);
    lines.push(`  ${printEnding(behaviour, block.ending)}`);
  });
  return `${lines.join('\n')}\n`;
}

function name(behaviour: Behaviour, slot: Slot): string {
  const info = behaviour.slots[slot];
  return `${info?.shared ? '*' : ''}${info?.name || 't'}${info?.name ? '' : slot}`;
}

/** One operation on a line. */
export function printOperation(b: Behaviour, operation: Operation): string {
  const text = (expr: Expr): string => exprText(b, expr);
  const slot = (s: Slot): string => name(b, s);
  switch (operation.kind) {
    case 'assign':
      return `${text(operation.to)} ${operation.declares ? ':=' : '='} ${text(operation.value)}`;
    case 'make-channel':
      return `${slot(operation.to)} := make(chan, ${operation.capacity ? text(operation.capacity) : '0'})`;
    case 'allocate':
      return `${slot(operation.to)} := new ${operation.shape.kind}{${operation.fields.map((f) => `${f.name}: ${text(f.value)}`).join(', ')}}`;
    case 'list':
      return `${slot(operation.to)} := list[${operation.items.map(text).join(', ')}] of ${operation.length ? text(operation.length) : operation.items.length}`;
    case 'append':
      return `${slot(operation.to)} := append(${[operation.list, ...operation.items].map(text).join(', ')})`;
    case 'send':
      return `${text(operation.channel)} <- ${text(operation.value)}`;
    case 'receive': {
      const targets = [operation.to, operation.ok].flatMap((s) => (s === undefined ? [] : [slot(s)]));
      return `${targets.length > 0 ? `${targets.join(', ')} := ` : ''}<-${text(operation.channel)}`;
    }
    case 'call': {
      const results = operation.results.map(slot).join(', ');
      const mode = operation.mode === 'call' ? '' : `${operation.mode} `;
      return `${results ? `${results} := ` : ''}${mode}${text(operation.callee)}(${operation.args.map(text).join(', ')})`;
    }
    case 'escape':
      return `escape ${operation.values.map(text).join(', ')}`;
    case 'recover':
      return `${slot(operation.to)} := recover()`;
    case 'doubt':
      return 'doubt';
    case 'range':
      return `${slot(operation.cursor)} := range ${text(operation.over)}`;
  }
}

/** How a block ends, on a line. */
export function printEnding(b: Behaviour, ending: Ending): string {
  switch (ending.kind) {
    case 'jump':
      return `-> ${ending.next}`;
    case 'branch':
      return `if ${exprText(b, ending.condition)} -> ${ending.yes} else -> ${ending.no}`;
    case 'choice':
      return `-> ${ending.next.join(' | ')}`;
    case 'next': {
      const targets = [ending.key, ending.value].map((s) => (s === undefined ? '_' : name(b, s))).join(', ');
      return `next ${targets} of ${name(b, ending.cursor)} -> ${ending.more} else -> ${ending.done}`;
    }
    case 'select': {
      const cases = ending.cases.map((c) => {
        const channel = exprText(b, c.channel);
        return `${c.send ? `${channel} <- ${exprText(b, c.send)}` : `<-${channel}`} -> ${c.next}`;
      });
      const otherwise = ending.otherwise === undefined ? [] : [`default -> ${ending.otherwise}`];
      return `select { ${[...cases, ...otherwise].join('; ')} }`;
    }
    case 'return':
      return `return ${ending.values.map((v) => exprText(b, v)).join(', ')}`.trimEnd();
    default:
      return ending.kind;
  }
}

function exprText(b: Behaviour, expr: Expr): string {
  const text = (e: Expr): string => exprText(b, e);
  switch (expr.kind) {
    case 'constant':
      return typeof expr.value === 'string' ? JSON.stringify(expr.value) : String(expr.value);
    case 'nil':
      return 'nil';
    case 'slot':
      return name(b, expr.slot);
    case 'reference':
      return `&${name(b, expr.slot)}`;
    case 'global':
      return `@${expr.name}`;
    case 'field':
      return `${text(expr.of)}.${expr.name}`;
    case 'element':
      return `${text(expr.of)}[${text(expr.index)}]`;
    case 'dereference':
      return `*${text(expr.of)}`;
    case 'closure':
      return `func[${expr.captures.map((c) => name(b, c.slot)).join(', ')}]@${expr.literal.start}`;
    case 'function':
      return expr.name;
    case 'method':
      return `${text(expr.receiver)}.${expr.dynamic ? '?' : ''}${expr.name}`;
    case 'binary':
      return `(${text(expr.left)} ${expr.operator} ${text(expr.right)})`;
    case 'not':
      return `!${text(expr.of)}`;
    case 'count':
      return `count(${text(expr.of)})`;
    case 'unknown':
      return expr.isNil === false ? 'some' : '?';
  }
}
