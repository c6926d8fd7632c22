// Runs Go functions by walking their syntax tree, which is what a flow is compared with. It knows statements only:
// how conditions come out is asked for, and all else is noted in the order in which it is evaluated.

import {
  child,
  childOfKind,
  descendants,
  isFunction,
  type Node,
  statements,
  textOf,
  unparen,
} from '../../analysis/syntax/node.ts';

/** Decides what the program does where that depends on values. */
export interface Oracle {
  condition(expression: Node): boolean;
  /** A number below `count`. */
  choice(count: number): number;
  /** Called for every step that is no condition. */
  evaluated?(node: Node): void;
}

/** One step of an execution: an entry, with its outcome if it is a condition, or a clause that is chosen. */
export interface TraceStep {
  readonly node: Node;
  readonly outcome?: boolean;
  readonly clause?: true;
}

export interface Run {
  readonly trace: readonly TraceStep[];
  readonly ending: 'return' | 'end' | 'abort' | 'blocked' | 'too long';
}

/** Why a statement does not go on to the next. */
class Signal extends Error {
  readonly kind: string;
  readonly label: string;
  constructor(kind: string, label: string) {
    super(kind);
    this.kind = kind;
    this.label = label;
  }
}

const loops = ['for_statement'];
const breakable = [
  'for_statement',
  'expression_switch_statement',
  'type_switch_statement',
  'select_statement',
];

