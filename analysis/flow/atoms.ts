// Conditions in a normal form, so that two conditions that say the same thing are seen to, and one that contradicts
// another as well: `x != nil` and `nil == x` are one atom with opposite outcomes, `n < 3` excludes `n == 7`.

import { child, type Node, operatorOf, unparen } from '../syntax/node.ts';
import type { Condition } from './flow.ts';
import { merged, type Name, type Term, termOf, type Vocabulary, variableTerm } from './terms.ts';

/** Something known about a variable. */
export interface Fact {
  readonly variable: Name;
  readonly is: 'nil' | 'not-nil' | 'true' | 'false';
}

/** An elementary proposition about variables. */
export interface Atom {
  readonly key: string;
  /** What a constant is compared with; `''` if the atom is no such comparison. */
  readonly subject: string;
  readonly relation: '==' | '<' | '<=' | 'is';
  /** Right side of the relation: a number, or text with a tag (`s:` string, `e:` a sentinel value, `nil`). */
  readonly constant: bigint | string | undefined;
  /** The variables that the atom mentions. */
  readonly variables: ReadonlySet<Name>;
  /** The fields that it reads. */
  readonly fields: ReadonlySet<string>;
  /** Whether it reads elements or lengths. */
  readonly elements: boolean;
  /** Whether others than this function's own code may change it: it reads fields, elements or outer variables. */
  readonly shared: boolean;
}

/** An atom with its truth value. */
export interface Literal {
  readonly atom: Atom;
  readonly outcome: boolean;
}

/** The literal that a condition amounts to: a boolean if it is decided, undefined if it is not tracked. */
export function literalOf(v: Vocabulary, condition: Condition): Literal | boolean | undefined {
  const { expression, outcome } = condition;
  if (condition.kind === 'next') return undefined;
  if (condition.kind === 'match') return comparison(v, '==', condition.tag, expression, outcome);
  const at = unparen(expression);
  if (at.kind === 'true' || at.kind === 'false') return (at.kind === 'true') === outcome;
  const [left, right] = [child(at, 'left'), child(at, 'right')];
  const operator = at.kind === 'binary_expression' ? operatorOf(at) : '';
  if (left && right && comparisons.has(operator)) return comparison(v, operator, left, right, outcome);
  const term = termOf(v, at);
  return term && { atom: proposition(term.text, term), outcome };
}

/** The literal of a fact. */
export function literalOfFact(v: Vocabulary, { variable, is }: Fact): Literal {
  const value = is === 'nil' || is === 'not-nil' ? 'nil' : 'true';
  return literalOfVariable(v, variable, value, is === 'nil' || is === 'true');
}

/** The literal that says whether a variable is `nil`, `true` or a constant as in `Atom`. */
export function literalOfVariable(
  v: Vocabulary,
  variable: Name,
  value: bigint | string,
  outcome: boolean,
): Literal {
  const term = variableTerm(v, variable);
  return { atom: value === 'true' ? proposition(term.text, term) : compared(term, '==', value), outcome };
}

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function comparison(
  v: Vocabulary,
  operator: string,
  left: Node,
  right: Node,
  outcome: boolean,
): Literal | undefined {
  const a = termOf(v, left);
  const b = a && termOf(v, right);
  if (!a || !b || (a.constant !== undefined && b.constant !== undefined)) return undefined;
  const swap = a.constant !== undefined || (a.sentinel && b.constant === undefined && !b.sentinel);
  return swap ? relate(mirrored[operator] ?? operator, b, a, outcome) : relate(operator, a, b, outcome);
}

/** `left operator right`; if one of them is constant or a sentinel, it is `right`. */
function relate(operator: string, left: Term, right: Term, outcome: boolean): Literal {
  const isEquality = operator === '==' || operator === '!=';
  const constant =
    right.constant ?? (right.sentinel && !left.sentinel && isEquality ? `e:${right.text}` : undefined);
  if (constant === 'true' || constant === 'false') {
    const same = (constant === 'true') === (operator === '==');
    return { atom: proposition(left.text, left), outcome: outcome === same };
  }
  if (constant !== undefined) {
    const [relation, holds] = relations[operator] ?? relations['=='];
    return { atom: compared(left, relation, constant), outcome: outcome === holds };
  }
  const both = merged(left, right);
  if (isEquality) {
    const key = [left.text, right.text].sort().join(' == ');
    return { atom: proposition(key, both), outcome: outcome === (operator === '==') };
  }
  // `a > b` is `b < a`; `a <= b` is its negation, as long as neither is NaN.
  const turned = operator === '>' || operator === '<=';
  const key = turned ? `${right.text} < ${left.text}` : `${left.text} < ${right.text}`;
  return { atom: proposition(key, both), outcome: outcome === (operator === '<' || operator === '>') };
}

