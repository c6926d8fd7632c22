// Lexical scopes of one top-level declaration, as the Go specification draws them ("Declarations and scope").

import type { Kind } from '../syntax/kinds.generated.ts';
import {
  child,
  childrenIn,
  closest,
  enclosingFunction,
  isFunction,
  type Node,
  type Tree,
  textOf,
} from '../syntax/node.ts';

/** What a name stands for. Two uses of one variable have the same binding object. */
export interface Binding {
  readonly kind: 'variable' | 'constant' | 'type' | 'function' | 'package' | 'builtin';
  readonly name: string;
  /** `local`: declared in a function; `parameter`: also receivers, named results and type parameters. */
  readonly scope: 'local' | 'parameter' | 'package' | 'file' | 'universe';
  /** The identifier that declares it, if it is declared inside this declaration. */
  readonly declaredAt: Node | undefined;
  /** The import path, for `kind: 'package'`. */
  readonly importPath?: string;
}

/** The bindings that one declaration makes inside itself. */
export interface Scopes {
  /** The local binding that `name` has at an offset below `at`; undefined if the name is not local there. */
  lookup(name: string, at: Node, offset: number): Binding | undefined;
  /** The local binding that an identifier declares or re-assigns with `:=`. */
  declared(identifier: Node): Binding | undefined;
}

interface Scope {
  readonly parent: Scope | undefined;
  /** By name, in order; a name means the binding from the offset `from` on. */
  readonly names: Map<string, { readonly from: number; readonly binding: Binding }[]>;
}

/** The nodes that open a scope. A function's body shares the scope of its parameters. */
const scopeKinds: ReadonlySet<Kind> = new Set<Kind>([
  'function_declaration',
  'method_declaration',
  'func_literal',
  'block',
  'if_statement',
  'for_statement',
  'expression_switch_statement',
  'type_switch_statement',
  'select_statement',
  'expression_case',
  'type_case',
  'default_case',
  'communication_case',
  'type_spec',
  'type_alias',
]);

/** What stands where a name is declared: the grammar has tokens for some names. */
const nameKinds: ReadonlySet<Kind> = new Set<Kind>(['identifier', 'true', 'false', 'nil', 'iota']);

const known = new WeakMap<Tree, Scopes>();

/** The scopes of a declaration, which follow from its text alone. */
export function scopesOf(tree: Tree): Scopes {
  let scopes = known.get(tree);
  if (!scopes) {
    scopes = buildScopes(tree);
    known.set(tree, scopes);
  }
  return scopes;
}