/** Runs a function until it ends, or for `fuel` steps. */
export function run(fn: Node, oracle: Oracle, neverReturns: (call: Node) => boolean, fuel: number): Run {
  const trace: TraceStep[] = [];
  const note = (step: TraceStep) => {
    if (trace.length >= fuel) throw new Signal('too long', '');
    trace.push(step);
    if (step.outcome === undefined) oracle.evaluated?.(step.node);
  };
  // Loops that evaluate nothing, nested or made of goto, leave no trace and use up no fuel.
  let idle = 0;
  const turn = (): void => {
    if (++idle > fuel * 20) throw new Signal('too long', '');
  };
  const ask = (node: Node, expression = node): boolean => {
    const outcome = oracle.condition(expression);
    note({ node, outcome });
    return outcome;
  };
  const holds = (expression: Node): boolean => {
    const node = unparen(expression);
    const operator = child(node, 'operator');
    const [left, right, operand] = [child(node, 'left'), child(node, 'right'), child(node, 'operand')];
    const kind = operator ? textOf(operator) : '';
    if (kind === '!' && operand) return !holds(operand);
    if (kind === '&&' && left && right) return holds(left) && holds(right);
    if (kind === '||' && left && right) return holds(left) || holds(right);
    return ask(node);
  };
  const all = (list: readonly Node[]): void => {
    for (let i = 0; i < list.length; i++) {
      turn();
      try {
        statement(list[i] as Node, '');
      } catch (signal) {
        if (!(signal instanceof Signal) || signal.kind !== 'goto') throw signal;
        const target = list.findIndex((s) => labelsOf(s).includes(signal.label));
        if (target < 0) throw signal;
        i = target - 1;
      }
    }
  };
  const caught = (kinds: readonly string[], label: string, body: () => void): string => {
    try {
      body();
      return '';
    } catch (signal) {
      const isMine =
        signal instanceof Signal &&
        kinds.includes(signal.kind) &&
        [undefined, '', label].includes(signal.label);
      if (!isMine) throw signal;
      return signal.kind;
    }
  };
  const loop = (node: Node, label: string): void => {
    const range = childOfKind(node, 'range_clause');
    const clause = childOfKind(node, 'for_clause');
    const body = child(node, 'body') as Node;
    const condition = clause
      ? child(clause, 'condition')
      : node.children.find((c) => c !== body && c !== range);
    const initializer = clause && child(clause, 'initializer');
    const update = clause && child(clause, 'update');
    if (initializer) note({ node: initializer });
    if (range) note({ node: child(range, 'right') as Node });
    while (range ? ask(range) : !condition || holds(condition)) {
      turn();
      if (caught(['break', 'continue'], label, () => all(statements(body))) === 'break') break;
      if (update) note({ node: update });
    }
  };
  const clauses = (list: readonly Node[], from: number): void => {
    for (let i = from; i < list.length; i++) {
      if (caught(['fallthrough'], '', () => all(statements(list[i] as Node))) === '') return;
    }
  };
  const pick = (node: Node, list: readonly Node[]): number => {
    const value = child(node, 'value');
    const tag = value && textOf(value) !== 'true' ? value : undefined;
    if (tag) note({ node: tag });
    for (const [i, clause] of list.entries()) {
      for (const expression of child(clause, 'value')?.children ?? [])
        if (tag ? ask(expression) : holds(expression)) return i;
    }
    const fallback = list.findIndex((c) => c.kind === 'default_case');
    if (fallback >= 0) note({ node: list[fallback] as Node, clause: true });
    return fallback;
  };
  const pickType = (node: Node, list: readonly Node[]): number => {
    note({ node: child(node, 'value') as Node });
    const hasDefault = list.some((c) => c.kind === 'default_case');
    const chosen = oracle.choice(list.length + (hasDefault ? 0 : 1));
    if (list[chosen]) note({ node: list[chosen], clause: true });
    return list[chosen] ? chosen : -1;
  };
  const pickCommunication = (list: readonly Node[]): number => {
    for (const operand of list.flatMap(operandsOf)) if (calls(operand)) note({ node: operand });
    const chosen = oracle.choice(list.length);
    const clause = list[chosen] as Node;
    note({ node: clause, clause: true });
    const communication = child(clause, 'communication');
    if (communication) note({ node: communication });
    return chosen;
  };
  const choice = (node: Node, label: string): void => {
    const initializer = child(node, 'initializer');
    if (initializer) note({ node: initializer });
    const list = node.children.filter((c) => c.kind.endsWith('_case'));
    if (node.kind === 'select_statement' && list.length === 0) {
      note({ node });
      throw new Signal('blocked', '');
    }
    const chosen =
      node.kind === 'select_statement'
        ? pickCommunication(list)
        : node.kind === 'type_switch_statement'
          ? pickType(node, list)
          : pick(node, list);
    if (chosen >= 0) caught(['break'], label, () => clauses(list, chosen));
  };
  const statement = (node: Node, label: string): void => {
    switch (node.kind) {
      case 'empty_statement':
        return;
      case 'block':
        return all(statements(node));
      case 'labeled_statement': {
        const inner = node.children[1];
        if (inner) statement(inner, textOf(node.children[0] as Node));
        return;
      }
      case 'if_statement': {
        const initializer = child(node, 'initializer');
        if (initializer) note({ node: initializer });
        const taken = child(node, holds(child(node, 'condition') as Node) ? 'consequence' : 'alternative');
        if (taken) statement(taken, '');
        return;
      }
      case 'break_statement':
      case 'continue_statement':
      case 'goto_statement':
      case 'fallthrough_statement': {
        const name = childOfKind(node, 'label_name');
        throw new Signal(node.kind.replace('_statement', ''), name ? textOf(name) : '');
      }
      case 'return_statement':
        note({ node });
        throw new Signal('return', '');
      case 'expression_statement': {
        note({ node });
        const call = unparen(node.children[0] as Node);
        const isCall = call.kind === 'call_expression';
        if (isCall && (textOf(call).startsWith('panic(') || neverReturns(call)))
          throw new Signal('abort', '');
        return;
      }
      default:
        if (loops.includes(node.kind)) loop(node, label);
        else if (breakable.includes(node.kind)) choice(node, label);
        else note({ node });
    }
  };
  try {
    all(statements(child(fn, 'body') as Node));
    return { trace, ending: 'end' };
  } catch (signal) {
    if (!(signal instanceof Signal)) throw signal;
    return { trace, ending: signal.kind as Run['ending'] };
  }
}

function labelsOf(node: Node): readonly string[] {
  const labels: string[] = [];
  for (let at: Node | undefined = node; at?.kind === 'labeled_statement'; at = at.children[1]) {
    labels.push(textOf(at.children[0] as Node));
  }
  return labels;
}

/** The operands of a `select` case that are evaluated before one is chosen. */
function operandsOf(clause: Node): readonly Node[] {
  const communication = child(clause, 'communication');
  if (communication?.kind === 'send_statement') return communication.children;
  const receive = communication && child(communication, 'right');
  return receive ? [child(unparen(receive), 'operand') as Node] : [];
}

function calls(expression: Node): boolean {
  return [...descendants(expression)].some((node) => {
    for (let at: Node | undefined = node; at && at !== expression; at = at.parent)
      if (isFunction(at) && at !== node) return false;
    return (
      node.kind === 'call_expression' || (node.kind === 'unary_expression' && textOf(node).startsWith('<-'))
    );
  });
}