/** Each operator by the relation it affirms or denies. */
const relations: Readonly<Record<string, readonly ['==' | '<' | '<=', boolean]>> & {
  readonly '==': readonly ['==', true];
} = {
  '==': ['==', true],
  '!=': ['==', false],
  '<': ['<', true],
  '>=': ['<', false],
  '<=': ['<=', true],
  '>': ['<=', false],
};

function compared(term: Term, relation: '==' | '<' | '<=', constant: bigint | string): Atom {
  // A length is never negative.
  const isZero = (relation === '<=' && constant === 0n) || (relation === '<' && constant === 1n);
  if (isZero && /^(?:len|cap)\(/.test(term.text)) return compared(term, '==', 0n);
  const { text, variables, fields, elements, shared } = term;
  return {
    key: `${text} ${relation} ${constant}`,
    subject: text,
    relation,
    constant,
    variables,
    fields,
    elements,
    shared,
  };
}

function proposition(key: string, term: Term): Atom {
  const { variables, fields, elements, shared } = term;
  return { key, subject: '', relation: 'is', constant: undefined, variables, fields, elements, shared };
}

/** What `given` being `outcome` says about `other`: its outcome, or undefined if both outcomes remain possible. */
export function implied(given: Atom, outcome: boolean, other: Atom): boolean | undefined {
  if (given.subject === '' || given.subject !== other.subject) return undefined;
  const [a, b] = [given.constant, other.constant];
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (given.relation === '==' && outcome) return holds(other.relation, a, b);
    if (given.relation === '==' && other.relation === '==') return undefined;
    // Points at and between the two constants tell all orders that matter.
    const points = [4n * a - 1n, 4n * a, 4n * a + 1n, 4n * b - 1n, 4n * b, 4n * b + 1n];
    const left = points.filter((x) => holds(given.relation, x, 4n * a) === outcome);
    const first = holds(other.relation, left[0] as bigint, 4n * b);
    return left.every((x) => holds(other.relation, x, 4n * b) === first) ? first : undefined;
  }
  if (given.relation !== '==' || other.relation !== '==' || !outcome) return undefined;
  return areDistinct(a, b) ? false : undefined;
}

function holds(relation: Atom['relation'], x: bigint, constant: bigint): boolean {
  return relation === '<' ? x < constant : relation === '<=' ? x <= constant : x === constant;
}

/** Whether two constants that are not both numbers are known to differ; sentinels may be equal under two names. */
function areDistinct(a: Atom['constant'], b: Atom['constant']): boolean {
  if (typeof a !== 'string' || typeof b !== 'string' || a === b) return false;
  return a === 'nil' || b === 'nil' || (a.startsWith('s:') && b.startsWith('s:'));
}

/** What a condition says of an expression's being nil: `err != nil`, `nil == err`, `switch err { case nil: }`. */
export function nilTest(
  condition: Condition,
): { readonly operand: Node; readonly isNil: boolean } | undefined {
  const { expression, outcome } = condition;
  if (condition.kind === 'match') {
    return unparen(expression).kind === 'nil' ? { operand: condition.tag, isNil: outcome } : undefined;
  }
  const [left, right] = [child(expression, 'left'), child(expression, 'right')];
  const operator = expression.kind === 'binary_expression' ? operatorOf(expression) : '';
  if (!left || !right || (operator !== '==' && operator !== '!=')) return undefined;
  const isNil = (operator === '==') === outcome;
  if (unparen(right).kind === 'nil') return { operand: unparen(left), isNil };
  return unparen(left).kind === 'nil' ? { operand: unparen(right), isNil } : undefined;
}
