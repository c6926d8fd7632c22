// Fields and methods of a type, promoted ones included ("Selectors" in the Go specification).

import { substitute } from './infer.ts';
import type { Entity, World } from './package-index.ts';
import { placeOf, signatureOf, typeParameterNames, underlying } from './resolve.ts';
import { deref, type FunctionType, type Type } from './types.ts';

export type Member =
  | { readonly kind: 'field'; readonly name: string; readonly type: Type }
  | {
      readonly kind: 'method';
      readonly name: string;
      readonly type: FunctionType;
      /** `net/http.Client` for a method of that type or interface; undefined for an unnamed interface. */
      readonly owner: string | undefined;
      readonly entity: Entity | undefined;
    };

/**
 * The field or method that `x.name` selects for an x of the type; undefined if there is none, if it is ambiguous,
 * or if something that could hold it is not visible.
 */
export function memberOf(type: Type, name: string, world: World): Member | undefined {
  const seen = new Set<string>();
  let level: readonly Type[] = [type];
  for (let depth = 0; depth < 8 && level.length > 0; depth++) {
    const found: Member[] = [];
    const next: Type[] = [];
    let blind = false;
    for (const t of level) {
      const base = deref(t);
      if (base.kind === 'named') {
        const key = `${base.pkg}.${base.name}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const method = base.local ? undefined : declaredMethod(base, name, world);
        if (method) {
          found.push(method);
          continue;
        }
      }
      const under = underlying(base, world);
      if (under.kind === 'struct') {
        const field = under.fields.find((f) => f.name === name);
        if (field) found.push({ kind: 'field', name, type: field.type });
        else next.push(...under.fields.flatMap((f) => (f.embedded ? [f.type] : [])));
      } else if (under.kind === 'interface') {
        const method = under.methods.find((m) => m.name === name);
        const owner = base.kind === 'named' ? `${base.pkg}${base.pkg && '.'}${base.name}` : undefined;
        if (method) found.push({ kind: 'method', name, type: method.type, owner, entity: undefined });
        else next.push(...under.embeds);
      } else if (under.kind === 'unknown' || under.kind === 'parameter') blind = true;
    }
    if (found.length > 0) return found.length === 1 && !blind ? found[0] : undefined;
    if (blind) return undefined;
    level = next;
  }
  return undefined;
}

function declaredMethod(type: Type & { kind: 'named' }, name: string, world: World): Member | undefined {
  const entity = world.packageAt(type.pkg)?.method(type.name, name);
  if (!entity) return undefined;
  const signature = signatureOf(entity.node, placeOf(entity, world));
  const applied = substitute(signature, typeParameterNames(entity.node), type.args) as FunctionType;
  return { kind: 'method', name, type: applied, owner: `${type.pkg}.${type.name}`, entity };
}
