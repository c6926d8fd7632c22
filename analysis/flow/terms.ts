// Expressions in a normal form: two terms with the same text have the same value as long as nothing they read changes.

import { argumentsOf, child, type Node, operatorOf, textOf, unparen } from '../syntax/node.ts';

/** What a name stands for, as far as it matters here; the model's bindings are such. */
export interface Name {
  readonly kind?: string;
  readonly scope?: string;
  /** The identifier that declares it; the clause, for a variable of a type switch, which each clause has for itself. */
  readonly declaredAt?: Node | undefined;
}

/** What the caller knows about names; the model's `Code` is one. */
export interface Names {
  /** What an identifier stands for, the same object for every use of one variable; undefined if unknown. */
  bindingOf(identifier: Node): Name | undefined;
  /** The value of a constant expression, if it is known. */
  constantOf?(expression: Node): bigint | string | undefined;
}

/** The naming of variables in the keys of atoms; one per flow and names. */
export interface Vocabulary {
  readonly fn: Node;
  readonly names: Names;
  readonly ids: Map<Name, number>;
}

/** An expression in normal form, with what it reads. */
export interface Term {
  readonly text: string;
  /** A number, or text: `nil`, `true`, `false`, or `s:` and a string. */
  readonly constant: bigint | string | undefined;
  /** Whether it is a package's variable that by convention is set once and is not nil, such as `io.EOF`. */
  readonly sentinel: boolean;
  readonly variables: ReadonlySet<Name>;
  readonly fields: ReadonlySet<string>;
  readonly elements: boolean;
  readonly shared: boolean;
}

/** A condition nested more deeply than this is not tracked. */
const deepest = 20;

const nothing: Term = {
  text: '',
  constant: undefined,
  sentinel: false,
  variables: new Set(),
  fields: new Set(),
  elements: false,
  shared: false,
};

/** The normal form of an expression whose value depends on nothing but variables; undefined for any other. */
export function termOf(v: Vocabulary, expression: Node, depth = 0): Term | undefined {
  if (depth > deepest) return undefined;
  const node = unparen(expression);
  const constant = constantOf(v, node);
  if (constant !== undefined) return { ...nothing, text: `${constant}`, constant };
  switch (node.kind) {
    case 'float_literal':
    case 'rune_literal':
    case 'interpreted_string_literal':
      return { ...nothing, text: textOf(node) };
    case 'identifier':
      return identifierTerm(v, node);
    case 'selector_expression':
      return selectorTerm(v, node, depth);
    case 'index_expression':
      return elementTerm(v, node, depth);
    case 'unary_expression': {
      const operand = termOf(v, child(node, 'operand') as Node, depth + 1);
      const operator = operatorOf(node);
      if (!operand || operator === '&' || operator === '<-') return undefined;
      return {
        ...operand,
        text: `${operator}${operand.text}`,
        sentinel: false,
        shared: operand.shared || operator === '*',
      };
    }
    case 'binary_expression': {
      const left = termOf(v, child(node, 'left') as Node, depth + 1);
      const right = left && termOf(v, child(node, 'right') as Node, depth + 1);
      return right && { ...merged(left, right), text: `(${left.text} ${operatorOf(node)} ${right.text})` };
    }
    case 'call_expression':
      return lengthTerm(v, node, depth);
    default:
      return undefined;
  }
}

/** What two terms read together; the caller sets the text. */
export function merged(a: Term, b: Term): Term {
  return {
    ...nothing,
    variables: new Set([...a.variables, ...b.variables]),
    fields: new Set([...a.fields, ...b.fields]),
    elements: a.elements || b.elements,
    shared: a.shared || b.shared,
  };
}

/** The constant value of an expression, as in `Term`, if its text or the names tell it. */
export function constantOf(v: Vocabulary, node: Node): bigint | string | undefined {
  const text = textOf(node);
  switch (node.kind) {
    case 'nil':
    case 'true':
    case 'false':
      return node.kind;
    case 'int_literal':
      return BigInt(text.replaceAll('_', '').replace(/^0(?=[0-7]+$)/, '0o'));
    case 'raw_string_literal':
      return `s:${text.slice(1, -1)}`;
    case 'interpreted_string_literal':
      return text.includes('\\') ? undefined : `s:${text.slice(1, -1)}`;
    case 'identifier':
    case 'selector_expression':
    case 'unary_expression':
    case 'binary_expression': {
      const value = v.names.constantOf?.(node);
      return typeof value === 'string' ? `s:${value}` : value;
    }
    default:
      return undefined;
  }
}

function identifierTerm(v: Vocabulary, node: Node): Term | undefined {
  const binding = v.names.bindingOf(node);
  if (!binding) return undefined;
  const sentinel = binding.scope === 'package' && binding.kind === 'variable' && /^err/i.test(textOf(node));
  return { ...variableTerm(v, binding), sentinel };
}

export function variableTerm(v: Vocabulary, variable: Name): Term {
  let id = v.ids.get(variable);
  if (id === undefined) {
    id = v.ids.size;
    v.ids.set(variable, id);
  }
  const { declaredAt, kind, scope } = variable;
  const isOuter = declaredAt
    ? declaredAt.start < v.fn.start || declaredAt.end > v.fn.end
    : scope === 'package';
  const shared = isOuter && kind !== 'constant' && kind !== 'package';
  return { ...nothing, text: `#${id}`, variables: new Set([variable]), shared };
}

function selectorTerm(v: Vocabulary, node: Node, depth: number): Term | undefined {
  const operand = termOf(v, child(node, 'operand') as Node, depth + 1);
  const field = child(node, 'field');
  if (!operand || !field) return undefined;
  const name = textOf(field);
  const [base] = operand.variables;
  const sentinel = base?.kind === 'package' && operand.fields.size === 0;
  const fields = new Set([...operand.fields, name]);
  return { ...operand, text: `${operand.text}.${name}`, sentinel, fields, shared: true };
}

function elementTerm(v: Vocabulary, node: Node, depth: number): Term | undefined {
  const operand = termOf(v, child(node, 'operand') as Node, depth + 1);
  const index = operand && termOf(v, child(node, 'index') as Node, depth + 1);
  if (!index) return undefined;
  return { ...merged(operand, index), text: `${operand.text}[${index.text}]`, elements: true, shared: true };
}

/** `len(x)` and `cap(x)`, the only calls that are tracked. */
function lengthTerm(v: Vocabulary, node: Node, depth: number): Term | undefined {
  const callee = child(node, 'function');
  const name = callee ? textOf(callee) : '';
  const [argument] = argumentsOf(node);
  if (!argument || callee?.kind !== 'identifier' || (name !== 'len' && name !== 'cap')) return undefined;
  const kind = v.names.bindingOf(callee)?.kind;
  const operand = kind === undefined || kind === 'builtin' ? termOf(v, argument, depth + 1) : undefined;
  return (
    operand && { ...operand, text: `${name}(${operand.text})`, sentinel: false, elements: true, shared: true }
  );
}