/** In one walk. */
function buildScopes(tree: Tree): Scopes {
  const scopes = new Map<Node, Scope>();
  const declared = new Map<Node, Binding>();

  const declare = (
    scope: Scope,
    identifier: Node,
    kind: Binding['kind'],
    where: Binding['scope'],
    from: number,
  ): void => {
    const name = textOf(identifier);
    if (name === '_') return;
    const binding: Binding = { kind, name, scope: where, declaredAt: identifier };
    const same = scope.names.get(name);
    if (same) same.push({ from, binding });
    else scope.names.set(name, [{ from, binding }]);
    declared.set(identifier, binding);
  };

  /** `:=` declares what is new in its own scope and assigns to the rest. */
  const redeclare = (scope: Scope, left: Node | undefined, from: number): void => {
    for (const identifier of left?.children ?? []) {
      if (!nameKinds.has(identifier.kind)) continue;
      const same = scope.names.get(textOf(identifier))?.at(-1);
      if (same) declared.set(identifier, same.binding);
      else declare(scope, identifier, 'variable', 'local', from);
    }
  };

  const visit = (node: Node, outer: Scope): void => {
    let scope = outer;
    if (scopeKinds.has(node.kind) && !(node.kind === 'block' && node.parent && isFunction(node.parent))) {
      scope = { parent: outer, names: new Map() };
      scopes.set(node, scope);
    }
    switch (node.kind) {
      case 'parameter_declaration':
      case 'variadic_parameter_declaration':
      case 'type_parameter_declaration': {
        const kind = node.kind === 'type_parameter_declaration' ? 'type' : 'variable';
        // In `func(client *client)`, the type is not the parameter, whose scope is the body.
        const from = kind === 'type' ? 0 : bodyStart(node);
        for (const name of ownsParameters(node) ? childrenIn(node, 'name') : [])
          declare(scope, name, kind, 'parameter', from);
        break;
      }
      case 'method_declaration':
        for (const name of receiverTypeParameters(node)) declare(scope, name, 'type', 'parameter', 0);
        break;
      case 'var_spec':
      case 'const_spec':
        if (isTopLevelSpec(node)) break;
        for (const name of childrenIn(node, 'name')) {
          declare(scope, name, node.kind === 'var_spec' ? 'variable' : 'constant', 'local', node.end);
        }
        break;
      case 'type_spec':
      case 'type_alias': {
        const name = child(node, 'name');
        if (name && node.parent !== tree.root) declare(outer, name, 'type', 'local', name.start);
        break;
      }
      case 'short_var_declaration':
        redeclare(scope, child(node, 'left'), node.end);
        break;
      case 'range_clause':
      case 'receive_statement':
        if (declares(node)) redeclare(scope, child(node, 'left'), node.end);
        break;
      case 'type_case':
      case 'default_case': {
        const alias =
          node.parent?.kind === 'type_switch_statement'
            ? child(node.parent, 'alias')?.children[0]
            : undefined;
        if (alias) declareAlias(scope, alias, node, declared);
        break;
      }
    }
    for (const c of node.children) visit(c, scope);
  };
  visit(tree.root, { parent: undefined, names: new Map() });

  return {
    declared: (identifier) => declared.get(identifier),
    lookup(name, at, offset) {
      let node: Node | undefined = at;
      while (node && !scopes.has(node)) node = node.parent;
      for (let scope = node && scopes.get(node); scope; scope = scope.parent) {
        const entries = scope.names.get(name);
        for (let i = (entries?.length ?? 0) - 1; i >= 0; i--) {
          const entry = entries?.[i];
          if (entry && entry.from <= offset) return entry.binding;
        }
      }
      return undefined;
    },
  };
}

/** Whether a `range` clause or a receive in a `select` declares its left side (`:=`) or assigns to it (`=`). */
function declares(node: Node): boolean {
  const left = child(node, 'left');
  if (!left) return false;
  return node.tree.text
    .slice(left.end, child(node, 'right')?.start ?? node.end)
    .trimStart()
    .startsWith(':=');
}

/** In each clause of `switch x := y.(type)`, x is a variable of its own, of the clause's type. */
function declareAlias(scope: Scope, alias: Node, clause: Node, declared: Map<Node, Binding>): void {
  const name = textOf(alias);
  const binding: Binding = { kind: 'variable', name, scope: 'local', declaredAt: clause };
  scope.names.set(name, [{ from: clause.start, binding }]);
  if (!declared.has(alias)) declared.set(alias, binding);
}

/** The parameters of a function with a body; those of a function *type* declare nothing that can be used. */
function ownsParameters(parameter: Node): boolean {
  const list = parameter.parent;
  const owner = list?.parent;
  if (!owner) return false;
  return isFunction(owner) || list.kind === 'type_parameter_list';
}

function bodyStart(parameter: Node): number {
  const owner = parameter.parent?.parent;
  return (owner && child(owner, 'body')?.start) ?? 0;
}

/** In `func (p *Pair[K, V])`, K and V are declared by the receiver. */
function receiverTypeParameters(method: Node): readonly Node[] {
  const parameter = child(method, 'receiver')?.children[0];
  let type = parameter && child(parameter, 'type');
  if (type?.kind === 'pointer_type') type = type.children[0];
  const args = type?.kind === 'generic_type' ? child(type, 'type_arguments') : undefined;
  return (args?.children ?? []).flatMap((elem) =>
    elem.children[0]?.kind === 'type_identifier' ? [elem.children[0]] : [],
  );
}

function isTopLevelSpec(spec: Node): boolean {
  const parent = spec.parent;
  return parent === spec.tree.root || (parent?.kind === 'var_spec_list' && parent.parent === spec.tree.root);
}

/** Whether `:=` in place of the `=` of a listed statement would assign to the same variable, not declare another. */
export function isDeclaredBeside(binding: Binding | undefined, statement: Node): boolean {
  const at = binding?.declaredAt;
  const list = statement.parent;
  if (!binding || !at || !list) return false;
  if (binding.scope === 'local') return closest(at, 'statement_list') === list;
  return enclosingFunction(at) === list.parent?.parent;
}
