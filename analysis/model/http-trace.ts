// What becomes of one value, such as an http.Client: followed through variables, fields, parameters and results of
// its package until it is used or goes out of sight. Order and branches are not looked at.

import {
  argumentsOf,
  child,
  childrenIn,
  closest,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { type Declaration, declarationOf } from '../syntax/source-file.ts';
import type { Code } from './code.ts';
import type { Binding } from './scope.ts';
import { deref, show } from './types.ts';

/** One thing that happens to the value. `node` is in a declaration of `code`. */
export type Use =
  /** `value.name(…)` */
  | { readonly kind: 'call'; readonly name: string; readonly call: Node; readonly code: Code }
  /** `value.name = node`, or `&value.name`, which lets others set it; `node` is undefined then. `*value = …` sets `*`. */
  | {
      readonly kind: 'set';
      readonly name: string;
      readonly value: Node | undefined;
      readonly node: Node;
      readonly code: Code;
    }
  /** `value.name` without a call: a field that is read or a method value. */
  | { readonly kind: 'member'; readonly name: string; readonly node: Node; readonly code: Code }
  /** The variable or field that holds the value is given another one. */
  | { readonly kind: 'replaced'; readonly node: Node; readonly code: Code }
  /**
   * Somebody unseen gets it. `to` is what is known of him: the name of a function, the type whose field holds it,
   * or `''`.
   */
  | { readonly kind: 'away'; readonly to: string; readonly node: Node; readonly code: Code };

/** A variable, field, parameter or result that holds the value. */
type Cell =
  | { readonly kind: 'local'; readonly code: Code; readonly binding: Binding }
  | { readonly kind: 'package'; readonly code: Code; readonly name: string }
  | { readonly kind: 'field'; readonly code: Code; readonly type: string; readonly field: string }
  | {
      readonly kind: 'result';
      readonly code: Code;
      readonly of: Declaration;
      readonly fn: Node;
      readonly index: number;
    };

/** More places than this and the rest is out of sight. */
const maxCells = 40;

/**
 * Everything that happens to the value of an expression. `promoted` names the members that matter if the value is
 * embedded in a struct.
 */
export function usesOfValue(code: Code, expression: Node, promoted: readonly string[]): readonly Use[] {
  return trace(promoted, (walk) => walk.follow(code, expression));
}

/** Everything that happens to the value of a local or package-level variable; `name` is the identifier that declares it. */
export function usesOfVariable(code: Code, name: Node, promoted: readonly string[]): readonly Use[] {
  return trace(promoted, (walk) => walk.assign(code, name));
}

/** Everything that happens to a field of a struct type of the package. Literals that give it a value replace it. */
export function usesOfField(
  code: Code,
  type: string,
  field: string,
  promoted: readonly string[],
): readonly Use[] {
  return trace(promoted, (walk) => walk.enter({ kind: 'field', code, type, field }));
}

interface Walk {
  readonly follow: (code: Code, node: Node) => void;
  readonly assign: (code: Code, target: Node) => void;
  readonly enter: (cell: Cell) => void;
}

function trace(promoted: readonly string[], start: (walk: Walk) => void): readonly Use[] {
  const uses: Use[] = [];
  const seen = new Set<Node>();
  const cells: Cell[] = [];

  const away = (code: Code, node: Node, to = ''): void => void uses.push({ kind: 'away', to, node, code });

  const enter = (cell: Cell): void => {
    if (!cells.some((known) => isSame(known, cell))) cells.push(cell);
  };

  /** The value of `expression` goes where its surroundings put it. */
  const follow = (code: Code, expression: Node): void => {
    const node = withoutIndirection(expression);
    if (seen.has(node)) return;
    seen.add(node);
    const parent = node.parent;
    switch (parent?.kind) {
      case 'selector_expression':
        if (node.field === 'operand') member(code, parent);
        return;
      case 'expression_list':
        return inList(code, node, parent);
      case 'literal_element':
        return inLiteral(code, node, parent);
      case 'argument_list':
        return argument(code, node, parent);
      case 'binary_expression':
      case 'expression_statement':
      case 'parenthesized_expression':
        return;
      default:
        away(code, node);
    }
  };

  const member = (code: Code, selector: Node): void => {
    const name = textOf(child(selector, 'field') ?? selector);
    const at = withoutParentheses(selector);
    if (at.field === 'function' && at.parent?.kind === 'call_expression') {
      uses.push({ kind: 'call', name, call: at.parent, code });
    } else if (isTarget(at)) {
      uses.push({ kind: 'set', name, value: assignedTo(at), node: selector, code });
    } else if (at.parent?.kind === 'unary_expression' && operatorOf(at.parent) === '&') {
      uses.push({ kind: 'set', name, value: undefined, node: selector, code });
    } else uses.push({ kind: 'member', name, node: selector, code });
  };

  const inList = (code: Code, node: Node, list: Node): void => {
    if (isTarget(node)) {
      uses.push({ kind: 'set', name: '*', value: assignedTo(node), node, code });
      return;
    }
    const position = list.children.indexOf(node);
    const statement = list.parent;
    switch (statement?.kind) {
      case 'short_var_declaration':
      case 'assignment_statement': {
        const target = child(statement, 'left')?.children[position];
        return target ? assign(code, target) : away(code, node);
      }
      case 'var_spec': {
        const target = childrenIn(statement, 'name')[position];
        return target ? assign(code, target) : away(code, node);
      }
      case 'return_statement': {
        const fn = enclosingFunction(node);
        if (!fn || fn.kind === 'func_literal') return away(code, node);
        return enter({ kind: 'result', code, of: declarationOf(fn), fn, index: position });
      }
      default:
        away(code, node);
    }
  };

  const assign = (code: Code, to: Node): void => {
    const target = unparen(to);
    if (textOf(target) === '_') return;
    if (target.kind === 'identifier') {
      const binding = code.bindingOf(target);
      if (binding?.scope === 'package' || isPackageLevel(target))
        return enter({ kind: 'package', code, name: textOf(target) });
      return binding ? enterLocal(code, binding) : away(code, target);
    }
    const operand = target.kind === 'selector_expression' ? child(target, 'operand') : undefined;
    const object = operand && code.objectName(target);
    if (object)
      return object.startsWith(`${code.pkg.importPath}.`)
        ? enter({ kind: 'package', code, name: textOf(target) })
        : away(code, target, object);
    const type = operand && ownType(code, operand);
    if (type) return enter({ kind: 'field', code, type, field: textOf(child(target, 'field') as Node) });
    away(code, target);
  };

  const enterLocal = (code: Code, binding: Binding): void => {
    enter({ kind: 'local', code, binding });
    const list = closest(binding.declaredAt, 'parameter_list');
    const fn = list?.field === 'result' ? list.parent : undefined;
    if (!fn || fn.kind === 'func_literal') return fn && away(code, list as Node);
    const names = list?.children.flatMap((p) => childrenIn(p, 'name')) ?? [];
    enter({
      kind: 'result',
      code,
      of: declarationOf(fn),
      fn,
      index: names.indexOf(binding.declaredAt as Node),
    });
  };

  /** `T{field: value}` */
  const inLiteral = (code: Code, node: Node, element: Node): void => {
    const keyed = element.parent;
    const key = keyed?.kind === 'keyed_element' ? child(keyed, 'key')?.children[0] : undefined;
    const literal = keyed?.parent?.parent;
    if (!key || element.field !== 'value' || literal?.kind !== 'composite_literal') return away(code, node);
    const type = code.typeOf(literal);
    if (type.kind === 'named' && type.pkg === code.pkg.importPath)
      return enter({ kind: 'field', code, type: type.name, field: textOf(key) });
    away(code, node, show(type));
  };

  const argument = (code: Code, node: Node, list: Node): void => {
    const call = list.parent;
    const callee = call && code.calleeOf(call);
    if (!callee) return away(code, node);
    const body = code.bodyOf(callee);
    const parameter = body && parameterAt(body.root, argumentsOf(call).indexOf(node));
    const binding = parameter && body.bindingOf(parameter);
    if (binding) enter({ kind: 'local', code: body, binding });
    else if (!parameter || textOf(parameter) !== '_') away(code, node, callee.name);
  };

  const open = (cell: Cell): void => {
    switch (cell.kind) {
      case 'local':
        return openUses(cell.code, cell.code.usesOf(cell.binding), cell.binding.declaredAt);
      case 'package':
        return openPackage(cell.code, cell.name);
      case 'field':
        return openField(cell);
      case 'result':
        return openResult(cell);
    }
  };

  const openUses = (code: Code, identifiers: readonly Node[], declaredAt?: Node): void => {
    for (const identifier of identifiers) {
      const isAgain = declaredAt !== undefined && identifier !== declaredAt && isDeclared(identifier);
      if (isTarget(identifier) || isAgain) uses.push({ kind: 'replaced', node: identifier, code });
      else if (!isDeclared(identifier)) follow(code, identifier);
    }
  };

  const openPackage = (code: Code, name: string): void => {
    const object = `${code.pkg.importPath}.${name}`;
    for (const c of code.packageCode(name)) {
      openUses(
        c,
        nodesOf(c.root.tree, 'identifier').filter((i) => textOf(i) === name && c.objectName(i) === object),
      );
    }
  };

  const openField = ({ code, type, field }: Cell & { kind: 'field' }): void => {
    for (const c of code.packageCode(field)) {
      for (const selector of nodesOf(c.root.tree, 'selector_expression')) {
        if (textOf(child(selector, 'field') ?? selector) !== field) continue;
        const owner = ownType(c, child(selector, 'operand') as Node);
        if (owner !== type) {
          if (owner === undefined || !hasField(c, child(selector, 'operand') as Node, field)) ofPerhaps(c, selector);
        } else if (isTarget(selector)) uses.push({ kind: 'replaced', node: selector, code: c });
        else follow(c, selector);
      }
      for (const keyed of nodesOf(c.root.tree, 'keyed_element')) {
        const literal = keyed.parent?.parent;
        if (textOf(child(keyed, 'key') ?? keyed) !== field || literal?.kind !== 'composite_literal') continue;
        if (ownType(c, literal) === type) uses.push({ kind: 'replaced', node: keyed, code: c });
      }
    }
    if (field === 'Client' || field === 'Server') for (const name of promoted) openPromoted(code, type, name);
  };

  /** The field of that name of a type that is not known, or of one that may embed the struct: only what is set counts. */
  const ofPerhaps = (code: Code, selector: Node): void => {
    const at = withoutIndirection(selector);
    if (
      at.parent?.kind === 'selector_expression' &&
      at.field === 'operand' &&
      code.objectName(selector) === undefined
    ) {
      const before = uses.length;
      member(code, at.parent);
      const made = uses.splice(before);
      uses.push(...made.filter((use) => use.kind === 'set'));
    }
  };

  const openPromoted = (code: Code, type: string, name: string): void => {
    for (const c of code.packageCode(name)) {
      for (const selector of nodesOf(c.root.tree, 'selector_expression')) {
        if (
          textOf(child(selector, 'field') ?? selector) === name &&
          ownType(c, child(selector, 'operand') as Node) === type
        )
          member(c, selector);
      }
    }
  };

  const openResult = ({ code, of, fn, index }: Cell & { kind: 'result' }): void => {
    const name = of.names[0] ?? '';
    if (/^\p{Lu}/u.test(name) && code.pkg.name !== 'main') away(code, fn);
    for (const c of code.packageCode(name)) {
      for (const call of c.calls) {
        if (c.calleeOf(call)?.declaration?.declaration !== of) continue;
        const results = c.calleeOf(call)?.signature?.results.length ?? 1;
        if (results === 1) follow(c, call);
        else receive(c, call, index);
      }
      for (const identifier of nodesOf(c.root.tree, 'identifier')) {
        const isValue =
          textOf(identifier) === name && identifier.field !== 'function' && identifier.field !== 'name';
        if (isValue && c.bindingOf(identifier)?.kind === 'function') away(c, identifier);
      }
    }
  };

  /** One of several results of a call. */
  const receive = (code: Code, call: Node, index: number): void => {
    const statement = call.parent?.kind === 'expression_list' ? call.parent.parent : undefined;
    const targets =
      statement?.kind === 'var_spec'
        ? childrenIn(statement, 'name')
        : statement && child(statement, 'left')?.children;
    if (targets?.[index]) assign(code, targets[index]);
    else if (statement) away(code, call);
  };

  start({ follow, assign, enter });
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as Cell;
    if (i < maxCells) open(cell);
    else away(cell.code, cell.code.root);
  }
  return uses;
}

