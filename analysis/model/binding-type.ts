// The type of a variable or constant, from the declaration that makes it.

import { child, childrenIn, type Node, textOf, unparen } from '../syntax/node.ts';
import { typeOfNode, underlying } from './resolve.ts';
import type { Binding } from './scope.ts';
import { defaulted } from './substitute.ts';
import type { Typer } from './typer.ts';
import { basic, deref, type Type, unknown } from './types.ts';

/** The type of a variable or constant that is declared in the typer's declaration. */
export function bindingType(binding: Binding, typer: Typer): Type {
  const at = binding.declaredAt;
  if (!at) return unknown;
  if (at.kind === 'type_case' || at.kind === 'default_case') return aliasType(at, typer);
  const parent = at.parent;
  switch (parent?.kind) {
    case 'parameter_declaration':
      return typeIn(parent, typer);
    case 'variadic_parameter_declaration':
      return { kind: 'slice', elem: typeIn(parent, typer) };
    case 'var_spec':
      return specType(at, parent, typer);
    case 'const_spec':
      return constantType(at, parent, typer);
    case 'expression_list':
      return assignedType(at, parent, typer);
    default:
      return unknown;
  }
}

function typeIn(node: Node, typer: Typer): Type {
  const type = child(node, 'type');
  return type ? typeOfNode(type, typer.place) : unknown;
}

function specType(name: Node, spec: Node, typer: Typer): Type {
  if (child(spec, 'type')) return typeIn(spec, typer);
  const values = child(spec, 'value')?.children ?? [];
  return valueAt(childrenIn(spec, 'name').indexOf(name), childrenIn(spec, 'name').length, values, typer);
}

/** In a constant group, a spec without values repeats the type and values of the one before. */
function constantType(name: Node, spec: Node, typer: Typer): Type {
  const position = childrenIn(spec, 'name').indexOf(name);
  const siblings = (spec.parent?.children ?? []).filter((c) => c.kind === 'const_spec');
  for (let i = siblings.indexOf(spec); i >= 0; i--) {
    const source = siblings[i];
    if (!source) break;
    if (child(source, 'type')) return typeIn(source, typer);
    const values = child(source, 'value')?.children;
    if (values) return values[position] ? typer.typeOf(values[position]) : unknown;
  }
  return unknown;
}

/** The left side of `:=`, of a range clause, of a receive in a select, or the alias of a type switch. */
function assignedType(name: Node, list: Node, typer: Typer): Type {
  const statement = list.parent;
  const position = list.children.indexOf(name);
  const right = statement && child(statement, 'right');
  switch (statement?.kind) {
    case 'short_var_declaration':
      return valueAt(position, list.children.length, right?.children ?? [], typer);
    case 'receive_statement':
      return right ? commaOk(right, position, typer) : unknown;
    case 'range_clause':
      return right ? rangeType(typer.typeOf(right), position, typer) : unknown;
    default:
      return unknown;
  }
}

function valueAt(position: number, count: number, values: readonly Node[], typer: Typer): Type {
  const value = values[position];
  if (values.length === count && value) return defaulted(typer.typeOf(value));
  const only = values.length === 1 ? values[0] : undefined;
  if (!only) return unknown;
  const type = typer.typeOf(only);
  if (type.kind === 'tuple') return type.elems[position] ?? unknown;
  return commaOk(only, position, typer);
}

/** `v, ok := m[k]`, `v, ok := x.(T)`, `v, ok := <-ch`. */
function commaOk(value: Node, position: number, typer: Typer): Type {
  const node = unparen(value);
  const isForm =
    node.kind === 'index_expression' ||
    node.kind === 'type_assertion_expression' ||
    (node.kind === 'unary_expression' && textOf(node).startsWith('<-'));
  if (!isForm) return unknown;
  return position === 0 ? typer.typeOf(node) : basic('bool');
}

function rangeType(over: Type, position: number, typer: Typer): Type {
  const under = underlying(deref(over), typer.place.world);
  switch (under.kind) {
    case 'slice':
    case 'array':
      return position === 0 ? basic('int') : under.elem;
    case 'map':
      return position === 0 ? under.key : under.elem;
    case 'chan':
      return position === 0 ? under.elem : unknown;
    case 'basic':
      if (under.name.endsWith('string')) return basic(position === 0 ? 'int' : 'int32');
      return position === 0 ? defaulted(over) : unknown;
    case 'func': {
      const yields = under.params[0]?.type;
      return yields?.kind === 'func' ? (yields.params[position]?.type ?? unknown) : unknown;
    }
    default:
      return unknown;
  }
}

/** The variable of a type switch has the type of a clause that names just one, else that of the switched value. */
function aliasType(clause: Node, typer: Typer): Type {
  const types = childrenIn(clause, 'type');
  if (types.length === 1 && types[0] && textOf(types[0]) !== 'nil') return typeOfNode(types[0], typer.place);
  const value = clause.parent && child(clause.parent, 'value');
  return value ? typer.typeOf(value) : unknown;
}
