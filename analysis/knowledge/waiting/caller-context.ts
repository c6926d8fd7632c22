// Contexts that a function is given for the time of the call: those who call it end them when they return.

import type { Code } from '../../model/code.ts';
import type { Binding } from '../../model/scope.ts';
import {
  argumentsOf,
  child,
  childrenIn,
  enclosingFunction,
  type Node,
  textOf,
  unparen,
} from '../../syntax/node.ts';
import { cancelledAtReturn } from './end-signal.ts';

/** Whether a caller in the package ends the context that it gives to a parameter when it returns itself. */
export function endsWithCaller(code: Code, parameter: Binding, fn: Node): boolean {
  const name = child(fn, 'name');
  const position = parametersOf(code, fn).indexOf(parameter);
  if (!name || position < 0 || code.root !== fn) return false;
  return code.packageCode(textOf(name)).some((caller) =>
    caller.calls.some((call) => {
      const callee = caller.calleeOf(call);
      if (!callee || caller.bodyOf(callee)?.root !== fn) return false;
      const argument = argumentsOf(call)[position];
      const given = argument && unparen(argument);
      const binding = given?.kind === 'identifier' ? caller.bindingOf(given) : undefined;
      const around = enclosingFunction(call);
      return (
        binding !== undefined && around !== undefined && cancelledAtReturn(caller, binding, around, call)
      );
    }),
  );
}

/** The parameters of a function in order; undefined for one without a name. */
function parametersOf(code: Code, fn: Node): readonly (Binding | undefined)[] {
  return (child(fn, 'parameters')?.children ?? []).flatMap((declaration) => {
    const names = childrenIn(declaration, 'name');
    return names.length === 0 ? [undefined] : names.map((name) => code.bindingOf(name));
  });
}