function isSame(a: Cell, b: Cell): boolean {
  switch (a.kind) {
    case 'local':
      return b.kind === 'local' && a.binding.declaredAt === b.binding.declaredAt;
    case 'package':
      return b.kind === 'package' && a.name === b.name;
    case 'field':
      return b.kind === 'field' && a.type === b.type && a.field === b.field;
    case 'result':
      return b.kind === 'result' && a.of === b.of && a.index === b.index;
  }
}

/** The name of the package's own type that an expression has, behind at most one pointer. */
function ownType(code: Code, expression: Node): string | undefined {
  const type = deref(code.typeOf(expression));
  return type.kind === 'named' && type.pkg === code.pkg.importPath ? type.name : undefined;
}

/** Whether the type of an expression has a field of that name itself, and not through a struct that it embeds. */
function hasField(code: Code, expression: Node, field: string): boolean {
  const under = code.underlyingOf(deref(code.typeOf(expression)));
  return under.kind === 'struct' && under.fields.some((f) => f.name === field);
}

/** The widest expression around `node` that only adds parentheses, `&` or `*`. */
function withoutIndirection(node: Node): Node {
  let at = node;
  for (let up = at.parent; up; up = at.parent) {
    const isPlain =
      up.kind === 'parenthesized_expression' ||
      (up.kind === 'unary_expression' && /^[&*]$/.test(operatorOf(up)));
    if (!isPlain) break;
    at = up;
  }
  return at;
}

function withoutParentheses(node: Node): Node {
  let at = node;
  while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
  return at;
}

/** Whether the expression is assigned to. */
export function isTarget(expression: Node): boolean {
  const list = expression.parent;
  return (
    list?.kind === 'expression_list' &&
    list.field === 'left' &&
    list.parent?.kind !== 'range_clause' &&
    !isDeclared(expression)
  );
}

/** Whether an identifier stands where it is declared. */
function isDeclared(identifier: Node): boolean {
  if (identifier.field === 'name') return true;
  const list = identifier.parent;
  return (
    list?.kind === 'expression_list' && list.field === 'left' && list.parent?.kind === 'short_var_declaration'
  );
}

function assignedTo(target: Node): Node | undefined {
  const list = target.parent;
  const right = list?.parent && child(list.parent, 'right');
  return right?.children.length === list?.children.length
    ? right?.children[list?.children.indexOf(target) ?? -1]
    : undefined;
}

function isPackageLevel(name: Node): boolean {
  return name.parent?.kind === 'var_spec' && enclosingFunction(name) === undefined;
}

/** The identifier of the parameter at a position; undefined if it is variadic or has no name. */
export function parameterAt(fn: Node, index: number): Node | undefined {
  const list = child(fn, 'parameters');
  const names = (list?.children ?? []).flatMap((p): readonly (Node | undefined)[] => {
    const own = childrenIn(p, 'name');
    return own.length > 0 && p.kind === 'parameter_declaration' ? own : [undefined];
  });
  return names[index];
}
